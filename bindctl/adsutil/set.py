"""SET: store one property, of the schema's type, and echo it.

Source:
    adsutil.vbs, generation C: SetCommand.
"""

from bindctl.adsutil.node import Node
from bindctl.adsutil.set_names import SPECIAL_NAMES
from bindctl.adsutil.store import parse_value, store
from bindctl.adsutil.transcripts import UNSETTABLE, set_line, unset_line
from bindctl.operations.properties import flag_row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.cli.terminal import Terminal

_OPEN_FAILED = "Error Trying To Get the Object: "


def set_command(
    terminal: "Terminal", metabase: str, server: str, words: "Sequence[str]"
) -> int:
    """Store one property and print the echo; the exit status.

    Raises:
        AdsiError: There is no such key or property, the key may not hold it, or the
            words are no value of its type. Nothing is changed then.
        BindctlError: A command for the service, which takes none.
    """
    text, *value_words = words
    node = Node(metabase, server, text, _OPEN_FAILED)
    set_property = SPECIAL_NAMES.get(node.name.lower(), _set_plain)
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
    value = parse_value(node, shown, words)
    store(node, row, value, bit)
    terminal.print(set_line(node.name, shown, value))
    return 0
