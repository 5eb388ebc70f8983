"""Typer's application, made from the table of verbs: help, completion, usage errors.

`quick` runs what it can read; whatever it leaves comes here.
"""

from __future__ import annotations

import shlex
from inspect import Parameter as Argument
from inspect import Signature
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer
from typer.core import TyperGroup

from bindctl import __version__
from bindctl.cli.run.option_values import BadValueError
from bindctl.cli.verbs.quick import Invocation, load, run
from bindctl.cli.verbs.table import COMMANDS, GROUPS, HELP, PROGRAM, SECTIONS
from bindctl.findings.errors import BindctlError, ExitStatus
from bindctl.terminal.boundary import print_error, print_error_envelope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bindctl.cli.verbs.table import Parameter, Verb
    from bindctl.terminal.terminal import Terminal

    # Name, words and world of a face of its own, such as adsutil; its exit status.
    RunFace = Callable[[str, Sequence[str], Terminal], int]

# All that follows the first word is for the command itself to read.
_RAW: Final = {"ignore_unknown_options": True, "allow_interspersed_args": False}


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


def make_app(only: str | None = None, run_face: RunFace | None = None) -> typer.Typer:
    """The application, with the commands of one first word or with all.

    Args:
        only: The command asked for; a word that is none gives all of them, so that
            Typer can word the mistake.
        run_face: Runs the commands that the table has no handler for.
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
    groups: dict[str, typer.Typer] = {}
    for section, verbs in SECTIONS.items():
        for verb in verbs:
            first, _space, second = verb.name.partition(" ")
            if only in COMMANDS and first != only:
                continue
            if second and first not in groups:
                groups[first] = _make_group(first)
                app.add_typer(groups[first], name=first, rich_help_panel=section)
            add = groups.get(first, app).command(
                second or first,
                help=verb.help,
                context_settings=dict(_RAW) if verb.is_raw else None,
                add_help_option=bool(verb.handler) or first == "adsutil",
                rich_help_panel=None if second else section,
            )
            add(_make_command(verb, run_face))
    return app


def _make_group(name: str) -> typer.Typer:
    group = typer.Typer(help=GROUPS[name], no_args_is_help=True)
    group.callback()(lambda: None)  # a group stays one where it has one command
    return group


def _make_command(verb: Verb, run_face: RunFace | None) -> Callable[..., None]:
    """What Typer calls; the signature says what it is to read."""

    def command(context: typer.Context, **given: Any) -> None:
        if not verb.handler:
            if run_face is None:
                message = f"{verb.name} is a face of its own"
                raise RuntimeError(message)
            raise typer.Exit(run_face(verb.name, given["words"] or (), context.obj))
        values = {
            item.name: given[item.name] or [] if item.is_many else given[item.name]
            for item in verb.parameters
        }
        invocation = Invocation(verb, values)
        if invocation.complaint():
            raise typer.BadParameter(invocation.complaint())
        raise typer.Exit(run(context.obj, invocation))

    arguments = [
        Argument("context", Argument.KEYWORD_ONLY, annotation=typer.Context),
        *map(_make_argument, verb.parameters),
    ]
    vars(command)["__signature__"] = Signature(arguments)
    command.__annotations__ = {item.name: item.annotation for item in arguments}
    return command


def _make_argument(parameter: Parameter) -> Argument:
    """A parameter in Typer's words."""
    about: dict[str, Any] = {
        "help": parameter.help,
        "metavar": parameter.metavar or None,
        "hidden": parameter.is_hidden,
        "min": parameter.least,
        "max": parameter.most,
    }
    if parameter.parser:
        about["parser"] = _make_parser(parameter.parser)
    words = typer.Option(*parameter.names, **about)
    if not parameter.is_option:
        words = typer.Argument(**about)
    default = None if parameter.is_many else parameter.default
    return Argument(
        parameter.name,
        Argument.KEYWORD_ONLY,
        default=Argument.empty if parameter.is_required else default,
        annotation=Annotated[_type(parameter), words],
    )


def _type(parameter: Parameter) -> Any:
    kind: Any = parameter.kind
    if parameter.choices:
        kind = Literal[tuple(parameter.choices)]
    if parameter.is_many:
        kind = list[kind]
    is_certain = parameter.is_required or parameter.default is not None
    return kind if is_certain and not parameter.is_many else kind | None


def _make_parser(place: str) -> Callable[[str], object]:
    """What reads a text, and is imported for it."""

    def parse(text: str) -> object:
        try:
            return load(place)(text)
        except BadValueError as error:
            raise RefusedValueError(error) from error

    parse.__name__ = "str"  # what help shows as the kind of value
    return parse


