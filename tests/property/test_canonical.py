"""Canonical order loses nothing, means the same, and is the same the second time."""

from __future__ import annotations

import tomllib
from collections import Counter

from hypothesis import given

from bindctl.metabase.canonical import canonical_octets
from bindctl.metabase.tree import Key, make_tree
from bindctl.toml.reader import decode, parse_document
from tests.property.strategies import Document, documents


def _facts(key: Key) -> dict[str, object]:
    """Everything the tree says, by place."""
    found: dict[str, object] = {key.location(): key.key_type}
    for name, value in key.raw.items():
        found[f"{key.location()}/{name.lower()}"] = value
    for child in key.children():
        found |= _facts(child)
    return found


def _comments(octets: bytes) -> Counter[str]:
    return Counter(
        line.strip() for line in decode(octets).splitlines() if line.strip()[:1] == "#"
    )


@given(documents())
def test_the_tree_says_the_same(document: Document) -> None:
    """A file put in order would otherwise serve other sites."""
    result = canonical_octets(document.octets)
    before, after = (
        _facts(make_tree(parse_document(octets)))
        for octets in (document.octets, result)
    )
    assert after == before
    assert tomllib.loads(decode(result).replace("\r\n", "\n")) is not None


@given(documents())
def test_no_comment_is_lost(document: Document) -> None:
    """Why a line is there is often known nowhere else."""
    result = canonical_octets(document.octets)
    assert _comments(result) == _comments(document.octets)
    for remark in (b"# why", b"# header", b"\t# [w3svc.1]"):
        assert result.count(remark) == document.octets.count(remark)


@given(documents())
def test_the_second_time_changes_nothing(document: Document) -> None:
    """`fmt --check` would fail right after `fmt`."""
    once = canonical_octets(document.octets)
    assert canonical_octets(once) == once


@given(documents())
def test_line_ends_and_mark_stay(document: Document) -> None:
    """An editor on Windows goes on reading the file it wrote."""
    result = canonical_octets(document.octets)
    assert result.startswith(b"\xef\xbb\xbf") == document.octets.startswith(
        b"\xef\xbb\xbf"
    )
    if b"\r\n" in document.octets:
        assert result.count(b"\n") == result.count(b"\r\n")
    else:
        assert b"\r" not in result
