"""Every code is seen by a golden case."""

from __future__ import annotations

import re
from pathlib import Path

from bindctl.findings.codes import ERRORS, FINDINGS

CASES = Path(__file__).parents[1] / "golden" / "cases"
# Codes that a case cannot reach, and where they are tested instead.
EXCEPTIONS = {
    "SRV004": "needs a running service: e2e",
    "SRV005": "needs a running service: e2e/test_probe",
    "SRV006": "needs a running service: e2e/test_probe",
    "BND001": "is the Python API's: unit/operations/editing/test_sites",
    "BND109": "needs a user without rights: unit/operations/check/test_live_check",
    "CLI003": "needs an output that fails: unit/terminal/test_process",
}


def test_every_code_has_a_golden_case() -> None:
    """A code nobody has seen has words nobody has read."""
    shown = set()
    for file in CASES.rglob("*.case"):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line[:1] in (">", "!"):
                shown.update(re.findall(r"\b[A-Z]{3}[0-9]{3}\b", line))
    codes = {rule.code for rule in FINDINGS + ERRORS}
    assert sorted(codes - shown - set(EXCEPTIONS)) == []
    assert sorted(set(EXCEPTIONS) & shown) == []
    assert sorted(shown - codes) == []
