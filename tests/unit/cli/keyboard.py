"""A standard input that somebody sits at."""

from __future__ import annotations

from io import StringIO


class Keyboard(StringIO):
    """What somebody types at a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True
