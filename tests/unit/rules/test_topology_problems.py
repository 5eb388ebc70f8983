"""Which finding marks which node."""

from __future__ import annotations

import pytest

from bindctl.findings.codes import make_finding
from bindctl.findings.finding import Finding, Place, Severity
from bindctl.rules.topology_problems import Problem, Problems, sort_problems
from tests.unit.bindings.tables import A, B, site, table
from tests.unit.rules.pictures import at

TABLE = table(
    site(1, ":80:a.example", secure=(":443:a.example",), certificate_hash=A),
    site(2, ":80:b.example"),
    records={"0.0.0.0:444": B},
)


def _words(finding: Finding) -> dict[str, list[str]]:
    problems = Problems(TABLE, [finding])
    entries = [entry for row in TABLE.sites for entry in row.entries]
    found = {
        **{f"{entry.site} {entry.text}": problems.of_entry(entry) for entry in entries},
        **{f"site {n}": problems.of_site(n) for n in (1, 2)},
        **{key: problems.of_certificate(key) for key in (A, B)},
    }
    return {
        key: [item.words for item in value] for key, value in found.items() if value
    }


@pytest.mark.parametrize(
    ("finding", "marked"),
    [
        (at("CRT201", 1, "SecureBindings", 0), {"1 :443:a.example": ["not covered"]}),
        (at("BND303", 2, "SslFlags"), {"site 2": ["server name without host"]}),
        (at("CRT301", 1, "SSLCertHash"), {A: ["expired"]}),
        (
            at("CRT104", 1, "SSLCertHash"),
            {A: ["store unreadable"], B: ["store unreadable"]},
        ),
        (
            make_finding(
                "CRT301", Place("/LM/HTTP/SSLCERT/0.0.0.0:444", "CertHash"), "x"
            ),
            {B: ["expired"]},
        ),
        (make_finding("BND102", Place("/LM/W3SVC/2"), "x"), {"site 2": ["no binding"]}),
        (make_finding("BND308", Place("/LM/W3SVC", "ListenAddresses", 0), "x"), {}),
        (at("MET205", 1, "Path"), {}),  # not about bindings
        (at("BND205", 1, "ServerBindings", 0), {}),  # for information
    ],
)
def test_a_finding_marks_what_it_is_about(
    finding: Finding, marked: dict[str, list[str]]
) -> None:
    """A mark on the wrong node sends people to the wrong place."""
    assert _words(finding) == marked


def test_the_worst_comes_first_and_nothing_twice() -> None:
    """A node's colour is that of its first problem."""
    warning = Problem("A", Severity.WARNING, "w", "m")
    error = Problem("B", Severity.ERROR, "e", "m")
    assert sort_problems([warning, error, warning]) == (error, warning)
