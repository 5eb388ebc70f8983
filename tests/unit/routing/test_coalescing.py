"""Which other hosts a browser asks for on one connection, and how they fare."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING

from bindctl.model.binding import EmulatedVersion
from bindctl.model.certificate import Certificate, KeyStatus
from bindctl.routing.coalescing import Coalescing, CoalescingOutcome, find_coalescing
from bindctl.routing.reading import Reading
from tests.unit.bindings.tables import A, B, site, table
from tests.unit.routing.questions import https

if TYPE_CHECKING:
    from collections.abc import Collection

    from bindctl.bindings.table import BindingTable

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def _coalesced(
    made: BindingTable,
    names: tuple[str, ...],
    host: str = "shop.x.com",
    address: str = "10.0.0.1",
    strict: Collection[int] = (),
) -> Coalescing:
    """What a connection for `host` is shared with, its certificate having `names`."""
    rows = (
        row._replace(misdirected_request=row.identifier in strict) for row in made.sites
    )
    reading = Reading(made._replace(sites=tuple(rows)))
    record = reading.plan.ports[443].select_certificate(ip_address(address), host)
    assert record is not None
    certificate = Certificate(
        record.certificate_hash, "MY", "", "", names, (), NOW, NOW,
        KeyStatus.MATCHES, 1,
    )  # fmt: skip
    return find_coalescing(
        reading, ip_address(address), https(host), (record, certificate)
    )


def _told(found: Coalescing) -> dict[str, tuple[int | None, CoalescingOutcome]]:
    return {item.host: (item.site, item.outcome) for item in found.hosts}


SHARED = table(
    site(1, secure=(":443:shop.x.com",), certificate_hash=A),
    site(2, secure=(":443:blog.x.com",), certificate_hash=A),
    site(3, secure=(":443:other.org",), certificate_hash=A),
)
BY_NAME = table(
    site(1, secure=(":443:shop.x.com",), certificate_hash=A, flags=1),
    site(2, secure=(":443:pay.x.com",), certificate_hash=B, flags=1),
    site(3, secure=(":443:old.x.com",), certificate_hash=A, flags=5),
    site(4, secure=(":443:refused.x.com",), flags=1),
    site(5, secure=(":443:blog.x.com",), certificate_hash=A, flags=1),
)


def test_hosts_of_a_shared_certificate_reach_their_own_sites() -> None:
    """The bug of proxies that choose the site by server name: here it cannot be."""
    found = _coalesced(SHARED, ("*.x.com",))
    assert found.at_risk == found.elsewhere == ()
    assert _told(found) == {
        "blog.x.com": (2, CoalescingOutcome.SAME),
        "*.x.com": (None, CoalescingOutcome.SAME),
    }
    assert [item.certificate_hash for item in found.harmless] == [A, A]


def test_hosts_with_a_certificate_of_their_own_are_at_risk() -> None:
    """They answer under a certificate, and rules, that are not theirs."""
    found = _coalesced(BY_NAME, ("*.x.com",))
    assert _told(found) == {
        "old.x.com": (3, CoalescingOutcome.OTHER_POLICY),
        "pay.x.com": (2, CoalescingOutcome.OTHER_CERTIFICATE),
        "refused.x.com": (4, CoalescingOutcome.REFUSED_ALONE),
        "blog.x.com": (5, CoalescingOutcome.SAME),
        "*.x.com": (None, CoalescingOutcome.SAME),
    }
    assert [item.host for item in found.at_risk] == [
        "old.x.com", "pay.x.com", "refused.x.com",
    ]  # fmt: skip
    assert {item.host: item.certificate_hash for item in found.at_risk} == {
        "old.x.com": A,
        "pay.x.com": B,
        "refused.x.com": None,
    }


def test_hosts_that_only_a_record_names_are_at_risk_too() -> None:
    """A wildcard site answers them, and a record of their own shows a certificate."""
    made = table(
        site(
            1, secure=(":443:shop.x.com", ":443:*.x.com"), certificate_hash=A, flags=1
        ),
        records={"pay.x.com:443": B, "*:443": ""},
        files=("file.x.com.pfx",),
    )
    assert _told(_coalesced(made, ("*.x.com", "shop.x.com"))) == {
        "pay.x.com": (1, CoalescingOutcome.OTHER_CERTIFICATE),
        "*.x.com": (1, CoalescingOutcome.SAME),
        "file.x.com": (1, CoalescingOutcome.SAME),
    }


def test_a_strict_site_sends_the_browser_back() -> None:
    """421 is the cure; another policy alone is none that the server looks at."""
    found = _told(_coalesced(BY_NAME, ("*.x.com",), strict={2, 3, 4, 5}))
    assert found["pay.x.com"] == (2, CoalescingOutcome.MISDIRECTED)
    assert found["refused.x.com"] == (4, CoalescingOutcome.MISDIRECTED)
    assert found["old.x.com"] == (3, CoalescingOutcome.OTHER_POLICY)
    assert found["blog.x.com"] == (5, CoalescingOutcome.SAME)


def test_hosts_bound_to_other_addresses_say_what_answers_here() -> None:
    """Their name resolves here too, and their own site does not listen here."""
    made = table(
        site(1, secure=(":443:shop.x.com",), certificate_hash=A),
        site(2, secure=("10.0.0.9:443:far.x.com",), certificate_hash=A),
        site(3, secure=(":443:",), certificate_hash=A),
    )
    here = _coalesced(made, ("*.x.com",))
    assert _told(here) == {
        "far.x.com": (3, CoalescingOutcome.ELSEWHERE),
        "*.x.com": (3, CoalescingOutcome.SAME),
    }
    assert [item.host for item in here.elsewhere] == ["far.x.com"]
    there = _coalesced(made, ("*.x.com",), address="10.0.0.9")
    assert there.elsewhere == ()
    assert _told(there)["far.x.com"] == (2, CoalescingOutcome.SAME)


def test_names_that_no_binding_has_are_looked_at_too() -> None:
    """A certificate covers more than the metabase knows; those get a site as well."""
    made = table(
        site(1, secure=(":443:shop.x.com", ":443:*.x.com"), certificate_hash=A),
        depth=1,
    )
    names = ("shop.x.com", "*.x.com", "*.deep.x.com", "unknown.org", "w*.x.com",
             "*.*.x.com", "*")  # fmt: skip
    assert _told(_coalesced(made, names)) == {
        "unknown.org": (None, CoalescingOutcome.SAME),
        "*.deep.x.com": (None, CoalescingOutcome.SAME),
        "*.x.com": (1, CoalescingOutcome.SAME),
    }


def test_a_certificate_for_one_host_shares_with_none() -> None:
    """Most certificates by name are for one host."""
    assert _coalesced(SHARED, ("shop.x.com",)) == Coalescing()
    assert _coalesced(SHARED, ("shop.x.com",)).hosts == ()


def test_without_http_2_no_connection_is_shared() -> None:
    """IIS before 10 has none, and SslFlags turns it off for a record."""
    old = SHARED._replace(emulated_version=EmulatedVersion.IIS8)
    assert str(_coalesced(old, ("*.x.com",)).impossible) == "IIS 8 speaks no HTTP/2"
    off = table(site(1, secure=(":443:shop.x.com",), certificate_hash=A, flags=4))
    found = _coalesced(off, ("*.x.com",))
    assert (
        str(found.impossible) == "SslFlags turns HTTP/2 off for this certificate record"
    )
    assert found.hosts == ()
