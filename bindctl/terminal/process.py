"""A command line as a process: streams, environment, and an exit that says the truth.

On the quickest path: every import here is paid by every command.
"""

import gc
import os
import sys

from bindctl.findings.errors import BindctlError, ExitStatus
from bindctl.storage.workspace import system_clock
from bindctl.terminal.boundary import print_error
from bindctl.terminal.terminal import StyledStream, Terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import NoReturn, TextIO


class _Output:
    """Standard output, which remembers failures; any other stream as it is."""

    def __init__(self, stream: "TextIO") -> None:
        self._stream = stream
        self.failure: OSError | None = None

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError as error:
            self.failure = error
            raise

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            self.failure = error
            raise


class _Words:
    """Standard error; a failure to write to it does not change the result."""

    def __init__(self, stream: "TextIO") -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError:
            return len(text)

    def flush(self) -> None:
        try:  # noqa: SIM105 - contextlib is not imported here
            self._stream.flush()
        except OSError:
            pass  # as above


def run_process(run: "Callable[[Sequence[str], Terminal], int]") -> "NoReturn":
    """Run this process's command line and exit with its status.

    Two things a process that lives for milliseconds can do without, and that would
    cost a fifth of its life: collecting garbage, and taking the interpreter down
    piece by piece.
    """
    gc.disable()
    _open_missing_streams()
    answer = _Output(sys.stdout)
    stdout: TextIO = answer  # type: ignore[assignment] # a stream in all but name
    words: TextIO = _Words(sys.stderr)  # type: ignore[assignment] # as above
    terminal = Terminal(stdout, words, os.environ, os.getcwd(), system_clock)
    sys.stdout = terminal.styled  # Typer's words go through it, too
    stderr: TextIO = StyledStream(words, os.environ)  # type: ignore[assignment] # as above
    sys.stderr = stderr
    try:
        status = run(sys.argv[1:], terminal)
        answer.flush()
    except BrokenPipeError:
        # The reader of our output is gone; keep the interpreter from reporting that.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = ExitStatus.OK
    except KeyboardInterrupt:
        status = ExitStatus.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - a bug: never hidden, or no output
        status = _complain(terminal, answer, error)
    words.flush()
    os._exit(status)


def _open_missing_streams() -> None:
    """If a stream is closed (``>&-``), text written to it is dropped."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            sink = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - to the end
            setattr(sys, name, sink)


def _complain(terminal: Terminal, answer: _Output, error: Exception) -> int:
    """Say that the answer could not be written, or that there is a bug."""
    is_bug = answer.failure is None or not isinstance(error, OSError)
    refusal = _not_written(answer.failure)
    _flush(answer)
    if is_bug:
        import traceback  # noqa: PLC0415 - bugs only

        traceback.print_exception(error)
        terminal.complain("this is a bug in bindctl; please report the lines above")
    else:
        print_error(terminal, refusal)
    return ExitStatus.BUG if is_bug else refusal.exit_status


def _not_written(error: OSError | None) -> BindctlError:
    cause = ((error and error.strerror) or str(error)).lower()
    return BindctlError(
        "CLI003",
        f"the answer could not be written: {cause}",
        "free space, or send the answer elsewhere; what was changed stays changed",
    )


def _flush(stream: "_Output") -> None:
    try:  # noqa: SIM105 - contextlib is not imported here
        stream.flush()
    except OSError:
        pass  # it is the end
