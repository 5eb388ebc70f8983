"""Law: options leave findings out or change severities; they never make one up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bindctl.findings.codes import FINDINGS, make_finding
from bindctl.findings.finding import Place, Severity
from bindctl.operations.check.check_options import (
    CheckOptions,
    CommandLine,
    apply_options,
    parse_days,
    read_check_table,
    with_command_line,
)

CODES = [rule.code for rule in FINDINGS]
codes = st.sampled_from(CODES).flatmap(
    lambda code: st.sampled_from([code[:length] for length in (1, 3, 4, 6)])
)
lists = st.one_of(st.none(), st.lists(codes, max_size=4))
levels = st.sampled_from([item.value for item in Severity])
severities = st.lists(
    st.one_of(levels, st.tuples(codes, levels).map("=".join)), max_size=4
)
typed_options = st.builds(
    CommandLine,
    lists.map(lambda found: None if found is None else ",".join(found)),
    lists.map(lambda found: None if found is None else ",".join(found)),
    severities,
)


def _made(typed: CommandLine) -> CheckOptions:
    return with_command_line(CheckOptions(), typed)


def _reported(options: CheckOptions) -> dict[str, Severity]:
    findings = [make_finding(code, Place("/LM"), "x") for code in CODES]
    return {f.code: f.severity for f in apply_options(findings, options)}


@given(typed_options)
def test_the_slow_reading_says_the_same(typed: CommandLine) -> None:
    """Each code by itself: is it asked for, how bad is it, does that reach the least?"""
    expected = {}
    least = Severity.INFO
    for text in typed.severity:
        if "=" not in text:
            least = Severity(text)
    order = [Severity.ERROR, Severity.WARNING, Severity.INFO]
    for rule in FINDINGS:
        code = rule.code

        def longest(text: str | None, code: str = code) -> int:
            found = [c for c in (text or "").split(",") if c and code.startswith(c)]
            return max(map(len, found), default=-1)

        wanted = typed.select is None or longest(typed.select) > -1
        if typed.select is None:
            wanted = longest(typed.ignore) == -1
        elif longest(typed.ignore) >= longest(typed.select):
            wanted = False
        changes = [t.split("=") for t in typed.severity if "=" in t]
        fitting = [
            (len(c), n, s) for n, (c, s) in enumerate(changes) if code.startswith(c)
        ]
        severity = Severity(max(fitting)[2]) if fitting else rule.severity
        if wanted and order.index(severity) <= order.index(least):
            expected[code] = severity
    assert _reported(_made(typed)) == expected


@given(typed_options)
def test_the_table_means_what_the_command_line_means(typed: CommandLine) -> None:
    """What is agreed on the command line can be written down."""
    table: dict[str, object] = {"severity": list(typed.severity)}
    if typed.select is not None:
        table["select"] = [item for item in typed.select.split(",") if item]
    if typed.ignore is not None:
        table["ignore"] = typed.ignore
    options, findings = read_check_table({"check": table})
    assert findings == []
    assert _reported(options) == _reported(_made(typed))


@given(st.integers(0, 36_500))
def test_days_are_read_as_they_are_written(days: int) -> None:
    """``30d`` is thirty days."""
    assert parse_days(f"{days}d") == days


@given(st.text(max_size=6))
def test_any_text_is_days_or_a_reason(text: str) -> None:
    """Nothing typed there ends in a traceback."""
    try:
        assert 0 <= parse_days(text) <= 36_500
    except ValueError as error:
        assert "not a number of days or weeks" in str(error)  # noqa: PT017 - either will do
