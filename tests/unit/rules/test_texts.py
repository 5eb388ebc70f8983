"""The text of one binding: what it cannot mean, and what it should not."""

from __future__ import annotations

import pytest

from bindctl.findings.finding import Severity
from bindctl.routing.reading import Reading
from bindctl.rules.texts import (
    address_as_host,
    invalid_binding,
    no_bindings,
    star_as_host,
    trailing_dot,
)
from tests.unit.bindings.tables import site, spots, table


def test_what_is_no_binding_is_told_with_its_reason() -> None:
    """The site does not start, and IIS says only: the parameter is incorrect."""
    made = table(site(1, ":80:a", "oops", secure=(":65536:",)))
    first, second = invalid_binding(Reading(made))
    assert spots([first, second]) == [
        ("BND101", "W3SVC/1 ServerBindings 1"),
        ("BND101", "W3SVC/1 SecureBindings 0"),
    ]
    assert first.message.startswith('"oops" is not a binding: expected IP:port:host')
    assert "65536 is not between 1 and 65535" in second.message


def test_a_site_without_bindings_is_reported_when_it_starts() -> None:
    """Nothing leads to it; a spare site may wait without."""
    made = table(site(1), site(2, auto_start=False), site(3, ":80:"))
    assert spots(no_bindings(Reading(made))) == [("BND102", "W3SVC/1")]


@pytest.mark.parametrize("dot", [".", "\u3002", "\uff0e", "\uff61"])
def test_a_last_dot_is_a_warning_and_an_error_where_it_stops_the_site(dot: str) -> None:
    """IIS 7.5 stores it and does not start the site."""
    sites = site(1, f":80:a{dot}", ":80:b", ":80:", f":443:*.a{dot}")
    for version, severity in ((10, Severity.WARNING), (7, Severity.ERROR)):
        found = list(trailing_dot(Reading(table(sites, version=version))))
        assert spots(found) == [
            ("BND103", "W3SVC/1 ServerBindings 0"),
            ("BND103", "W3SVC/1 ServerBindings 3"),
        ]
        assert {finding.severity for finding in found} == {severity}


@pytest.mark.parametrize(
    ("host", "is_found"),
    [
        ("10.0.0.1", True),
        ("\uff11\uff10.0.0.1", True),
        ("10.0.0.256", False),
        ("10.0.0", False),
        ("10.0.0.1.example", False),
        ("", False),
    ],
)
def test_an_address_as_host_is_told_where_it_belongs(host: str, is_found: bool) -> None:
    """It only matches requests that write the address in their Host header."""
    found = list(address_as_host(Reading(table(site(1, f":80:{host}")))))
    assert spots(found) == [("BND104", "W3SVC/1 ServerBindings 0")] * is_found
    hints = [finding.hint for finding in found]
    assert hints == ['"10.0.0.1:80:" binds the address'] * is_found


def test_an_asterisk_as_host_means_any_and_is_told() -> None:
    """IIS Express writes it so; other tools refuse it."""
    (finding,) = star_as_host(Reading(table(site(1, ":80:*", "*:81:", ":82:*.a"))))
    assert spots([finding]) == [("BND107", "W3SVC/1 ServerBindings 0")]
    assert finding.hint == 'leave it empty: ":80:"'
