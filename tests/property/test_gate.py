"""Laws of the gate: it sees what `diff` sees, and what it refuses is not written."""

from __future__ import annotations

import shlex
import tempfile
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bindctl.__main__ import run
from bindctl.operations.gate.irrelevant_edits import is_irrelevant
from bindctl.operations.load.configuration import compile_configuration
from bindctl.routing.compare import compare
from bindctl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = datetime(2026, 11, 22, tzinfo=UTC)
BINDINGS = (":80:", ":80:a", ":80:b", ":81:a", "10.0.0.1:80:", ":80:*.a", "x")
SECURE = (":443:", ":443:a", ":443:b", "10.0.0.1:443:")

bindings = st.lists(st.sampled_from(BINDINGS), max_size=3)
secure = st.lists(st.sampled_from(SECURE), max_size=2)
certificates = st.sampled_from(["", "aa" * 20, "bb" * 20])
sites = st.lists(
    st.tuples(bindings, secure, certificates, st.sampled_from([0, 1])),
    min_size=1,
    max_size=4,
)


def _quote(items: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{item}"' for item in items) + "]"


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Small metabases whose sites often meet."""
    parts = [draw(st.sampled_from(["", "[w3svc]\nWildcardHostDepth = 0\n"]))]
    for number, (http, https, digest, flags) in enumerate(draw(sites), 1):
        parts.append(
            f"[w3svc.{number}]\nServerBindings = {_quote(http)}\n"
            f"SecureBindings = {_quote(https)}\nSslFlags = {flags}\n"
        )
        if digest:
            parts.append(f'SSLCertHash = "{digest}"\n')
    return "".join(parts)


commands = st.one_of(
    st.tuples(
        st.just("set"),
        st.integers(1, 4).map(lambda number: f"/w3svc/{number}/ServerBindings"),
        st.sampled_from(BINDINGS),
        st.sampled_from(BINDINGS),
    ),
    st.tuples(
        st.just("set"),
        st.integers(1, 4).map(lambda number: f"/w3svc/{number}/SSLCertHash"),
        st.sampled_from(["aa" * 20, "bb" * 20]),
    ),
    st.tuples(st.just("set"), st.just("/w3svc/SslFlags"), st.sampled_from(["0", "1"])),
    st.tuples(
        st.just("delete"), st.integers(1, 4).map(lambda number: f"/w3svc/{number}/")
    ),
    st.tuples(
        st.sampled_from(["copy", "move"]),
        st.integers(1, 4).map(lambda number: f"/w3svc/{number}"),
        st.just("/w3svc/7"),
    ),
)


class World:
    """A directory with a metabase, and somebody at its prompt."""

    def __init__(self, directory: str, text: str) -> None:
        self.directory = directory
        self.metabase = Path(directory) / "metabase.toml"
        self.metabase.write_text(text)

    def run(self, *words: str) -> tuple[int, str, str]:
        out, err = StringIO(), StringIO()
        terminal = Terminal(out, err, {}, self.directory, lambda: NOW)
        return run(words, terminal), out.getvalue(), err.getvalue()


@given(documents(), commands)
def test_what_if_prints_what_diff_prints_afterwards(
    text: str, command: tuple[str, ...]
) -> None:
    """Who looks before gets what who looks after would."""
    with tempfile.TemporaryDirectory() as directory:
        world = World(directory, text)
        foretold = world.run("what-if", *command)
        assert world.metabase.read_text() == text
        (Path(directory) / "before.toml").write_text(text)
        status, _out, told = world.run(*command)
        if status:
            assert foretold[0] == max(status, 2)
            assert foretold[2] == told
            return
        found = world.run("diff", "before.toml")
        assert foretold[0] == found[0]
        before = foretold[1].removeprefix(f"{shlex.join(command)}: ")
        assert before == found[1].removeprefix("before.toml -> metabase.toml: ")


@given(documents(), commands)
def test_what_is_refused_is_not_written(text: str, command: tuple[str, ...]) -> None:
    """And what passes a strict gate changes no site that was not edited."""
    with tempfile.TemporaryDirectory() as directory:
        world = World(directory, text)
        status, _out, told = world.run(*command, "--strict")
        if status:
            assert world.metabase.read_text() == text
            return
        assert "impact on" not in told
        before, after = (
            compile_configuration(octets)
            for octets in (text.encode(), world.metabase.read_bytes())
        )
        changed = compare(before, after)
        edited = {
            int(word.split("/")[2])
            for word in command
            if word.startswith("/w3svc/") and word.split("/")[2].isdigit()
        }
        for change in changed:
            answers = (change.before, change.after)
            assert {answer.site for answer in answers} <= {None, *edited}


@given(documents(), documents(), st.sampled_from([0, 1, 2]))
def test_an_irrelevant_edit_changes_no_answer(
    before: str, other: str, kind: int
) -> None:
    """Told from the lines alone: it may be wrong in one direction only."""
    after = [
        before.replace("ServerBindings", "ServerComment", 1),
        before.replace("\nS", "\nServerComment = 'x'\nS"),
        other,
    ][kind]
    if is_irrelevant(before.encode(), after.encode()):
        old, new = (compile_configuration(text.encode()) for text in (before, after))
        assert list(compare(old, new)) == []
