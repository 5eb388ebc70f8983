"""A text that must not be shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Secret:
    """A password: compared and pickled as it is, and in no message, log or traceback.

    Attributes:
        value: The text itself; whoever takes it out answers for where it goes.
    """

    value: str = field(default="", repr=False)


NO_SECRET: Final = Secret()
