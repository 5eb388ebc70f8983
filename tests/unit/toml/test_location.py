"""Where keys stand, and which of two spellings counts."""

from __future__ import annotations

import pytest

from bindctl.metabase.tree import make_tree
from bindctl.toml.location import (
    find_spelling,
    locate,
    mentions,
    read_key,
    spell_key,
)
from bindctl.toml.reader import parse_document
from bindctl.toml.scanner import scan_tables


@pytest.mark.parametrize(
    ("octets", "path", "spelt"),
    [
        (b"[W3SVC.1]\n", ("w3svc", "1"), ("W3SVC", "1")),
        (b"[W3SVC.1]\n[w3svc.1]\n", ("W3svc", "1"), ("w3svc", "1")),
        (b"[W3SVC.1]\n[W3svc.2]\n", ("w3svc", "2"), ("W3SVC", "2")),
        (b"[w3svc.1.ROOT]\n", ("W3SVC", "1", "Root", "X"), ("w3svc", "1", "ROOT", "X")),
        (b"[[W3SVC]]\n", ("w3svc",), ("w3svc",)),
        (b"", ("w3svc",), ("w3svc",)),
    ],
)
def test_one_spelling_of_a_key_counts(
    octets: bytes, path: tuple[str, ...], spelt: tuple[str, ...]
) -> None:
    """Two tables in different letter case are two keys to TOML and one to IIS."""
    assert spell_key(scan_tables(octets), path) == spelt


@pytest.mark.parametrize(
    "octets",
    [
        b"[W3SVC.1]\nPath = 'a'\n[w3svc.1]\nPath = 'b'\n",
        b"[w3svc.1]\nPath = 'b'\n[W3SVC.1]\nPath = 'a'\n",
        b"[W3SVC.1]\nPath = 'a'\n[W3svc.1]\nPath = 'b'\n",
        b"[W3SVC.2]\n[w3svc.1]\nPath = 'b'\n",
        b"[w3svc.2]\n[W3SVC.1]\nPath = 'b'\n",
        b"[ W3SVC . 1 ]\nPath = 'a'\n[w3svc.1]\nPath = 'b'\n",
    ],
)
def test_the_file_and_the_tree_take_the_same_one(octets: bytes) -> None:
    """`get` would print a value that the service does not use."""
    key = make_tree(parse_document(octets)).find("W3SVC", "1")
    expected = None if key is None else key.raw
    assert read_key(octets, ("w3svc", "1")) == expected


def test_a_key_inline_is_found_below_its_table() -> None:
    """Inline and dotted keys are keys."""
    octets = b"[w3svc]\n1 = { Root = { Path = 'x' } }\n"
    location = locate(octets, ("w3svc", "1", "root"))
    assert location is not None
    assert location.inner == ("1", "Root")
    assert locate(octets, ("w3svc", "2")) is None


def test_a_spelling_is_found_in_any_letter_case() -> None:
    """Names compare as IIS compares them."""
    assert find_spelling({"Path": 1}, "PATH") == "Path"
    assert find_spelling({}, "Path") is None


@pytest.mark.parametrize(
    ("octets", "is_there"),
    [
        (b"[x]\nKeyType = 1\n", True),
        (b"keytype", True),
        (b'[x]\n"KEYTYPE" = 1', True),
        (b"kkkkey type KeyTyp", False),
        (b"", False),
        (b"k" * 5000, False),
        (b"k" * 5000 + b"KEYtype", True),
    ],
)
def test_a_word_is_found_in_any_letter_case(octets: bytes, is_there: bool) -> None:
    """A stored type that is missed makes a key of another type."""
    assert mentions(octets, "keytype") is is_there
