"""How SET reads a value and writes it; nothing is changed when either fails."""

from bindctl.adsutil.errors import (
    E_ACCESS_DENIED,
    AdsiError,
    adsi_error,
)
from bindctl.findings.errors import BindctlError
from bindctl.metabase import values
from bindctl.operations.editing.properties import store_value, with_flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.adsutil.node import Node
    from bindctl.metabase.schema import Property
    from bindctl.metabase.values import Value
    from bindctl.operations.editing.properties import Read
    from bindctl.terminal.terminal import Terminal


def parse_value(row: "Property", words: "Sequence[str]", failed: str) -> "Value":
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


def tell_unused(terminal: "Terminal", node: "Node", words: "Sequence[str]") -> None:
    """Say that further words are not stored, of which the script says nothing."""
    if words[1:]:  # not which: they may be the rest of a password
        hint = "quote a value that has spaces"
        terminal.complain(f"left out: words after the first of {node.name}; {hint}")


def store(
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
