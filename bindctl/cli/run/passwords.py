"""Passwords: from a file, or typed where nobody sees; never from a command line."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from bindctl.findings.errors import BindctlError

if TYPE_CHECKING:
    from bindctl.terminal.terminal import Terminal

_MAX_PASSWORD = 4096  # characters

PasswordOption = Annotated[
    bool,
    typer.Option("--password", help="Ask for a password; from a script, read a line."),
]
PasswordFileOption = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="The first line of this file is the password."),
]


def read_password(
    terminal: Terminal, file: str | None, *, is_asked: bool, is_new: bool
) -> str | None:
    """The password that the options give; ``None`` without one.

    Args:
        terminal: Whose directory a file's name starts from.
        file: Value of ``--password-file``.
        is_asked: Whether ``--password`` stands.
        is_new: A new password is typed twice.

    Raises:
        BindctlError: MET010, there is none, or the two differ; MET005 or MET001, the
            file cannot be read.
    """
    if file is not None:
        password = _read_file(os.path.join(terminal.directory, file), file)
    elif is_asked:
        password = _ask(is_new=is_new)
    else:
        return None
    if not password:
        raise BindctlError("MET010", "the password is empty", "nothing was changed")
    return password


def _read_file(path: str, name: str) -> str:
    try:
        with open(path, encoding="utf-8") as stream:
            return stream.readline(_MAX_PASSWORD).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        cause = getattr(error, "strerror", None) or "is no UTF-8"
        message = f"{name}: {cause.lower()}"
        raise BindctlError("CLI002", message, "nothing was changed") from error


def _ask(*, is_new: bool) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline(_MAX_PASSWORD).rstrip("\r\n")
    from getpass import getpass  # noqa: PLC0415 - rarely needed

    password = getpass("Password: ")
    if is_new and getpass("Password again: ") != password:
        message = "the two passwords differ"
        raise BindctlError("MET010", message, "nothing was changed")
    return password
