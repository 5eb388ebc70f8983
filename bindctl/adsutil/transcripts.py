"""The lines adsutil prints for a value: pure functions, value to lines.

GET, SET and ENUM each have quirks of their own, spaces included; scripts that cut
columns depend on every one. On the quickest path: imports only the stars.

Source:
    adsutil.vbs, generation C: GetCommand, SetCommand, EnumCommand. GET's list header
    with two spaces: output kept in DolphinDeploy, lib/IIS/IIS6.rb (2010).
"""

from bindctl.metabase.values import STARS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bindctl.metabase.schema import Property
    from bindctl.metabase.values import Value

# Syntax of the types adsutil cannot print or set, spelt as the ADSI schema does.
_UNPRINTABLE = {"IPSECLIST": "IPSec", "NTACL": "NTAcl"}
UNSETTABLE = {"BINARY": "Binary", **_UNPRINTABLE}


def line(name: str, syntax: str, text: str) -> str:
    """``ServerState                     : (INTEGER) 2``."""
    return f"{name:<32}: ({syntax}) {text}"


def get_lines(name: str, row: "Property", value: "Value") -> "Sequence[str]":
    """What GET prints for a property, under the name that was typed."""
    data_type = row.data_type
    if data_type in _UNPRINTABLE:
        return unsupported(name, row)
    if isinstance(value, tuple):
        # Two spaces before the count: the header of GET only.
        return (line(name, row.syntax, f" ({len(value)} Items)"), *_items(value))
    return (line(name, row.syntax, _plain(row, value)),)


def set_line(name: str, row: "Property", value: "Value") -> str:
    """What SET echoes: a list on one line, each item followed by a space."""
    if isinstance(value, tuple):
        return line(name, row.syntax, "".join(f'"{item}" ' for item in value))
    return line(name, row.syntax, _plain(row, value))


def unset_line(name: str, row: "Property") -> str:
    """What SET echoes for a type it cannot set, and has not set."""
    return line(name, UNSETTABLE[row.data_type].upper(), "")


def enum_lines(row: "Property", value: "Value") -> "Sequence[str]":
    """What ENUM prints for a property, with each flag of a flag property after it."""
    data_type = row.data_type
    if data_type in _UNPRINTABLE:
        return ("", *unsupported(row.name, row), "")
    if data_type == "MIMEMAP":
        return (mime_map_line(value),)
    if isinstance(value, tuple):
        header = line(row.name, row.syntax, f"({len(value)} Items)")
        return (header, *_items(value), "")
    if data_type == "EXPANDSZ":  # quoted here, bare in GET and SET
        return (line(row.name, row.syntax, f'"{value}"'),)
    return (line(row.name, row.syntax, _plain(row, value)), *_flag_lines(row, value))


def mime_map_line(value: "Value") -> str:
    """``MimeMap                         : (MimeMapList) ".a,b/c" `` and a space.

    The only property whose name is not echoed as it was typed.
    """
    items = value if isinstance(value, tuple) else ()
    return line("MimeMap", "MimeMapList", "".join(f'"{item}" ' for item in items))


def unsupported(name: str, row: "Property") -> "Sequence[str]":
    """The text for a type that adsutil does not know; no failure: the number is 0."""
    syntax = _UNPRINTABLE[row.data_type]
    return (
        f'DataType: "{syntax}" Not Yet Supported on property: {name}',
        "",
        "ErrNumber: 0 (0x0)",
    )


def not_set_line(name: str) -> str:
    """What GET prints when a property is not stored at this very key."""
    return f'The parameter "{name}" is not set at this node.'


def _plain(row: "Property", value: "Value") -> str:
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, int):
        return str(value)
    text = value if isinstance(value, str) else ""
    if row.is_secure:
        return f'"{STARS}"'
    if row.data_type == "BINARY":
        # Decimal octets after a hexadecimal mark are misleading, but the script prints
        # them so.
        return "0x" + "".join(f"{octet} " for octet in bytes.fromhex(text))
    return text if row.data_type == "EXPANDSZ" else f'"{text}"'


def _items(value: "Sequence[str]") -> "Iterator[str]":
    return (f'  "{item}"' for item in value)


def _flag_lines(row: "Property", value: "Value") -> "Iterator[str]":
    number = value if isinstance(value, int) else 0
    for flag, bit in (row.flags or {}).items():
        yield line(flag, "BOOLEAN", "True" if number & bit else "False")
