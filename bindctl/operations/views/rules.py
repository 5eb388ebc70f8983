"""rule: what a code means, what IIS does with it, and what mends it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.findings.codes import FINDINGS
from bindctl.findings.error_rules import ERRORS
from bindctl.findings.errors import BindctlError
from bindctl.model.emulation import EmulatedVersion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bindctl.findings.rule import Rule

# Written by tools/generate_reference.py from the golden case of each code.
EXAMPLES_FILE: Final = os.path.join(os.path.dirname(__file__), "rule_examples.json")


class RuleExample(NamedTuple):
    """A metabase in which a code is found, and what `check` says of it."""

    metabase: str
    report: str


class RuleView(NamedTuple):
    """Everything that is known about a code.

    Attributes:
        code: ``BND201``.
        name: The defect, in snake case.
        kind: ``finding``, which `check` reports, or ``error``, which ends a command.
        severity: Its usual severity.
        meaning: What it means to a visitor or an administrator.
        remedy: The next step.
        on_iis: What IIS does and when, by version; empty where it has nothing like it.
        example: Of a finding; ``None`` where there is none.
    """

    code: str
    name: str
    kind: str
    severity: str
    meaning: str
    remedy: str
    on_iis: Mapping[str, str]
    example: RuleExample | None


def describe_rules(wanted: str = "") -> tuple[RuleView, ...]:
    """The codes that are meant, in the order of their families.

    Args:
        wanted: A code, the beginning of codes, or a defect's name, in any letter case;
            empty for all.

    Raises:
        BindctlError: CLI005, with the nearest code or name.
    """
    code, name = wanted.strip().upper(), wanted.strip().lower()
    rules = FINDINGS + ERRORS
    found = [rule for rule in rules if rule.name == name or rule.code.startswith(code)]
    if not found:
        raise _unknown_code(wanted)
    examples = _load_examples()
    return tuple(_describe(rule, examples) for rule in found)


def _describe(rule: Rule, examples: Mapping[str, RuleExample]) -> RuleView:
    on_iis = {
        str(int(version)): rule.on_iis_of(version)
        for version in EmulatedVersion
        if rule.on_iis_of(version)
    }
    return RuleView(
        code=rule.code,
        name=rule.name,
        kind="finding" if rule in FINDINGS else "error",
        severity=rule.severity.value,
        meaning=rule.meaning,
        remedy=rule.remedy,
        on_iis=on_iis,
        example=examples.get(rule.code),
    )


def _load_examples() -> dict[str, RuleExample]:
    with open(EXAMPLES_FILE, encoding="utf-8") as file:
        return {code: RuleExample(**item) for code, item in json.load(file).items()}


def _unknown_code(wanted: str) -> BindctlError:
    import difflib  # noqa: PLC0415 - only a misspelling needs it

    rules = FINDINGS + ERRORS
    spellings = {rule.code.lower(): rule.code for rule in rules}
    spellings |= {rule.name: rule.name for rule in rules}
    near = difflib.get_close_matches(wanted.strip().lower(), spellings, 1)
    hint = "bindctl rule lists them"
    if near:
        hint = f"did you mean {spellings[near[0]]}? {hint}"
    return BindctlError("CLI005", f"no finding or error is called {wanted!r}", hint)
