"""Sites and virtual directories made, changed and removed, each in one write."""

import os

from bindctl.findings.errors import BindctlError
from bindctl.metabase.schema import MAX_DWORD
from bindctl.metabase.values import toml_value
from bindctl.model.path import format_path
from bindctl.operations.editing.transaction import edit_metabase
from bindctl.toml.document import HRESULT_ALREADY_EXISTS
from bindctl.toml.limits import is_text
from bindctl.toml.location import find_stored

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bindctl.metabase.values import Value
    from bindctl.storage.workspace import Workspace
    from bindctl.toml.editor import Editor

    Values = Mapping[str, Value]

_SERVICE = "w3svc"


def make_folder(workspace: "Workspace", path: str, *words: str) -> None:
    """Make the folder a `Path` names, if it is missing.

    Args:
        workspace: The metabase; a relative path is relative to it.
        path: As it will be stored.
        words: Texts that will be stored beside it: no folder is made if they would be
            refused.

    Raises:
        BindctlError: MET105, a word is not Unicode; or the folder cannot be made.
    """
    for word in (path, *words):
        if not is_text(word):
            message = f"{word!r} is text that a file cannot hold"
            raise BindctlError("MET105", message, "write it in UTF-8")
    folder = os.path.dirname(os.path.realpath(workspace.path))
    workspace.make_folder(os.path.join(folder, path))


def create_site(
    workspace: "Workspace",
    values: "Values",
    root: "Callable[[int], Values] | None",
    identifier: int | None = None,
) -> int:
    """Make a site whose bindings and properties are stored as they are given.

    Args:
        workspace: The metabase.
        values: Properties of the site.
        root: Gives the properties of its ROOT for its number; ``None`` for no ROOT.
        identifier: Its number; the lowest free one by default.

    Returns:
        The site's number.

    Raises:
        BindctlError: MET106, the number is taken; MET105, it is not a site's number; or
            the file cannot be written.
    """
    return edit_metabase(
        workspace, lambda editor: create_site_in(editor, values, root, identifier)
    )[0]


def create_site_in(
    editor: "Editor",
    values: "Values",
    root: "Callable[[int], Values] | None" = None,
    identifier: int | None = None,
    lowest: int = 1,
) -> int:
    """The same in a metabase that is open for edits.

    Args:
        editor: The metabase.
        values: As `create_site`.
        root: As `create_site`.
        identifier: As `create_site`.
        lowest: Where to begin to look for a free number.
    """
    number = find_identifier(editor, identifier, lowest)
    path = (_SERVICE, str(number))
    if editor.read_key((_SERVICE,)) is None:
        editor.create_key((_SERVICE,), {})
    editor.create_key(path, _plain(values))
    if root is not None:
        editor.create_key((*path, "root"), _plain(root(number)))
    return number


def find_identifier(editor: "Editor", identifier: int | None, lowest: int = 1) -> int:
    """The number of a new site: the one asked for, or the lowest free one.

    Raises:
        BindctlError: As `create_site`.
    """
    if identifier is None:
        while editor.read_key((_SERVICE, str(lowest))) is not None:
            lowest += 1
        return lowest
    if not 1 <= identifier <= MAX_DWORD:
        message = f"identifier {identifier} is not between 1 and {MAX_DWORD}"
        raise BindctlError("MET105", message)
    if editor.read_key((_SERVICE, str(identifier))) is not None:
        message = f"site {identifier} exists already"
        raise BindctlError("MET106", message, hresult=HRESULT_ALREADY_EXISTS)
    return identifier


def create_virtual_directory(
    workspace: "Workspace", path: tuple[str, ...], values: "Values"
) -> None:
    """Make a key with properties; keys above it that are missing are web directories.

    Raises:
        BindctlError: MET106, it exists; MET101, there is no such site.
    """
    edit_metabase(workspace, lambda editor: create_directory_in(editor, path, values))


def create_directory_in(
    editor: "Editor", path: tuple[str, ...], values: "Values"
) -> None:
    """The same in a metabase that is open for edits."""
    _require_free(editor, path)
    root = len((_SERVICE, "1", "root"))
    for length in range(root, len(path)):
        if editor.read_key(path[:length]) is None:
            own: dict[str, object] = {}
            if length > root:
                own["KeyType"] = "IIsWebDirectory"
            editor.create_key(path[:length], own)
    above = path[:-1]
    stored = _plain(values)
    stored_type = find_stored(editor.read_key(above) or {}, "keytype")
    if above and stored_type == "IIsWebDirectory":
        stored = {"KeyType": "IIsWebVirtualDir", **stored}
    editor.create_key(path, stored)


def _require_free(editor: "Editor", path: tuple[str, ...]) -> None:
    if editor.read_key(path) is not None:
        message = f"{format_path(path)} exists already"
        raise BindctlError("MET106", message, hresult=HRESULT_ALREADY_EXISTS)


def _plain(values: "Values") -> dict[str, object]:
    return {name: toml_value(value) for name, value in values.items()}
