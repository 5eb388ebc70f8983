"""SET: store one property, of the schema's type, and echo it.

Names that it handles apart: those of IIS 4, MimeMap, and commands for the service.

Source:
    adsutil.vbs, generation C: SetCommand.
"""

from bindctl.adsutil.errors import (
    E_ACCESS_DENIED,
    E_INVALID_CALL,
    USAGE_STATUS,
    AdsiError,
    adsi_error,
    error_block,
)
from bindctl.adsutil.node import Node
from bindctl.adsutil.server import control_pool, control_site
from bindctl.adsutil.transcripts import UNSETTABLE, mime_map_line, set_line, unset_line
from bindctl.findings.errors import BindctlError
from bindctl.metabase import values
from bindctl.metabase.schema import MAX_DWORD
from bindctl.model.path import split_property
from bindctl.operations.editing.old_names import (
    ACCESS_BITS,
    AUTHORIZATION_BITS,
    read_number,
)
from bindctl.operations.editing.properties import flag_row, store_value, with_flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bindctl.adsutil.server import Action
    from bindctl.metabase.schema import Property
    from bindctl.metabase.values import Value
    from bindctl.operations.editing.properties import Read
    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

    Setter = Callable[[Terminal, Node, Sequence[str]], int]

_OPEN_FAILED = "Error Trying To Get the Object: "
_MAP_OPEN_FAILED = "Error trying to get the Object: "
_MAP_NOT_MADE = "Error trying to Create the Mime Map List."
_MAP_NOT_SET = (
    'Error Trying to set the Object\'s "MimeMap" property to the new mimemap list.'
)
# Number, action, the verb of a failure, the word of success, whose letter case differs
# as in the script.
_COMMANDS: "Mapping[int, tuple[Action, str, str]]" = {
    1: ("start", "Start", "STARTED"),
    2: ("stop", "Stop", "STOPPED"),
    3: ("pause", "Pause", "PAUSED"),
    4: ("continue", "Continue", "Continued"),
}
# As messages spell the property, whose it is, what that is called, the largest number.
_COMMANDED = {
    "servercommand": ("ServerCommand", "IIsWebServer", "server", 4),
    "apppoolcommand": ("AppPoolCommand", "IIsApplicationPool", "application pool", 2),
}


def set_command(
    terminal: "Terminal", workspace: "Workspace", server: str, words: "Sequence[str]"
) -> int:
    """Store one property and print the echo; the exit status.

    Raises:
        AdsiError: There is no such key or property, the key may not hold it, or the
            words are not a value of its type. Nothing is changed then.
    """
    text, *value_words = words
    name = split_property(text)[1].lower()
    set_property = _SPECIAL_NAMES.get(name, _set_plain)
    complaint = _MAP_OPEN_FAILED if name == "mimemap" else _OPEN_FAILED
    node = Node(workspace, server, text, complaint)
    return set_property(terminal, node, value_words)


def _set_plain(terminal: "Terminal", node: Node, words: "Sequence[str]") -> int:
    row, bit = node.open_schema(node.name)
    if row.data_type in UNSETTABLE:
        # The script prints this and goes on: echo and exit status are those of success.
        syntax = UNSETTABLE[row.data_type]
        terminal.print(f"Error: Unknown data type in schema: {syntax}")
        terminal.print(unset_line(node.name, row))
        return 0
    shown = flag_row(node.name) if bit else row
    failed = f"Error Trying To SET the Property: {node.name}"
    value = _parse_value(shown, words, failed)
    _store(node, row, value, failed, bit)
    terminal.print(set_line(node.name, shown, value))
    if not isinstance(value, tuple):
        _tell_unused(terminal, node, words)
    return 0


def _set_path(terminal: "Terminal", node: "Node", words: "Sequence[str]") -> int:
    """VRPath: Path by its old name."""
    row, _bit = node.open_schema("Path")
    _store(node, row, words[0], _not_set(node))
    terminal.print(f"{'Path (VRPath)':<32}: (String) {words[0]}")
    _tell_unused(terminal, node, words)
    return 0


def _set_access(terminal: "Terminal", node: "Node", words: "Sequence[str]") -> int:
    """AccessPerm: AccessFlags from nothing, by a number or by words."""
    row, _bit = node.open_schema("AccessFlags")
    echo = "AccessFlags (AccessPerm)"
    number = read_number(words[0])
    if number is None or not 0 <= number <= MAX_DWORD:
        return _set_bits(terminal, node, row, words, (echo, ACCESS_BITS))
    _store(node, row, number, _not_set(node))
    _print_long(terminal, echo, f"{number} (0x{number:X})")
    _tell_unused(terminal, node, words)
    return 0


def _set_authorization(
    terminal: "Terminal", node: "Node", words: "Sequence[str]"
) -> int:
    """Authorization: AuthFlags from nothing, by words."""
    row, _bit = node.open_schema("AuthFlags")
    echo = "Authorization"
    return _set_bits(terminal, node, row, words, (echo, AUTHORIZATION_BITS))


