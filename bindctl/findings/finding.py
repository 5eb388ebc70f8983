"""A finding: what is wrong, where, why and what to do next."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Severity(Enum):
    """How bad a finding is; only an error changes the exit status."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Place(NamedTuple):
    """A spot in the metabase.

    Attributes:
        path: Metabase path as IIS writes it, ``/LM/W3SVC/2``.
        property_name: The property, or ``None`` for the key itself.
        index: Item of a list property, from 0, or ``None``.
        line: Line of the file, from 1, or ``None`` when it is not known: of the item,
            of the property where it has none, or of the key's header.
        column: Character of that line, from 1, where the fault is; or ``None``.
        end_column: The character after the last one of the fault; or ``None``.
    """

    path: str
    property_name: str | None = None
    index: int | None = None  # type: ignore[assignment]  # instead of tuple.index
    line: int | None = None
    column: int | None = None
    end_column: int | None = None


class Finding(NamedTuple):
    """One defect of a configuration.

    Attributes:
        code: Stable code from the table.
        severity: Error, warning or info.
        place: Where to look.
        message: The thing first, then the cause; lower case, no full stop.
        hint: The next step.
        witness: A command that shows the defect on a running server; or empty.
    """

    code: str
    severity: Severity
    place: Place
    message: str
    hint: str
    witness: str = ""

    @property
    def identity(self) -> tuple[object, ...]:
        """What stays the same after an edit of the file: all but line and column."""
        place = self.place
        return self.code, place.path, place.property_name, self.message
