"""One thing that is wrong with a certificate, in words that need no place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from bindctl.findings.finding import Severity


class Flaw(NamedTuple):
    """Why a client may refuse a certificate.

    Attributes:
        code: Of the table of codes, ``CRT301``.
        words: A predicate of the certificate: "ended on 2026-01-01 12:00 UTC".
        severity: Where it is not the table's.
        is_refused: Whether a browser refuses the connection for it; of the others an
            administrator should know.
    """

    code: str
    words: str
    severity: Severity | None = None
    is_refused: bool = True
