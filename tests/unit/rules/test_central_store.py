"""The central certificate store: certificates by name of their file."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bindctl.findings.finding import Severity
from bindctl.model.binding import EmulatedVersion
from bindctl.model.certificate import Certificate, KeyStatus
from bindctl.routing.reading import Reading
from bindctl.rules.central_store import (
    central_file_missing,
    central_file_not_covering,
    later_flags_with_central_store,
    server_name_without_host,
    unreadable_central_store,
    used_central_files,
)
from tests.unit.bindings.tables import A, site, spots, table

CENTRAL = site(1, secure=(":443:www.a.example",), flags=2)


def _certificate(*ids: str) -> Certificate:
    day = datetime(2026, 6, 1, tzinfo=UTC)
    return Certificate(A, "", "", "", ids, (), day, day, KeyStatus.MATCHES, 1)


@pytest.mark.parametrize(
    ("flags", "version", "words"),
    [
        (1, 10, "SslFlags is 1 (SNI)"),
        (3, 8, "SslFlags is 3 (central certificate store)"),
        (2, 8, "SslFlags is 2 (central certificate store)"),
        (5, 8, "SslFlags is 1 (SNI)"),
        (0, 10, None),
        (4, 10, None),
        (1, 7, None),
    ],
)
def test_a_name_is_needed_to_choose_by(
    flags: int, version: int, words: str | None
) -> None:
    """No record can be made, so every handshake fails."""
    made = table(
        site(1, ":80:", secure=(":443:a", ":444:"), flags=flags, certificate_hash=A),
        version=version,
    )
    found = list(server_name_without_host(Reading(made)))
    expected = [] if words is None else [("BND303", "W3SVC/1 SecureBindings 1")]
    assert spots(found) == expected
    assert all(words in finding.message for finding in found if words)


@pytest.mark.parametrize(
    ("flags", "version", "is_found"),
    [(6, 10, True), (35, 10, True), (2, 10, False), (5, 10, False), (6, 8, False)],
)
def test_bits_beside_the_central_store_are_told_once(
    flags: int, version: int, is_found: bool
) -> None:
    """One record serves all hosts, so the bits of one site cannot hold."""
    sites = [site(number, secure=(":443:a",), flags=flags) for number in (1, 2)]
    found = list(
        later_flags_with_central_store(Reading(table(*sites, version=version)))
    )
    assert spots(found) == [("BND311", "W3SVC/1 SslFlags")] * is_found
    assert all("and 1 more" in finding.message for finding in found)


def test_bits_of_a_site_without_https_are_nobody_s_business() -> None:
    """SslFlags is inherited: every site of HTTP alone would be told of."""
    made = table(site(1, ":80:a", flags=6))
    assert not list(later_flags_with_central_store(Reading(made)))


def test_a_store_that_is_asked_for_must_be_there() -> None:
    """Each handshake of each host would fall back, or fail."""
    without = table(CENTRAL)
    (finding,) = unreadable_central_store(Reading(without))
    assert spots([finding]) == [("BND314", "W3SVC/1 SslFlags")]
    broken = without._replace(central_store_path="ccs", central_problem="no folder")
    (finding,) = unreadable_central_store(Reading(broken))
    assert spots([finding]) == [("BND314", "W3SVC CentralCertStorePath")]
    assert finding.message == '"ccs": no folder'
    by_record = table(records={"*:443": ""})
    assert spots(unreadable_central_store(Reading(by_record))) == [
        ("BND314", "HTTP/SSLCERT/*:443")
    ]
    before = by_record._replace(emulated_version=EmulatedVersion.IIS7)
    assert list(unreadable_central_store(Reading(before))) == []
    assert (
        list(unreadable_central_store(Reading(table(site(1, secure=(":443:a",))))))
        == []
    )
    assert (
        list(unreadable_central_store(Reading(table(CENTRAL, files=("x.pfx",))))) == []
    )


@pytest.mark.parametrize(
    ("files", "message", "severity"),
    [
        (("www.a.example.pfx",), None, None),
        (("_.a.example.pfx",), None, None),
        (
            ("a.example.pfx",),
            (
                '":443:www.a.example": the central store has neither '
                "www.a.example.pfx nor _.a.example.pfx"
            ),
            Severity.ERROR,
        ),
    ],
)
def test_a_host_needs_a_file_of_its_name(
    files: tuple[str, ...], message: str | None, severity: Severity | None
) -> None:
    """IIS looks for two names, and nobody remembers both."""
    found = list(central_file_missing(Reading(table(CENTRAL, files=files))))
    assert [(item.message, item.severity) for item in found] == (
        [] if message is None else [(message, severity)]
    )


def test_without_a_file_another_record_may_do() -> None:
    """Visitors are shown a certificate, if not the meant one: no reason to stop."""
    made = table(CENTRAL, files=("x.pfx",), records={"0.0.0.0:443": A})
    (finding,) = central_file_missing(Reading(made))
    assert finding.severity is Severity.WARNING
    assert finding.message.endswith("; record 0.0.0.0:443 is used")


def test_a_wildcard_host_has_one_name_for_its_file() -> None:
    """The underscore stands for the asterisk."""
    made = table(site(1, secure=(":443:*.a.example",), flags=3), files=("x.pfx",))
    (finding,) = central_file_missing(Reading(made))
    assert finding.message.endswith("has no _.a.example.pfx")


def test_a_missing_store_is_not_told_for_every_host() -> None:
    """BND314 says it once."""
    assert list(central_file_missing(Reading(table(CENTRAL)))) == []


def test_a_file_is_chosen_by_name_alone_and_may_not_cover() -> None:
    """Visitors are warned, and the folder looks right."""
    made = table(CENTRAL, files=("_.a.example.pfx",))
    wrong = _certificate("*.b.example", "c.example")
    (finding,) = central_file_not_covering(made, {"_.a.example.pfx": wrong})
    assert spots([finding]) == [("BND316", "W3SVC/1 SecureBindings 0")]
    assert finding.message == (
        "_.a.example.pfx of the central store is shown for www.a.example, but its "
        "certificate names *.b.example, c.example"
    )
    right = _certificate("*.a.example")
    assert not list(central_file_not_covering(made, {"_.a.example.pfx": right}))
    assert not list(central_file_not_covering(made, {}))  # unreadable: CRT says so


def test_only_files_that_hosts_lead_to_are_read() -> None:
    """A central store holds thousands of files for hundreds of machines."""
    made = table(
        CENTRAL,
        site(2, secure=(":444:www.a.example", ":443:b.example"), flags=3),
        files=("www.a.example.pfx", "_.a.example.pfx", "c.example.pfx"),
    )
    places = used_central_files(made)
    assert list(places) == ["www.a.example.pfx"]
    assert places["www.a.example.pfx"].path == "/LM/W3SVC/1"
