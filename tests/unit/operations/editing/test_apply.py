"""apply: a metabase as a document states it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.metabase.tree import make_tree
from bindctl.operations.editing.apply import (
    answer_changes,
    apply,
    number_sites,
    parse_desired,
)
from bindctl.routing.reason import format_reasons
from bindctl.storage.workspace import DiskWorkspace
from bindctl.toml.reader import parse_document

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = """\
# ours
[w3svc.1]
ServerComment = "One"
ServerBindings = [":80:a"] # why
AccessFlags = ["AccessRead", "AccessScript"]

[w3svc.2]
keytype = "IIsWebServer"

[w3svc.1.root]
Path = "x"
"""


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    path = tmp_path / "metabase.toml"
    path.write_text(DOCUMENT)
    return path


@pytest.mark.parametrize(
    "stated",
    [
        "",
        "schema_version = 1",
        "[W3SVC.1]\nSERVERCOMMENT = 'One'",
        "[w3svc.1]\nAccessFlags = 0x201",
        "[w3svc.1]\nAccessFlags = ['AccessScript', 'AccessRead']",
        "[w3svc.2]\nKeyType = 'iiswebserver'",
        "[w3svc.One.ROOT]",
        "[w3svc]",
    ],
)
def test_what_is_so_already_is_not_touched(metabase: Path, stated: str) -> None:
    """However it is spelt: a second run of a provisioning system writes nothing."""
    edits = apply(DiskWorkspace(str(metabase)), parse_desired(stated.encode()))
    assert (edits.changes, edits.is_changed) == ((), False)
    assert metabase.read_text() == DOCUMENT


@pytest.mark.parametrize(
    ("stated", "old", "new"),
    [
        ("[w3svc.1]\nServerBindings = []", '[":80:a"] #', "[] #"),
        ("[w3svc.1.root]\nPath = 'y'", 'Path = "x"', 'Path = "y"'),
        ("[w3svc.1]\nAccessFlags = ['AccessRead']",
         '["AccessRead", "AccessScript"]', '["AccessRead"]'),
        ("[w3svc.2]\nKeyType = 'IIsObject'", '"IIsWebServer"', '"IIsObject"'),
    ],
)  # fmt: skip
def test_what_is_stated_is_made_so(
    metabase: Path, stated: str, old: str, new: str
) -> None:
    """And nothing else: comments, order and other values stay."""
    edits = apply(DiskWorkspace(str(metabase)), parse_desired(stated.encode()))
    assert len(edits.changes) == 1
    assert metabase.read_text() == DOCUMENT.replace(old, new)


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ("[w3svc.1]\nServerComent = 'x'", "MET102"),
        ("[w3svc.1]\nKeyType = 1", "MET102"),
        ("[w3svc.1]\nCertHash = 'ab'", "MET103"),
        ("[w3svc.1]\nSslFlags = true", "MET105"),
        ("[w3svc.1]\nWin32Error = 1", "MET107"),
        ("[w3svc.1]\nSslFlags = 1\nsslflags = 0", "MET109"),
        ("[w3svc.1.root]\nPath = 1\n", "MET105"),
    ],
)
def test_all_or_none(metabase: Path, stated: str, code: str) -> None:
    """A state with one mistake changes nothing."""
    text = f"[w3svc.2]\nServerComment = 'x'\n{stated}"
    for pruning in (False, True):
        with pytest.raises(BindctlError) as caught:
            apply(
                DiskWorkspace(str(metabase)),
                parse_desired(text.encode()),
                is_pruning=pruning,
            )
        assert caught.value.code == code
    assert metabase.read_text() == DOCUMENT


def test_pruning_deletes_sites_and_nothing_else(metabase: Path) -> None:
    """Keys that are no sites stay, stated or not."""
    metabase.write_text(DOCUMENT + "\n[w3svc.AppPools.p]\n")
    edits = apply(DiskWorkspace(str(metabase)), {"w3svc": {"2": {}}}, is_pruning=True)
    assert [(item.verb, item.path) for item in edits.changes] == [
        ("delete", "/LM/W3SVC/1")
    ]
    assert "w3svc.1" not in metabase.read_text()
    assert "[w3svc.AppPools.p]" in metabase.read_text()


def test_the_answers_that_change_are_told(metabase: Path) -> None:
    """Before the change is live; a change of a comment changes no answer."""
    edits = apply(
        DiskWorkspace(str(metabase)).captured(),
        {"w3svc": {"1": {"ServerComment": "x"}}},
    )
    assert edits.is_changed
    assert answer_changes(DiskWorkspace(str(metabase)), edits) == ()
    edits = apply(
        DiskWorkspace(str(metabase)).captured(),
        {"w3svc": {"2": {"ServerBindings": [":80:b"]}}},
    )
    (item,) = answer_changes(DiskWorkspace(str(metabase)), edits)
    change = item.change
    assert (change.host, change.before.site, change.after.site) == ("b", None, 2)
    assert format_reasons(item.reasons) == 'site 2 has ":80:b" now'
    assert (
        answer_changes(DiskWorkspace(str(metabase)), edits._replace(after=edits.before))
        == ()
    )


ROOT = make_tree(
    parse_document(
        b"[w3svc.1]\nServerComment = 'One'\n[w3svc.3]\nServerComment = 'Same'\n"
        b"[w3svc.4]\nServerComment = 'Same'\n[w3svc.Custom]\n"
    )
)


@pytest.mark.parametrize(
    "text",
    [
        '{"w3svc": {"1": {"SslFlags": 1}}}',
        '\ufeff \r\n{"w3svc": {"1": {"SslFlags": 1}}}',
        "[w3svc.1]\nSslFlags = 1\n",
        "\ufeffw3svc.1.SslFlags = 1\n",
    ],
)
def test_reads_toml_and_json(text: str) -> None:
    """Who makes the state by program writes whichever is at hand."""
    assert parse_desired(text.encode()) == {"w3svc": {"1": {"SslFlags": 1}}}


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        (b"{", "CLI002"),
        (b"{" + b'"a":{' * 100_000, "CLI002"),
        (b'{"a": "\xff"}', "CLI002"),
        (b'{"a": 1, "a": 2}', "CLI002"),
        (b'{"a": ["\\ud800"]}', "CLI002"),
        (b"[", "MET002"),
        (b"a = '\xff'", "MET002"),
    ],
)
def test_refuses_what_is_neither(octets: bytes, code: str) -> None:
    """A truncated file is not taken for a small one."""
    with pytest.raises(BindctlError) as caught:
        parse_desired(octets)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("1", "1"),
        ("9", "9"),
        ("One", "1"),
        ("New", "2"),
        ("one", "2"),
        ("AppPools", None),
        ("FILTERS", None),
        ("custom", None),
    ],
)
def test_a_name_is_a_site_s(name: str, number: str | None) -> None:
    """By its comment, letter by letter; a new one gets the lowest free number."""
    desired = number_sites({"W3SVC": {name: {"SslFlags": 1}}}, ROOT)
    assert desired.sites == (frozenset() if number is None else {int(number)})
    key = desired.root.find("w3svc", number or name)
    assert key is not None
    assert key.raw["SslFlags"] == 1
    comment = None if number is None or name.isdigit() else name
    assert key.stored("ServerComment") == comment


def test_new_sites_get_numbers_that_nobody_states() -> None:
    """A number stated further down is taken too."""
    tables = {name: {} for name in ("A", "2", "B", "5", "C")}
    desired = number_sites({"w3svc": tables}, ROOT)
    assert desired.sites == {2, 5, 6, 7, 8}


def test_a_stated_type_decides() -> None:
    """A key that is no site can have any name."""
    desired = number_sites({"w3svc": {"New": {"KeyType": "IIsObject"}}}, ROOT)
    assert desired.sites == frozenset()
    desired = number_sites({"w3svc": {"New": {"keytype": "iiswebserver"}}}, ROOT)
    assert desired.sites == {2}


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"Same": {}}, "sites 3, 4"),
        ({"1": {}, "One": {}}, "are both site 1"),
        ({" ": {}}, "without a name"),
        ({"One": {"servercomment": "Two"}}, "states another"),
    ],
)
def test_what_is_not_clear_is_refused(tables: dict[str, object], message: str) -> None:
    """The wrong site is never changed."""
    with pytest.raises(BindctlError, match=message) as caught:
        number_sites({"w3svc": tables}, ROOT)
    assert caught.value.code == "MET109"


def test_a_state_without_sites_has_none() -> None:
    """Nothing is made up."""
    for document in ({}, {"w3svc": 1}, {"http": {}}):
        assert number_sites(document, ROOT).sites == frozenset()
