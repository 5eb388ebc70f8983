"""The answer of `check`, in each of its formats."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest

from bindctl.cli.views.check_report import (
    CheckedDocument,
    OutputFormat,
    format_annotation,
    format_error_annotation,
    print_error_report,
    print_report,
    print_timeline,
    summarise,
    timeline_data,
)
from bindctl.findings.codes import make_finding
from bindctl.findings.errors import BindctlError
from bindctl.findings.finding import Place, Severity
from bindctl.findings.report import make_report
from bindctl.operations.certificates.expiries import Expiry, FailingHost
from bindctl.operations.check.check import CheckResult, check_octets
from bindctl.storage.workspace import DiskWorkspace, system_clock
from bindctl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, tzinfo=UTC)
OCTETS = b"""\
[w3svc.1]
ServerBindings = [":80:a", "oops"]
root.Path = "."  # bindctl: ignore[MET207] a test
[w3svc.2]
ServerBindings = [":80:A"]
"""


class Answers:
    """What is written to standard output, by format."""

    def __init__(self, tmp_path: Path) -> None:
        self.directory = tmp_path
        self.out = io.StringIO()
        self.terminal = Terminal(
            self.out, io.StringIO(), {}, str(tmp_path), system_clock
        )

    def of(self, output_format: OutputFormat) -> str:
        file = str(self.directory / "iis" / "metabase.toml")
        result = check_octets(
            DiskWorkspace(str(self.directory / "metabase.toml")), OCTETS, NOW
        )
        source = CheckedDocument(DiskWorkspace(file), OCTETS, "iis/metabase.toml", file)
        print_report(self.terminal, output_format, source, result)
        return self.out.getvalue()

    def of_error(self, output_format: OutputFormat, error: BindctlError) -> str:
        file = str(self.directory / "metabase.toml")
        print_error_report(self.terminal, output_format, file, error)
        return self.out.getvalue()


@pytest.fixture
def answers(tmp_path: Path) -> Answers:
    """A place to write to."""
    return Answers(tmp_path)


def test_all_formats_tell_the_same_findings(tmp_path: Path) -> None:
    """Who changes the format must not lose a finding."""
    text = Answers(tmp_path).of(OutputFormat.TEXT)
    data = json.loads(Answers(tmp_path).of(OutputFormat.JSON))
    log: Any = json.loads(Answers(tmp_path).of(OutputFormat.SARIF))
    commands = Answers(tmp_path).of(OutputFormat.GITHUB).splitlines()
    codes = [finding["code"] for finding in data["findings"]]
    assert codes == ["BND101", "MET205", "BND201", "BND204"]
    assert [w[:6] for w in text.splitlines() if w[:3] in ("BND", "MET")] == codes
    standing = [
        result["ruleId"]
        for result in log["runs"][0]["results"]
        if "suppressions" not in result
    ]
    assert standing == codes
    assert [line.partition("title=")[2][:6] for line in commands[:-1]] == codes
    assert text.splitlines()[-1] == commands[-1]
    assert commands[-1] == (
        "2 errors, 2 warnings in 2 sites, 3 bindings, 0 certificates; 1 suppressed"
    )


def test_json_says_what_iis_does(answers: Answers) -> None:
    """A tool that shows findings has no second source to ask."""
    data = json.loads(answers.of(OutputFormat.JSON))
    assert (data["exit_code"], data["status"]) == (1, "findings")
    assert data["data"] == {
        "sites": 2, "bindings": 3, "certificates": 0, "suppressed": 1,
    }  # fmt: skip
    assert data["findings"][0]["on_iis"].startswith("It is stored.")
    assert data["findings"][0]["place"]["column"] == 29


def test_machines_are_told_of_the_file_in_the_repository(answers: Answers) -> None:
    """An absolute path annotates nothing."""
    assert "file=iis/metabase.toml,line=2" in answers.of(OutputFormat.GITHUB)


@pytest.mark.parametrize(
    ("message", "line", "column"),
    [
        ("line 2, column 5: expected a value", 2, 5),
        ("line 3: nested too deep", 3, None),
        ("octet 0xFF is not UTF-8", None, None),
    ],
)
def test_a_file_that_is_no_toml_is_annotated(
    answers: Answers, message: str, line: int | None, column: int | None
) -> None:
    """The most frequent slip of all would be the one without a mark."""
    error = BindctlError("MET002", message)
    written = answers.of_error(OutputFormat.GITHUB, error)
    place = f",line={line}" if line else ""
    place += f",col={column}" if column else ""
    assert written == f"::error file=metabase.toml{place},title=MET002::{message}\n"
    log: Any = json.loads(
        Answers(answers.directory).of_error(OutputFormat.SARIF, error)
    )
    (run,) = log["runs"]
    assert run["invocations"] == [{"executionSuccessful": False, "exitCode": 2}]
    (result,) = run["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region.get("startLine") == (line or 1)
    assert region.get("startColumn") == column


@pytest.mark.parametrize("output_format", OutputFormat)
def test_other_errors_are_no_findings(
    answers: Answers, output_format: OutputFormat
) -> None:
    """A file that is missing has no line to mark."""
    assert answers.of_error(output_format, BindctlError("MET001", "x")) == ""


@pytest.mark.parametrize(
    ("severities", "words"),
    [
        ([], "nothing to report: 1 site, 2 bindings, 0 certificates"),
        ([Severity.ERROR], "1 error in 1 site, 2 bindings, 0 certificates"),
        ([Severity.INFO] * 2 + [Severity.WARNING],
         "1 warning, 2 infos in 1 site, 2 bindings, 0 certificates"),
    ],
)  # fmt: skip
def test_a_report_ends_with_its_sum(severities: list[Severity], words: str) -> None:
    """Silence has to say how much was looked at."""
    findings = [make_finding("BND305", Place("/LM"), "x", "", s) for s in severities]
    assert summarise(CheckResult(make_report(findings), 1, 2, 0)) == words


def test_a_finding_is_one_command_with_its_place() -> None:
    """The pull request shows it beside the line."""
    place = Place("/LM/W3SVC/1", "ServerBindings", 0, 3, 19, 26)
    finding = make_finding("BND201", place, '":80:a" is taken', "move it")
    assert format_annotation(finding, "iis/metabase.toml") == (
        "::error file=iis/metabase.toml,line=3,col=19,endColumn=25,title=BND201::"
        '":80:a" is taken%0Anext: move it'
    )


def test_severities_have_github_s_names() -> None:
    """There is no info."""
    words = [
        format_annotation(
            make_finding("BND201", Place("/LM"), "x", severity=item), "m"
        ).split(" ")[0]
        for item in Severity
    ]
    assert words == ["::error", "::warning", "::notice"]


def test_what_could_end_the_command_is_escaped() -> None:
    """A host name with a line end could set the workflow's variables."""
    place = Place("/LM", None, None, 1)
    finding = make_finding("BND101", place, "100%\r\n::set-env name=x::y", "a: b, c")
    written = format_annotation(finding, "a,b:c%\n.toml")
    assert written == (
        "::error file=a%2Cb%3Ac%25%0A.toml,line=1,title=BND101::"
        "100%25%0D%0A::set-env name=x::y%0Anext: a: b, c"
    )
    assert "\n" not in written


