"""The commands schema and rule: what a property is, and what a code means."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from bindctl.cli.views.tables import print_table
from bindctl.model.binding import EmulatedVersion
from bindctl.operations.views.reference import (
    describe_properties,
    describe_property,
    describe_rules,
)
from bindctl.terminal.boundary import print_envelope
from bindctl.terminal.style import SEVERITY_STYLES, make_painter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.operations.views.reference import PropertyView, RuleView
    from bindctl.terminal.terminal import Terminal

_PROPERTY_HEADERS = ("Property", "Id", "Type", "Inherited", "Default", "Server", "Own")
_LABEL_WIDTH = 14
_MAX_SHOWN = 40  # of a default, in the table
_RULE_HEADERS = ("Code", "Kind", "Severity", "Name")
_WIDTH = 80
_INDENT = "  "


def schema(terminal: Terminal, *, name: str, json: bool) -> int:
    """Run `bindctl schema`."""
    views = (describe_property(name),) if name else describe_properties()
    if json:
        print_envelope(terminal, "schema", {"properties": views})
    elif name:
        _print_property(terminal, views[0])
    else:
        print_table(
            terminal, _PROPERTY_HEADERS, [_property_row(view) for view in views]
        )
    return 0


def _print_property(terminal: Terminal, view: PropertyView) -> None:
    terminal.print(view.name)
    for label, text in _lines(view):
        terminal.print(f"  {label:<{_LABEL_WIDTH}}{text}")


def _lines(view: PropertyView) -> Iterator[tuple[str, str]]:
    yield "id", str(view.id)
    yield "type", f"{view.type} ({view.syntax}), user type {view.user_type}"
    yield "default", _shown_default(view)
    if view.minimum is not None or view.maximum is not None:
        yield "range", _range(view)
    for flag, bit in view.flags.items():
        yield "flag", f"0x{bit:08X} {flag}"
    yield "inherited", _words(view)
    yield "of bindctl", "yes, IIS 6 lacks it" if view.is_own else "no, of IIS 6"
    yield "allowed on", ", ".join(view.key_types) or "every key"
    yield "server", view.server_use or "does nothing with it"


def _shown_default(view: PropertyView) -> str:
    default = view.default
    if default is None:
        return "none"
    if isinstance(default, list):
        return " ".join(f'"{item}"' for item in default) or "an empty list"
    if isinstance(default, bool | int):
        return str(default)
    return f'"{default}"'


def _range(view: PropertyView) -> str:
    if view.maximum is None:
        return f"{view.minimum} or more"
    return f"{view.minimum or 0} to {view.maximum}"


def _words(view: PropertyView) -> str:
    words = "yes" if view.is_inherited else "no"
    if view.is_volatile:
        words += "; the running service has it, no file does"
    if view.is_secure:
        words += "; shown as ten stars"
    return words


def _property_row(view: PropertyView) -> tuple[str, ...]:
    default = _shown_default(view)
    if len(default) > _MAX_SHOWN:
        default = default[:_MAX_SHOWN] + "…"
    return (
        view.name,
        str(view.id),
        view.type,
        "yes" if view.is_inherited else "no",
        default,
        "yes" if view.server_use else "",
        "yes" if view.is_own else "",
    )


def rule(terminal: Terminal, *, code: str, json: bool) -> int:
    """Run `bindctl rule`."""
    views = describe_rules(code)
    if json:
        print_envelope(terminal, "rule", {"rules": views})
    elif len(views) == 1:
        _print_page(terminal, views[0])
    else:
        rows = [(v.code, v.kind, v.severity, v.name) for v in views]
        print_table(terminal, _RULE_HEADERS, rows)
    return 0


def _print_page(terminal: Terminal, view: RuleView) -> None:
    paint = make_painter(terminal)
    head = paint(f"{view.code} {view.severity}", SEVERITY_STYLES[view.severity])
    lines = [f"{head} {view.name}", "", *wrap(view.meaning, _WIDTH)]
    for heading, body in _sections(view):
        lines += ["", paint(heading, "bold"), *(_INDENT + line for line in body)]
    terminal.styled.write("\n".join(line.rstrip() for line in lines) + "\n")


def _sections(view: RuleView) -> Iterator[tuple[str, list[str]]]:
    width = _WIDTH - len(_INDENT)
    for versions, text in group_versions(view):
        yield versions, wrap(text, width)
    yield "Next step", wrap(view.remedy, width)
    if view.example is not None:
        yield "Example", view.example.metabase.splitlines()
        yield "What check says", view.example.report.splitlines()


def group_versions(view: RuleView) -> Iterator[tuple[str, str]]:
    """What IIS does, once for versions that do the same: ``On IIS 7, 8 and 10``."""
    groups: dict[str, list[str]] = {}
    for version, text in view.on_iis.items():
        groups.setdefault(text, []).append(version)
    for text, versions in groups.items():
        if len(versions) == len(EmulatedVersion):
            yield "On IIS of every version", text
            continue
        *others, last = versions
        words = f"{', '.join(others)} and {last}" if others else last
        yield f"On IIS {words}", text
