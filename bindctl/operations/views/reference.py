"""What a code means and what mends it; what a property is and what the server does."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.findings.codes import FINDINGS
from bindctl.findings.error_rules import ERRORS
from bindctl.findings.errors import BindctlError
from bindctl.metabase.schema import Property, find_flag
from bindctl.metabase.schema_data import CLASSES, PROPERTIES
from bindctl.metabase.server_use import SERVER_USE
from bindctl.metabase.values import toml_value
from bindctl.model.binding import EmulatedVersion
from bindctl.operations.editing.properties import require_property

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bindctl.findings.finding import Rule

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


class PropertyView(NamedTuple):
    """Everything the schema says of a property.

    Attributes:
        name: The schema's spelling.
        id: The metabase identifier.
        type: Data type of the metabase.
        syntax: ADSI syntax, as adsutil prints it.
        user_type: ``SERVER``, ``FILE``, ``WAM`` or ``ASP_APP``.
        default: In force where no key holds it; ``None`` for none.
        minimum: Smallest number, or ``None``.
        maximum: Largest number, or ``None``.
        flags: Flag name to bit; empty if it is not a flag property.
        is_inherited: Whether keys below see a stored value.
        is_secure: Whether it is shown as ten stars.
        is_volatile: Whether the running service has it and no file does.
        is_own: Whether IIS 6 lacks it.
        key_types: Types of keys that may hold it; empty for every one.
        server_use: What the built-in server does with it; empty for nothing.
    """

    name: str
    id: int
    type: str
    syntax: str
    user_type: str
    default: object
    minimum: int | None
    maximum: int | None
    flags: Mapping[str, int]
    is_inherited: bool
    is_secure: bool
    is_volatile: bool
    is_own: bool
    key_types: tuple[str, ...]
    server_use: str


def describe_property(name: str) -> PropertyView:
    """The property of that name, or the one that a flag of that name is a bit of.

    Raises:
        BindctlError: MET102, with the nearest name the schema has.
    """
    flag = find_flag(name)
    return _view(flag[1] if flag else require_property(name))


def describe_properties() -> tuple[PropertyView, ...]:
    """Every property, in the schema's order."""
    return tuple(_view(Property(name)) for name in PROPERTIES)


def _view(row: Property) -> PropertyView:
    default = row.default()
    types = tuple(kind for kind, columns in CLASSES.items() if row.name in columns[0])
    return PropertyView(
        name=row.name,
        id=row.property_id,
        type=row.data_type,
        syntax=row.syntax,
        user_type=row.user_type,
        default=toml_value(default) if isinstance(default, tuple) else default,
        minimum=row.minimum,
        maximum=row.maximum,
        flags=row.flags or {},
        is_inherited=row.is_inheritable,
        is_secure=row.is_secure,
        is_volatile=row.is_volatile,
        is_own=row.is_own,
        key_types=() if len(types) == len(CLASSES) else types,
        server_use=SERVER_USE.get(row.name, ""),
    )
