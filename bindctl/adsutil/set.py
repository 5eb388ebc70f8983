"""SET: store one property, of the schema's type, and echo it.

Source:
    adsutil.vbs, generation C: SetCommand.
"""

from bindctl.adsutil.node import Node
from bindctl.adsutil.set_names import MAP_OPEN_FAILED, SPECIAL_NAMES
from bindctl.adsutil.store import parse_value, store, tell_unused
from bindctl.adsutil.transcripts import UNSETTABLE, set_line, unset_line
from bindctl.model.path import split_property
from bindctl.operations.editing.properties import flag_row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

_OPEN_FAILED = "Error Trying To Get the Object: "


def set_command(
    terminal: "Terminal", workspace: "Workspace", server: str, words: "Sequence[str]"
) -> int:
    """Store one property and print the echo; the exit status.

    Raises:
        AdsiError: There is no such key or property, the key may not hold it, or the
            words are no value of its type. Nothing is changed then.
    """
    text, *value_words = words
    name = split_property(text)[1].lower()
    set_property = SPECIAL_NAMES.get(name, _set_plain)
    complaint = MAP_OPEN_FAILED if name == "mimemap" else _OPEN_FAILED
    node = Node(workspace, server, text, complaint)
    return set_property(terminal, node, value_words)


def _set_plain(terminal: "Terminal", node: Node, words: "Sequence[str]") -> int:
    row, bit = node.open_schema(node.name)
    if row.data_type in UNSETTABLE:
        # Said, and then gone on with: the echo and the exit status are success's.
        syntax = UNSETTABLE[row.data_type]
        terminal.print(f"Error: Unknown data type in schema: {syntax}")
        terminal.print(unset_line(node.name, row))
        return 0
    shown = flag_row(node.name) if bit else row
    failed = f"Error Trying To SET the Property: {node.name}"
    value = parse_value(shown, words, failed)
    store(node, row, value, failed, bit)
    terminal.print(set_line(node.name, shown, value))
    if not isinstance(value, tuple):
        tell_unused(terminal, node, words)
    return 0