def test_slashes_are_those_of_the_repository() -> None:
    """A path of Windows annotates nothing."""
    finding = make_finding("BND101", Place("/LM"), "x", "y")
    assert "file=iis/metabase.toml," in format_annotation(finding, "iis\\metabase.toml")


def test_an_error_is_annotated_as_far_as_its_place_is_known() -> None:
    """The line that is no TOML is what the author wants to see."""
    assert format_error_annotation("MET002", "line 2: x", "m.toml", 2, 5) == (
        "::error file=m.toml,line=2,col=5,title=MET002::line 2: x"
    )
    assert format_error_annotation("MET002", "x", "m.toml", None, None) == (
        "::error file=m.toml,title=MET002::x"
    )


AT = datetime(2027, 3, 15, 12, 30, tzinfo=UTC)


def printed(*expiries: Expiry) -> str:
    out = StringIO()
    print_timeline(Terminal(out, out, {}, "/", system_clock), expiries)
    return out.getvalue()


def expiry(left: timedelta, *hosts: str, name: str = "ab" * 20) -> Expiry:
    failing = tuple(FailingHost(1, host, 443) for host in hosts)
    return Expiry(AT, left, name, "*.example", failing)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=99, hours=5), "in 99 days"),
        (timedelta(days=1), "in 1 day"),
        (timedelta(hours=23), "within a day"),
        (timedelta(0), "within a day"),
        (timedelta(seconds=-1), "ended today"),
        (timedelta(days=-1, hours=-1), "ended 1 day ago"),
        (timedelta(days=-1200), "ended 1,199 days ago"),
    ],
)
def test_how_long_is_told_in_days(left: timedelta, words: str) -> None:
    """Nobody plans in seconds; what has ended has ended."""
    assert printed(expiry(left)) == (
        f"2027-03-15 12:30 UTC, {words}: certificate abababab… (*.example)\n"
    )


def test_hosts_are_listed_and_many_counted() -> None:
    """With the site whose visitors fail."""
    hosts = ["xn--bcher-kva.example", *(f"h{n}" for n in range(8))]
    found = printed(expiry(timedelta(days=2), *hosts, name="_.example.pfx"))
    assert found.splitlines()[:2] == [
        "2027-03-15 12:30 UTC, in 2 days: certificate _.example.pfx (*.example)",
        "  https://bücher.example:443/ of site 1",
    ]
    assert found.endswith("  and 4 more\n")
    assert printed() == "no visitor gets a certificate from the stores\n"


def test_data_counts_days() -> None:
    """A script sorts and alarms by them."""
    (data,) = timeline_data([expiry(timedelta(days=2, hours=3), "a")])
    assert data == {
        "at": AT,
        "days": 2,
        "certificate_hash": "ab" * 20,
        "names": "*.example",
        "through": None,
        "hosts": (FailingHost(1, "a", 443),),
    }


def test_who_ends_in_its_place_is_named() -> None:
    """The leaf's own date would send people to renew the wrong one."""
    item = expiry(timedelta(days=2), "a")._replace(through="CN=Intermediate")
    assert (
        "\n  because its chain goes through CN=Intermediate, which ends then\n"
        in printed(item)
    )
    assert timeline_data([item])[0]["through"] == "CN=Intermediate"
