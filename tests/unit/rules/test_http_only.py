"""Hosts that have HTTP only, and who answers HTTPS in their name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.findings.finding import Severity
from bindctl.routing.reading import Reading
from bindctl.rules.http_only import secure_request_elsewhere
from tests.unit.bindings.tables import A, B, site, spots, table

if TYPE_CHECKING:
    from bindctl.bindings.table import BindingTable

SHOP = site(2, secure=(":443:",), certificate_hash=A)


@pytest.mark.parametrize(
    "made",
    [
        table(site(1, ":80:a.example"), SHOP),
        table(site(1, "10.0.0.1:80:a.example"), SHOP),
        table(site(1, ":80:a.example"), site(2, secure=("10.0.0.1:443:",))),
        table(site(1, ":80:a.example"), site(2, secure=(":443:*.example",), flags=1)),
        table(site(1, "[::1]:80:a.example"), site(2, secure=("[::]:443:",))),
        # the nearest suffix, then the nearest address
        table(
            site(1, ":80:a.b.example", secure=(":443:*.example",)),
            site(2, secure=(":443:*.b.example",)),
            depth=0,
        ),
        table(
            site(1, "10.0.0.1:80:a.example", secure=(":443:",)),
            site(2, secure=("10.0.0.1:443:",)),
        ),
    ],
)
def test_another_site_answers(made: BindingTable) -> None:
    """Customers of one shop are shown another, with a warning in front."""
    found = list(secure_request_elsewhere(Reading(made)))
    assert spots(found) == [("BND207", "W3SVC/2 SecureBindings 0")]
    assert found[0].severity is Severity.INFO


@pytest.mark.parametrize(
    "made",
    [
        # the host has HTTPS: its own, or on purpose another site's
        table(site(1, ":80:a.example", secure=(":443:a.example",)), SHOP),
        table(site(1, ":80:a.example"), site(2, secure=(":443:", ":443:a.example"))),
        # its own site answers
        table(site(1, ":80:a.example", secure=(":443:",), certificate_hash=B)),
        table(site(1, ":80:a.example", secure=(":443:*.example",)), SHOP),
        # nobody answers
        table(site(1, ":80:a.example")),
        table(site(1, ":80:a.b.example"), site(2, secure=(":443:*.example",))),
        table(site(1, "10.0.0.1:80:a.example"), site(2, secure=("10.0.0.2:443:",))),
        # other ports are nobody's second try
        table(site(1, ":8080:a.example"), SHOP),
        table(site(1, ":80:a.example"), site(2, secure=(":444:",))),
        # what does not start, and hosts without a name
        table(site(1, ":80:a.example", auto_start=False), SHOP),
        table(site(1, ":80:a.example"), site(2, secure=(":443:",), auto_start=False)),
        table(site(1, ":80:", "10.0.0.1:80:*.example"), SHOP),
    ],
)
def test_silence_where_nobody_is_misled(made: BindingTable) -> None:
    """A host that refuses HTTPS, or means it, needs no words."""
    assert list(secure_request_elsewhere(Reading(made))) == []


def test_many_hosts_are_one_finding() -> None:
    """Ten thousand hosts behind one default site would be ten thousand lines."""
    made = table(
        site(1, ":80:xn--bcher-kva.example", "10.0.0.1:80:b.example", ":80:b.example"),
        SHOP,
    )
    (finding,) = secure_request_elsewhere(Reading(made))
    assert finding.message == (
        '":443:" answers https://b\u00fccher.example/, which site 1 "S1" has over HTTP '
        "only, and 1 more host"
    )
    assert finding.witness == (
        "curl -sSki --resolve xn--bcher-kva.example:443:127.0.0.1 "
        "https://xn--bcher-kva.example:443/"
    )
