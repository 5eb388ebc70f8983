"""The table of codes."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.codes import ERRORS, FINDINGS, RULES_BY_CODE, make_finding
from bindctl.findings.finding import Place, Severity

if TYPE_CHECKING:
    from bindctl.findings.finding import Rule

ALL = FINDINGS + ERRORS


def test_no_code_and_no_name_is_used_twice() -> None:
    """A code in a pipeline's ignore list must mean one thing for ever."""
    for attribute in ("code", "name"):
        counts = Counter(getattr(rule, attribute) for rule in ALL)
        assert [item for item, count in counts.items() if count > 1] == []
    assert len(RULES_BY_CODE) == len(ALL)


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.code)
def test_every_row_helps(rule: Rule) -> None:
    """Each code says what it means and what mends it."""
    assert re.fullmatch("[A-Z]{3}[0-9]{3}", rule.code)
    assert re.fullmatch("[a-z][a-z0-9_]+", rule.name)
    assert rule.meaning.endswith(".")
    assert rule.remedy


@pytest.mark.parametrize("rule", ERRORS, ids=lambda rule: rule.code)
def test_what_stops_a_command_is_an_error(rule: Rule) -> None:
    """A warning that stops a command would contradict itself."""
    assert rule.severity is Severity.ERROR


def test_a_finding_takes_severity_and_remedy_from_the_table() -> None:
    """Two places that report one code would otherwise disagree about it."""
    place = Place("/LM/W3SVC/1")
    plain = make_finding("BND201", place, "cause")
    assert plain.severity is Severity.ERROR
    remedy = RULES_BY_CODE["BND201"].remedy
    assert plain.hint == remedy[0].lower() + remedy[1:].removesuffix(".")
    special = make_finding("BND201", place, "cause", "do this", Severity.WARNING)
    assert (special.severity, special.hint) == (Severity.WARNING, "do this")
