"""The commands init, fmt, export and tree."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bindctl.cli.views.tables import print_patch
from bindctl.operations.editing.edit_file import initialize
from bindctl.operations.views.documents import (
    export,
    format_metabase,
    format_toml,
    make_tree_view,
    preview_format,
)
from bindctl.terminal.boundary import print_envelope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.operations.views.documents import TreeNode
    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

_INDENT = "  "


def init(terminal: Terminal, *, file: str) -> int:
    """Run `bindctl init`."""
    path = initialize(os.path.join(terminal.directory, file))
    terminal.print(f"wrote {os.path.relpath(path, terminal.directory)}")
    terminal.print('next: bindctl site add "Test" --host test.example.com')
    return 0


def fmt(
    terminal: Terminal, workspace: Workspace, *, check: bool, diff: bool, json: bool
) -> int:
    """Run `bindctl fmt`."""
    is_preview = check or diff
    found = preview_format(workspace) if is_preview else format_metabase(workspace)
    status = int(check and found.is_changed)
    if json:
        data = {
            "changed": found.is_changed and not is_preview,
            "would_change": found.is_changed,
            "diff": found.diff,
        }
        print_envelope(terminal, "fmt", data, status)
        return status
    if diff:
        print_patch(terminal, found.diff)
    name = os.path.relpath(workspace.path, terminal.directory)
    if not found.is_changed:
        terminal.print(f"{name} is in canonical order")
    elif not diff:
        words = "would be put" if is_preview else "put"
        terminal.print(f"{words} into canonical order: {name}")
    return status


def export_(
    terminal: Terminal, workspace: Workspace, *, path: str, format: str, json: bool
) -> int:
    """Run `bindctl export`."""
    result = export(workspace, path)
    if json:
        print_envelope(terminal, "export", result)
        return 0
    if format == "toml":
        terminal.stdout.write(format_toml(result.document))
    else:
        from json import dumps  # noqa: PLC0415 - slow to import

        text = dumps(result.document, indent=2, ensure_ascii=False)
        terminal.stdout.write(text + "\n")
    for item in result.left_out:
        terminal.complain(f"left out: {item.place}: {item.reason}")
    return 0


def tree(terminal: Terminal, workspace: Workspace, *, path: str, json: bool) -> int:
    """Run `bindctl tree`."""
    node = make_tree_view(workspace, path)
    if json:
        print_envelope(terminal, "tree", node)
    elif terminal.is_interactive():
        from bindctl.cli.views.rich_view import print_tree  # noqa: PLC0415 - slow

        print_tree(terminal, node)
    else:
        for line in _lines(node, 0):
            terminal.print(line)
    return 0


def _lines(node: TreeNode, depth: int) -> Iterator[str]:
    words = (node.name, node.key_type, *(f'"{item}"' for item in node.telling))
    yield _INDENT * depth + " ".join(words)
    for child in node.children:
        yield from _lines(child, depth + 1)
