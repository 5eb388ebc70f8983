"""One row of the table of codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.findings.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

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
