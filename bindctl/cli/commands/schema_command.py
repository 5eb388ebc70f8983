"""bindctl schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bindctl.cli.run.options import JsonOption, terminal_of
from bindctl.cli.views.tables import print_table
from bindctl.operations.views.schema_view import describe_properties, describe_property
from bindctl.terminal.boundary import print_envelope, run_command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.operations.views.schema_view import PropertyView
    from bindctl.terminal.terminal import Terminal

_HEADERS = ("Property", "Id", "Type", "Inherited", "Default", "Server", "Own")
_WIDTH = 14
_MAX_SHOWN = 40  # of a default, in the table


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("schema")(schema)


def schema(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="[PROPERTY]", help="Default: list all of them.")
    ] = "",
    json: JsonOption = False,
) -> None:
    """Say what a property is, and what the built-in server does with it."""
    terminal = terminal_of(context)

    def call() -> int:
        views = (describe_property(name),) if name else describe_properties()
        if json:
            print_envelope(terminal, "schema", {"properties": views})
        elif name:
            _print_property(terminal, views[0])
        else:
            print_table(terminal, _HEADERS, [_row(view) for view in views])
        return 0

    raise typer.Exit(run_command(terminal, "schema", call, as_json=json))


def _print_property(terminal: Terminal, view: PropertyView) -> None:
    terminal.print(view.name)
    for label, text in _lines(view):
        terminal.print(f"  {label:<{_WIDTH}}{text}")


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


def _row(view: PropertyView) -> tuple[str, ...]:
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
