"""The binding table as a plain record."""

from __future__ import annotations

from bindctl.bindings.table import DEFAULT_WILDCARD_DEPTH, BindingTable
from bindctl.metabase.schema import Property
from tests.unit.bindings.tables import site, table


def test_entries_leave_out_what_is_no_binding() -> None:
    """A slip in one item must not hide the site's other bindings."""
    made = table(site(1, ":80:a", "oops", secure=(":443:a",)))
    found = [(s.identifier, e.index, e.text) for s, e, _b in made.entries()]
    assert found == [(1, 0, ":80:a"), (1, 0, ":443:a")]


def test_a_wildcard_matches_one_label_unless_told_otherwise() -> None:
    """What a wildcard certificate covers; schema and table have to agree."""
    assert BindingTable(()).wildcard_depth == DEFAULT_WILDCARD_DEPTH == 1
    assert Property("WildcardHostDepth").default() == DEFAULT_WILDCARD_DEPTH
