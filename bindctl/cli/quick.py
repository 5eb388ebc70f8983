"""The adsutil verbs without Typer: get, set, enum, create, delete.

Recognises the plain forms of the five commands and runs them; anything it does not
know (``--help``, an unknown option, a missing word) it leaves to Typer, which words
the usage error. A test holds both equal. On the quickest path: what this module
imports is counted by a test.
"""

from bindctl.cli.boundary import about_file, print_envelope, run_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bindctl.cli.terminal import Terminal
    from bindctl.operations.properties import PropertyValue

# Least and most words after the verb; 0 for no limit.
_WORDS = {"get": (1, 1), "set": (2, 0), "enum": (0, 1), "create": (1, 2)}
_WORDS["delete"] = (1, 1)


class Invocation:
    """A command line, taken apart.

    Attributes:
        verb: One of the five.
        words: What is no option.
        metabase: Value of ``--metabase``, or ``None``.
        as_json: Whether ``--json`` stands.
    """

    __slots__ = ("as_json", "metabase", "verb", "words")

    def __init__(
        self, verb: str, words: "Sequence[str]", metabase: str | None, *, as_json: bool
    ) -> None:
        """Keep the parts."""
        self.verb = verb
        self.words = words
        self.metabase = metabase
        self.as_json = as_json


def parse(arguments: "Sequence[str]") -> Invocation | None:
    """The invocation, or ``None`` when Typer shall read it."""
    if not arguments or arguments[0] not in _WORDS:
        return None
    verb = arguments[0]
    options: dict[str, str] = {}
    words = _take_options(arguments[1:], options)
    least, most = _WORDS[verb]
    if words is None or len(words) < least or (most and len(words) > most):
        return None
    return Invocation(
        verb, words, options.get("--metabase"), as_json="--json" in options
    )


def _take_options(
    arguments: "Sequence[str]", options: dict[str, str]
) -> list[str] | None:
    """The words that are no options; ``None`` when an option is not known."""
    words: list[str] = []
    rest = iter(arguments)
    for word in rest:
        name, equals, value = word.partition("=")
        if word == "--":
            return words + list(rest)
        if not word.startswith("-") or word == "-" or word[1:2].isdigit():
            words.append(word)  # -5 is a number, for the schema to refuse
        elif word == "--json":
            options[word] = ""
        elif name == "--metabase" and equals:
            options[name] = value
        elif word in ("--metabase", "-m"):
            options["--metabase"] = next(rest, "")
            if not options["--metabase"]:
                return None
        else:
            return None
    return words


def run(terminal: "Terminal", invocation: Invocation) -> int:
    """Run the verb and print its answer; the exit status."""
    verb = invocation.verb

    def command() -> int:
        from bindctl.storage.places import find_metabase  # noqa: PLC0415 - in order

        metabase = find_metabase(
            invocation.metabase, terminal.environment, terminal.directory
        )
        return about_file(
            metabase, lambda: _VERBS[verb](terminal, metabase, invocation)
        )

    return run_command(terminal, verb, command, as_json=invocation.as_json)


def _get(terminal: "Terminal", metabase: str, invocation: Invocation) -> int:
    from bindctl.operations.properties import get_property  # noqa: PLC0415

    _print_value(terminal, invocation, get_property(metabase, invocation.words[0]))
    return 0


def _set(terminal: "Terminal", metabase: str, invocation: Invocation) -> int:
    from bindctl.operations.properties import set_property  # noqa: PLC0415

    text, *words = invocation.words
    _print_value(terminal, invocation, set_property(metabase, text, words))
    return 0


def _enum(terminal: "Terminal", metabase: str, invocation: Invocation) -> int:
    from bindctl.metabase.path import format_path  # noqa: PLC0415
    from bindctl.metabase.values import format_line, toml_value  # noqa: PLC0415
    from bindctl.operations.keys import enum_key  # noqa: PLC0415

    listing = enum_key(metabase, invocation.words[0] if invocation.words else "")
    paths = ["/" + "/".join((*listing.path, name)) for name in listing.children]
    if invocation.as_json:
        values = {row.name: toml_value(value) for row, value in listing.properties}
        data = {
            "path": format_path(listing.path),
            "properties": values,
            "keys": [format_path((*listing.path, name)) for name in listing.children],
        }
        print_envelope(terminal, "enum", data)
        return 0
    for row, value in listing.properties:
        terminal.print(format_line(row, value))
    for path in paths:
        terminal.print(f"[{path}]")
    return 0


def _create(terminal: "Terminal", metabase: str, invocation: Invocation) -> int:
    from bindctl.operations.keys import create_key  # noqa: PLC0415

    key_type = invocation.words[1] if len(invocation.words) > 1 else None
    path = create_key(metabase, invocation.words[0], key_type)
    if invocation.as_json:
        print_envelope(terminal, "create", {"path": path, "changed": True})
    else:
        terminal.print(f'created "{path}"')
    return 0


def _delete(terminal: "Terminal", metabase: str, invocation: Invocation) -> int:
    from bindctl.operations.keys import delete  # noqa: PLC0415

    deletion = delete(metabase, invocation.words[0])
    if invocation.as_json:
        data = {"path": deletion.key, "property": deletion.property_name}
        print_envelope(terminal, "delete", {**data, "changed": True})
    elif deletion.key is not None:
        terminal.print(f'deleted path "{deletion.key}"')
    else:
        terminal.print(f'deleted property "{deletion.property_name}"')
    return 0


def _print_value(
    terminal: "Terminal", invocation: Invocation, found: "PropertyValue"
) -> None:
    from bindctl.metabase.values import STARS, format_line, toml_value  # noqa: PLC0415

    if not invocation.as_json:
        terminal.print(format_line(found.row, found.value))
        return
    from bindctl.metabase.path import format_path  # noqa: PLC0415

    data = {
        "path": format_path(found.path),
        "property": found.row.name,
        "type": found.row.data_type,
        "value": STARS if found.row.is_secure else toml_value(found.value),
    }
    if invocation.verb == "set":
        data["changed"] = found.changed
    print_envelope(terminal, invocation.verb, data)


_VERBS: "dict[str, Callable[[Terminal, str, Invocation], int]]" = {
    "get": _get,
    "set": _set,
    "enum": _enum,
    "create": _create,
    "delete": _delete,
}
