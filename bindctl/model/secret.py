"""A text that must not be shown."""

from __future__ import annotations

from typing import Final


class Secret:
    """A password: compared and pickled as it is, and in no message, log or traceback.

    Attributes:
        value: The text itself; whoever takes it out answers for where it goes.
    """

    __slots__ = ("value",)

    def __init__(self, value: str = "") -> None:
        """An empty text counts as no password."""
        self.value: Final = value

    def __eq__(self, other: object) -> bool:
        """Whether the other is a secret of the same text."""
        return isinstance(other, Secret) and self.value == other.value

    def __hash__(self) -> int:
        """The text's."""
        return hash(self.value)

    def __repr__(self) -> str:
        """Nothing of the text."""
        return "Secret()"


NO_SECRET: Final = Secret()
