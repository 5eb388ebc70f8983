"""The command lines of the companions: ``/switch words`` and ``/switch:value``.

Folders of this machine begin with a slash, too. So a switch that takes a word takes the
next word, unless that is a switch that the command knows.

On a quick path: imports nothing.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# Names that commands look for; any other is kept as typed, for messages.
_KNOWN = frozenset(
    {
        *("?", "config", "in", "text", "xml"),
        *("name", "id", "path", "site.name", "app.name", "vdir.name"),
        *("bindings", "protocol", "bindinginformation", "sslflags"),
        *("applicationpool", "physicalpath"),
        *("restart", "start", "stop", "status", "enable", "disable"),
        *("noforce", "timeout", "reboot", "rebootonerror", "-port-offset"),
    }
)
MANY = -1  # as many words as stand before the next switch
_HELP = frozenset({"/?", "-?", "/help", "-help", "--help"})
_MARKS = ("/", "-")


class SwitchError(Exception):
    """A command line that is not valid.

    Attributes:
        switch: The switch with too few words, or the word nobody asked for.
        is_short: Whether words are missing; otherwise `switch` is not known.
    """

    def __init__(self, switch: str, *, is_short: bool) -> None:
        """Keep the parts."""
        super().__init__(switch)
        self.switch = switch
        self.is_short = is_short


def asks_for_help(word: str) -> bool:
    """Whether a word is ``/?`` or one of its like."""
    return word.lower() in _HELP


def parse_spaced(
    counts: "Mapping[str, int]",
    arguments: "Sequence[str]",
    aliases: "Mapping[str, str]",
) -> "tuple[dict[str, list[str]], list[str]]":
    """Read ``/create sites/a "Site A" /b 81``.

    Args:
        counts: Each switch in lower case with the words it takes, or `MANY`.
        arguments: The command line.
        aliases: Other spellings of switches.

    Returns:
        Words by switch, in the order typed; and the words that belong to none.

    Raises:
        SwitchError: A switch has too few words, is not known or stands twice.
    """
    found: dict[str, list[str]] = {}
    loose: list[str] = []
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        name = _switch_name(counts, word)
        if name is not None:
            meant = aliases.get(name, name)
            if meant in found:
                raise SwitchError(word, is_short=False)
            found[meant] = _take(counts, name, rest)
        elif word.startswith(_MARKS):
            raise SwitchError(word, is_short=False)
        else:
            loose.append(word)
    return found, loose


def _switch_name(counts: "Mapping[str, int]", word: str) -> str | None:
    if asks_for_help(word):
        return "?"
    if not word.startswith(_MARKS):
        return None
    name = word[1:].lower()
    return name if name in counts else None


def _take(counts: "Mapping[str, int]", name: str, rest: "list[str]") -> "list[str]":
    """Move the words of a switch out of `rest`."""
    count = counts.get(name, 0)
    taken: list[str] = []
    while rest and (count == MANY or len(taken) < count):
        if _switch_name(counts, rest[0]) is not None:
            break
        if count == MANY and rest[0].startswith(_MARKS):
            raise SwitchError(rest[0], is_short=False)
        taken.append(rest.pop(0))
    help_follows = bool(rest) and asks_for_help(rest[0])
    if len(taken) < count and not help_follows:
        raise SwitchError(name, is_short=True)
    return taken


def parse_colon(arguments: "Sequence[str]") -> "tuple[dict[str, str], list[str]]":
    """Read ``/name:value`` and words; ``/name`` alone has the value ``""``.

    Names keep what IIS writes into them: ``+bindings.[protocol='https']``.

    Returns:
        Values by name, see `fold`; and all other words.

    Raises:
        SwitchError: A name stands twice.
    """
    values: dict[str, str] = {}
    words: list[str] = []
    taken: set[str] = set()
    for word in arguments:
        if not word.startswith(_MARKS):
            words.append(word)
            continue
        name, value = _split_colon("?" if asks_for_help(word) else word[1:])
        if name.lower() in taken:
            raise SwitchError(name, is_short=False)
        taken.add(name.lower())
        values[name] = value
    return values, words


def _split_colon(text: str) -> "tuple[str, str]":
    """Cut at the first colon that stands in no brackets and no quotes."""
    depth, quote = 0, ""
    for index, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "[]":
            depth += 1 if character == "[" else -1
        elif character == ":" and not depth:
            return fold(text[:index]), text[index + 1 :]
    return fold(text), ""


def fold(name: str) -> str:
    """A name that a command looks for in lower case; any other as it is typed."""
    folded = name.lower()
    return folded if folded in _KNOWN else name


def parse_element(text: str) -> "dict[str, str] | None":
    """Read ``[protocol='https',bindingInformation='*:443:host']``.

    Returns:
        Values by attribute, see `fold`; ``None`` when `text` is not such a list.
    """
    if not (text.startswith("[") and text.endswith("]")):
        return None
    attributes: dict[str, str] = {}
    for part in _split_commas(text[1:-1]):
        name, equals, value = part.partition("=")
        value = value.strip()
        if not equals or len(value) < len("''") or value[0] not in "'\"":
            return None
        if value[-1] != value[0]:
            return None
        folded = fold(name.strip())
        if folded in attributes:
            return None
        attributes[folded] = value[1:-1]
    return attributes


def _split_commas(text: str) -> "Iterator[str]":
    part, quote = "", ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == ",":
            yield part
            part = ""
            continue
        part += character
    yield part
