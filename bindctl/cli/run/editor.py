"""The person's editor, run on a file."""

from __future__ import annotations

import shlex
import subprocess
from typing import TYPE_CHECKING, Final

from bindctl.findings.errors import BindctlError

if TYPE_CHECKING:
    from bindctl.terminal.terminal import Terminal

_VARIABLES: Final = ("VISUAL", "EDITOR")
_DEFAULT: Final = "vi"
_HINT: Final = "set VISUAL or EDITOR; nothing was changed"


def run_editor(terminal: Terminal, command: str | None, path: str) -> None:
    """Run the editor and wait for its end.

    Args:
        terminal: Whose environment and directory it gets.
        command: As a shell takes it; ``None`` is that of VISUAL or EDITOR, else vi.
        path: The file.

    Raises:
        BindctlError: MET012, it cannot be run, or ended with another status than 0.
    """
    chosen = (terminal.environment.get(name) for name in _VARIABLES)
    command = command or next(filter(None, chosen), _DEFAULT)
    try:
        words = shlex.split(command)
        status = subprocess.run(  # noqa: S603 - the person's own choice
            [*words, path],
            cwd=terminal.directory,
            env=dict(terminal.environment),
            check=False,
        ).returncode
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or str(error)
        message = f"{command}: {cause.lower()}"
        raise BindctlError("MET012", message, _HINT) from error
    if status != 0:
        ended = (
            f"was killed by signal {-status}" if status < 0 else f"ended with {status}"
        )
        raise BindctlError("MET012", f"{command} {ended}", _HINT)
