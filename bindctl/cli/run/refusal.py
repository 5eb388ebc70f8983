"""What is said of a value that a command does not take.

``CLI004 --host x:8080: a host has no port; use --port 8080``, and as next step the
command line as it was typed, with the value mended.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import typer

from bindctl.findings.errors import BindctlError
from bindctl.terminal.boundary import print_error, print_error_envelope

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bindctl.cli.run.option_values import BadValueError
    from bindctl.terminal.terminal import Terminal

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
    """Say what is wrong with a value, as JSON where that was asked for; the status.

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
    """Option, first and last index, and value, of where the bad value was typed."""
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
