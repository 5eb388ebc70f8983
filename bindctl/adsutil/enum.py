"""ENUM and ENUM_ALL: what is stored at a key, and the keys below it.

Source:
    adsutil.vbs, generation C: EnumCommand. Which volatile properties a site lists:
    "IIS Settings for WSUS 3.0 SP2 Web Services" (Microsoft).
"""

from bindctl.adsutil.errors import E_PATH_NOT_FOUND, AdsiError, adsi_error
from bindctl.adsutil.transcripts import enum_lines
from bindctl.adsutil.words import EnumWords, parse_enum_words
from bindctl.findings.errors import BindctlError
from bindctl.metabase.schema import Property, properties_of
from bindctl.model.path import clean_path, parse_path
from bindctl.operations.editing.keys import find_key, require_key
from bindctl.operations.editing.properties import value_here

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bindctl.metabase.tree import Key
    from bindctl.metabase.values import Value
    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

    Find = Callable[[bytes, tuple[str, ...]], Key | None]

_STATES = frozenset({"serverstate", "win32error"})
_EMPTY_CLASS = "Warning: The OptionalProperties list for this node is empty."


def enum_command(
    terminal: "Terminal", workspace: "Workspace", _server: str, words: "Sequence[str]"
) -> int:
    """Print properties and children of one key; the exit status.

    Raises:
        AdsiError: There is no such key.
    """
    asked = parse_enum_words(words)
    if asked is not None:  # else `complaint` has answered such words already
        _print(terminal, workspace, asked, _open_key(workspace, asked.path, find_key))
    return 0


def enum_all_command(
    terminal: "Terminal", workspace: "Workspace", _server: str, words: "Sequence[str]"
) -> int:
    """Print a key and all below it, each child's listing right after its name.

    Raises:
        AdsiError: There is no such key.
    """
    asked = parse_enum_words(words)
    if asked is not None:
        key = _open_key(workspace, asked.path, require_key)
        _print(terminal, workspace, asked, key, is_recursive=True)
    return 0


def _print(
    terminal: "Terminal",
    workspace: "Workspace",
    asked: EnumWords,
    key: "Key",
    *,
    is_recursive: bool = False,
) -> None:
    for text in _key_lines(workspace, key, paths_only=asked.paths_only):
        terminal.print(text)
    # The case of the path typed and of the child's name in the file.
    path = clean_path(asked.path)
    above = f"/{path}" if path else ""
    for child in key.children():
        name = f"{above}/{child.path[-1]}"
        terminal.print(f"[{name}]")
        if is_recursive:
            below = EnumWords(name, paths_only=asked.paths_only)
            _print(terminal, workspace, below, child, is_recursive=True)
    terminal.print()


def _open_key(workspace: "Workspace", text: str, find: "Find") -> "Key":
    path = clean_path(text)
    line = f"Error Trying To ENUM the Object (GetObject Failed): {path}"
    try:
        key = find(workspace.read(), parse_path(path))
    except BindctlError as error:
        raise adsi_error(error, line, is_spaced=True) from error
    if key is None:
        raise AdsiError(E_PATH_NOT_FOUND, line, is_spaced=True)
    return key


def _key_lines(
    workspace: "Workspace", key: "Key", *, paths_only: bool
) -> "Iterator[str]":
    if properties_of(key.key_type) == ("KeyType",):
        yield from ("", _EMPTY_CLASS, "")  # even where only paths are asked for
    if paths_only:
        return
    for row, value in _properties(workspace, key):
        yield from enum_lines(row, value)


def _properties(
    workspace: "Workspace", key: "Key"
) -> "Iterator[tuple[Property, Value]]":
    """KeyType, then what is set at the key in the order of its class."""
    yield Property("KeyType"), key.key_type
    present = {name.lower() for name in key.raw} - {"keytype"}
    if key.key_type == "IIsWebServer":
        present |= _STATES  # of sites only; other keys have no volatile property
    for name in properties_of(key.key_type):
        if name.lower() in present:
            row = Property(name)
            value = value_here(workspace, key.path, row, key.raw, key.key_type)
            if value is not None and (not row.is_volatile or name.lower() in _STATES):
                yield row, value
