"""Errors of a get without a value: none is stored, or one of another type."""

from bindctl.findings.errors import BindctlError
from bindctl.metabase.values import expected_type, shown_value
from bindctl.model.path import format_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from bindctl.metabase.schema import Property

E_PROPERTY_NOT_SUPPORTED = 0x80005006


def not_set(path: tuple[str, ...], name: str, *, is_inherited: bool) -> BindctlError:
    """MET104.

    Args:
        path: The key, below /LM.
        name: The property, as it was asked for.
        is_inherited: Whether keys above were looked at, too.
    """
    hint = "a key above may hold it: bindctl get --inherited"
    if is_inherited:
        hint = "no key above holds it, and the schema has no default"
    return BindctlError(
        "MET104",
        f'the parameter "{name}" is not set at {format_path(path)}',
        hint,
        hresult=E_PROPERTY_NOT_SUPPORTED,
    )


def not_of_type(
    path: tuple[str, ...], row: "Property", stored: tuple[str, object], octets: bytes
) -> BindctlError:
    """MET105, with the line.

    Args:
        path: The key, below /LM.
        row: The schema's row.
        stored: The property's name as the file spells it, and its TOML value.
        octets: The document.
    """
    from bindctl.toml.line_index import LineIndex  # noqa: PLC0415 - rare

    name, raw = stored
    line = LineIndex(octets).find(path, name)
    where = f" (line {line})" if line else ""
    shown = shown_value(row, raw)
    return BindctlError(
        "MET105",
        f"{format_path(path)}/{row.name}{where} is {shown}, not {expected_type(row)}",
        "it counts as not set; bindctl set replaces it",
    )
