"""A finding: what is wrong, where, why and what to do next."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


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


ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING
INFO: Final = Severity.INFO


class Rule(NamedTuple):
    """A finding or an error that bindctl can report.

    Attributes:
        code: ``AAA999``; never reused.
        name: The defect, in snake case.
        severity: Its severity unless the rule gives another.
        meaning: What it means to a visitor or an administrator.
        remedy: What mends it.
        on_iis: What IIS does with such a configuration, and when; empty where IIS has
            nothing like it. Where versions differ, a text for each version from which
            on it holds: ``{6: "…", 8: "…"}``.
    """

    code: str
    name: str
    severity: Severity
    meaning: str
    remedy: str
    on_iis: str | Mapping[int, str] = ""

    def on_iis_of(self, version: int) -> str:
        """What IIS of that version does; empty where it has nothing like it."""
        if isinstance(self.on_iis, str):
            return self.on_iis
        known = [since for since in self.on_iis if since <= version]
        return self.on_iis[max(known)] if known else ""
