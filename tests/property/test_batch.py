"""Law: a batch does what its lines do one by one, or nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bindctl.findings.errors import BindctlError
from bindctl.operations.editing.batch import run_batch
from bindctl.operations.editing.keys import copy_key, create_key, delete, move_key
from bindctl.operations.editing.lists import ListEdit
from bindctl.operations.editing.properties import set_property
from bindctl.storage.workspace import DiskWorkspace
from tests.property.strategies import quote_word

_KEYS = ("w3svc", "w3svc/1", "W3SVC/1", "W3SVC/2", "w3svc/3", "w3svc/1/root")
_LIST = "ServerBindings"
_NAMES = ("ServerComment", _LIST, _LIST, "SslFlags", "AccessRead")
_paths = st.sampled_from(_KEYS)
_words = st.lists(
    st.sampled_from(["a", "b c", "", "1", "true", '"', "it's", "C:\\a\\"]),
    min_size=1,
    max_size=3,
)
_commands = st.lists(
    st.one_of(
        st.tuples(
            st.just("SET"),
            st.builds("{}/{}".format, _paths, st.sampled_from(_NAMES)),
            st.none(),
            _words,
        ),
        st.tuples(
            st.just("SET"),
            st.builds("{}/{}".format, _paths, st.just(_LIST)),
            st.sampled_from(["append", "append", "remove"]),
            _words,
        ),
        st.tuples(st.just("CREATE"), _paths, st.none(), st.just([])),
        st.tuples(
            st.sampled_from(["COPY", "MOVE"]),
            _paths,
            st.none(),
            st.builds(lambda path: [path], _paths),
        ),
        st.tuples(
            st.just("DELETE"),
            st.one_of(_paths, st.builds("{}/{}".format, _paths, st.just(_NAMES[0]))),
            st.none(),
            st.just([]),
        ),
    ),
    max_size=6,
)
DOCUMENT = """\
# ours
[w3svc]
AccessFlags = ["AccessRead"]

[w3svc.1]
ServerBindings = ["a", "b c"] # why

[w3svc.1.root]
Path = "x"

[w3svc.2]
ServerComment = "Two"
"""


def _one(metabase: str, command: tuple[str, str, str | None, list[str]]) -> None:
    verb, path, edit, words = command
    if verb == "SET":
        set_property(
            DiskWorkspace(metabase), path, words, ListEdit(edit) if edit else None
        )
    elif verb == "CREATE":
        create_key(DiskWorkspace(metabase), path)
    elif verb == "COPY":
        copy_key(DiskWorkspace(metabase), path, words[0])
    elif verb == "MOVE":
        move_key(DiskWorkspace(metabase), path, words[0])
    else:
        delete(DiskWorkspace(metabase), path)


def _line(command: tuple[str, str, str | None, list[str]]) -> str:
    verb, path, edit, words = command
    options = [f"--{edit}"] if edit else []
    return " ".join(map(quote_word, [verb, path, *options, *words]))


@given(_commands)
def test_a_batch_is_its_lines(
    commands: list[tuple[str, str, str | None, list[str]]],
) -> None:
    """Who puts a script's lines into a batch gets the file that the script made."""
    with tempfile.TemporaryDirectory() as folder:
        together, apart = Path(folder, "together.toml"), Path(folder, "apart.toml")
        together.write_text(DOCUMENT)
        apart.write_text(DOCUMENT)
        failed = None
        for number, command in enumerate(commands, 1):
            try:
                _one(str(apart), command)
            except BindctlError as error:
                failed = (number, error.code)
                break
        assert _refusal(str(together), "\n".join(map(_line, commands))) == failed
        left = DOCUMENT.encode() if failed else apart.read_bytes()
        assert together.read_bytes() == left


def _refusal(metabase: str, script: str) -> tuple[int, str] | None:
    try:
        run_batch(DiskWorkspace(metabase), script)
    except BindctlError as error:
        return error.line, error.code
    return None
