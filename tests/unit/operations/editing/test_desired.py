"""The desired state, and the numbers of its sites."""

from __future__ import annotations

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.metabase.tree import make_tree
from bindctl.operations.editing.desired import number_sites, parse_desired
from bindctl.toml.reader import parse_document

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
