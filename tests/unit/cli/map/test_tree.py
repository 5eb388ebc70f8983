"""The map as a tree."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bindctl.cli.map.tree import format_tree, make_branches, print_tree
from bindctl.terminal.terminal import Terminal
from tests.unit.bindings.tables import site, table
from tests.unit.rules.pictures import picture, sample

if TYPE_CHECKING:
    import pytest

LINES = [
    "*:80 http",
    "  www.example.com [registered twice]",
    "    site 1 S1",
    "    site 2 S2 [does not start]",
    "[::1]:80 http",
    "  any host",
    "    site 3 S3 [stopped]",
    "*:443 https",
    "  www.example.com",
    "    site 1 S1",
    "      *.example.com +1 (aaaaaaaa) until 2027-06-09 [expires soon]",
    "  münchen.example (xn--mnchen-3ya.example) [not covered]",
    "    site 2 S2 [does not start]",
    "      *.example.com +1 (aaaaaaaa) until 2027-06-09 [expires soon]",
    "no endpoint",
    "  80:oops [not a binding]",
    "    site 3 S3 [stopped]",
    "no binding leads to",
    "  site 4 S4 [no binding]",
]


class Screen(io.StringIO):
    """A stream that a person reads."""

    def isatty(self) -> bool:
        return True


def _terminal(stream: io.StringIO) -> Terminal:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    return Terminal(stream, stream, {}, "/", lambda: now)


def test_a_host_is_marked_below_the_endpoint_where_it_is_wrong() -> None:
    """A host that no certificate covers is as good as ever over HTTP."""
    assert list(format_tree(make_branches(sample()))) == LINES


def test_a_program_reads_lines() -> None:
    """Two spaces a level, and nothing else."""
    stream = io.StringIO()
    print_tree(_terminal(stream), sample())
    assert stream.getvalue().splitlines() == LINES


def test_a_person_sees_branches_and_a_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    """And no name in the metabase does anything to the terminal."""
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "100")
    made = site(1, ":80:a.example")._replace(comment="[bold]\x1b[2J")
    screen = Screen()
    print_tree(_terminal(screen), picture(table(made)))
    assert screen.getvalue().splitlines() == [
        "*:80 http",
        "└── a.example",
        "    └── site 1 [bold]\\u001b[2J",
        "1 binding: 1 endpoint, 1 host, 1 site, 0 certificates",
    ]


def test_an_empty_metabase_has_no_branch() -> None:
    """Nothing is printed of nothing."""
    assert make_branches(picture(table())) == ()
