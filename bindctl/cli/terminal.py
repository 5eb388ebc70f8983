"""The world a command runs in: streams, environment, directory and clock.

On the quickest path: imports nothing at run time.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from typing import TextIO


_SPACE, _DELETE, _NO_BREAK_SPACE = 0x20, 0x7F, 0xA0
# Line and paragraph separators, and the marks that turn the direction of writing.
_SEPARATORS = frozenset(
    "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


class Terminal:
    """What a command may touch; tests hand in their own.

    Attributes:
        stdout: The answer.
        stderr: Words for people.
        environment: Environment variables.
        directory: The working directory.
        clock: Gives the present, aware UTC.
    """

    __slots__ = ("clock", "directory", "environment", "stderr", "stdout")

    def __init__(
        self,
        stdout: "TextIO",
        stderr: "TextIO",
        environment: "Mapping[str, str]",
        directory: str,
        clock: "Callable[[], datetime]",
    ) -> None:
        """Keep the parts."""
        self.stdout = stdout
        self.stderr = stderr
        self.environment = environment
        self.directory = directory
        self.clock = clock

    def print(self, text: str = "") -> None:
        """A line of the answer, and one line whatever is in it."""
        self.stdout.write(one_line(text) + "\n")

    def complain(self, text: str) -> None:
        """A line for people."""
        self.stderr.write(one_line(text) + "\n")

    def is_interactive(self) -> bool:
        """Whether a person reads the answer as it is written."""
        return self.stdout.isatty()


def one_line(text: str) -> str:
    """`text` without what a terminal would obey: control and direction characters.

    What is in a metabase may come from anywhere; a name in it must not be able to
    clear the screen, or to end a line and begin a false one.
    """
    if text.isprintable():
        return text
    return "".join(map(_harmless, text))


def _harmless(character: str) -> str:
    code = ord(character)
    is_obeyed = code < _SPACE or _DELETE <= code < _NO_BREAK_SPACE
    if (is_obeyed and character != "\t") or character in _SEPARATORS:
        return character.encode("unicode_escape").decode("ascii")
    return character


def system_clock() -> "datetime":
    """The present: the one place the command line asks for it."""
    from datetime import UTC, datetime  # noqa: PLC0415 - slow to import

    return datetime.now(UTC)  # noqa: TID251 - the clock itself
