"""Use of certificates: what breaks when one goes, and what takes its place."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bindctl.bindings.records import facts_key
from bindctl.findings.finding import Place
from bindctl.routing.effective_records import shown_records
from bindctl.routing.reading import Reading
from bindctl.rules.certificate_use import certificate_dependants, find_losses
from tests.property.strategies import draft_sites, make_table, records
from tests.unit.bindings.tables import NOW, A, B, C, certificate, site, table


def _texts(name: str, given_table: object) -> list[tuple[str, list[str]]]:
    found = certificate_dependants(Reading(given_table)).get(name, ())  # type: ignore[arg-type]  # a table
    return [(item.name, [each.entry.text for each in item.shown]) for item in found]


def test_everybody_who_is_shown_it_counts() -> None:
    """A site that shares another's certificate would lose it without a word."""
    found = table(
        site(1, secure=(":443:a.example", ":443:"), certificate_hash=A),
        site(2, secure=(":443:b.example",)),
        site(3, secure=(":443:c.example",), certificate_hash=B, flags=1),
    )
    assert _texts(A, found) == [
        ("site 1", [":443:a.example", ":443:", ":443:b.example"])
    ]
    assert _texts(B, found) == [("site 3", [":443:c.example"])]
    assert _texts(C, found) == []


def test_site_that_does_not_show_it_now_counts_too() -> None:
    """It would fail on the day it is started, and nobody would know why."""
    found = table(
        site(1, secure=(":443:a.example",), certificate_hash=A),
        site(2, secure=(":443:b.example",), certificate_hash=B),
    )
    assert _texts(B, found) == [("site 2", [])]


def test_site_without_https_depends_on_nothing() -> None:
    """An old SSLCertHash would keep a certificate for ever."""
    found = table(site(1, ":80:a.example", certificate_hash=A))
    assert _texts(A, found) == []


def test_records_of_the_metabase_count() -> None:
    """A record names it whatever the sites say."""
    found = table(
        site(1, secure=(":443:a.example",), certificate_hash=B),
        records={"0.0.0.0:443": A, "other.example:443": A},
    )
    assert _texts(A, found) == [
        ("record 0.0.0.0:443", [":443:a.example"]),
        ("record other.example:443", []),
    ]
    assert _texts(B, found) == []
    (first, _second) = certificate_dependants(Reading(found))[A]
    assert first.place == Place("/LM/HTTP/SSLCERT/0.0.0.0:443", "CertHash")


def test_same_certificate_of_another_store_is_another() -> None:
    """Removing it from MY would be refused for a site that looks elsewhere."""
    elsewhere = site(1, secure=(":443:a",), certificate_hash=A)._replace(
        certificate_store_name="WebHosting"
    )
    found = certificate_dependants(Reading(table(elsewhere)))
    assert list(found) == [f"WEBHOSTING/{A}"]


def test_replacement_covers_all_of_it() -> None:
    """Following the hint would leave the other host without."""
    found = table(
        site(1, secure=(":443:a.example", ":443:b.example"), certificate_hash=A)
    )
    old = certificate(A, "*.example")
    known = {A: old, B: certificate(B, "a.example")}
    (loss,) = find_losses(Reading(found), known, A, NOW, None)
    assert loss.replacement is None
    assert loss.hint == (
        "bindctl cert create a.example b.example; bindctl cert assign a.example 1"
    )
    known[C] = certificate(C, "a.example", "b.example", days=5)
    (loss,) = find_losses(Reading(found), known, A, NOW, None)
    assert loss.replacement == known[C]
    assert loss.hint == f"bindctl cert assign {C[:12]} 1"


def test_other_hints() -> None:
    """A site for any host, and a record, are mended in other ways."""
    found = table(
        site(1, secure=(":443:",), certificate_hash=A),
        site(2, secure=(":444:a.example",)),
        records={"0.0.0.0:444": A, "*.b.example:445": A},
    )
    known = {A: certificate(A, "*.example"), B: certificate(B, "a.example")}
    losses = find_losses(Reading(found), known, A, NOW, None)
    assert [loss.hint for loss in losses] == [
        "bindctl cert assign NAME 1",
        f"bindctl set /http/sslcert/0.0.0.0:444/CertHash {B}",
        "bindctl set '/http/sslcert/*.b.example:445/CertHash' THUMBPRINT",
    ]


@given(st.lists(draft_sites, max_size=5), st.lists(records, max_size=3))
def test_what_is_shown_and_what_depends_agree(
    drafts: list[object], explicit: list[object]
) -> None:
    """`cert remove` would take a certificate from somebody's visitors."""
    drawn = make_table(drafts, explicit, 1)  # type: ignore[arg-type]  # as they are drawn
    found = certificate_dependants(Reading(drawn))
    for item in shown_records(Reading(drawn)):
        if item.record is None:
            continue
        owners = found[facts_key(item.record)]
        assert sum(item in owner.shown for owner in owners) == 1
    shown = [
        each for owners in found.values() for item in owners for each in item.shown
    ]
    assert len(shown) == sum(
        item.record is not None for item in shown_records(Reading(drawn))
    )
