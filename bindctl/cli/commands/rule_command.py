"""bindctl rule."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Annotated

import typer

from bindctl.cli.run.options import JsonOption, terminal_of
from bindctl.cli.views.tables import print_table
from bindctl.model.emulation import EmulatedVersion
from bindctl.operations.views.rules import describe_rules
from bindctl.terminal.boundary import print_envelope, run_command
from bindctl.terminal.color import SEVERITY_STYLES, make_painter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.operations.views.rules import RuleView
    from bindctl.terminal.terminal import Terminal

_HEADERS = ("Code", "Kind", "Severity", "Name")
_WIDTH = 80
_INDENT = "  "


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("rule")(rule)


def rule(
    context: typer.Context,
    code: Annotated[
        str,
        typer.Argument(
            metavar="[CODE]",
            help="A code, such as BND201, the beginning of codes, or the name of a "
            "defect. Default: list all of them.",
        ),
    ] = "",
    json: JsonOption = False,
) -> None:
    """Say what a code means, what IIS does then, and what mends it."""
    terminal = terminal_of(context)

    def call() -> int:
        views = describe_rules(code)
        if json:
            print_envelope(terminal, "rule", {"rules": views})
        elif len(views) == 1:
            _print_page(terminal, views[0])
        else:
            rows = [(v.code, v.kind, v.severity, v.name) for v in views]
            print_table(terminal, _HEADERS, rows)
        return 0

    raise typer.Exit(run_command(terminal, "rule", call, as_json=json))


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
