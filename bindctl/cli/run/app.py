"""The Typer application: which commands there are, and how one is run.

Only the module of the command asked for is imported; the whole list is, when help or
completion needs it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import typer
from typer.core import TyperGroup

from bindctl.cli.commands.companion import COMPANIONS, register_companion
from bindctl.findings.errors import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.terminal.terminal import Terminal

PROGRAM: Final = "bindctl"
HELP: Final = (
    "Binds web sites to addresses, ports, host names and certificates, as IIS does: "
    "edits the metabase, judges it, explains it, serves it."
)
# In the order help shows them; each but the companions is a module of `commands` with a
# `register`.
COMMANDS: Final = (
    "init",
    "site",
    "sites",
    "cert",
    "get",
    "set",
    "enum",
    "create",
    "delete",
    "copy",
    "move",
    "find",
    "adsutil",
    "edit",
    "fmt",
    "history",
    "undo",
    "backup",
    "restore",
    "batch",
    "apply",
    "export",
    "tree",
    "map",
    "schema",
    "check",
    "rule",
    "diff",
    "what-if",
    "explain",
    "test",
    "reset",
    "status",
    "probe",
    "serve",
    *COMPANIONS,
)


class _BadValueError(Exception):
    """A value that a command does not take, on its way past Typer's own words."""

    def __init__(self, error: typer.BadParameter) -> None:
        super().__init__()
        self.error = error


class _Commands(TyperGroup):
    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            if error.param is None or type(error).__name__ == "MissingParameter":
                raise
            raise _BadValueError(error) from error


def make_app(only: str | None = None) -> typer.Typer:
    """The application, with one command or with all.

    Args:
        only: The command asked for; a word that is none gives all of them, so that
            Typer can word the mistake.
    """
    app = typer.Typer(
        name=PROGRAM,
        cls=_Commands,
        help=HELP,
        no_args_is_help=True,
        add_completion=only not in COMMANDS,
        pretty_exceptions_enable=False,
    )
    app.callback()(_options)
    for name in (only,) if only in COMMANDS else COMMANDS:
        if name in COMPANIONS:
            register_companion(app, name)
        else:
            module = f"{name.replace('-', '_')}_command"
            import_module(f"bindctl.cli.commands.{module}").register(app)
    return app


def run_app(arguments: Sequence[str], terminal: Terminal) -> int:
    """Run a command line through Typer; the exit status."""
    only = arguments[0] if arguments else None
    app = make_app(only if "--help" not in arguments else None)
    try:
        status = app(
            args=list(arguments),
            prog_name=PROGRAM,
            obj=terminal,
            standalone_mode=True,
        )
    except _BadValueError as bad:
        from bindctl.cli.run.option_values import refuse_value  # noqa: PLC0415 - rare

        return refuse_value(terminal, arguments, bad.error)
    except SystemExit as stop:
        # Typer exits with 1 for a reader that is gone, and for Ctrl-C at a question.
        if isinstance(stop.__context__, BrokenPipeError):
            raise stop.__context__ from None  # the exit is no part of the cause
        asked = stop.__context__ if isinstance(stop.__context__, typer.Abort) else None
        if asked and isinstance(asked.__context__, KeyboardInterrupt):
            return ExitStatus.INTERRUPTED
        return stop.code if isinstance(stop.code, int) else 1
    return status if isinstance(status, int) else 0


def _show_version(value: bool) -> None:
    if value:
        from bindctl import __version__  # noqa: PLC0415 - only here

        typer.echo(f"bindctl {__version__}")
        raise typer.Exit


def _options(
    version: bool = typer.Option(
        False,  # noqa: FBT003 - as above
        "--version",
        callback=_show_version,
        is_eager=True,
        help="Print the version and stop.",
    ),
) -> None:
    del version
