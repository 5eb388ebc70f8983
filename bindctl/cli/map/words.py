"""What every drawing says of a node, in the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.findings.finding import Severity
from bindctl.rules.topology import SHORT_HASH, Column

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bindctl.rules.topology import Node, Topology, Way
    from bindctl.rules.topology_problems import Problem

_TITLES: Final = {
    Column.ENDPOINT: ("endpoint", "endpoints"),
    Column.HOST: ("host", "hosts"),
    Column.SITE: ("site", "sites"),
    Column.CERTIFICATE: ("certificate", "certificates"),
}
OFF: Final = "stopped"
_OFF_IN_FULL: Final = "stopped: ServerAutoStart is false"


class Status:
    """How a node is: the name of its style in every drawing."""

    GOOD = "good"
    OFF = "off"
    WARNING = "warning"
    ERROR = "error"


# Nobody needs to tell red from green.
SIGNS: Final = {
    Status.GOOD: "",
    Status.OFF: "○",
    Status.WARNING: "▲",
    Status.ERROR: "✕",
}


class Mark(NamedTuple):
    """What is wrong, as often as it is.

    Attributes:
        status: How bad it is.
        words: What it is.
        nodes: Which nodes have it.
    """

    status: str
    words: str
    nodes: tuple[str, ...]


def count_words(number: int, column: Column) -> str:
    """``1 host``, ``40 hosts``."""
    return f"{number:,} {_TITLES[column][number != 1]}"


def status_of(node: Node) -> str:
    """One of `Status`."""
    if not node.problems and node.is_off:
        return Status.OFF
    return worst_status(node.problems)


def worst_status(problems: Iterable[Problem]) -> str:
    """How bad the worst of them is; good without any."""
    found = {problem.severity for problem in problems}
    if not found:
        return Status.GOOD
    return Status.ERROR if Severity.ERROR in found else Status.WARNING


def way_status(ways: Iterable[Way]) -> str:
    """The same of bindings."""
    return worst_status(problem for way in ways for problem in way.problems)


def problem_words(node: Node) -> str:
    """What is wrong with a node in a few words; empty when nothing is."""
    if not node.problems:
        return OFF if node.is_off else ""
    return join_words(node.problems)


def join_words(problems: Iterable[Problem]) -> str:
    """What they are in a few words, each once."""
    return ", ".join(dict.fromkeys(problem.words for problem in problems))


def is_telling(node: Node) -> bool:
    """Whether the node's machine name says more than its label."""
    if node.column is Column.HOST:
        return bool(node.name) and node.name != node.label
    return node.column is Column.CERTIFICATE and node.name != node.label


def short_name(node: Node) -> str:
    """The machine name, short enough to stand beside the label."""
    return node.name[:SHORT_HASH] if node.column is Column.CERTIFICATE else node.name


def label_parts(node: Node) -> tuple[str, str, str, str]:
    """A node's label, short machine name, note, and what is wrong; empty for none."""
    site = "site " if node.column is Column.SITE else ""
    until = "until " if node.note and node.column is Column.CERTIFICATE else ""
    name = short_name(node) if is_telling(node) else ""
    return f"{site}{node.label}", name, f"{until}{node.note}", problem_words(node)


def full_lines(node: Node) -> list[str]:
    """Everything there is to say of a node; what it is comes first."""
    lines = [node.label]
    if node.column is Column.ENDPOINT and node.note:
        lines = [f"{node.label} {node.note}"]
    if node.column is Column.SITE:
        lines = [f"site {node.label}"]
    if is_telling(node):
        lines.append(node.name)
    if node.column is Column.CERTIFICATE and node.note:
        lines.append(f"ends on {node.note}")
    if node.is_off and not node.problems:
        lines.append(_OFF_IN_FULL)
    return [*lines, *map(problem_line, node.problems)]


def problem_line(problem: Problem) -> str:
    """``CRT201 error: www.example.com is not covered by …``."""
    head = f"{problem.code} {problem.severity.value}".strip()
    if not problem.code:
        return f"{problem.words}: {problem.message}"
    return f"{head}: {problem.message}"


def summary(topology: Topology) -> str:
    """``30 bindings: 2 endpoints, 14 hosts, 12 sites, 3 certificates``."""
    number = len(topology.ways)
    parts = (count_words(len(topology.column(item)), item) for item in Column)
    bindings = f"{number:,} binding" if number == 1 else f"{number:,} bindings"
    return f"{bindings}: {', '.join(parts)}"


def marks(topology: Topology) -> list[Mark]:
    """What is wrong in the picture, worst first, and where."""
    found: dict[tuple[str, str], list[str]] = {}
    for node in topology.nodes.values():
        for status, words in dict.fromkeys(_node_marks(node)):
            found.setdefault((status, words), []).append(node.id)
    order = (Status.ERROR, Status.WARNING, Status.OFF)
    keys = sorted(found, key=lambda key: order.index(key[0]))
    return [Mark(*key, tuple(found[key])) for key in keys]


def _node_marks(node: Node) -> Iterable[tuple[str, str]]:
    for problem in node.problems:
        is_error = problem.severity is Severity.ERROR
        yield (Status.ERROR if is_error else Status.WARNING), problem.words
    if node.is_off and not node.problems:
        yield Status.OFF, OFF
