"""bindctl export."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from bindctl.cli.run.options import JsonOption, MetabaseOption, run
from bindctl.operations.views.export import export, format_toml
from bindctl.terminal.boundary import print_envelope

if TYPE_CHECKING:
    from bindctl.terminal.terminal import Terminal


class Format(Enum):
    """What `export` writes."""

    TOML = "toml"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("export")(export_)


def export_(
    context: typer.Context,
    path: Annotated[
        str, typer.Argument(help="A key, with all below it. Default: everything.")
    ] = "",
    format: Annotated[
        Format, typer.Option("--format", help="How to write the state.")
    ] = Format.TOML,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Print the metabase, or a part of it, as the state that apply takes."""

    def call(terminal: Terminal, file: str) -> int:
        result = export(file, path)
        if json:
            print_envelope(terminal, "export", result)
            return 0
        if format is Format.TOML:
            terminal.stdout.write(format_toml(result.document))
        else:
            from json import dumps  # noqa: PLC0415 - slow to import

            text = dumps(result.document, indent=2, ensure_ascii=False)
            terminal.stdout.write(text + "\n")
        for item in result.left_out:
            terminal.complain(f"left out: {item.place}: {item.reason}")
        return 0

    run(context, "export", metabase, call, as_json=json)
