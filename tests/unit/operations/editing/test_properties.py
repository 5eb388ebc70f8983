"""get, set and delete of one property, by the path a person types."""

from __future__ import annotations

import fcntl
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.editing.lists import ListEdit
from bindctl.operations.editing.properties import get_property, set_property
from bindctl.storage.site_states import LOCK_NAME
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = """\
[w3svc]
ConnectionTimeout = 120

[w3svc.1]
serverbindings = [":80:a"]
AccessFlags = 513

[w3svc.2.root]
Path = "x"

[other]
"""


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    path = tmp_path / "metabase.toml"
    path.write_text(DOCUMENT)
    return path


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("/w3svc/1/ServerBindings", (":80:a",)),
        ("W3SVC\\1\\SERVERBINDINGS", (":80:a",)),
        ("/LM/W3SVC/1/ServerBindings", (":80:a",)),
        ("/w3svc/1/KeyType", "IIsWebServer"),
        ("/w3svc/2/KeyType", "IIsWebServer"),
        ("/w3svc/1/AccessRead", True),
        ("/w3svc/1/AccessWrite", False),
        ("/w3svc/1/AccessFlags", 513),
        ("/w3svc/1/ServerState", 4),
        ("/w3svc/1/Win32Error", 0),
        ("KeyType", "IIsComputer"),
    ],
)
def test_gets_what_is_stored_at_the_very_key(
    metabase: Path, text: str, value: object
) -> None:
    """Any spelling of path and name; flags one by one; states of the service."""
    assert get_property(DiskWorkspace(str(metabase)), text).value == value


@pytest.mark.parametrize(
    ("text", "code", "status"),
    [
        ("/w3svc/9/ServerBindings", "MET101", 1),
        ("/w3svc/1/ServerBinding", "MET102", 2),
        ("/w3svc/1/", "MET102", 2),
        ("", "MET102", 2),
        ("/w3svc/1/Path", "MET103", 2),
        ("/w3svc/1/ConnectionTimeout", "MET104", 1),
        ("/w3svc/2/AccessRead", "MET104", 1),
        ("/w3svc/1/ServerSize", "MET104", 1),
    ],
)
def test_says_why_there_is_nothing_to_get(
    metabase: Path, text: str, code: str, status: int
) -> None:
    """Not set, no such key and no such property are three different slips."""
    with pytest.raises(BindctlError) as caught:
        get_property(DiskWorkspace(str(metabase)), text)
    assert (caught.value.code, caught.value.exit_status) == (code, status)


def test_a_misspelling_names_the_nearest_property(metabase: Path) -> None:
    """The next command is a copy of the hint."""
    with pytest.raises(BindctlError) as caught:
        get_property(DiskWorkspace(str(metabase)), "/w3svc/1/ServerBinding")
    assert caught.value.hint == "did you mean ServerBindings?"


def test_states_come_from_the_running_service(metabase: Path, tmp_path: Path) -> None:
    """Scripts poll ServerState after a start."""
    runtime = tmp_path / ".bindctl" / "metabase.toml"
    runtime.mkdir(parents=True)
    (runtime / "states").write_text("1 2 0\n2 4 183\n")
    with (runtime / LOCK_NAME).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert (
            get_property(DiskWorkspace(str(metabase)), "/w3svc/1/ServerState").value
            == 2
        )
        assert (
            get_property(DiskWorkspace(str(metabase)), "/w3svc/2/Win32Error").value
            == 183
        )


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("/w3svc/1/ServerBindings", [":80:b", ":80:c"],
         'serverbindings = [":80:b", ":80:c"]'),
        ("/w3svc/1/ServerBindings", [""], "serverbindings = []"),
        ("/w3svc/1/SERVERCOMMENT", ["Test"], 'ServerComment = "Test"'),
        ("/w3svc/1/AccessWrite", ["True"], "AccessFlags = 515"),
        ("/w3svc/1/AccessRead", ["False"], "AccessFlags = 512"),
        ("/w3svc/2/AccessWrite", ["True"], "AccessFlags = 3"),
        ("/w3svc/2/SslFlags", ["1"], "SslFlags = 1"),
        ("/other/ServerBindings", [":80:"], 'ServerBindings = [":80:"]'),
    ],
)  # fmt: skip
def test_a_set_stores_by_the_schema(
    metabase: Path, text: str, words: list[str], line: str
) -> None:
    """The type is the schema's, one bit of a flag property leaves the others."""
    done = set_property(DiskWorkspace(str(metabase)), text, words)
    assert done.changed
    assert line in metabase.read_text().splitlines()
    assert not set_property(DiskWorkspace(str(metabase)), text, words).changed


