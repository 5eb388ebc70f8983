"""Which findings `check` reports, by the metabase's [check] table and the command line.

The table is read from the parsed document; options of the command line win over it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.findings.codes import FINDINGS, make_finding
from bindctl.findings.finding import Place, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bindctl.findings.finding import Finding

CHECK_TABLE: Final = "check"
CHECK_LOCATION: Final = "/LM/CHECK"
EXPIRING_DAYS: Final = 30
ALL_CODES: Final = "ALL"

_UNIT_DAYS: Final = {"d": 1, "w": 7}
_MAX_DAYS: Final = 36_500  # a century: more overflows nothing, and means nothing
_SEVERITIES: Final = {item.value: item for item in Severity}
# From the worst; a threshold lets pass itself and those before it.
_ORDER: Final = (Severity.ERROR, Severity.WARNING, Severity.INFO)


class Selection(NamedTuple):
    """The codes to report, as the table or the command line says.

    Attributes:
        select: Codes or beginnings of codes; ``None`` where nothing is said.
        ignore: Codes or beginnings of codes; of two that fit, the longer one wins.
    """

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()


class CheckOptions(NamedTuple):
    """What to report, and how.

    Attributes:
        selections: The table's and the command line's; a later one wins.
        severities: Another severity, by code or beginning of codes.
        threshold: The least severity reported.
        expiring_days: A certificate that ends within so many days is reported.
        gate: Whether writes are refused that change what visitors get.
    """

    selections: tuple[Selection, ...] = ()
    severities: tuple[tuple[str, Severity], ...] = ()
    threshold: Severity = Severity.INFO
    expiring_days: int = EXPIRING_DAYS
    gate: bool = False

    def is_selected(self, code: str) -> bool:
        """Whether findings of that code are reported."""
        state = True
        for select, ignore in self.selections:
            ignored = _longest(ignore, code)
            if select is not None:
                state = _longest(select, code) > ignored
            elif ignored >= 0:
                state = False
        return state

    def severity_of(self, finding: Finding) -> Severity:
        """The severity a finding is reported with."""
        chosen, length = finding.severity, -1
        for prefix, severity in self.severities:
            if finding.code.startswith(prefix) and len(prefix) >= length:
                chosen, length = severity, len(prefix)
        return chosen

    def passes(self, severity: Severity) -> bool:
        """Whether that severity reaches the threshold."""
        return _ORDER.index(severity) <= _ORDER.index(self.threshold)


class CommandLine(NamedTuple):
    """Options of the command line as they are typed; ``None`` where one is not.

    Attributes:
        select: ``BND,CRT3``.
        ignore: ``BND305``.
        severity: ``warning``, or ``BND305=error``; several.
        expiring: ``30d`` or ``6w``.
    """

    select: str | None = None
    ignore: str | None = None
    severity: Sequence[str] = ()
    expiring: str | None = None


def read_check_table(
    document: Mapping[str, object],
) -> tuple[CheckOptions, list[Finding]]:
    """The options of the metabase's [check] table, and what is wrong with it.

    Tables that spell it in different letter case are one.

    Args:
        document: The parsed metabase.

    Emits:
        MET212.
    """
    names = [name for name in document if name.lower() == CHECK_TABLE]
    if not names:
        return CheckOptions(), []
    from difflib import get_close_matches  # noqa: PLC0415 - few files have the table

    options = CheckOptions(selections=(Selection(),))
    findings: list[Finding] = []
    items: list[tuple[str, object]] = []
    for name in names:
        table = document[name]
        if isinstance(table, dict):
            items += table.items()
        else:
            message = f"{name} is {_shown(table)}, not a table"
            findings.append(_invalid(None, message))
    for key, value in items:
        reader = _READERS.get(key.lower())
        if reader is None:
            near = get_close_matches(key.lower(), _READERS, 1)
            hint = f"it may hold {', '.join(_READERS)}"
            if near:
                hint = f"did you mean {near[0]}?"
            message = f"[check] has no option {key!r}"
            findings.append(_invalid(key, message, hint, Severity.WARNING))
            continue
        try:
            options = reader(options, value)
        except ValueError as error:
            findings.append(_invalid(key, f"{key}: {error}"))
    return options, findings


def with_command_line(options: CheckOptions, typed: CommandLine) -> CheckOptions:
    """Options of the table, overruled by those of the command line.

    Raises:
        ValueError: A value that the option does not take.
    """
    if typed.select is not None or typed.ignore is not None:
        select = None if typed.select is None else _read_codes(typed.select)
        more = Selection(select, _read_codes(typed.ignore or ""))
        options = options._replace(selections=(*options.selections, more))
    for text in typed.severity:
        options = _read_severity(options, text)
    if typed.expiring is not None:
        options = _read_expiring(options, typed.expiring)
    return options


def check_value(name: str) -> Callable[[str], object]:
    """The reader of an option's value; it raises `ValueError`."""
    before = CheckOptions(selections=(Selection(),))
    return lambda text: _READERS[name](before, text)


