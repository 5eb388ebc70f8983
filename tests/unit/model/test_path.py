"""Metabase paths as adsutil reads them."""

from __future__ import annotations

import pytest

from bindctl.model.path import (
    clean_path,
    format_path,
    is_same_path,
    parse_path,
    split_property,
    without_root,
)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", ()),
        ("/", ()),
        ("w3svc", ("w3svc",)),
        ("/w3svc/1/", ("w3svc", "1")),
        ("W3SVC\\1\\ROOT", ("W3SVC", "1", "ROOT")),
        ("  /w3svc/1  ", ("w3svc", "1")),
        ("/LM/w3svc", ("LM", "w3svc")),
    ],
)
def test_reads_a_path_as_adsutil_does(text: str, path: tuple[str, ...]) -> None:
    """Scripts write paths with and without slashes, in both directions."""
    assert parse_path(text) == path


@pytest.mark.parametrize(
    ("text", "path", "name"),
    [
        ("/w3svc/1/ServerBindings", ("w3svc", "1"), "ServerBindings"),
        ("MaxBandwidth", (), "MaxBandwidth"),
        ("/MaxBandwidth/", (), "MaxBandwidth"),
        ("", (), ""),
    ],
)
def test_the_last_word_is_the_property(
    text: str, path: tuple[str, ...], name: str
) -> None:
    """`get MaxBandwidth` is a property of /LM."""
    assert split_property(text) == (path, name)


@pytest.mark.parametrize(
    ("path", "rest"),
    [(("LM", "w3svc"), ("w3svc",)), (("lm",), ()), (("w3svc", "LM"), ("w3svc", "LM")),
     ((), ())],
)  # fmt: skip
def test_lm_may_be_written_or_left_out(
    path: tuple[str, ...], rest: tuple[str, ...]
) -> None:
    """Bindctl prints /LM/W3SVC/1, so it has to take it back."""
    assert without_root(path) == rest


def test_a_printed_path_can_be_typed_back() -> None:
    """A place in a finding is copied into the next command."""
    shown = format_path(("w3svc", "1", "root"))
    assert shown == "/LM/W3SVC/1/ROOT"
    assert is_same_path(without_root(parse_path(shown)), ("w3svc", "1", "root"))
    assert format_path(()) == "/LM"
    assert clean_path(shown) == "LM/W3SVC/1/ROOT"


def test_names_compare_in_any_letter_case() -> None:
    """`/W3SVC/1/Root` and `/w3svc/1/ROOT` are one key."""
    assert is_same_path(("W3SVC", "Root"), ("w3svc", "ROOT"))
    assert not is_same_path(("w3svc",), ("w3svc", "1"))
