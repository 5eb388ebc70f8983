"""Nothing private is left behind when its last user goes."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
FOLDERS = ("bindctl", "bench", "tools", "tests")
FILES = [file for name in FOLDERS for file in sorted((ROOT / name).rglob("*.py"))]


def _private_names(module: ast.Module) -> Iterator[str]:
    for node in module.body:
        match node:
            case (
                ast.FunctionDef(name=name, decorator_list=[]) | ast.ClassDef(name=name)
            ):
                yield name
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)]):
                yield name


def _unused(text: str) -> list[str]:
    module = ast.parse(text)
    return [
        name
        for name in _private_names(module)
        if name.startswith("_") and not name.startswith("__") and text.count(name) == 1
    ]


def test_a_private_name_has_a_user() -> None:
    """Nobody else may use it: without one in its module it is dead."""
    found = {
        str(file.relative_to(ROOT)): names
        for file in FILES
        if (names := _unused(file.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_what_is_unused() -> None:
    """The rule itself is easily too lax."""
    text = "_A = 1\n_B: int = 2\ndef _c(): ...\nclass _D: ...\n_E = 3\nprint(_E)\n"
    assert _unused(text) == ["_A", "_B", "_c", "_D"]
