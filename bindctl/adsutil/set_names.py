"""Names that SET handles apart: those of IIS 4, MimeMap, and commands for the service.

Source:
    adsutil.vbs, generation C: SetCommand, its special names.
"""

from bindctl.adsutil.errors import (
    E_INVALID_CALL,
    USAGE_STATUS,
    AdsiError,
    error_block,
)
from bindctl.adsutil.server import control_pool, control_site
from bindctl.adsutil.store import store, tell_unused
from bindctl.adsutil.transcripts import mime_map_line
from bindctl.metabase.schema import MAX_DWORD
from bindctl.operations.editing.old_names import (
    ACCESS_BITS,
    AUTHORIZATION_BITS,
    read_number,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bindctl.adsutil.node import Node
    from bindctl.adsutil.server import Action
    from bindctl.metabase.schema import Property
    from bindctl.terminal.terminal import Terminal

    Setter = Callable[[Terminal, Node, Sequence[str]], int]

MAP_OPEN_FAILED = "Error trying to get the Object: "
_MAP_NOT_MADE = "Error trying to Create the Mime Map List."
_MAP_NOT_SET = (
    'Error Trying to set the Object\'s "MimeMap" property to the new mimemap list.'
)
# Number, action, the verb of a failure, the word of success: the last one's letter
# case differs, as it does in the script.
_COMMANDS: "Mapping[int, tuple[Action, str, str]]" = {
    1: ("start", "Start", "STARTED"),
    2: ("stop", "Stop", "STOPPED"),
    3: ("pause", "Pause", "PAUSED"),
    4: ("continue", "Continue", "Continued"),
}
_POOL_COMMANDS = (1, 2)


def set_path(terminal: "Terminal", node: "Node", words: "Sequence[str]") -> int:
    """VRPath: Path by its old name."""
    row, _bit = node.open_schema("Path")
    store(node, row, words[0], _not_set(node))
    terminal.print(f"{'Path (VRPath)':<32}: (String) {words[0]}")
    tell_unused(terminal, node, words)
    return 0


def set_access(terminal: "Terminal", node: "Node", words: "Sequence[str]") -> int:
    """AccessPerm: AccessFlags from nothing, by a number or by words."""
    row, _bit = node.open_schema("AccessFlags")
    echo = "AccessFlags (AccessPerm)"
    number = read_number(words[0])
    if number is None or not 0 <= number <= MAX_DWORD:
        return _set_bits(terminal, node, row, words, (echo, ACCESS_BITS))
    store(node, row, number, _not_set(node))
    _print_long(terminal, echo, f"{number} (0x{number:X})")
    tell_unused(terminal, node, words)
    return 0


def set_authorization(
    terminal: "Terminal", node: "Node", words: "Sequence[str]"
) -> int:
    """Authorization: AuthFlags from nothing, by words."""
    row, _bit = node.open_schema("AuthFlags")
    echo = "Authorization"
    return _set_bits(terminal, node, row, words, (echo, AUTHORIZATION_BITS))


def set_mime_map(terminal: "Terminal", node: "Node", words: "Sequence[str]") -> int:
    """MimeMap: the list anew, each item an extension, a comma and a type.

    Raises:
        AdsiError: An item has no comma.
    """
    row, _bit = node.open_schema("MimeMap")
    if not all("," in word for word in words):
        raise AdsiError(E_INVALID_CALL, _MAP_NOT_MADE)
    store(node, row, tuple(words), _MAP_NOT_SET)
    terminal.print(mime_map_line(tuple(words)))
    return 0


def set_server_command(
    terminal: "Terminal", node: "Node", words: "Sequence[str]"
) -> int:
    """ServerCommand: 1 start, 2 stop, 3 pause, 4 continue.

    Raises:
        AdsiError: No service runs, or it refuses.
    """
    if node.key_type != "IIsWebServer":
        message = "Can't set ServerCommand on a non-IIsWebServer object."
        return _refuse(terminal, message)
    number = read_number(words[0])
    if number is None or number not in _COMMANDS:
        return _invalid(terminal, "ServerCommand", number)
    action, verb, done = _COMMANDS[number]
    path = node.path_text
    failed = f"Error Trying To {verb} the server: {path}"
    control_site(node.workspace, node.path, action, failed)
    terminal.print(f"Server {path} Successfully {done}")
    tell_unused(terminal, node, words)
    return 0


def set_pool_command(terminal: "Terminal", node: "Node", words: "Sequence[str]") -> int:
    """AppPoolCommand: 1 start, 2 stop.

    Raises:
        AdsiError: No service runs.
    """
    if node.key_type != "IIsApplicationPool":
        message = "Can't set AppPoolCommand on a non-IIsApplicationPool object."
        return _refuse(terminal, message)
    number = read_number(words[0])
    if number is None or number not in _POOL_COMMANDS:
        return _invalid(terminal, "AppPoolCommand", number)
    action, verb, done = _COMMANDS[number]
    path = node.path_text
    failed = f"Error Trying To {verb} the application pool: {path}"
    control_pool(node.workspace, action, failed)
    terminal.print(f"Application pool {path} Successfully {done}")
    tell_unused(terminal, node, words)
    return 0


def _refuse(terminal: "Terminal", message: str) -> int:
    """An error that is none of COM's: the block's number is 0."""
    for text in error_block(0, message):
        terminal.print(text)
    return USAGE_STATUS


def _invalid(terminal: "Terminal", name: str, number: int | None) -> int:
    shown = "" if number is None else number  # what is no number is not repeated
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
    store(node, row, number, _not_set(node))
    _print_long(terminal, echo, " ".join(spellings[word.lower()] for word in words))
    return 0


def _not_set(node: "Node") -> str:
    return f"Error Trying To Set data on the Object: {node.path_text}"


def _print_long(terminal: "Terminal", echo: str, text: str) -> None:
    terminal.print(f"{echo:<32}: (Long)  {text}")


SPECIAL_NAMES: "Mapping[str, Setter]" = {
    "accessperm": set_access,
    "apppoolcommand": set_pool_command,
    "authorization": set_authorization,
    "mimemap": set_mime_map,
    "servercommand": set_server_command,
    "vrpath": set_path,
}
