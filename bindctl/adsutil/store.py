"""How SET reads a value and writes it; nothing is changed when either fails."""

from bindctl.adsutil.errors import (
    E_ACCESS_DENIED,
    E_PROPERTY_NOT_SUPPORTED,
    AdsiError,
    adsi_error,
)
from bindctl.findings.errors import BindctlError
from bindctl.metabase import values
from bindctl.operations.editing.properties import with_flag
from bindctl.toml import document

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.adsutil.node import Node
    from bindctl.metabase.schema import Property
    from bindctl.metabase.values import Value
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
    if not node.may_hold(row):
        raise AdsiError(E_PROPERTY_NOT_SUPPORTED, failed)
    if row.is_volatile:
        raise AdsiError(E_ACCESS_DENIED, failed)

    def change(octets: bytes) -> bytes:
        stored = value
        if bit:
            is_set = value is True
            stored = with_flag(octets, node.path, row, bit, bit_is_set=is_set)
        plain = values.toml_value(stored)
        return document.set_property(octets, node.path, row.name, plain)

    try:
        node.workspace.update(change)
    except BindctlError as error:
        raise adsi_error(error, failed) from error
