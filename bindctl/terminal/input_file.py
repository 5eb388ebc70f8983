"""A file named on the command line, or the standard input for ``-``."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from bindctl.findings.errors import BindctlError
from bindctl.storage.file_reading import MAX_INPUT_OCTETS, read_file, read_stream

if TYPE_CHECKING:
    from bindctl.terminal.terminal import Terminal

STANDARD_INPUT = "-"


def read_input(terminal: Terminal, name: str) -> bytes:
    """The octets of a file.

    Args:
        terminal: Gives the directory that `name` is relative to.
        name: A file's name; ``-`` is the standard input.

    Raises:
        BindctlError: CLI002.
    """
    try:
        if name == STANDARD_INPUT:
            return read_stream(sys.stdin.buffer, MAX_INPUT_OCTETS)
        return read_file(os.path.join(terminal.directory, name), MAX_INPUT_OCTETS)
    except OSError as error:
        cause = error.strerror or str(error)
        cause = cause[:1].lower() + cause[1:]
        raise BindctlError("CLI002", f"{name} cannot be read: {cause}") from error


def decode_input(name: str, octets: bytes) -> str:
    """The text of such a file, without a byte order mark.

    Raises:
        BindctlError: CLI002, it is not UTF-8.
    """
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        message = (
            f"{name}: octet 0x{octets[error.start]:02X} of line {line} is not UTF-8"
        )
        raise BindctlError("CLI002", message, "save the file as UTF-8") from error
