"""The verbs of adsutil without Typer: get, set, enum, create, delete, and so on.

Recognises the plain forms of these commands and runs them; anything it does not
know (``--help``, an unknown option, a missing word) it leaves to Typer, which words
the usage error. A test holds both equal. On the quickest path: what this module
imports is counted by a test.
"""

from bindctl.terminal.boundary import about_file, print_envelope, run_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bindctl.operations.editing.properties import PropertyValue
    from bindctl.terminal.terminal import Terminal

# Least and most words after the verb; 0 for no limit.
_WORDS = {"get": (1, 1), "set": (2, 0), "enum": (0, 1), "create": (1, 2)}
_WORDS["delete"] = (1, 1)
_WORDS |= {"copy": (2, 2), "move": (2, 2), "find": (1, 1)}
# Options of single verbs that take no value.
_GATE = ("--strict", "--allow-impact")  # of the verbs that write
_FLAGS = {
    "get": ("--inherited",),
    "set": ("--append", "--remove", "--replace", *_GATE),
    "enum": ("--inherited", "--recursive"),
    "create": _GATE,
    "delete": _GATE,
    "copy": _GATE,
    "move": _GATE,
}
# What `set` can do to a list, of which it does one.
_LIST_EDITS = ("--append", "--remove", "--replace", "--at")
_REPLACE_WORDS = 3  # path, old, new
_MAX_DIGITS = 10  # of a position in a list


class Invocation:
    """A command line, taken apart.

    Attributes:
        verb: One of `_WORDS`.
        words: What is no option.
        metabase: Value of ``--metabase``, or ``None``.
        as_json: Whether ``--json`` stands.
        options: The verb's own options, and the value of one that takes any.
    """

    __slots__ = ("as_json", "metabase", "options", "verb", "words")

    def __init__(
        self,
        verb: str,
        words: "Sequence[str]",
        metabase: str | None,
        *,
        as_json: bool,
        options: "Mapping[str, str] | None" = None,
    ) -> None:
        """Keep the parts."""
        self.verb = verb
        self.words = words
        self.metabase = metabase
        self.as_json = as_json
        self.options = options or {}

    def complaint(self) -> str:
        """What is wrong with the verb's own options; empty when nothing is."""
        edits = [name for name in _LIST_EDITS if name in self.options]
        if len(edits) > 1:
            return f"{edits[0]} and {edits[1]} exclude each other."
        if edits == ["--replace"] and len(self.words) != _REPLACE_WORDS:
            return "--replace takes two values: OLD NEW."
        return ""


def parse(arguments: "Sequence[str]") -> Invocation | None:
    """The invocation, or ``None`` when Typer shall read it."""
    if not arguments or arguments[0] not in _WORDS:
        return None
    verb = arguments[0]
    options: dict[str, str] = {}
    words = _take_options(verb, arguments[1:], options)
    least, most = _WORDS[verb]
    if words is None or len(words) < least or (most and len(words) > most):
        return None
    metabase = options.pop("--metabase", None)
    as_json = options.pop("--json", None) is not None
    found = Invocation(verb, words, metabase, as_json=as_json, options=options)
    return None if found.complaint() else found


def _take_options(
    verb: str, arguments: "Sequence[str]", options: dict[str, str]
) -> list[str] | None:
    """The words that are no options; ``None`` when an option is not known."""
    words: list[str] = []
    rest = iter(arguments)
    for word in rest:
        if word == "--":
            return words + list(rest)
        if not word.startswith("-") or word == "-" or word[1:2].isdigit():
            words.append(word)  # -5 is a number, for the schema to refuse
        elif word == "--json" or word in _FLAGS.get(verb, ()):
            options[word] = ""
        elif not _take_valued(verb, word, options, rest):
            return None
    return words


def _take_valued(
    verb: str, word: str, options: dict[str, str], rest: "Iterator[str]"
) -> bool:
    """Take an option that has a value; whether it is one, and has it."""
    name, equals, value = word.partition("=")
    if name == "-m" and not equals:
        name = "--metabase"
    elif name != "--metabase" and (name, verb) != ("--at", "set"):
        return False
    options[name] = value if equals else next(rest, "")
    if name == "--at":
        digits = options[name]
        return digits.isascii() and digits.isdigit() and len(digits) < _MAX_DIGITS
    return equals != "" or options[name] != ""


def run(terminal: "Terminal", invocation: Invocation) -> int:
    """Run the verb and print its answer; the exit status."""
    verb = invocation.verb

    def command() -> int:
        from bindctl.storage.file_locations import find_metabase  # noqa: PLC0415 - in order

        metabase = find_metabase(
            invocation.metabase, terminal.environment, terminal.directory
        )

        def call() -> int:
            return _VERBS[verb](terminal, metabase, invocation)

        return about_file(metabase, lambda: _guarded(terminal, invocation, call))

    return run_command(terminal, verb, command, as_json=invocation.as_json)


