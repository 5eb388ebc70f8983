"""bindctl tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bindctl.cli.run.options import JsonOption, MetabaseOption, run
from bindctl.operations.views.tree_view import make_tree_view
from bindctl.terminal.boundary import print_envelope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.text import Text
    from rich.tree import Tree

    from bindctl.operations.views.tree_view import TreeNode
    from bindctl.terminal.terminal import Terminal

_INDENT = "  "


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("tree")(tree)


def tree(
    context: typer.Context,
    path: Annotated[str, typer.Argument(help="A key. Default: the root, /LM.")] = "",
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Show a key and all keys below it, and what each is."""

    def call(terminal: Terminal, file: str) -> int:
        node = make_tree_view(file, path)
        if json:
            print_envelope(terminal, "tree", node)
        elif terminal.is_interactive():
            _print_rich(terminal, node)
        else:
            for line in _lines(node, 0):
                terminal.print(line)
        return 0

    run(context, "tree", metabase, call, as_json=json)


def _lines(node: TreeNode, depth: int) -> Iterator[str]:
    words = (node.name, node.key_type, *(f'"{item}"' for item in node.telling))
    yield _INDENT * depth + " ".join(words)
    for child in node.children:
        yield from _lines(child, depth + 1)


def _print_rich(terminal: Terminal, node: TreeNode) -> None:
    # Imported here: rich costs more than most commands' work.
    from rich.console import Console  # noqa: PLC0415
    from rich.tree import Tree  # noqa: PLC0415

    drawn = Tree(_label(node))
    _grow(drawn, node)
    Console(file=terminal.styled).print(drawn)


def _grow(branch: Tree, node: TreeNode) -> None:
    for child in node.children:
        _grow(branch.add(_label(child)), child)


def _label(node: TreeNode) -> Text:
    from rich.text import Text  # noqa: PLC0415 - as above

    from bindctl.model.harmless_text import one_line  # noqa: PLC0415 - as above

    label = Text(one_line(node.name), style="bold")
    label.append(f" {node.key_type}", style="not bold dim")
    for item in node.telling:
        label.append(f' "{one_line(item)}"', style="not bold green")
    return label