def _set_mime_map(terminal: "Terminal", node: "Node", words: "Sequence[str]") -> int:
    """MimeMap: the list anew, each item an extension, a comma and a type.

    Raises:
        AdsiError: An item has no comma.
    """
    row, _bit = node.open_schema("MimeMap")
    if not all("," in word for word in words):
        raise AdsiError(E_INVALID_CALL, _MAP_NOT_MADE)
    _store(node, row, tuple(words), _MAP_NOT_SET)
    terminal.print(mime_map_line(tuple(words)))
    return 0


def _set_state(terminal: "Terminal", node: "Node", words: "Sequence[str]") -> int:
    """ServerCommand, AppPoolCommand: 1 start, 2 stop; of a site 3 pause, 4 continue.

    Raises:
        AdsiError: No service runs, or it refuses.
    """
    name, key_type, noun, most = _COMMANDED[node.name.lower()]
    if node.key_type != key_type:
        return _refuse(terminal, f"Can't set {name} on a non-{key_type} object.")
    number = read_number(words[0])
    if number is None or not 1 <= number <= most:
        return _invalid(terminal, name, number)
    action, verb, done = _COMMANDS[number]
    path = node.path_text
    failed = f"Error Trying To {verb} the {noun}: {path}"
    if noun == "server":
        control_site(node.workspace, node.path, action, failed)
    else:
        control_pool(node.workspace, action, failed)
    terminal.print(f"{noun.capitalize()} {path} Successfully {done}")
    _tell_unused(terminal, node, words)
    return 0


def _refuse(terminal: "Terminal", message: str) -> int:
    """An error that does not come from COM: the block's number is 0."""
    for text in error_block(0, message):
        terminal.print(text)
    return USAGE_STATUS


def _invalid(terminal: "Terminal", name: str, number: int | None) -> int:
    shown = (
        "" if number is None else number
    )  # a word that is not a number is not repeated
    terminal.print(f"Invalid {name}: {shown}")
    return USAGE_STATUS


def _set_bits(
    terminal: "Terminal",
    node: "Node",
    row: "Property",
    words: "Sequence[str]",
    known: "tuple[str, Mapping[str, int]]",
) -> int:
    """Set a flag property to the bits the words name, and echo the words."""
    echo, bits = known
    spellings = {word.lower(): word for word in bits}
    number = 0
    for word in words:
        if word.lower() not in spellings:
            terminal.print(f"Error: Setting not supported: {word}")
            return USAGE_STATUS
        number |= bits[spellings[word.lower()]]
    _store(node, row, number, _not_set(node))
    _print_long(terminal, echo, " ".join(spellings[word.lower()] for word in words))
    return 0


def _not_set(node: "Node") -> str:
    return f"Error Trying To Set data on the Object: {node.path_text}"


def _print_long(terminal: "Terminal", echo: str, text: str) -> None:
    terminal.print(f"{echo:<32}: (Long)  {text}")


_SPECIAL_NAMES: "Mapping[str, Setter]" = {
    "accessperm": _set_access,
    "apppoolcommand": _set_state,
    "authorization": _set_authorization,
    "mimemap": _set_mime_map,
    "servercommand": _set_state,
    "vrpath": _set_path,
}


def _parse_value(row: "Property", words: "Sequence[str]", failed: str) -> "Value":
    """The value the words give a property, by the schema's type.

    Args:
        row: The schema's row.
        words: The words of the command line.
        failed: What a failure says after its number.

    Raises:
        AdsiError: Type mismatch or overflow.
    """
    try:
        return values.parse_words(row, words)
    except BindctlError as error:
        raise adsi_error(error, failed) from error


def _tell_unused(terminal: "Terminal", node: "Node", words: "Sequence[str]") -> None:
    """Say that further words are not stored; the script says nothing about that."""
    if words[1:]:  # without the words, which may be the rest of a password
        hint = "quote a value that has spaces"
        terminal.complain(f"left out: words after the first of {node.name}; {hint}")


def _store(
    node: "Node", row: "Property", value: "Value", failed: str, bit: int = 0
) -> None:
    """Write a property, or only that bit of it, under the metabase's lock.

    Args:
        node: The key.
        row: The schema's row.
        value: The value; of a bit, whether it is set.
        failed: What a failure says after its number.
        bit: The bit to write, 0 for the whole value.

    Raises:
        AdsiError: The key may not hold the property, or the file may not be written.
    """

    def stored(read: "Read") -> "Value":
        if row.is_volatile:
            raise AdsiError(E_ACCESS_DENIED, failed)
        if bit:
            return with_flag(read, node.path, row, bit, bit_is_set=value is True)
        return value

    try:
        store_value(node.workspace, node.path, row, stored)
    except BindctlError as error:
        raise adsi_error(error, failed) from error
