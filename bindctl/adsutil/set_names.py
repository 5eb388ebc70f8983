"""Names that SET handles apart: those of IIS 4, and commands for the service.

Source:
    adsutil.vbs, generation C: SetCommand, its special names.
"""

from bindctl.adsutil.errors import USAGE_STATUS
from bindctl.adsutil.store import parse_value, store
from bindctl.findings.errors import BindctlError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bindctl.adsutil.node import Node
    from bindctl.cli.terminal import Terminal
    from bindctl.metabase.schema import Property

    Setter = Callable[[Terminal, Node, Sequence[str]], int]

_ACCESS_BITS = {"Read": 0x1, "Write": 0x2, "Execute": 0x4, "Script": 0x200}
_AUTHORIZATION_BITS = {"NT": 0x4, "Anonymous": 0x1, "Basic": 0x2}


def set_path(terminal: "Terminal", node: "Node", words: "Sequence[str]") -> int:
    """VRPath: Path by its old name."""
    row, _bit = node.open_schema("Path")
    store(node, row, words[0])
    terminal.print(f"{'Path (VRPath)':<32}: (String) {words[0]}")
    return 0


def set_access(terminal: "Terminal", node: "Node", words: "Sequence[str]") -> int:
    """AccessPerm: AccessFlags from nothing, by a number or by words."""
    row, _bit = node.open_schema("AccessFlags")
    echo = "AccessFlags (AccessPerm)"
    if not words[0][:1].isdigit():
        return _set_bits(terminal, node, row, words, (echo, _ACCESS_BITS))
    value = parse_value(node, row, words)
    store(node, row, value)
    _print_long(terminal, echo, f"{value} (0x{value:X})")
    return 0


def set_authorization(
    terminal: "Terminal", node: "Node", words: "Sequence[str]"
) -> int:
    """Authorization: AuthFlags from nothing, by words."""
    row, _bit = node.open_schema("AuthFlags")
    echo = "Authorization"
    return _set_bits(terminal, node, row, words, (echo, _AUTHORIZATION_BITS))


def set_server_command(
    terminal: "Terminal", node: "Node", words: "Sequence[str]"
) -> int:
    """ServerCommand: 1 start, 2 stop, 3 pause, 4 continue."""
    return _refuse_command(terminal, node, words, ("IIsWebServer", "ServerCommand", 4))


def set_pool_command(terminal: "Terminal", node: "Node", words: "Sequence[str]") -> int:
    """AppPoolCommand: 1 start, 2 stop."""
    command = ("IIsApplicationPool", "AppPoolCommand", 2)
    return _refuse_command(terminal, node, words, command)


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
    store(node, row, number)
    _print_long(terminal, echo, " ".join(spellings[word.lower()] for word in words))
    return 0


def _print_long(terminal: "Terminal", echo: str, text: str) -> None:
    terminal.print(f"{echo:<32}: (Long)  {text}")


def _refuse_command(
    terminal: "Terminal",
    node: "Node",
    words: "Sequence[str]",
    command: tuple[str, str, int],
) -> int:
    """Check a command as the script does, then refuse it.

    Raises:
        BindctlError: MET107: the service starts and stops as a whole only.
    """
    key_type, name, largest = command
    if node.key_type != key_type:
        terminal.print(f"Can't set {name} on a non-{key_type} object.")
        return USAGE_STATUS
    row, _bit = node.open_schema(name)
    row.minimum = row.maximum = None  # the script judges the range, in its own words
    value = parse_value(node, row, words)
    if not isinstance(value, int) or not 1 <= value <= largest:
        terminal.print(f"Invalid {name}: {words[0]}")
        return USAGE_STATUS
    raise BindctlError(
        "MET107",
        f"{name} is not supported: the service starts and stops as a whole",
        "bindctl reset starts it, bindctl reset --stop stops it",
    )


SPECIAL_NAMES: "Mapping[str, Setter]" = {
    "accessperm": set_access,
    "apppoolcommand": set_pool_command,
    "authorization": set_authorization,
    "servercommand": set_server_command,
    "vrpath": set_path,
}
