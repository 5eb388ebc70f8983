"""No two files import each other, not even by way of others.

Imports for types count too: who reads a file has to know what it stands on.
"""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _modules() -> dict[str, Path]:
    found = {}
    for path in (ROOT / "bindctl").rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def _imports(path: Path, modules: dict[str, Path]) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in modules else node.module)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return found & set(modules)


def test_imports_make_no_circle() -> None:
    """A circle is one file cut in two, of which neither can be understood alone."""
    modules = _modules()
    graph = {name: _imports(path, modules) for name, path in modules.items()}
    # `bindctl.__getattr__` opens the API to programs; nothing else looks upward.
    graph["bindctl"].discard("bindctl.api")
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise AssertionError(" -> ".join(error.args[1])) from error