def _guarded(
    terminal: "Terminal", invocation: Invocation, call: "Callable[[], int]"
) -> int:
    """Call a verb, under the gate if it writes."""
    if _GATE[0] not in _FLAGS.get(invocation.verb, ()):
        return call()
    from bindctl.cli.run.write_guard import guard  # noqa: PLC0415 - not to read

    is_strict, allows_impact = (name in invocation.options for name in _GATE)
    return guard(terminal, call, is_strict=is_strict, allows_impact=allows_impact)


def _get(terminal: "Terminal", metabase: str, invocation: Invocation) -> int:
    from bindctl.operations.editing.properties import get_property  # noqa: PLC0415

    is_inherited = "--inherited" in invocation.options
    found = get_property(metabase, invocation.words[0], is_inherited=is_inherited)
    _print_value(terminal, invocation, found)
    return 0


def _set(terminal: "Terminal", metabase: str, invocation: Invocation) -> int:
    from bindctl.operations.editing.properties import set_property  # noqa: PLC0415

    text, *words = invocation.words
    edit = None
    for name in _LIST_EDITS:
        if name in invocation.options:
            from bindctl.operations.editing.lists import ListEdit  # noqa: PLC0415 - not always

            edit = ListEdit(name[2:], int(invocation.options[name] or 0))
    found = set_property(metabase, text, words, edit)
    _print_value(terminal, invocation, found)
    return 0


def _enum(terminal: "Terminal", metabase: str, invocation: Invocation) -> int:
    from bindctl.cli.verbs.enum_view import print_listing, print_tree  # noqa: PLC0415
    from bindctl.operations.editing.keys import enum_key, enum_tree  # noqa: PLC0415

    text = invocation.words[0] if invocation.words else ""
    is_inherited = "--inherited" in invocation.options
    if "--recursive" in invocation.options:
        listings = enum_tree(metabase, text, is_inherited=is_inherited)
        print_tree(terminal, listings, invocation)
    else:
        listing = enum_key(metabase, text, is_inherited=is_inherited)
        print_listing(terminal, listing, invocation)
    return 0


def _create(terminal: "Terminal", metabase: str, invocation: Invocation) -> int:
    from bindctl.operations.editing.keys import create_key  # noqa: PLC0415

    key_type = invocation.words[1] if len(invocation.words) > 1 else None
    path = create_key(metabase, invocation.words[0], key_type)
    if invocation.as_json:
        print_envelope(terminal, "create", {"path": path, "changed": True})
    else:
        terminal.print(f'created "{path}"')
    return 0


def _delete(terminal: "Terminal", metabase: str, invocation: Invocation) -> int:
    from bindctl.operations.editing.keys import delete  # noqa: PLC0415

    deletion = delete(metabase, invocation.words[0])
    if invocation.as_json:
        data = {"path": deletion.key, "property": deletion.property_name}
        print_envelope(terminal, "delete", {**data, "changed": True})
    elif deletion.key is not None:
        terminal.print(f'deleted path "{deletion.key}"')
    else:
        terminal.print(f'deleted property "{deletion.property_name}"')
    return 0


def _copy(terminal: "Terminal", metabase: str, invocation: Invocation) -> int:
    from bindctl.cli.verbs.key_verbs import run_copy  # noqa: PLC0415 - as in order

    return run_copy(terminal, metabase, invocation)


def _find(terminal: "Terminal", metabase: str, invocation: Invocation) -> int:
    from bindctl.cli.verbs.key_verbs import run_find  # noqa: PLC0415 - as in order

    return run_find(terminal, metabase, invocation)


def _print_value(
    terminal: "Terminal", invocation: Invocation, found: "PropertyValue"
) -> None:
    from bindctl.metabase.values import STARS, format_line, toml_value  # noqa: PLC0415

    if not invocation.as_json:
        terminal.print(format_line(found.row, found.value))
        return
    from bindctl.model.path import format_path  # noqa: PLC0415

    data = {
        "path": format_path(found.path),
        "property": found.row.name,
        "type": found.row.data_type,
        "value": STARS if found.row.is_secure else toml_value(found.value),
    }
    if invocation.verb == "set":
        data["changed"] = found.changed
    elif "--inherited" in invocation.options:
        data["source"] = (
            "default" if found.source is None else format_path(found.source)
        )
    print_envelope(terminal, invocation.verb, data)


_VERBS: "dict[str, Callable[[Terminal, str, Invocation], int]]" = {
    "get": _get,
    "set": _set,
    "enum": _enum,
    "create": _create,
    "delete": _delete,
    "copy": _copy,
    "move": _copy,
    "find": _find,
}
