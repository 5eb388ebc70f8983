"""The map as a tree: a branch an endpoint, below it hosts, sites, certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.cli.map.words import (
    label_parts,
    status_of,
    summary,
)
from bindctl.model.harmless_text import one_line
from bindctl.rules.topology import Column
from bindctl.rules.topology_problems import sort_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeAlias

    from rich.text import Text
    from rich.tree import Tree

    from bindctl.rules.topology import Node, Topology, Way
    from bindctl.terminal.terminal import Terminal

    Sorter: TypeAlias = Callable[[Iterable[str]], list[str]]

_INDENT: Final = "  "
_NO_BINDING: Final = "no binding leads to"
_STYLES: Final = {
    "label": "bold",
    "note": "dim",
    "name": "dim",
    "good": "green",
    "off": "magenta",
    "warning": "yellow",
    "error": "bold red",
}


class Branch(NamedTuple):
    """A line of the tree and those below it.

    Attributes:
        words: Its parts, each with the name of its style.
        below: The branches below, in order.
    """

    words: tuple[tuple[str, str], ...]
    below: tuple[Branch, ...]


def print_tree(terminal: Terminal, topology: Topology) -> None:
    """Print the tree: drawn where a person reads it, indented where a program does."""
    branches = make_branches(topology)
    if not branches:
        terminal.print("no site to draw; bindctl site add makes one")
        return
    if terminal.is_interactive():
        _print_rich(terminal, branches)
        terminal.print(summary(topology))
        return
    for line in format_tree(branches):
        terminal.print(line)


def format_tree(branches: tuple[Branch, ...], depth: int = 0) -> Iterator[str]:
    """One line a node, two spaces a level."""
    for branch in branches:
        yield _INDENT * depth + " ".join(text for _style, text in branch.words)
        yield from format_tree(branch.below, depth + 1)


def make_branches(topology: Topology) -> tuple[Branch, ...]:
    """The branches of the root; sites that no binding leads to come last.

    A host is marked below an endpoint with what is wrong with its bindings there.
    """
    order = {key: index for index, key in enumerate(topology.nodes)}

    def sort(keys: Iterable[str]) -> list[str]:
        return sorted(keys, key=order.__getitem__)

    branches = []
    endpoints = _part(topology.ways, lambda way: way.endpoint)
    for endpoint in sort(endpoints):
        hosts = _part(endpoints[endpoint], lambda way: way.host)
        below = tuple(_host_branch(topology, hosts[key], sort) for key in sort(hosts))
        branches.append(Branch(_words(topology.nodes[endpoint]), below))
    reached = {way.site for way in topology.ways}
    lonely = [node for node in topology.column(Column.SITE) if node.id not in reached]
    if lonely:
        leaves = tuple(Branch(_words(node), ()) for node in lonely)
        branches.append(Branch((("note", _NO_BINDING),), leaves))
    return tuple(branches)


def _host_branch(topology: Topology, ways: list[Way], sort: Sorter) -> Branch:
    nodes = topology.nodes
    sites = _part(ways, lambda way: way.site)
    below = []
    for key in sort(sites):
        shown = {way.certificate for way in sites[key] if way.certificate is not None}
        leaves = tuple(Branch(_words(nodes[item]), ()) for item in sort(shown))
        below.append(Branch(_words(nodes[key]), leaves))
    problems = sort_problems(problem for way in ways for problem in way.problems)
    host = nodes[ways[0].host]._replace(problems=problems)
    return Branch(_words(host), tuple(below))


def _part(ways: Iterable[Way], key: Callable[[Way], str]) -> dict[str, list[Way]]:
    parts: dict[str, list[Way]] = {}
    for way in ways:
        parts.setdefault(key(way), []).append(way)
    return parts


def _words(node: Node) -> tuple[tuple[str, str], ...]:
    words = [("label", node.label)]
    if node.column is Column.SITE:
        words.insert(0, ("note", "site"))
    _label, name, note, wrong = label_parts(node)
    if name:
        words.append(("name", f"({name})"))
    if note:
        words.append(("note", note))
    if wrong:
        words.append((status_of(node), f"[{wrong}]"))
    return tuple(words)


def _print_rich(terminal: Terminal, branches: tuple[Branch, ...]) -> None:
    # Imported here: rich costs more than most commands' work.
    from rich.console import Console  # noqa: PLC0415
    from rich.tree import Tree  # noqa: PLC0415

    console = Console(file=terminal.styled)
    for branch in branches:
        drawn = Tree(_label(branch))
        _grow(drawn, branch)
        console.print(drawn)


def _grow(drawn: Tree, branch: Branch) -> None:
    for child in branch.below:
        _grow(drawn.add(_label(child)), child)


def _label(branch: Branch) -> Text:
    from rich.text import Text  # noqa: PLC0415 - as above

    label = Text()
    for index, (style, text) in enumerate(branch.words):
        label.append(" " if index else "")
        label.append(one_line(text), style=_STYLES[style])
    return label
