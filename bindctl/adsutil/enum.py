"""ENUM, ENUM_ALL and FIND: what is stored at a key and below it.

Source:
    adsutil.vbs, generation C: EnumCommand, FindData. Output of FIND, and
    which volatile properties a site lists: "IIS Settings for WSUS 3.0 SP2 Web Services" (Microsoft).
"""

from bindctl.adsutil.errors import E_PATH_NOT_FOUND, AdsiError, adsi_error
from bindctl.adsutil.get import map_old_name
from bindctl.adsutil.transcripts import enum_lines
from bindctl.adsutil.words import EnumWords, parse_enum_words
from bindctl.findings.errors import BindctlError
from bindctl.metabase.schema import Property, properties_of
from bindctl.model.path import clean_path, parse_path, split_property
from bindctl.operations.editing.find_property import find_property
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

_OPEN_FAILED = "Error trying to find data paths for the Object (GetObject Failed): "
_LIST_FAILED = "Error trying to get a path list (GetDataPaths Failed): "
_STATES = frozenset({"serverstate", "win32error"})
_EMPTY_CLASS = "Warning: The OptionalProperties list for this node is empty."


def enum_command(
    terminal: "Terminal",
    workspace: "Workspace",
    _server: str,
    words: "Sequence[str]",
    is_recursive: bool,  # noqa: FBT001 - the table of verbs tells it
) -> int:
    """Print properties and children of a key, or also all below it; the exit status.

    Raises:
        AdsiError: There is no such key.
    """
    asked = parse_enum_words(words)
    if asked is not None:  # `complaint` has already answered other words
        find = require_key if is_recursive else find_key
        key = _open_key(workspace, asked.path, find)
        _print(terminal, workspace, asked, key, is_recursive=is_recursive)
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


def find_command(
    terminal: "Terminal", workspace: "Workspace", _server: str, words: "Sequence[str]"
) -> int:
    """Print where the property is stored; 0 also when it is nowhere.

    Raises:
        AdsiError: There is no such key, or no such property.
    """
    start, typed = split_property(words[0])
    name = map_old_name(terminal, typed)
    text = "/".join(start)
    if start and start[0].upper() == "LM":  # it would be /LM/LM
        raise AdsiError(E_PATH_NOT_FOUND, f"{_OPEN_FAILED}{text}")
    try:
        found = find_property(workspace, name, text)
    except BindctlError as error:
        failed = _LIST_FAILED if error.code == "MET102" else _OPEN_FAILED
        raise adsi_error(error, f"{failed}{text}") from error
    if not found.keys:
        terminal.print(f"Property {name} was not found at any node beneath {text}")
        return 0
    terminal.print(f"Property {name} found at:")
    for path, _value in found.keys:
        # The case of the path typed, and the file's below it.
        terminal.print(f"  {'/'.join((*start, *path[len(start) :]))}")
    return 0
