"""Certificate records: which bindings share one, and which hide others."""

from __future__ import annotations

import pytest

from bindctl.bindings.table import BindingTable, InvalidRecord
from bindctl.findings.finding import Severity
from bindctl.routing.reading import Reading
from bindctl.rules.records import (
    conflicting_certificates,
    hidden_server_name,
    invalid_certificate_record,
    only_server_name,
    shared_server_name,
)
from tests.unit.bindings.tables import A, B, C, site, spots, table

PLAIN = site(2, secure=("10.0.0.1:443:",), certificate_hash=A)


@pytest.mark.parametrize(
    ("made", "found"),
    [
        # reference/iis-semantics.md §3.1: one record, one certificate
        (table(site(1, secure=(":443:a",), certificate_hash=A),
               site(2, secure=(":443:b",), certificate_hash=A)), []),
        (table(site(1, secure=(":443:a",), certificate_hash=A, flags=1),
               site(2, secure=(":443:",), certificate_hash=B)), []),
        (table(site(1, secure=(":443:a",)),
               site(2, secure=(":443:b",), certificate_hash=B)), []),
        (table(site(1, secure=("[::]:443:a",), certificate_hash=A),
               site(2, secure=(":443:b",), certificate_hash=B)), []),
        (table(site(1, secure=(":443:a",), certificate_hash=A),
               site(2, secure=(":443:b",), certificate_hash=B)),
         [("BND301", "W3SVC/2 SecureBindings 0")]),
        (table(site(1, secure=("10.0.0.1:443:a",), certificate_hash=A, flags=1),
               site(2, secure=("10.0.0.2:443:a",), certificate_hash=B, flags=1)),
         [("BND304", "W3SVC/2 SecureBindings 0")]),
        # before IIS 8 nothing is asked by name
        (table(site(1, secure=(":443:a",), certificate_hash=A, flags=1),
               site(2, secure=(":443:b",), certificate_hash=B, flags=1), version=7),
         [("BND301", "W3SVC/2 SecureBindings 0")]),
        # a record of the metabase decides
        (table(site(1, secure=(":443:a",), certificate_hash=A, flags=1),
               records={"0.0.0.0:443": B}), []),
        (table(site(1, secure=(":443:a",), certificate_hash=A, flags=1),
               records={"a:443": B}), [("BND304", "W3SVC/1 SecureBindings 0")]),
    ],
)  # fmt: skip
def test_one_record_has_one_certificate(
    made: BindingTable, found: list[tuple[str, str]]
) -> None:
    """The second site's visitors see the first one's certificate."""
    assert spots(conflicting_certificates(Reading(made))) == found


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (table(site(1, secure=(":443:a",), certificate_hash=A),
               site(2, secure=(":443:b",), certificate_hash=B)),
         (f'":443:b" names certificate {B[:8]}…, but *:443 has one certificate for all: '
         f"{A[:8]}… of site 1 is used")),
        (table(site(1, secure=(":443:a",), certificate_hash=A),
               records={"0.0.0.0:443": B}),
         (f'":443:a" names certificate {A[:8]}…, but *:443 has one certificate for all: '
         f"{B[:8]}… of the record in http/sslcert is used")),
    ],
)  # fmt: skip
def test_a_certificate_conflict_says_which_is_used(
    made: BindingTable, message: str
) -> None:
    """That is the one visitors see."""
    (finding,) = conflicting_certificates(Reading(made))
    assert finding.message == message


def test_before_iis_8_the_remedy_is_not_sni() -> None:
    """The emulated server would ignore what it is told to set."""
    sites = (
        site(1, secure=(":443:a",), certificate_hash=A),
        site(2, secure=(":443:b",), certificate_hash=B),
    )
    (modern,) = conflicting_certificates(Reading(table(*sites)))
    (old,) = conflicting_certificates(Reading(table(*sites, version=7)))
    assert "SNI" in modern.hint
    assert "SNI" not in old.hint
    assert "one wildcard certificate" in old.hint


def test_a_spare_site_s_certificate_is_a_warning() -> None:
    """It is stopped, so nobody sees the wrong certificate."""
    made = table(
        site(1, secure=(":443:a",), certificate_hash=A),
        site(2, secure=(":443:b",), certificate_hash=B, auto_start=False),
    )
    (finding,) = conflicting_certificates(Reading(made))
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(
    "by_name",
    [
        site(1, secure=(":443:a",), certificate_hash=B, flags=1),
        site(1, secure=("10.0.0.1:443:a",), certificate_hash=B, flags=1),
        site(1, secure=(":443:*.a",), certificate_hash=B, flags=1),
        site(1, secure=(":443:a",), flags=3),
    ],
)
def test_a_concrete_address_hides_names(by_name: object) -> None:
    """The trap of http.sys: SNI is set up, and is never asked there."""
    made = table(by_name, PLAIN, files=("a.pfx",))  # type: ignore[arg-type]  # a site
    found = list(hidden_server_name(Reading(made)))
    assert spots(found) == [("BND302", "W3SVC/2 SecureBindings 0")]
    assert "-connect 10.0.0.1:443 -servername" in found[0].witness


