"""tree: the keys of a metabase and what each is, at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.bindings.lowering import SECURE_BINDINGS, SERVER_BINDINGS
from bindctl.metabase.tree import require_row
from bindctl.model.path import parse_path, without_root
from bindctl.operations.editing.keys import require_key

if TYPE_CHECKING:
    from bindctl.metabase.tree import Key
    from bindctl.storage.workspace import Workspace

# The properties that distinguish a key of that type from its neighbours.
_TELLING = {
    "IIsWebServer": ("ServerComment", SERVER_BINDINGS, SECURE_BINDINGS),
    "IIsWebVirtualDir": ("Path",),
    "IIsWebDirectory": ("Path",),
    "HttpService": ("ListenAddresses",),
    "HttpSslCertificate": ("CertHash",),
}


class TreeNode(NamedTuple):
    """One key.

    Attributes:
        name: Its name in the file's letter case; ``LM`` for the root.
        key_type: Its KeyType.
        telling: Values it stores that distinguish it from its neighbours.
        children: The keys below, in listing order.
    """

    name: str
    key_type: str
    telling: tuple[str, ...]
    children: tuple[TreeNode, ...]


def make_tree_view(workspace: Workspace, text: str = "") -> TreeNode:
    """A key and all keys below it.

    Raises:
        BindctlError: MET101; or the file cannot be read.
    """
    path = without_root(parse_path(text))
    return _node(require_key(workspace.read(), path))


def _node(key: Key) -> TreeNode:
    return TreeNode(
        name=key.path[-1] if key.path else "LM",
        key_type=key.key_type,
        telling=_telling(key),
        children=tuple(_node(child) for child in key.children()),
    )


def _telling(key: Key) -> tuple[str, ...]:
    found: list[str] = []
    for name in _TELLING.get(key.key_type, ()):
        value = key.own(require_row(name))
        if isinstance(value, tuple):
            found += value
        elif isinstance(value, str) and value:
            found.append(value)
    return tuple(found)