def parse_days(value: object) -> int:
    """Days of ``30d`` or ``6w``.

    Raises:
        ValueError: `value` is neither.
    """
    text = value if isinstance(value, str) else ""
    number, unit = text[:-1], text[-1:].lower()
    if unit in _UNIT_DAYS and number.isascii() and number.isdigit():
        days = int(number[:9]) * _UNIT_DAYS[unit]
        if days <= _MAX_DAYS:
            return days
    message = f"{_shown(value)} is not a number of days or weeks, such as 30d or 6w"
    raise ValueError(message)


def apply_options(
    findings: Sequence[Finding], options: CheckOptions
) -> Iterator[Finding]:
    """The findings to report, with their severities."""
    if options == CheckOptions(expiring_days=options.expiring_days, gate=options.gate):
        yield from findings
        return
    selected: dict[str, bool] = {}
    for finding in findings:
        code = finding.code
        if code not in selected:
            selected[code] = options.is_selected(code)
        severity = options.severity_of(finding)
        if selected[code] and options.passes(severity):
            same = severity is finding.severity
            yield finding if same else finding._replace(severity=severity)


def _longest(prefixes: Sequence[str], code: str) -> int:
    """Characters of the longest beginning of `code` among them; -1 for none."""
    fitting = (len(item) for item in prefixes if code.startswith(item))
    return max(fitting, default=-1)


def _invalid(
    key: str | None, message: str, hint: str = "", severity: Severity | None = None
) -> Finding:
    return make_finding("MET212", Place(CHECK_LOCATION, key), message, hint, severity)


def _shown(value: object) -> str:
    words = {True: "true", False: "false"}
    return words[value] if isinstance(value, bool) else repr(value)


# --- one reader for each option: the options with it, or a ValueError that says why not
# ---


def _read_select(options: CheckOptions, value: object) -> CheckOptions:
    last = options.selections[-1]._replace(select=_read_codes(value))
    return options._replace(selections=(*options.selections[:-1], last))


def _read_ignore(options: CheckOptions, value: object) -> CheckOptions:
    last = options.selections[-1]._replace(ignore=_read_codes(value))
    return options._replace(selections=(*options.selections[:-1], last))


def _read_severity(options: CheckOptions, value: object) -> CheckOptions:
    """A threshold, ``CODE=error``, several of them, or a table of codes."""
    if isinstance(value, dict):
        value = [f"{code}={_text(word)}" for code, word in value.items()]
    for text in value if isinstance(value, list) else [value]:
        code, equals, word = _text(text).rpartition("=")
        severity = _SEVERITIES.get(word.strip().lower())
        if severity is None:
            message = f"{word!r} is not a severity: {', '.join(_SEVERITIES)}"
            raise ValueError(message)
        if equals:
            changed = (*options.severities, (_parse_code(code), severity))
            options = options._replace(severities=changed)
        else:
            options = options._replace(threshold=severity)
    return options


def _read_expiring(options: CheckOptions, value: object) -> CheckOptions:
    return options._replace(expiring_days=parse_days(value))


def _read_gate(options: CheckOptions, value: object) -> CheckOptions:
    if not isinstance(value, bool):
        message = f"{_shown(value)} is neither true nor false"
        raise ValueError(message)  # noqa: TRY004 - the file is wrong, not its type
    return options._replace(gate=value)


_READERS: Final[dict[str, Callable[[CheckOptions, object], CheckOptions]]] = {
    "select": _read_select,
    "ignore": _read_ignore,
    "severity": _read_severity,
    "expiring": _read_expiring,
    "gate": _read_gate,
}


def _read_codes(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list) else _text(value).split(",")
    return tuple(_parse_code(_text(item)) for item in items if item != "")


def _parse_code(text: str) -> str:
    """A code, or the beginning of some; empty for all of them."""
    code = text.strip().upper()
    if code == ALL_CODES:
        return ""
    if not code or not any(rule.code.startswith(code) for rule in FINDINGS):
        message = f"no finding has a code that begins with {text.strip()!r}"
        raise ValueError(message)
    return code


def _text(value: object) -> str:
    if not isinstance(value, str):
        message = f"{_shown(value)} is not text"
        raise ValueError(message)  # noqa: TRY004 - the file is wrong, not its type
    return value
