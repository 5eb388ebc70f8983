"""Why a request reaches the site it reaches."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING

import pytest

from bindctl.bindings.start import start_sites
from bindctl.model.binding import Protocol
from bindctl.routing.explain import (
    OTHER_ADDRESS,
    Explanation,
    Request,
    address_classes,
    explain_request,
    format_local_address,
)
from bindctl.routing.plan import compile_plan
from tests.unit.bindings.tables import A, B, site, table

if TYPE_CHECKING:
    from bindctl.bindings.table import BindingTable

HTTP, HTTPS = Protocol.HTTP, Protocol.HTTPS


def _explain(made: BindingTable, address: str, request: Request) -> Explanation:
    start = start_sites(made)
    plan = compile_plan(made, start.started)
    return explain_request(made, start, plan, ip_address(address), request)


LOSERS = table(
    site(1, ":80:www.x.com"),
    site(2, ":80:"),
    site(3, "10.0.0.1:80:"),
    site(4, ":80:*.x.com"),
    site(5, ":80:www.x.com", auto_start=False),
    site(6, ":80:www.x.com"),
    site(7, "10.0.0.2:80:www.x.com"),
    site(8, ":8080:www.x.com"),
    site(9, ":80:other.org", ":80:*.com"),
    site(10, secure=(":443:www.x.com",)),
    site(11, ":80:", ":80:oops oops"),
)


def test_every_binding_that_could_be_expected_to_win_says_why_it_did_not() -> None:
    """It answers the question "why do I see the other site?"."""
    found = _explain(LOSERS, "10.0.0.1", Request(HTTP, 80, "www.x.com", None))
    assert found.match is not None
    assert (found.match.route.site, found.match.row) == (1, 2)
    assert found.is_answered
    reasons = {loser.site: loser.reason for loser in found.losers}
    after = "comes after row 2 (any address, this host)"
    assert reasons == {
        2: f"row 5 (any address, any host) {after}",
        3: f"row 4 (this address, any host) {after}",
        4: f"row 3 (a wildcard host) {after}",
        5: "the site is stopped (ServerAutoStart is false)",
        6: "the site cannot start: http://www.x.com:80/ collides with a binding of "
        "site 1",
        7: "it is bound to 10.0.0.2, not to 10.0.0.1",
        8: "it is bound to port 8080",
        9: "*.com matches 1 label(s) (WildcardHostDepth)",
        11: "the site cannot start: :80:oops oops collides with a binding",
    }
    assert found.other_hosts == 1


def test_two_wildcards_of_one_row_are_told_apart() -> None:
    """Both match; the longer suffix is nearer."""
    made = table(site(1, ":80:*.x.com"), site(2, ":80:*.b.x.com"), depth=0)
    found = _explain(made, "10.0.0.1", Request(HTTP, 80, "a.b.x.com", None))
    assert found.match is not None
    assert found.match.route.site == 2
    (loser,) = found.losers
    assert loser.reason == "row 3 too, but the winner's host or address is nearer"


@pytest.mark.parametrize(
    ("request_", "is_listening", "is_scheme_right"),
    [
        (Request(HTTP, 81, "a", None), False, False),
        (Request(HTTP, 443, "a", None), True, False),
        (Request(HTTPS, 80, "a", "a"), True, False),
        (Request(HTTP, 80, "a", None), True, True),
    ],
)
def test_a_wrong_port_or_scheme_is_told(
    request_: Request,
    is_listening: bool,
    is_scheme_right: bool,
) -> None:
    """A request that never reaches a site has another cure than one that does."""
    made = table(site(1, ":80:a", secure=(":443:a",), certificate_hash=A))
    found = _explain(made, "10.0.0.1", request_)
    assert (found.is_listening, found.is_scheme_right) == (
        is_listening,
        is_scheme_right,
    )
    assert found.is_answered is is_scheme_right
    assert found.record is None


@pytest.mark.parametrize(
    ("address", "name", "reason"),
    [
        ("10.0.0.1", "a", ("record 10.0.0.1:443: a concrete address comes before any "
         "server name")),
        ("10.0.0.2", "a", "record a:443, chosen by the server name"),
        ("10.0.0.2", "b", ("record 0.0.0.0:443, the port's own: no nearer record "
         "matches")),
        ("::1", "b", "record [::]:443, for every IPv6 address"),
    ],
)  # fmt: skip
def test_says_why_that_certificate(address: str, name: str, reason: str) -> None:
    """Half of all TLS questions are about which certificate is shown."""
    made = table(
        site(1, secure=("10.0.0.1:443:",), certificate_hash=A),
        site(2, secure=(":443:a",), certificate_hash=B, flags=1),
        records={"0.0.0.0:443": A, "[::]:443": B},
    )
    found = _explain(made, address, Request(HTTPS, 443, "a", name))
    assert found.record_reason == reason


@pytest.mark.parametrize(
    ("name", "said"), [("b", "server name b"), (None, "no server name")]
)
def test_says_why_there_is_no_certificate(name: str | None, said: str) -> None:
    """The handshake fails before any site is asked."""
    made = table(site(1, secure=(":443:a",), certificate_hash=A, flags=1))
    found = _explain(made, "10.0.0.2", Request(HTTPS, 443, "a", name))
    assert found.record is None
    assert found.record_reason.startswith(
        f"no record for {said}, and none for the port"
    )


def test_one_answer_for_each_address_that_can_differ() -> None:
    """Bindings to concrete addresses answer otherwise than the rest."""
    made = table(
        site(1, ":80:", "10.0.0.9:81:"),
        site(2, "[::1]:80:"),
        site(3, "10.0.0.2:80:"),
        site(4, "10.0.0.1:80:"),
    )
    plan = compile_plan(made, start_sites(made).started)
    assert [format_local_address(item) for item in address_classes(plan, 80)] == [
        "10.0.0.1",
        "10.0.0.2",
        "[::1]",
        "any",
    ]
    assert address_classes(plan, 81) == (IPv4Address("10.0.0.9"),)
    assert address_classes(plan, 82) == (OTHER_ADDRESS,)
    assert format_local_address(IPv6Address("::1")) == "[::1]"
