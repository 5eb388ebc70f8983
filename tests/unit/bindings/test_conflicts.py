"""Rules about bindings: each code where it belongs, and silence elsewhere."""

from __future__ import annotations

import pytest

from bindctl.bindings.conflicts import (
    RULES,
    binding_findings,
    place_of,
    site_location,
)
from bindctl.bindings.table import BindingTable, InvalidRecord
from bindctl.findings.finding import Severity
from tests.unit.bindings.tables import A, B, C, site, table


def _found(made: BindingTable) -> list[tuple[str, str, str | None, int | None]]:
    return [
        (
            f.code,
            f.place.path[len("/LM/W3SVC/") :],
            f.place.property_name,
            f.place.index,
        )
        for f in binding_findings(made)
    ]


SERVER, SECURE = "ServerBindings", "SecureBindings"


@pytest.mark.parametrize(
    ("made", "found"),
    [
        # clean pairs (reference/iis-semantics.md §3.1)
        (table(site(1, ":80:"), site(2, "10.0.0.1:80:")), []),
        (table(site(1, ":80:h"), site(2, "10.0.0.1:80:h")), []),
        (table(site(1, ":80:h"), site(2, ":80:")), []),
        (table(site(1, "[::]:80:"), site(2, ":80:"), site(3, "[::1]:80:")), []),
        (table(site(1, secure=(":443:a",), certificate_hash=A),
               site(2, secure=(":443:b",), certificate_hash=A)), []),
        (table(site(1, secure=(":443:a",), certificate_hash=A, flags=1),
               site(2, secure=(":443:",), certificate_hash=B)), []),
        # one defect each
        (table(site(1, ":80:a", "oops")), [("BND101", "1", SERVER, 1)]),
        (table(site(1, ":65536:")), [("BND101", "1", SERVER, 0)]),
        (table(site(1)), [("BND102", "1", None, None)]),
        (table(site(1, auto_start=False)), []),
        (table(site(1, ":80:a.")), [("BND103", "1", SERVER, 0)]),
        (table(site(1, ":80:10.0.0.1")), [("BND104", "1", SERVER, 0)]),
        (table(site(1, ":80:a"), site(2, ":81:", "*:80:A")), [("BND201", "2", SERVER, 1)]),
        (table(site(1, ":80:a", "*:80:a")), [("BND202", "1", SERVER, 1)]),
        (table(site(1, ":80:a"), site(2, secure=(":80:b", ":80:c"))),
         [("BND203", "2", SECURE, 0)]),
        (table(site(1, secure=(":443:a",), certificate_hash=A),
               site(2, secure=(":443:b",), certificate_hash=B)),
         [("BND301", "2", SECURE, 0)]),
        (table(site(1, secure=("10.0.0.1:443:a",), certificate_hash=A, flags=1),
               site(2, secure=("10.0.0.2:443:a",), certificate_hash=B, flags=1),
               site(3, secure=(":443:",), certificate_hash=C)),
         [("BND304", "2", SECURE, 0)]),
        (table(site(1, secure=("10.0.0.1:443:",), certificate_hash=A),
               site(2, secure=(":443:a",), certificate_hash=B, flags=1)),
         [("BND302", "1", SECURE, 0)]),
        (table(site(1, secure=(":443:",), certificate_hash=A, flags=1)),
         [("BND303", "1", SECURE, 0)]),
        (table(site(1, secure=(":443:a", ":443:b"), certificate_hash=A, flags=1)),
         [("BND305", "1", SECURE, 0)]),
        (table(site(1, secure=(":443:a",), certificate_hash=A, flags=1),
               records={"0.0.0.0:443": B}), []),
        (table(site(1, secure=(":443:a",), flags=2)), [("BND306", "1", SECURE, 0)]),
        (table(site(1, ":80:a", flags=3)), []),
        (table(site(1, secure=(":443:a",), certificate_hash=A),
               records={"0.0.0.0:443": B}),
         [("BND301", "1", SECURE, 0)]),
    ],
)  # fmt: skip
def test_each_defect_is_found_where_it_is(
    made: BindingTable, found: list[tuple[str, str, str | None, int | None]]
) -> None:
    """A false alarm is switched off and takes the true ones with it."""
    assert _found(made) == found


def test_a_wrong_record_is_reported_by_its_name() -> None:
    """It stands outside the sites, so the place is the record itself."""
    made = BindingTable((), (), (InvalidRecord("*:443", "why"),))
    (finding,) = binding_findings(made)
    assert (finding.code, finding.place.path) == ("BND307", "/LM/HTTP/SSLCERT/*:443")
    assert finding.message == '"*:443" is no certificate record: why'


@pytest.mark.parametrize(
    ("first", "second", "severity"),
    [
        (True, True, Severity.ERROR),
        (True, False, Severity.WARNING),
        (False, True, Severity.WARNING),
    ],
)
def test_a_duplicate_of_a_stopped_site_is_a_warning(
    first: bool,
    second: bool,
    severity: Severity,
) -> None:
    """IIS lets both be stored; only both starting is an error."""
    made = table(
        site(1, ":80:a", auto_start=first), site(2, ":80:a", auto_start=second)
    )
    (finding,) = binding_findings(made)
    assert (finding.code, finding.severity) == ("BND201", severity)


def test_a_duplicate_says_who_holds_it_and_what_to_type() -> None:
    """The administrator must not have to search a file of a thousand sites."""
    made = table(site(1, ":80:a"), site(2, "*:80:A"))
    (finding,) = binding_findings(made)
    assert finding.message == (
        '"*:80:A" is already registered by site 1 "S1" (ServerBindings ":80:a"); '
        'site 2 "S2" cannot start beside it'
    )
    assert 'bindctl set /w3svc/2/ServerBindings ":80:HOST"' in finding.hint


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
    (finding,) = binding_findings(made)
    assert finding.message == message


def test_rules_are_named_once_and_places_written_as_iis_does() -> None:
    """`RULES` is what `check` runs; a rule left out is never seen."""
    assert len(set(RULES)) == len(RULES) == 13
    assert site_location(7) == "/LM/W3SVC/7"
    entry = site(7, ":80:").entries[0]
    place = place_of(entry)
    assert (place.path, place.property_name, place.index) == ("/LM/W3SVC/7", SERVER, 0)
