"""The world a command runs in: streams, environment, directory and clock.

On the quickest path: imports nothing at run time.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from typing import TextIO


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
        """A line of the answer."""
        self.stdout.write(text + "\n")

    def is_interactive(self) -> bool:
        """Whether a person reads the answer as it is written."""
        return self.stdout.isatty()


def system_clock() -> "datetime":
    """The present: the one place the command line asks for it."""
    from datetime import UTC, datetime  # noqa: PLC0415 - slow to import

    return datetime.now(UTC)  # noqa: TID251 - the clock itself
