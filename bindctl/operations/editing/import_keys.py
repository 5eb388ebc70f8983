"""Keys put into the metabase from elsewhere, all or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.findings.errors import BindctlError
from bindctl.metabase import schema
from bindctl.metabase.tree import make_tree
from bindctl.model.path import format_path
from bindctl.operations.editing.properties import key_type_by
from bindctl.operations.editing.transaction import edit_metabase
from bindctl.rules.metabase import CUSTOM, custom_name
from bindctl.toml.location import find_stored
from bindctl.toml.reader import parse_document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bindctl.storage.workspace import Workspace
    from bindctl.toml.editor import Editor

E_INVALID_PARAMETER = 0x80070057


class NewKey(NamedTuple):
    """A key to store.

    Attributes:
        path: Below /LM, where it is to be.
        key_type: The schema's spelling; empty to leave it to the path.
        values: TOML values by property, in the schema's spelling.
    """

    path: tuple[str, ...]
    key_type: str
    values: Mapping[str, object]


def import_keys(
    workspace: Workspace, keys: Sequence[NewKey], *, is_merge: bool
) -> bool:
    """Store a key and those below it; whether the file changed.

    Args:
        workspace: The metabase.
        keys: At least one: the topmost first, and above each key the keys it needs.
        is_merge: Whether what is there and not in `keys` stays. Otherwise the topmost
            key loses its properties first, and with more than one key all below it;
            but a key of `keys` keeps the secrets it has: no export states any.

    Raises:
        BindctlError: MET103, the key there is of another type; or the file cannot be
            written. Nothing is changed then.
    """

    def change(editor: Editor) -> None:
        top = keys[0]
        _require_type(editor, top)
        kept = keys
        if not is_merge:
            kept = [_with_secrets(editor, key) for key in keys]
            _clear(editor, top.path, with_children=len(keys) > 1)
        for key in kept:
            _store(editor, key)

    return edit_metabase(workspace, change)[1]


def _require_type(editor: Editor, key: NewKey) -> None:
    if not key.key_type or editor.read_key(key.path) is None:
        return
    found = key_type_by(editor.read_key, key.path)
    if found != key.key_type:
        raise BindctlError(
            "MET103",
            f"{format_path(key.path)} is {found}, not {key.key_type}",
            "import it to another path",
            hresult=E_INVALID_PARAMETER,
        )


def _with_secrets(editor: Editor, key: NewKey) -> NewKey:
    """The key, with the secrets stored there that it does not state."""
    values = dict(key.values)
    for name, value in (editor.read_key(key.path) or {}).items():
        row = schema.find_property(name)
        if row is not None and row.is_secure:
            values.setdefault(row.name, value)
    return key._replace(values=values)


def _clear(editor: Editor, path: tuple[str, ...], *, with_children: bool) -> None:
    raw = editor.read_key(path)
    if raw is None:
        return
    if with_children and path:
        editor.delete_key(path)
        return
    if with_children:
        for child in make_tree(parse_document(editor.octets())).children():
            editor.delete_key(child.path)
    for name, value in raw.items():
        if not isinstance(value, dict) and name.lower() != "schema_version":
            editor.delete_property(path, name)


def _store(editor: Editor, key: NewKey) -> None:
    values = dict(key.values)
    if key.key_type and _usual_type(editor, key.path) != key.key_type:
        values = {"KeyType": key.key_type, **values}
    if editor.read_key(key.path) is None:
        editor.create_key(key.path, values)
        return
    _forget_customs(editor, key.path, values)
    for name, value in values.items():
        editor.set_property(key.path, name, value)


def _forget_customs(
    editor: Editor, path: tuple[str, ...], values: dict[str, object]
) -> None:
    """Keep what is stored of custom properties that the new values do not replace."""
    stored = find_stored(editor.read_key(path) or {}, CUSTOM)
    if not isinstance(stored, list):
        return
    new = values.pop(CUSTOM, [])
    names = {name.lower() for name in values}
    kept = [item for item in stored if custom_name(item) not in names]
    items = [*kept, *(new if isinstance(new, list) else [])]
    if items:
        values[CUSTOM] = items
    else:
        editor.delete_property(path, CUSTOM)


def _usual_type(editor: Editor, path: tuple[str, ...]) -> str:
    """The type of a key that stores none, by the keys above it."""
    above = key_type_by(editor.read_key, path[:-1])
    return schema.deduce_key_type(above, path[-1], None) if path else above
