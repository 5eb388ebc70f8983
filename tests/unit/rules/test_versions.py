"""What the emulated version of IIS does not know."""

from __future__ import annotations

import pytest

from bindctl.bindings.start import find_version_problem, start_sites
from bindctl.findings.finding import Severity
from bindctl.model.binding import EmulatedVersion, Protocol, parse_binding
from bindctl.routing.reading import Reading
from bindctl.rules.versions import (
    later_flags,
    unknown_binding,
    unknown_emulated_version,
    unknown_server_name,
)
from tests.unit.bindings.tables import A, B, site, spots, table

VERSIONS = tuple(EmulatedVersion)


@pytest.mark.parametrize(
    ("text", "refused_by"),
    [
        (":80:*.example.com", {6: "BND105", 7: "BND105", 8: "BND105"}),
        ("[::1]:80:", {6: "BND106"}),
        (":80:xn--bcher-kva.example", {7: "BND108"}),
        (":80:a.xn--bcher-kva", {7: "BND108"}),
        (":80:b\u00fccher.example", {}),
        (":80:a.", {6: "BND103", 7: "BND103"}),
        (":80:a\u3002", {6: "BND103", 7: "BND103"}),
        (":80:a", {}),
        (":80:", {}),
    ],
)
def test_a_site_starts_exactly_where_no_rule_says_otherwise(
    text: str, refused_by: dict[int, str]
) -> None:
    """An old server rehearsed must refuse what the old server refuses."""
    for version in VERSIONS:
        binding = parse_binding(text, Protocol.HTTP)
        problem = find_version_problem(text, binding, version)
        code = None if problem is None else problem.code
        assert code == refused_by.get(version)
        made = table(site(1, text), version=version)
        assert (1 in start_sites(made).started) is (code is None)
        reported = [] if code in (None, "BND103") else [code]
        assert [finding.code for finding in unknown_binding(Reading(made))] == reported


def test_a_host_in_a_labels_is_told_in_unicode() -> None:
    """The remedy can be copied."""
    (finding,) = unknown_binding(
        Reading(table(site(1, ":80:xn--bcher-kva.example"), version=7))
    )
    assert finding.hint == "write it in Unicode: b\u00fccher.example"
    assert finding.severity is Severity.ERROR
    (wrong,) = unknown_binding(
        Reading(table(site(1, ":80:xn--zzzzzzzz.example"), version=7))
    )
    assert wrong.hint.startswith("write the host in Unicode")


def test_later_bits_are_unknown_to_iis_8_alone() -> None:
    """IIS 7 knows no SslFlags at all, which is another finding."""
    sites = (
        site(1, ":80:a", flags=5),
        site(2, secure=(":443:a",), flags=5, certificate_hash=A),
        site(3, secure=(":443:b",), flags=4, certificate_hash=B),
    )
    (finding,) = later_flags(Reading(table(*sites, version=8)))
    assert spots([finding]) == [("BND312", "W3SVC/2 SslFlags")]
    assert finding.message == (
        'IIS 8 does not know 4 in SslFlags: site 2 "S2" and 1 more'
    )
    assert list(later_flags(Reading(table(*sites, version=10)))) == []
    assert list(later_flags(Reading(table(*sites, version=7)))) == []


def test_before_iis_8_nothing_is_chosen_by_name() -> None:
    """SslFlags would be believed to separate the certificates, and does not."""
    sites = (site(1, secure=(":443:a",), flags=1, certificate_hash=A),)
    records = {"b:443": B, "*:443": "", "0.0.0.0:444": B}
    found = unknown_server_name(Reading(table(*sites, records=records, version=7)))
    assert spots(found) == [
        ("BND313", "W3SVC/1 SslFlags"),
        ("BND313", "HTTP/SSLCERT/B:443"),
        ("BND313", "HTTP/SSLCERT/*:443"),
    ]
    assert (
        list(unknown_server_name(Reading(table(*sites, records=records, version=8))))
        == []
    )


def test_a_version_that_is_none_is_told_and_what_is_used() -> None:
    """A rehearsal of the wrong server proves nothing."""
    made = table()._replace(unknown_version=9)
    (finding,) = unknown_emulated_version(Reading(made))
    assert spots([finding]) == [("BND317", "W3SVC EmulatedVersion")]
    assert finding.message == "EmulatedVersion is 9, not one of 6, 7, 8, 10: 10 is used"
    assert list(unknown_emulated_version(Reading(table()))) == []
