"""The table of what can be mended."""

from __future__ import annotations

from bindctl.findings.codes import RULES_BY_CODE, make_finding
from bindctl.findings.finding import Place
from bindctl.rules.fixes.fixes import FINDERS, find_fixes
from tests.unit.bindings.tables import site, table
from tests.unit.bindings.worlds import fixes, world


def test_every_row_is_a_code() -> None:
    """A fix of a code that nobody reports mends nothing."""
    assert set(FINDERS) <= set(RULES_BY_CODE)


def test_a_finding_that_nothing_mends_has_no_fix() -> None:
    """Nor does one about something that is not there."""
    made = world(table(site(1, ":80:")))
    gone = Place("/LM/W3SVC/9", "ServerBindings", 3)
    for code in ("BND101", *FINDERS):
        if code not in ("BND311", "BND312"):
            assert find_fixes(make_finding(code, gone, "x"), made) == []


def test_no_change_is_proposed_twice() -> None:
    """A list of choices has no two that are the same."""
    made = world(table(site(1, ":80:a"), site(2, ":80:a")))
    edits = [fix.edits for fix in fixes("BND201", made)]
    assert len(edits) == len(set(edits))
