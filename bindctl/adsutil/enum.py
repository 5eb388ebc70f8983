"""ENUM: what is stored at one key, and the keys below it.

Source:
    adsutil.vbs, generation C: EnumCommand. Which volatile properties a site lists:
    "IIS Settings for WSUS 3.0 SP2 Web Services" (Microsoft).
"""

from bindctl.adsutil.errors import E_PATH_NOT_FOUND, AdsiError, adsi_error
from bindctl.adsutil.transcripts import enum_lines
from bindctl.adsutil.words import parse_enum_words
from bindctl.findings.errors import BindctlError
from bindctl.metabase.path import clean_path, parse_path
from bindctl.metabase.schema import Property, properties_of
from bindctl.operations.keys import find_key
from bindctl.operations.properties import value_here
from bindctl.storage.metabase_file import read_octets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bindctl.cli.terminal import Terminal
    from bindctl.metabase.tree import Key
    from bindctl.metabase.values import Value

_EMPTY_CLASS = "Warning: The OptionalProperties list for this node is empty."


def enum_command(
    terminal: "Terminal", metabase: str, _server: str, words: "Sequence[str]"
) -> int:
    """Print properties and children of one key; the exit status.

    Raises:
        AdsiError: There is no such key.
    """
    asked = parse_enum_words(words)
    if asked is None:
        return 0  # `complaint` has answered such words already
    path = clean_path(asked.path)
    key = _open_key(metabase, path)
    if not asked.paths_only:
        for text in _property_lines(metabase, key):
            terminal.print(text)
    # The case of the path typed and of the child's name in the file.
    above = f"/{path}" if path else ""
    for child in key.children():
        terminal.print(f"[{above}/{child.path[-1]}]")
    terminal.print()
    return 0


def _open_key(metabase: str, path: str) -> "Key":
    line = f"Error Trying To ENUM the Object (GetObject Failed): {path}"
    try:
        key = find_key(read_octets(metabase), parse_path(path))
    except BindctlError as error:
        raise adsi_error(error, line, is_spaced=True) from error
    if key is None:
        raise AdsiError(E_PATH_NOT_FOUND, line, is_spaced=True)
    return key


def _property_lines(metabase: str, key: "Key") -> "Iterator[str]":
    for row, value in _properties(metabase, key):
        yield from enum_lines(row, value)
    if properties_of(key.key_type) == ("KeyType",):
        yield from ("", _EMPTY_CLASS, "")


def _properties(metabase: str, key: "Key") -> "Iterator[tuple[Property, Value]]":
    """KeyType, then what is set at the key in the order of its class."""
    yield Property("KeyType"), key.key_type
    for name in properties_of(key.key_type):
        row = Property(name)
        value: Value | None = None
        if row.is_volatile:
            # Only sites have a state; other keys store no volatile property.
            if key.key_type == "IIsWebServer":
                value = value_here(metabase, key.path, row, key.raw, key.key_type)
        elif name != "KeyType":
            value = key.own(row)
        if value is not None:
            yield row, value