def run_app(
    arguments: Sequence[str], terminal: Terminal, run_face: RunFace | None = None
) -> int:
    """Run a command line through Typer; the exit status."""
    only = arguments[0] if arguments else None
    app = make_app(only if "--help" not in arguments else None, run_face)
    try:
        status = app(
            args=list(arguments), prog_name=PROGRAM, obj=terminal, standalone_mode=True
        )
    except _BadValueError as bad:
        return refuse_value(terminal, arguments, bad.error)
    except SystemExit as stop:
        # Typer exits with 1 for a reader that is gone.
        if isinstance(stop.__context__, BrokenPipeError):
            raise stop.__context__ from None  # the exit is not part of the cause
        return stop.code if isinstance(stop.code, int) else ExitStatus.FINDINGS
    return status if isinstance(status, int) else 0


def _show_version(value: bool) -> None:
    if value:
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


_PORTS = {"http": "80", "https": "443"}


class RefusedValueError(typer.BadParameter):
    """A `BadValueError` as Typer takes it, with the same attributes."""

    def __init__(self, bad: BadValueError) -> None:
        """Keep the parts."""
        super().__init__(str(bad))
        self.text = bad.text
        self.mended = bad.mended
        self.more = bad.more
        self.code = bad.code


def refuse_value(
    terminal: Terminal, arguments: Sequence[str], error: typer.BadParameter
) -> int:
    """Print what is wrong with a value, as JSON if that was asked for; the status.

    Args:
        terminal: Where to.
        arguments: The command line.
        error: Of a parameter; Typer's own, or a `BadValueError`.
    """
    refusal = _word(arguments, error)
    if "--json" in arguments and error.ctx is not None:
        command = error.ctx.command_path.partition(" ")[2]
        print_error_envelope(terminal, command, refusal)
    else:
        print_error(terminal, refusal)
    return refusal.exit_status


def _word(arguments: Sequence[str], error: typer.BadParameter) -> BindctlError:
    place = next(_places(arguments, error), None)
    code = getattr(error, "code", "CLI004")
    cause, more = _cause(error), getattr(error, "more", ())
    if place is None:
        name = error.param.human_readable_name if error.param else ""
        return BindctlError(code, f"{name}: {cause}", _help(error))
    option, first, last, text = place
    if more and not _takes(error, more[0]):
        more = ()
    elif more:
        cause += f"; use {shlex.join(more)}"
        more = () if more[0] in arguments else more
    mended = getattr(error, "mended", None)
    if option == "--port":
        mended = mended or _PORTS.get(text.lower())
    message = f"{option} {shlex.quote(text)}: {cause}".lstrip()
    if not mended and not more:
        return BindctlError(code, message, _help(error))
    words = [word for word in (option, mended) if word] if mended else []
    line = ["bindctl", *arguments[:first], *words, *more, *arguments[last:]]
    return BindctlError(code, message, shlex.join(line))


def _cause(error: typer.BadParameter) -> str:
    """What is wrong, as a clause about the value."""
    kind = getattr(error.param, "type", None)
    if isinstance(error, RefusedValueError) or kind is None:
        return error.message
    if hasattr(kind, "choices"):
        names = [getattr(item, "value", item) for item in kind.choices]
        return f"it is not one of {', '.join(map(str, names))}"
    least, most = getattr(kind, "min", None), getattr(kind, "max", None)
    if most is not None:
        return f"it is not a number from {least} to {most}"
    return (
        "it is not a number" if least is None else f"it is not a number from {least} up"
    )


def _help(error: typer.BadParameter) -> str:
    command = error.ctx.command_path if error.ctx is not None else "bindctl"
    return f"{command} --help"


def _takes(error: typer.BadParameter, option: str) -> bool:
    parameters = [] if error.ctx is None else error.ctx.command.params
    return any(option in parameter.opts for parameter in parameters)


def _places(
    arguments: Sequence[str], error: typer.BadParameter
) -> Iterator[tuple[str, int, int, str]]:
    """The option, the first and last index, and the value of the bad value typed."""
    options = error.param.opts if error.param is not None else []
    for index, word in enumerate(arguments):
        name, equals, text = word.partition("=")
        if equals and name in options and _is_bad(error, text):
            yield name, index, index + 1, text
        elif word in options and _is_bad(error, "".join(arguments[index + 1 :][:1])):
            yield word, index, index + 2, arguments[index + 1]
        elif not options[0].startswith("-") and _is_bad(error, word):
            yield "", index, index + 1, word


def _is_bad(error: typer.BadParameter, text: str) -> bool:
    if isinstance(error, RefusedValueError):
        return error.text == text
    return error.message.startswith((f"{text!r} ", f"{text} "))