@pytest.mark.parametrize(
    "made",
    [
        # the same certificate; no certificate on either side
        table(site(1, secure=(":443:a",), certificate_hash=A, flags=1), PLAIN),
        table(site(1, secure=(":443:a",), flags=1), PLAIN),
        table(site(1, secure=(":443:a",), certificate_hash=B, flags=1),
              site(2, secure=("10.0.0.1:443:",))),
        # the name is not bound there; nothing is; [::] and 0.0.0.0 come last
        table(site(1, secure=("10.0.0.2:443:a",), certificate_hash=B, flags=1), PLAIN),
        table(site(1, secure=(":444:a",), certificate_hash=B, flags=1), PLAIN),
        table(site(1, secure=(":443:a",), certificate_hash=B, flags=1),
              site(2, secure=("[::]:443:", ":443:"), certificate_hash=A)),
        # stopped sites make no records; before IIS 8 there are none by name
        table(site(1, secure=(":443:a",), certificate_hash=B, flags=1),
              PLAIN._replace(auto_start=False)),
        table(site(1, secure=(":443:a",), certificate_hash=B, flags=1), PLAIN, version=7),
        # the central store has no file for the host
        table(site(1, secure=(":443:a",), flags=2), PLAIN, files=("b.pfx",)),
    ],
)  # fmt: skip
def test_silence_where_nothing_is_hidden(made: BindingTable) -> None:
    """A false alarm is switched off and takes the true ones with it."""
    assert list(hidden_server_name(Reading(made))) == []


def test_a_record_of_the_metabase_hides_names_too() -> None:
    """Imported records have no site; the finding is about the record."""
    made = table(
        site(1, secure=(":443:a",), certificate_hash=B, flags=1),
        records={"[2001:db8::1]:443": A},
    )
    (finding,) = hidden_server_name(Reading(made))
    assert spots([finding]) == [("BND302", "HTTP/SSLCERT/[2001:DB8::1]:443")]
    assert finding.message.startswith("record [2001:db8::1]:443 decides")


@pytest.mark.parametrize(
    ("made", "is_found"),
    [
        (table(site(1, secure=(":443:a", ":443:b"), certificate_hash=A, flags=1)), True),
        (table(site(1, secure=(":443:a",), flags=2)), True),
        (table(site(1, secure=(":443:a",), certificate_hash=A, flags=1),
               site(2, secure=(":443:",), auto_start=False)), True),
        (table(site(1, secure=(":443:a",), certificate_hash=A, flags=1),
               records={"a:443": B}), True),
        (table(site(1, secure=(":443:a",), certificate_hash=A, flags=1),
               records={"0.0.0.0:443": B}), False),
        (table(site(1, secure=(":443:a",), certificate_hash=A, flags=1),
               site(2, secure=(":443:",), certificate_hash=B)), False),
        (table(site(1, secure=(":443:a",), flags=1), version=7), False),
        (table(site(1, secure=(":443:a",), flags=1, auto_start=False)), False),
        (table(site(1, ":80:a", flags=1)), False),
    ],
)  # fmt: skip
def test_a_port_of_names_alone_refuses_old_clients(
    made: BindingTable, is_found: bool
) -> None:
    """A monitor that sends no server name is told nothing but a failed handshake."""
    found = spots(only_server_name(Reading(made)))
    assert found == [("BND305", "W3SVC/1 SecureBindings 0")] * is_found


def test_a_wrong_record_is_reported_by_its_name() -> None:
    """It stands outside the sites, so the place is the record itself."""
    made = BindingTable((), (), (InvalidRecord("x", "why"),))
    (finding,) = invalid_certificate_record(Reading(made))
    assert spots([finding]) == [("BND307", "HTTP/SSLCERT/X")]
    assert finding.message == '"x" is not a certificate record: why'


@pytest.mark.parametrize(
    ("other", "is_found"),
    [
        (site(2, secure=("10.0.0.2:443:a",), certificate_hash=A, flags=1), True),
        (site(2, secure=(":443:a",), certificate_hash=A, flags=1), True),
        # other rules speak of these
        (site(2, secure=("10.0.0.2:443:a",), certificate_hash=C, flags=1), False),
        (site(2, secure=("10.0.0.1:443:a",), certificate_hash=A, flags=1), False),
        # records of their own
        (site(2, secure=("10.0.0.2:443:b",), certificate_hash=A, flags=1), False),
        (site(2, secure=("10.0.0.2:443:a",), certificate_hash=A), False),
    ],
)
def test_a_name_at_two_addresses_is_one_record(other: object, is_found: bool) -> None:
    """Renewing one site's certificate changes the other's."""
    first = site(1, secure=("10.0.0.1:443:a",), certificate_hash=A, flags=1)
    found = list(shared_server_name(Reading(table(first, other))))  # type: ignore[arg-type]  # a site
    assert spots(found) == [("BND310", "W3SVC/2 SecureBindings 0")] * is_found