@pytest.mark.parametrize(
    ("text", "word", "code"),
    [
        ("/w3svc/9/ServerBindings", ":80:", "MET101"),
        ("/w3svc/1/Foo", "1", "MET102"),
        ("/w3svc/1/Path", "x", "MET103"),
        ("/w3svc/1/ConnectionTimeout", "soon", "MET105"),
        ("/w3svc/1/ServerState", "2", "MET107"),
        ("/w3svc/1/AccessRead", "maybe", "MET105"),
        ("/w3svc/1/ServerComment", "\udcff", "MET105"),
    ],
)
def test_a_refused_set_writes_nothing(
    metabase: Path, text: str, word: str, code: str
) -> None:
    """Whatever fails, the file's octets are untouched."""
    with pytest.raises(BindctlError) as caught:
        set_property(DiskWorkspace(str(metabase)), text, [word])
    assert caught.value.code == code
    assert metabase.read_text() == DOCUMENT


@pytest.mark.parametrize(
    ("text", "value", "source"),
    [
        ("/w3svc/1/ServerBindings", (":80:a",), ("w3svc", "1")),
        ("/w3svc/1/ConnectionTimeout", 120, ("w3svc",)),
        ("/w3svc/1/DefaultDoc", "default.htm", None),
        ("/w3svc/1/AccessScript", True, ("w3svc", "1")),
        ("/w3svc/2/AccessScript", False, None),
        ("/w3svc/2/SecureBindings", (), None),
        ("/w3svc/2/KeyType", "IIsWebServer", ("w3svc", "2")),
    ],
)
def test_the_value_in_force_and_where_it_is_from(
    metabase: Path, text: str, value: object, source: tuple[str, ...] | None
) -> None:
    """Who wonders why a site behaves so finds the key to change."""
    found = get_property(DiskWorkspace(str(metabase)), text, is_inherited=True)
    assert (found.value, found.source) == (value, source)


def test_nothing_in_force_is_told(metabase: Path) -> None:
    """Not every property has a default."""
    with pytest.raises(BindctlError, match="is not set") as caught:
        get_property(
            DiskWorkspace(str(metabase)),
            "/w3svc/2/root/AuthChangeURL",
            is_inherited=True,
        )
    assert caught.value.code == "MET104"


def test_a_list_is_edited_where_it_stands(metabase: Path) -> None:
    """One binding more, whatever the file's spelling."""
    text = "/w3svc/1/ServerBindings"
    done = set_property(
        DiskWorkspace(str(metabase)), text, [":80:b"], ListEdit("append")
    )
    assert (done.value, done.changed) == ((":80:a", ":80:b"), True)
    assert 'serverbindings = [":80:a", ":80:b"]' in metabase.read_text()
    assert not set_property(
        DiskWorkspace(str(metabase)), text, [":80:a"], ListEdit("append")
    ).changed


@pytest.mark.parametrize(
    ("line", "name", "message"),
    [
        (
            'serverautostart = "yes"',
            "ServerAutoStart",
            "/LM/W3SVC/3/ServerAutoStart (line 13) is 'yes', not true or false",
        ),
        (
            "AnonymousUserPass = 1234",
            "AnonymousUserPass",
            "/LM/W3SVC/3/AnonymousUserPass (line 13) is a value, not a string",
        ),
    ],
)
def test_a_value_of_another_type_is_not_called_absent(
    metabase: Path, line: str, name: str, message: str
) -> None:
    """Who sees the line in the file is not told that it is not there."""
    metabase.write_text(f"{DOCUMENT}[w3svc.3]\n{line}\n")
    with pytest.raises(BindctlError) as caught:
        get_property(DiskWorkspace(str(metabase)), f"/w3svc/3/{name}")
    assert (caught.value.code, caught.value.exit_status) == ("MET105", 2)
    assert caught.value.message == message
