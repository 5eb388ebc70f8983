"""bindctl map: what it writes, and where."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bindctl.__main__ import run
from bindctl.cli.commands.map import map_data
from bindctl.operations.views.map import MapResult
from bindctl.terminal.envelope import plain
from bindctl.terminal.terminal import Terminal
from tests.unit.rules.pictures import sample

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
METABASE = '[w3svc.1]\nServerBindings = [":80:a.example"]\n'
SUMMARY = "1 binding: 1 endpoint, 1 host, 1 site, 0 certificates"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a metabase."""
    (tmp_path / "metabase.toml").write_text(METABASE)
    return tmp_path


def _map(folder: Path, *words: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    status = run(["map", *words], Terminal(out, err, {}, str(folder), lambda: NOW))
    return status, out.getvalue(), err.getvalue()


@pytest.mark.parametrize(
    ("name", "beginning"),
    [
        ("m.html", "<!DOCTYPE html>"),
        ("m.HTM", "<!DOCTYPE html>"),
        ("m.mmd", "flowchart LR\n"),
        ("m.gv", "digraph bindings {"),
        ("m.json", '{\n  "schema": 1,\n  "command": "map"'),
        ("m.txt", "*:80 http\n  a.example\n    site 1\n"),
    ],
)
def test_the_name_of_a_file_says_what_is_written(
    folder: Path, name: str, beginning: str
) -> None:
    """And what is written there is what would have been printed."""
    status, out, err = _map(folder, "--output", name)
    assert (status, out, err) == (0, "", f"{name}: {SUMMARY}\n")
    written = (folder / name).read_text(encoding="utf-8")
    assert written.startswith(beginning)


def test_a_format_that_is_asked_for_wins(folder: Path) -> None:
    """A README may hold a drawing."""
    assert _map(folder, "--format", "mermaid", "-o", "part.md")[0] == 0
    assert (folder / "part.md").read_text().startswith("flowchart LR")
    status, out, _err = _map(folder, "--format", "dot")
    assert (status, out[:16]) == (0, "digraph bindings")


@pytest.mark.parametrize(
    "name", ["metabase.toml", "./metabase.toml", "link.toml", "hard/../metabase.toml"]
)
def test_the_metabase_is_never_written_over(folder: Path, name: str) -> None:
    """A slip of the hand must not cost the configuration."""
    (folder / "link.toml").symlink_to("metabase.toml")
    (folder / "hard").mkdir()
    status, _out, err = _map(folder, "--format", "html", "--output", name)
    assert (status, err.split(" ")[0]) == (2, "CLI004")
    assert (folder / "metabase.toml").read_text() == METABASE


def test_a_refused_map_leaves_the_old_file(folder: Path) -> None:
    """Yesterday's map is better than half of today's."""
    (folder / "m.html").write_text("yesterday's")
    assert _map(folder, "-o", "m.html", "--host", "nowhere.test")[0] == 1
    assert (folder / "m.html").read_text() == "yesterday's"


def test_a_drawing_that_mermaid_would_refuse_is_told(folder: Path) -> None:
    """The reader sees an error in place of a drawing; the writer is told before."""
    hosts = ", ".join(f'":80:h{number}.example"' for number in range(501))
    (folder / "metabase.toml").write_text(f"[w3svc.1]\nServerBindings = [{hosts}]\n")
    status, out, err = _map(folder, "--format", "mermaid")
    assert status == 0
    assert out.count(" --> ") == 1002
    assert err.startswith("note: this is more than Mermaid draws by default")
    assert _map(folder, "--format", "dot")[2] == ""


def test_nodes_and_ways_refer_to_each_other() -> None:
    """A program can draw its own picture."""
    topology = sample()
    data = plain(map_data(MapResult(topology, 9, NOW)))
    assert isinstance(data, dict)
    assert (data["as_of"], data["bindings"]) == ("2026-11-22T12:00:00Z", 9)
    ids = {node["id"]: node for node in data["nodes"]}
    assert ids["s3"]["status"] == "off"
    assert ids["h4"] == {
        "id": "h4",
        "column": "host",
        "label": "münchen.example",
        "name": "xn--mnchen-3ya.example",
        "note": "",
        "status": "error",
        "problems": [
            {
                "code": "CRT201",
                "severity": "error",
                "words": "not covered",
                "message": "not covered at all",
            }
        ],
    }
    assert len(data["ways"]) == 6
    for way in data["ways"]:
        assert {way["endpoint"], way["host"], way["site"]} <= set(ids)
