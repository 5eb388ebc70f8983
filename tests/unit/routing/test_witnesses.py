"""Addresses at which a change can be seen."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from bindctl.routing.compare import compare
from bindctl.routing.witnesses import WitnessAddresses
from tests.unit.routing.readings import http, reading_of

LISTEN = "[http]\nListenAddresses = ['10.9.9.9', '10.0.0.5']"


@pytest.mark.parametrize(
    ("before", "after", "head", "expected"),
    [
        (http(":80:a"), http(":80:b"), "", ["127.0.0.1", "127.0.0.1"]),
        (http("10.0.0.1:80:a"), http("10.0.0.1:80:b"), "", ["10.0.0.1", "10.0.0.1"]),
        # loopback is a class of its own: it would show the other answer
        (http(":80:", "127.0.0.1:80:"), http("127.0.0.1:80:"), "", ["127.0.0.2"]),
        (http("[::]:80:a"), http("[::]:80:b"), "", ["::1", "::1"]),
        (http("[::]:80:a", "[::1]:80:a"), http("[::1]:80:a"), "", ["::", "::"]),
        (http(":80:a"), http(":80:b"), LISTEN, ["10.0.0.5", "10.0.0.5"]),
    ],
)
def test_the_address_is_one_of_the_change(
    before: str, after: str, head: str, expected: list[str]
) -> None:
    """A command that shows something else would be worse than none."""
    old, new = (reading_of(site, head=head) for site in (before, after))
    changes = compare(old, new)
    addresses = WitnessAddresses(old, new)
    found = [addresses.find(change) for change in changes]
    assert found == [ip_address(text) for text in expected]
