"""One fault of a certificate, in words that need no place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from bindctl.findings.finding import Severity


class Flaw(NamedTuple):
    """Why a client may refuse a certificate.

    Attributes:
        code: Of the table of codes, ``CRT301``.
        words: A predicate of the certificate: "ended on 2026-01-01 12:00 UTC".
        severity: If it is not that of the table.
        is_refused: Whether a browser refuses the connection because of it; other flaws
            are only for the administrator.
    """

    code: str
    words: str
    severity: Severity | None = None
    is_refused: bool = True
