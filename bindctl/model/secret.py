"""A text that must not be shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Secret:
    """A password: compared and pickled as it is, never in messages or tracebacks.

    Attributes:
        value: The text itself; code that reads it must not let it be shown.
    """

    value: str = field(default="", repr=False)


NO_SECRET: Final = Secret()
