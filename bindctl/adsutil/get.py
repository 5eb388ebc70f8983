"""GET: one property stored at one key.

The steps fail in the script's order, each in words of its own: the key, the schema,
whether the key may hold it, whether it does.

Source:
    adsutil.vbs, generation C: GetCommand.
"""

from bindctl.adsutil.errors import E_PROPERTY_NOT_SUPPORTED, AdsiError, exit_status
from bindctl.adsutil.node import Node
from bindctl.adsutil.transcripts import get_lines, mime_map_line, not_set_line
from bindctl.model.path import split_property
from bindctl.operations.editing.properties import flag_row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

_OPEN_FAILED = "Error Trying To GET the Object (GetObject Failed): "
_MAP_FAILED = "Error trying to get the Object: "
# Names of IIS 4 to today's, and the flags a note points at; no note for VRPath.
_OLD_NAMES = {
    "accessperm": ("AccessFlags", 'perms using "GET AccessRead", "GET AccessWrite"'),
    "vrpath": ("Path", ""),
    "authorization": ("AuthFlags", 'auths using "GET AuthNTLM", "GET AuthBasic"'),
}


def get_command(
    terminal: "Terminal", workspace: "Workspace", server: str, words: "Sequence[str]"
) -> int:
    """Print one property; the exit status.

    Raises:
        AdsiError: There is no such key or property, or the key may not hold it.
    """
    name = map_old_name(terminal, split_property(words[0])[1])
    if name.lower() == "mimemap":
        return _get_mime_map(terminal, Node(workspace, server, words[0], _MAP_FAILED))
    node = Node(workspace, server, words[0], _OPEN_FAILED)
    row, bit = node.open_schema(name)
    if not node.may_hold(row):
        raise AdsiError(
            E_PROPERTY_NOT_SUPPORTED,
            f"Error Trying To GET the property: (Get Method Failed) {name}",
            "  (This property is probably not allowed at this node)",
        )
    value = node.value_here(row)
    if value is None:
        terminal.print(not_set_line(name))
        return exit_status(E_PROPERTY_NOT_SUPPORTED)
    if bit:
        row, value = flag_row(name), isinstance(value, int) and bool(value & bit)
    for text in get_lines(name, row, value):
        terminal.print(text)
    return 0


def map_old_name(terminal: "Terminal", typed: str) -> str:
    """Today's name of a property that had another name in IIS 4, with a note of it."""
    name, flags = _OLD_NAMES.get(typed.lower(), (typed, ""))
    if flags:
        # The first line lacks its second quote: so does the script's.
        terminal.print(f'Note: Your parameter "{typed} is being mapped to {name}')
        terminal.print(f"      Check individual {flags}, etc.")
    return name


def _get_mime_map(terminal: "Terminal", node: Node) -> int:
    """MimeMap differs: nothing at all is printed when it is not set here."""
    row, _bit = node.open_schema(node.name)
    value = node.value_here(row)
    if value is None:
        return exit_status(E_PROPERTY_NOT_SUPPORTED)
    terminal.print(mime_map_line(value))
    return 0
