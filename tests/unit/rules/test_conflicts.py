"""Registrations that collide, and those that take from others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.findings.finding import Severity
from bindctl.routing.reading import Reading
from bindctl.rules.conflicts import (
    both_schemes_on_port,
    duplicate_registration,
    repeated_binding,
    shadowed_binding,
    two_spellings,
)
from tests.unit.bindings.tables import site, spots, table

if TYPE_CHECKING:
    from bindctl.bindings.table import BindingTable

ERROR, WARNING = Severity.ERROR, Severity.WARNING


def test_a_duplicate_says_who_holds_it_and_what_to_type() -> None:
    """The administrator must not have to search a file of a thousand sites."""
    made = table(site(1, ":80:a"), site(2, ":81:", "*:80:A"))
    (finding,) = duplicate_registration(Reading(made))
    assert spots([finding]) == [("BND201", "W3SVC/2 ServerBindings 1")]
    assert finding.message == (
        '"*:80:A" is already registered by site 1 "S1" (ServerBindings ":80:a"); '
        'site 2 "S2" cannot start beside it'
    )
    assert finding.hint.endswith(
        'bindctl set /w3svc/2/ServerBindings --replace "*:80:A" ":80:HOST"'
    )
    assert finding.witness == "curl -sSki --resolve a:80:127.0.0.1 http://a:80/"


def test_the_remedy_of_a_duplicate_keeps_the_site_s_other_bindings() -> None:
    """Following the hint would take every other binding off the site."""
    alone = site(2, ":80:a", secure=(":443:a",))
    (finding,) = duplicate_registration(Reading(table(site(1, ":80:a"), alone)))
    assert finding.hint.endswith('bindctl set /w3svc/2/ServerBindings ":80:HOST"')
    several = site(2, ":80:b", ":80:a", secure=(":443:a",))
    (finding,) = duplicate_registration(Reading(table(site(1, ":80:a"), several)))
    assert finding.hint.endswith('--replace ":80:a" ":80:HOST"')


@pytest.mark.parametrize(
    ("starts", "severities"),
    [
        ((True, True), [ERROR]),
        ((True, False), [WARNING]),
        ((False, True), [WARNING]),
        ((False, False), [WARNING]),
        # of the three, the second and the third cannot run together
        ((False, True, True), [WARNING, ERROR]),
        ((True, False, True), [WARNING, ERROR]),
        ((True, True, True), [ERROR, ERROR]),
    ],
)
def test_only_sites_that_start_by_themselves_make_an_error(
    starts: tuple[bool, ...], severities: list[Severity]
) -> None:
    """IIS lets all be stored, and starts one; a spare site must not fail the build."""
    sites = [site(number, ":80:a", auto_start=own) for number, own in enumerate(starts)]
    found = list(duplicate_registration(Reading(table(*sites))))
    assert [finding.severity for finding in found] == severities


def test_a_duplicate_names_the_site_that_runs() -> None:
    """Moving the host of a stopped site would not let the other one start."""
    made = table(site(1, ":80:a", auto_start=False), site(2, ":80:a"), site(3, ":80:a"))
    assert "by site 2 " in list(duplicate_registration(Reading(made)))[1].message


@pytest.mark.parametrize(
    "made",
    [
        # reference/iis-semantics.md §3.1
        table(site(1, ":80:"), site(2, "10.0.0.1:80:")),
        table(site(1, ":80:h"), site(2, "10.0.0.1:80:h")),
        table(site(1, ":80:h"), site(2, ":80:")),
        table(site(1, "[::]:80:"), site(2, ":80:"), site(3, "[::1]:80:")),
        table(site(1, ":80:a", ":81:a")),
        table(site(1, "oops"), site(2, "oops")),
    ],
)
def test_pairs_that_may_stand_together_are_none(made: BindingTable) -> None:
    """A false alarm is switched off and takes the true ones with it."""
    assert list(duplicate_registration(Reading(made))) == []
    assert list(repeated_binding(Reading(made))) == []
    assert list(two_spellings(Reading(made))) == []


def test_a_repeat_in_one_site_is_said_once_an_item() -> None:
    """IIS 7 cannot read such a configuration at all."""
    made = table(site(1, ":80:a", "*:80:a", "0.0.0.0:80:A", "oops"))
    found = list(repeated_binding(Reading(made)))
    assert spots(found) == [
        ("BND202", "W3SVC/1 ServerBindings 1"),
        ("BND202", "W3SVC/1 ServerBindings 2"),
    ]
    assert found[0].message == (
        '"*:80:a" is registered by this site already: ServerBindings ":80:a"'
    )


@pytest.mark.parametrize(
    ("made", "places", "severity"),
    [
        (
            table(site(1, ":80:a"), site(2, secure=(":80:b", ":80:c"))),
            ["W3SVC/2 SecureBindings 0"],
            ERROR,
        ),
        (
            table(site(1, ":80:a", secure=("10.0.0.1:80:b",), auto_start=False)),
            ["W3SVC/1 SecureBindings 0"],
            ERROR,
        ),
        (
            table(site(1, ":80:a", auto_start=False), site(2, secure=(":80:b",))),
            ["W3SVC/2 SecureBindings 0"],
            WARNING,
        ),
        (
            table(
                site(1, ":80:a", auto_start=False),
                site(2, ":80:b"),
                site(3, secure=(":80:c",)),
            ),
            ["W3SVC/3 SecureBindings 0"],
            ERROR,
        ),
        (table(site(1, ":80:a", secure=(":443:a",))), [], ERROR),
    ],
)
def test_a_port_has_one_scheme(
    made: BindingTable, places: list[str], severity: Severity
) -> None:
    """The second registration fails: one of the two sites is down."""
    found = list(both_schemes_on_port(Reading(made)))
    assert spots(found) == [("BND203", place) for place in places]
    assert {finding.severity for finding in found} <= {severity}


def test_one_host_over_both_schemes_is_one_defect() -> None:
    """The port is to blame; that the host is the same one is beside the point."""
    made = table(site(1, ":80:a"), site(2, secure=(":80:a",)))
    assert list(duplicate_registration(Reading(made))) == []
    (finding,) = both_schemes_on_port(Reading(made))
    assert finding.message == '":80:a" is https, but port 80 is http for site 1 "S1"'


@pytest.mark.parametrize(
    ("texts", "hint"),
    [
        ((":80:a", "*:80:a"), 'write both as ":80:a"'),
        ((":80:a", ":080:A"), 'write both as ":80:a"'),
        (("[0:0::1]:80:", "[::1]:80:"), 'write both as "[::1]:80:"'),
        (
            (":80:xn--bcher-kva.example", ":80:B\u00fccher.example"),
            'write both as ":80:b\u00fccher.example"',
        ),
    ],
)
def test_two_spellings_are_told_with_the_plain_one(
    texts: tuple[str, str], hint: str
) -> None:
    """A search of the file for one of them misses the other."""
    made = table(site(1, texts[0]), site(2, texts[1]))
    (finding,) = two_spellings(Reading(made))
    assert spots([finding]) == [("BND204", "W3SVC/2 ServerBindings 0")]
    assert finding.hint == hint


@pytest.mark.parametrize(
    ("made", "is_found"),
    [
        (table(site(1, "10.0.0.1:80:"), site(2, ":80:h")), True),
        (table(site(1, "10.0.0.1:80:"), site(2, ":80:*.h")), True),
        (table(site(1, "[::]:80:"), site(2, ":80:h")), True),
        (table(site(1, "[::1]:80:"), site(2, "[::]:80:h")), True),
        # at the address itself a nearer binding has the host
        (table(site(1, "10.0.0.1:80:", "10.0.0.1:80:h"), site(2, ":80:h")), False),
        (
            table(
                site(1, "[::1]:80:", "[::]:80:h"),
                site(2, ":80:h"),
            ),
            False,
        ),
        # another address, port, scheme; the site's own; one that does not start
        (table(site(1, "10.0.0.1:80:"), site(2, "10.0.0.2:80:h")), False),
        (table(site(1, "10.0.0.1:80:"), site(2, "[::]:80:h")), False),
        (table(site(1, "10.0.0.1:80:"), site(2, ":81:h")), False),
        (table(site(1, "10.0.0.1:80:"), site(2, secure=(":80:h",))), False),
        (table(site(1, "10.0.0.1:80:", ":80:h")), False),
        (table(site(1, "10.0.0.1:80:"), site(2, ":80:h", auto_start=False)), False),
        (table(site(1, "10.0.0.1:80:", auto_start=False), site(2, ":80:h")), False),
        (table(site(1, ":80:"), site(2, "10.0.0.1:80:h")), False),
    ],
)
def test_a_host_on_any_address_comes_before_an_address(
    made: BindingTable, is_found: bool
) -> None:
    """Who bought an address of their own expects every request to it."""
    found = spots(shadowed_binding(Reading(made)))
    assert found == [("BND205", "W3SVC/1 ServerBindings 0")] * is_found


def test_a_shadow_names_who_comes_first_and_shows_it() -> None:
    """The surprise is only believed when it is seen."""
    made = table(site(1, "10.0.0.1:80:"), site(2, ":80:*.h"))
    (finding,) = shadowed_binding(Reading(made))
    assert finding.severity is Severity.INFO
    assert '":80:*.h" of site 2 "S2" comes first' in finding.message
    assert finding.witness == (
        "curl -sSki --resolve unnamed.h:80:10.0.0.1 http://unnamed.h:80/"
    )
