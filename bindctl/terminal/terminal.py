"""The world a command runs in: streams, environment, directory and clock.

On the quickest path: imports only what Python has loaded, and what makes text harmless.
"""

import os
import stat

from bindctl.model.harmless_text import harmless_lines, one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from typing import TextIO

    from bindctl.storage.workspace import Workspace

_COLOUR_VARIABLES = ("FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS")


class HarmlessStream:
    """A stream that writes nothing that could command a terminal or a CI log.

    Text in a metabase, a certificate or an answer may come from anybody: it must not be
    able to clear the screen, to turn text around or to command a CI service.
    """

    __slots__ = ("__weakref__", "stream")

    def __init__(self, stream: "TextIO") -> None:
        """Take the stream, which a `HarmlessStream` may be."""
        self.stream = stream

    def __getattr__(self, name: str) -> object:
        """Every other attribute of the stream."""
        return getattr(self.stream, name)

    def write(self, text: str) -> int:
        """Write lines, harmless ones."""
        is_printable = text.removesuffix("\n").isprintable()
        if is_printable and "::" not in text and "##" not in text:
            return self.write_obeyed(text)  # as nearly always
        return self.write_obeyed(harmless_lines(text))

    def writelines(self, lines: "Iterable[str]") -> None:
        """Write texts, one after the other."""
        for line in lines:
            self.write(line)

    def write_obeyed(self, text: str) -> int:
        """Write text that may command; escape only what the encoding lacks."""
        try:
            return self.stream.write(text)
        except UnicodeEncodeError:
            from json import dumps  # noqa: PLC0415 - rare

            shown = (c if c.isascii() else dumps(c)[1:-1] for c in text)
            return self.stream.write("".join(shown))


class StyledStream(HarmlessStream):
    """The same for text with colours, which are left out if not wanted."""

    __slots__ = ("_environment",)

    def __init__(self, stream: "TextIO", environment: "Mapping[str, str]") -> None:
        """Take the stream, and a function that says whether colours are wanted."""
        super().__init__(stream)
        self._environment = environment

    def write(self, text: str) -> int:
        """Write lines, in which only colours can command the terminal."""
        if "\x1b" not in text or not self._has_colours():
            return super().write(text)
        import re  # noqa: PLC0415 - slow to import

        parts = re.split(r"(\x1b\[[0-9;]*m)", text)
        parts[::2] = map(harmless_lines, parts[::2])
        return self.write_obeyed("".join(parts))

    def _has_colours(self) -> bool:
        wanted = map(self._environment.get, _COLOUR_VARIABLES)
        return self.stream.isatty() or any(wanted)


class Terminal:
    """Everything a command may touch; tests give their own.

    Attributes:
        stdout: The answer.
        styled: The same stream for text with colours; its caller has made whatever is
            not its own `one_line`.
        stderr: Words for people.
        environment: Environment variables.
        directory: The working directory.
        clock: Gives the present, aware UTC.
        capture: Gives a command the metabase in place of the one on the disk;
            ``None`` leaves it that one, under the gate.
    """

    __slots__ = (
        "_answer",
        "capture",
        "clock",
        "directory",
        "environment",
        "stderr",
        "stdout",
        "styled",
    )
    stdout: "TextIO"
    styled: "TextIO"
    stderr: "TextIO"

    def __init__(
        self,
        stdout: "TextIO",
        stderr: "TextIO",
        environment: "Mapping[str, str]",
        directory: str,
        clock: "Callable[[], datetime]",
    ) -> None:
        """Keep the parts; what is written to the streams is made harmless."""
        self._answer = HarmlessStream(stdout)
        self.stdout = self._answer  # type: ignore[assignment] # a stream in all but name
        self.styled = StyledStream(stdout, environment)  # type: ignore[assignment] # as above
        self.stderr = HarmlessStream(stderr)  # type: ignore[assignment] # as above
        self.environment = environment
        self.directory = directory
        self.clock = clock
        self.capture: Callable[[Workspace], Workspace] | None = None

    def print(self, text: str = "") -> None:
        """A line of the answer; it stays one line, whatever it contains."""
        self.stdout.write(one_line(text) + "\n")

    def complain(self, text: str) -> None:
        """A line for people."""
        self.stderr.write(one_line(text) + "\n")

    def print_command(self, text: str) -> None:
        """A line that commands a CI service."""
        self._answer.write_obeyed(one_line(text) + "\n")

    def print_document(self, text: str) -> None:
        """A document, character for character where standard output is a file."""
        shown = harmless_lines(text)
        if shown == text or _is_file(self.stdout):
            self._answer.write_obeyed(text)
            return
        self.stdout.write(shown)
        self.complain("control characters are shown as escapes; a file gets them as is")

    def is_interactive(self) -> bool:
        """Whether the answer goes to a terminal, where a person reads it."""
        return self.stdout.isatty()


def _is_file(stream: "TextIO") -> bool:
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):  # it is closed, or in memory
        return False
