"""What is reported, and how: the [check] table and the command line."""

from __future__ import annotations

import pytest

from bindctl.findings.codes import make_finding
from bindctl.findings.finding import Place, Severity
from bindctl.operations.check.check_options import (
    CheckOptions,
    CommandLine,
    apply_options,
    check_value,
    parse_days,
    read_check_table,
    with_command_line,
)

CODES = ("MET201", "BND201", "BND205", "BND305", "CRT101")


NOTHING_TYPED = CommandLine()


def _options(
    table: dict[str, object] | None = None, typed: CommandLine = NOTHING_TYPED
) -> CheckOptions:
    document = {} if table is None else {"check": table}
    options, findings = read_check_table(document)
    assert findings == []
    return with_command_line(options, typed)


def _reported(options: CheckOptions) -> list[str]:
    findings = [make_finding(code, Place("/LM"), "cause") for code in CODES]
    return [
        f"{finding.code} {finding.severity.value}"
        for finding in apply_options(findings, options)
    ]


ALL = ["MET201 warning", "BND201 error", "BND205 info", "BND305 info", "CRT101 error"]


@pytest.mark.parametrize(
    ("options", "reported"),
    [
        (_options(), ALL),
        (_options({}), ALL),
        (_options({"expiring": "10d", "gate": True}), ALL),
        (_options(typed=CommandLine(select="BND")), ALL[1:4]),
        (_options(typed=CommandLine(select="bnd2, CRT")), [*ALL[1:3], ALL[4]]),
        (_options(typed=CommandLine(ignore="BND")), [ALL[0], ALL[4]]),
        (_options(typed=CommandLine(ignore="ALL")), []),
        # of two that fit, the longer one wins
        (_options(typed=CommandLine(select="BND2", ignore="BND")), ALL[1:3]),
        (_options(typed=CommandLine(select="BND", ignore="BND205")), [ALL[1], ALL[3]]),
        (_options(typed=CommandLine(select="ALL", ignore="CRT")), ALL[:4]),
        (_options({"select": ["BND"], "ignore": ["BND305"]}), ALL[1:3]),
        (_options({"select": "BND,CRT"}), ALL[1:]),
        # the command line wins over the table, one by one
        (_options({"ignore": ["BND"]}, CommandLine(select="BND205")), [ALL[2]]),
        (_options({"ignore": ["BND"]}, CommandLine(ignore="CRT")), [ALL[0]]),
        (_options({"select": ["CRT"]}, CommandLine(select="ALL")), ALL),
        # severities
        (_options(typed=CommandLine(severity=["warning"])), [*ALL[:2], ALL[4]]),
        (_options({"severity": "error"}), [ALL[1], ALL[4]]),
        (_options({"severity": "error"}, CommandLine(severity=["info"])), ALL),
        (_options({"severity": {"BND3": "error"}}), [*ALL[:3], "BND305 error", ALL[4]]),
        (_options({"severity": ["BND=warning", "BND201=info"]}),
         [ALL[0], "BND201 info", "BND205 warning", "BND305 warning", ALL[4]]),
        # a severity that was changed is what the threshold sees
        (_options({"severity": "warning"}, CommandLine(severity=["BND305=error"])),
         [*ALL[:2], "BND305 error", ALL[4]]),
        (_options({"severity": {"CRT": "info"}}, CommandLine(severity=["error"])),
         [ALL[1]]),
        (_options({"Severity": "ERROR"}), [ALL[1], ALL[4]]),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_reported(
    options: CheckOptions, reported: list[str]
) -> None:
    """A team silences what it has decided about, and nothing else."""
    assert _reported(options) == reported


def test_the_table_is_found_in_any_letter_case() -> None:
    """As all names of the metabase."""
    options, findings = read_check_table({"Check": {"Ignore": ["BND"]}})
    assert (findings, options.is_selected("BND201")) == ([], False)


@pytest.mark.parametrize(
    ("table", "message", "severity"),
    [
        (7, "check is 7, not a table", "error"),
        ({"select": 7}, "select: 7 is not text", "error"),
        ({"select": [True]}, "select: true is not text", "error"),
        ({"ignore": ["BND9"]},
         "ignore: no finding has a code that begins with 'BND9'", "error"),
        ({"ignore": "BND201,"}, None, None),
        ({"severity": "high"},
         "severity: 'high' is not a severity: error, warning, info", "error"),
        ({"severity": {"XXX": "error"}},
         "severity: no finding has a code that begins with 'XXX'", "error"),
        ({"severity": {"BND": 1}}, "severity: 1 is not text", "error"),
        ({"expiring": 30},
         "expiring: 30 is not a number of days or weeks, such as 30d or 6w", "error"),
        ({"gate": "yes"}, "gate: 'yes' is neither true nor false", "error"),
        ({"selct": []}, "[check] has no option 'selct'", "warning"),
    ],
)  # fmt: skip
def test_a_wrong_table_is_a_finding_and_the_rest_holds(
    table: object, message: str | None, severity: str | None
) -> None:
    """A slip there must not end the check, nor pass for consent."""
    options, findings = read_check_table({"check": table})
    assert [(f.message, f.severity.value) for f in findings] == (
        [] if message is None else [(message, severity)]
    )
    assert {f.code for f in findings} <= {"MET212"}
    if message is not None:
        assert _reported(options) == ALL


def test_tables_in_two_letter_cases_are_one() -> None:
    """Else a gate would be open because of a table above its own."""
    document = {"Check": {"expiring": "10d"}, "check": {"Gate": True}, "CHECK": 7}
    options, findings = read_check_table(document)
    assert (options.expiring_days, options.gate) == (10, True)
    assert [item.message for item in findings] == ["CHECK is 7, not a table"]


def test_one_wrong_option_leaves_the_others() -> None:
    """What is right there is meant."""
    table = {"select": 7, "ignore": ["BND"], "nonsense": 1, "gate": True}
    options, findings = read_check_table({"check": table})
    assert [finding.place.property_name for finding in findings] == [
        "select",
        "nonsense",
    ]
    assert options.gate
    assert not options.is_selected("BND201")
    assert findings[1].hint == "it may hold select, ignore, severity, expiring, gate"
    (near,) = read_check_table({"check": {"expirng": "1d"}})[1]
    assert near.hint == "did you mean expiring?"


@pytest.mark.parametrize(
    ("name", "text", "cause"),
    [
        ("select", "BND9", "no finding has a code that begins"),
        ("ignore", "X", "no finding"),
        ("severity", "loud", "'loud' is not a severity"),
        ("severity", "BND9=error", "no finding"),
        ("expiring", "soon", "'soon' is not a number of days"),
    ],
)
def test_a_wrong_option_is_refused(name: str, text: str, cause: str) -> None:
    """A pipeline with a misspelt code would check nothing."""
    with pytest.raises(ValueError, match=cause):
        check_value(name)(text)


@pytest.mark.parametrize(
    ("text", "days"), [("30d", 30), ("6w", 42), ("0d", 0), ("1D", 1), ("36500d", 36500)]
)
def test_days_and_weeks_are_read(text: str, days: int) -> None:
    """How long it takes to get a certificate differs from shop to shop."""
    assert parse_days(text) == days
    assert _options({"expiring": text}).expiring_days == days
    assert (
        _options({"expiring": "1d"}, CommandLine(expiring=text)).expiring_days == days
    )


@pytest.mark.parametrize(
    "text",
    ["", "d", "30", "30 d", "-1d", "1.5w", "36501d", "9" * 40 + "d", "\u0663d", 7],
)
def test_other_times_are_none(text: object) -> None:
    """30 could be days, weeks or anything."""
    with pytest.raises(ValueError, match="not a number of days or weeks"):
        parse_days(text)


def test_severities_are_ordered() -> None:
    """A threshold lets itself and what is worse through."""
    options = CheckOptions(threshold=Severity.WARNING)
    assert [options.passes(item) for item in Severity] == [True, True, False]
