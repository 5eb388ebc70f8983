"""How an explanation reads."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from bindctl.cli.views.explain_view import print_explanation
from bindctl.operations.answers.explain import explain
from bindctl.operations.answers.explain_question import AskedRequest
from bindctl.storage.workspace import DiskWorkspace
from bindctl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def _shown(
    folder: Path,
    document: str,
    wish: AskedRequest,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> list[str]:
    """The lines of an explanation, told from a directory."""
    path = folder / "metabase.toml"
    path.write_text(document)
    out = StringIO()
    at = str(directory or folder)
    terminal = Terminal(out, StringIO(), environment or {}, at, lambda: NOW)
    print_explanation(terminal, explain(DiskWorkspace(str(path)), wish, NOW))
    return out.getvalue().splitlines()


def test_the_verdict_is_the_first_line(tmp_path: Path) -> None:
    """Who reads one line only has the answer."""
    document = '[w3svc.1]\nServerComment = "A"\nServerBindings = [":80:a"]\n'
    lines = _shown(tmp_path, document, AskedRequest("http://a/"))
    assert lines[0] == (
        'http://a/ at every address: 404 from site 1 "A": the site has no root folder'
    )
    assert [line.strip() for line in lines if line[:3] == "  " + line[2:3].strip()] == [
        "HTTP",
        "if site 1 stopped",
        "try",
    ]


def test_a_comment_cannot_clear_the_screen(tmp_path: Path) -> None:
    """A name in a metabase may come from anywhere."""
    document = (
        '[w3svc.1]\nServerComment = "\\u001b[2J\\nx"\nServerBindings = [":80:a"]\n'
    )
    lines = _shown(tmp_path, document, AskedRequest("http://a/"))
    assert not any("\x1b" in line for line in lines)
    assert '"\\u001b[2J\\nx"' in lines[0]


def test_colour_is_for_those_who_see_it(tmp_path: Path) -> None:
    """A log stays plain; a terminal tells good from bad at a glance."""
    document = '[w3svc.1]\nServerBindings = [":80:a"]\n'
    plain = _shown(tmp_path, document, AskedRequest("http://b/"))
    painted = _shown(
        tmp_path, document, AskedRequest("http://b/"), {"FORCE_COLOR": "1"}
    )
    assert "\x1b[1;31m400 Invalid Hostname" in painted[0]
    assert not any("\x1b" in line for line in plain)


def test_paths_are_told_from_where_one_stands(tmp_path: Path) -> None:
    """Below the working directory they are short, elsewhere they are whole."""
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "x.txt").write_text("hello")
    document = '[w3svc.1]\nServerBindings = [":80:a"]\nroot.Path = "www"\n'
    wish = AskedRequest("http://a/x.txt")
    near = _shown(tmp_path, document, wish)
    assert "    path         www/x.txt" in near
    assert "    answer       200, sends www/x.txt" in near
    far = _shown(tmp_path, document, wish, directory=tmp_path / "www" / "..")
    assert far == near
    other = tmp_path / "wwwroot"
    other.mkdir()
    whole = _shown(tmp_path, document, wish, directory=other)
    assert f"    path         {tmp_path}/www/x.txt" in whole


@pytest.mark.parametrize(
    ("count", "shown", "more"), [(6, 6, ""), (7, 7, ""), (8, 6, "    and 2 more")]
)
def test_a_long_list_is_cut(tmp_path: Path, count: int, shown: int, more: str) -> None:
    """A screen is for reading; the JSON has the rest."""
    stopped = "".join(
        f'[w3svc.{number}]\nServerAutoStart = false\nServerBindings = [":80:a"]\n'
        for number in range(2, count + 2)
    )
    document = f'[w3svc.1]\nServerBindings = [":80:a"]\n{stopped}'
    lines = _shown(tmp_path, document, AskedRequest("http://a/"))
    assert sum("ServerAutoStart is false" in line for line in lines) == shown
    assert (more in lines) is bool(more)


def test_many_addresses_get_one_line_each(tmp_path: Path) -> None:
    """The first are explained; of the others the verdict is enough."""
    document = "".join(
        f'[w3svc.{number}]\nServerBindings = ["10.0.0.{number}:80:"]\n'
        for number in range(1, 19)
    )
    lines = _shown(tmp_path, document, AskedRequest("http://a/"))
    heads = [line for line in lines if line.startswith("http://a/ at ")]
    assert len(heads) == 16
    assert sum(line == "  HTTP" for line in lines) == 3
    assert lines[-1] == "and 2 more local addresses; --ip asks about one"
    assert lines[-2] == heads[-1]


def test_a_rehearsed_version_is_named(tmp_path: Path) -> None:
    """An answer of IIS 6 must not be taken for one of today's."""
    document = '[w3svc]\nEmulatedVersion = 6\n[w3svc.1]\nServerBindings = [":80:"]\n'
    (first, *_rest) = _shown(tmp_path, document, AskedRequest("http://a/"))
    assert first.endswith(" (as IIS 6)")
