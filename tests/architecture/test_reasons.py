"""Reasons are values until they are shown, and no words are ever read back."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

import pytest

from bindctl.bindings.start import start_sites
from bindctl.operations.check.check import check
from bindctl.routing.reason import Reason, Why
from bindctl.storage.workspace import DiskWorkspace
from tests.architecture.test_imports import ROOT
from tests.unit.bindings.tables import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import FrameType

# Where requests are decided, explained, compared and probed.
ANSWERING = ("routing", "operations/answers", "operations/live", "operations/load")
# What a field of a value is called that says why.
SAYING_WHY = frozenset(
    {
        "difference",
        "differences",
        "emulation",
        "ending",
        "impossible",
        "problem",
        "reason",
        "reasons",
        "record_reason",
        "refusal",
        "runner_up_refusal",
        "why",
    }
)
# The system's own words, which only a `Reason` about them repeats.
OF_THE_SYSTEM = {("LiveAnswer", "problem")}
WORDED = frozenset({"message", "reason", "words", "hint"})
READING_BACK = frozenset(
    {
        "endswith",
        "find",
        "index",
        "partition",
        "removeprefix",
        "removesuffix",
        "replace",
        "rpartition",
        "rsplit",
        "split",
        "startswith",
    }
)
# Of others' words there may be nothing else to tell by.
OF_OTHERS = {
    "bindctl/cli/run/app.py",  # which word Typer refuses
    "bindctl/operations/live/live_client.py",  # what OpenSSL calls an alert
}


def _trees(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / "bindctl" / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))


def test_no_reason_of_an_answer_is_text() -> None:
    """A program would have to read English to learn why a site does not answer."""
    fields = [
        (name, node.name, item.target.id, ast.unparse(item.annotation))
        for name, tree in _trees(*ANSWERING)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for item in node.body
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
    ]
    told = [field for field in fields if field[2] in SAYING_WHY]
    assert len(told) > 10
    assert not [
        field for field in told if "str" in field[3] and field[1:3] not in OF_THE_SYSTEM
    ]


def test_no_message_is_read_back() -> None:
    """Who words a message better would break what is told by it."""
    found = [
        f"{name}:{node.lineno}: {ast.unparse(node)}"
        for name, tree in _trees(".")
        if name not in OF_OTHERS
        for node in ast.walk(tree)
        if _reads_back(node)
    ]
    assert found == []


def _reads_back(node: ast.AST) -> bool:
    if isinstance(node, ast.Compare):
        is_identity = all(isinstance(item, ast.Is | ast.IsNot) for item in node.ops)
        return not is_identity and any(map(_is_worded, (node.left, *node.comparators)))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in READING_BACK and _is_worded(node.func.value)
    return False


def _is_worded(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in WORDED


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ("error.message.startswith('no')", True),
        ("'no' in finding.message", True),
        ("loser.reason == 'stopped'", True),
        ("loser.reason is None", False),
        ("loser.reason.why is Why.STOPPED", False),
        ("name.startswith('no')", False),
    ],
)
def test_what_reads_a_message_back(line: str, is_found: bool) -> None:
    """The rule itself is easily too lax."""
    tree = ast.parse(line, mode="eval")
    assert any(map(_reads_back, ast.walk(tree))) is is_found


def test_each_kind_of_reason_has_words_of_its_own() -> None:
    """Two kinds of one text would be one kind: an enumeration makes them aliases."""
    assert len(Why) == len(Why.__members__)
    assert Reason(Why.SITE_GONE, site=1) != Reason(Why.SITE_STOPPED, site=1)
    assert str(Reason(Why.SITE_GONE, site=1)) == "site 1 is gone"


def test_a_check_finds_out_once_who_starts(tmp_path: Path) -> None:
    """Rules, certificates and plan judge one and the same start."""
    path = tmp_path / "metabase.toml"
    path.write_text(
        "[w3svc.1]\nServerBindings = [':80:a', '10.0.0.1:80:']\n"
        "SecureBindings = [':443:', '10.0.0.1:443:b']\nSSLCertHash = 'aa'\n"
        "[w3svc.2]\nServerBindings = [':80:c', ':80:a']\n"
        "SecureBindings = [':443:d']\nSSLCertHash = 'bb'\n"
    )
    calls = 0

    def count(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call" and frame.f_code is start_sites.__code__

    sys.setprofile(count)
    try:
        check(DiskWorkspace(str(path)), NOW)
    finally:
        sys.setprofile(None)
    assert calls == 1
