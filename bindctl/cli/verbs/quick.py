"""Reads command lines by the table of verbs, without Typer, and runs them.

Lines that it cannot read (``--help``, an unknown option, a missing word, a value that
is refused) go to Typer, which words the mistake. A test holds both equal. On the
quickest path: what this module imports is counted by a test.
"""

from bindctl.cli.verbs.table import GROUPS, LOST_METABASE, METABASE, NOTHING, VERBS
from bindctl.storage.file_locations import find_lost_metabase, find_metabase
from bindctl.storage.workspace import DiskWorkspace
from bindctl.terminal.boundary import about_file, run_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bindctl.cli.verbs.table import Parameter, Verb
    from bindctl.terminal.terminal import Terminal

_MAX_DIGITS = 10  # of a number
_ROOM = "bindctl.cli."
_FINDERS = {METABASE: find_metabase, LOST_METABASE: find_lost_metabase}


class Invocation:
    """A command line, taken apart.

    Attributes:
        verb: What is to be done.
        values: The value of every parameter of the verb, by `Parameter.name`.
    """

    __slots__ = ("values", "verb")

    def __init__(self, verb: "Verb", values: "Mapping[str, object]") -> None:
        """Keep the parts."""
        self.verb = verb
        self.values = values

    def complaint(self) -> str:
        """The fault of the values together; empty for none."""
        return "" if self.verb.complain is None else self.verb.complain(self.values)


class _NotPlainError(Exception):
    """The line is for Typer."""


def parse(arguments: "Sequence[str]") -> Invocation | None:
    """The invocation, or ``None`` when the line is for Typer."""
    if not arguments:
        return None
    first, *rest = arguments
    if first in GROUPS and rest:
        first, *rest = f"{first} {rest[0]}", *rest[1:]
    elif " " in first:
        return None
    verb = VERBS.get(first)
    if verb is None or not verb.handler:
        return None
    try:
        found = Invocation(verb, _read(verb, rest))
    except (_NotPlainError, ValueError):
        return None
    return None if found.complaint() else found


def load(place: str) -> "Callable[..., object]":
    """The function that ``module:function`` of the table names."""
    module, _colon, name = place.partition(":")
    # `importlib` itself would be one more module to import.
    found = __import__(_ROOM + module, fromlist=[name])
    function: Callable[..., object] = getattr(found, name)
    return function


def _read(verb: "Verb", arguments: "Sequence[str]") -> "dict[str, object]":
    """The value of every parameter."""
    options: dict[str, list[object]] = {}
    words = _read_options(verb, arguments, options)
    values: dict[str, object] = {}
    for parameter in verb.parameters:
        if parameter.is_option:
            given = options.get(parameter.name, [])
        else:
            end = len(words) if parameter.is_many else 1
            given = [_value(parameter, word) for word in words[:end]]
            words = words[end:]
        if parameter.is_required and not given:
            raise _NotPlainError
        if parameter.is_many:
            values[parameter.name] = given
        else:
            values[parameter.name] = given[-1] if given else parameter.default
    if words:
        raise _NotPlainError
    return values


def _read_options(
    verb: "Verb", arguments: "Sequence[str]", options: "dict[str, list[object]]"
) -> list[str]:
    """Take the options; the other words."""
    known = {
        name: parameter
        for parameter in verb.parameters
        if parameter.is_option
        for name in parameter.names
    }
    words: list[str] = []
    rest = iter(arguments)
    for word in rest:
        if verb.is_raw and words:
            return [*words, word, *rest]
        if word == "--":
            return words + list(rest)
        if not word.startswith("-") or word == "-" or word[1:2].isdigit():
            words.append(word)  # -5 is a number, for the schema to refuse
            continue
        name, equals, text = word.partition("=")
        parameter = known.get(name)
        if parameter is None or (equals and not name.startswith("--")):
            raise _NotPlainError
        value = _option_value(parameter, text if equals else None, rest)
        options.setdefault(parameter.name, []).append(value)
    return words


def _option_value(
    parameter: "Parameter", text: str | None, rest: "Iterator[str]"
) -> object:
    if parameter.kind is bool:
        if text is not None:
            raise _NotPlainError
        return True
    text = next(rest, None) if text is None else text
    if text is None:
        raise _NotPlainError
    return _value(parameter, text)


def _value(parameter: "Parameter", text: str) -> object:
    """The value of a text.

    Raises:
        ValueError: It is none.
    """
    if parameter.parser:
        return load(parameter.parser)(text)
    if parameter.kind is int:
        if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS):
            raise _NotPlainError
        number = int(text)
        if number < (parameter.least or 0) or number > (parameter.most or number):
            raise _NotPlainError
        return number
    if parameter.choices and text not in parameter.choices:
        raise _NotPlainError
    return text


def run(terminal: "Terminal", invocation: Invocation) -> int:
    """Run the command and print its answer; the exit status."""
    verb, values = invocation.verb, dict(invocation.values)

    def command() -> int:
        if verb.needs is NOTHING:
            return _call(verb, values, terminal)
        named = values.pop("metabase")
        metabase = _FINDERS[verb.needs](
            None if named is None else str(named),
            terminal.environment,
            terminal.directory,
        )
        return about_file(metabase, lambda: _guarded(terminal, verb, values, metabase))

    as_json = bool(values.get("json")) or any(
        parameter.asks_json and values[parameter.name] == "json"
        for parameter in verb.parameters
    )
    return run_command(terminal, verb.answers_as, command, as_json=as_json)


def _guarded(
    terminal: "Terminal", verb: "Verb", values: "dict[str, object]", metabase: str
) -> int:
    """Call a handler, under the gate if it writes."""
    if not verb.is_gated:
        return _call(verb, values, terminal, DiskWorkspace(metabase, terminal.clock))
    from bindctl.cli.run.write_guard import guard  # noqa: PLC0415 - only to write

    is_strict = bool(values.pop("strict", False))
    allows_impact = bool(values.pop("allow_impact", False))
    return guard(
        terminal,
        metabase,
        lambda workspace: _call(verb, values, terminal, workspace),
        is_strict=is_strict,
        allows_impact=allows_impact,
    )


def _call(verb: "Verb", values: "Mapping[str, object]", *world: object) -> int:
    status = load(verb.handler)(*world, **values)
    if not isinstance(status, int):
        message = f"the handler of {verb.name} returned no exit status"
        raise TypeError(message)
    return status
