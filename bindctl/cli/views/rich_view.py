"""Tables, trees and coloured diffs for people, drawn by rich.

Imported only where a person reads: rich costs more than most commands' work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from bindctl.model.harmless_text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.operations.views.documents import TreeNode
    from bindctl.terminal.terminal import Terminal

# By how a line starts; a header's three marks come before.
_STYLES: Final = (
    ("+++", "bold"),
    ("---", "bold"),
    ("+", "green"),
    ("-", "red"),
    ("@", "cyan"),
)


def print_table(
    terminal: Terminal, headers: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    """Rows under headers; their text is harmless."""
    table = Table(header_style="bold")
    for header in headers:
        table.add_column(header, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    Console(file=terminal.styled).print(table)


def print_patch(terminal: Terminal, diff: str) -> None:
    """A unified diff, each line in its colour."""
    console = Console(file=terminal.styled, soft_wrap=True)
    for line in diff.removesuffix("\n").split("\n"):
        shown = one_line(line.removesuffix("\r"))
        style = next((style for mark, style in _STYLES if line.startswith(mark)), "")
        console.print(Text(shown, style=style))


def print_tree(terminal: Terminal, node: TreeNode) -> None:
    """A key and all below it."""
    drawn = Tree(_label(node))
    _grow(drawn, node)
    Console(file=terminal.styled).print(drawn)


def _grow(branch: Tree, node: TreeNode) -> None:
    for child in node.children:
        _grow(branch.add(_label(child)), child)


def _label(node: TreeNode) -> Text:
    label = Text(one_line(node.name), style="bold")
    label.append(f" {node.key_type}", style="not bold dim")
    for item in node.telling:
        label.append(f' "{one_line(item)}"', style="not bold green")
    return label
