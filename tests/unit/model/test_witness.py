"""Ready commands that show an answer."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from bindctl.model.binding import Protocol
from bindctl.model.endpoint import ANY_ADDRESS
from bindctl.model.witness import (
    format_handshake,
    format_request,
    format_request_as,
    is_address_literal,
)

if TYPE_CHECKING:
    from bindctl.model.endpoint import IpAddress


@pytest.mark.parametrize(
    ("address", "host", "shown"),
    [
        (
            ANY_ADDRESS,
            "a.example",
            "curl -sSki --resolve a.example:80:127.0.0.1 http://a.example:80/",
        ),
        (
            ip_address("::1"),
            "a.example",
            "curl -sSki --resolve 'a.example:80:[::1]' http://a.example:80/",
        ),
        (
            ip_address("10.0.0.1"),
            "10.0.0.2",
            "curl -sSki -H 'Host: 10.0.0.2' http://10.0.0.1:80/",
        ),
        (
            ip_address("::1"),
            "10.0.0.2",
            "curl -sSki -H 'Host: 10.0.0.2' 'http://[::1]:80/'",
        ),
        (
            ip_address(0),
            None,
            "curl -sSki --http1.0 -H 'Host:' http://127.0.0.1:80/",
        ),
    ],
)
def test_a_request_is_one_line_of_curl(
    address: IpAddress, host: str | None, shown: str
) -> None:
    """Pasted into a shell it must ask exactly that, wherever names resolve to."""
    assert format_request(Protocol.HTTP, address, 80, host) == shown


def test_another_server_name_is_asked_for_by_the_url() -> None:
    """A client like curl takes the server name from the URL and the host from its header."""
    shown = format_request_as(ANY_ADDRESS, 443, "sni.example", "a.example")
    assert "-H 'Host: a.example'" in shown
    assert shown.endswith("https://sni.example:443/")
    shown = format_request_as(ANY_ADDRESS, 443, None, "a.example")
    assert shown.endswith("https://127.0.0.1:443/")
    shown = format_request_as(ANY_ADDRESS, 443, "sni.example", None)
    assert shown == (
        "curl -sSki --http1.0 -H 'Host:' --resolve sni.example:443:127.0.0.1 "
        "https://sni.example:443/"
    )


def test_a_handshake_without_a_name_says_so() -> None:
    """Without the option openssl would send the name it connects to."""
    where = ip_address("::")
    shown = format_handshake(where, 443, None)
    assert shown == "openssl s_client -connect '[::1]:443' -noservername </dev/null"
    shown = format_handshake(ANY_ADDRESS, 443, "a.example")
    assert "-connect 127.0.0.1:443 -servername a.example" in shown


def test_an_address_is_no_server_name() -> None:
    """RFC 6066: a client never sends one."""
    assert is_address_literal("[::1]")
    assert not is_address_literal("a.example")
