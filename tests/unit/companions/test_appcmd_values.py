"""Tests of bindings as IIS 7 and later write them."""

from __future__ import annotations

import pytest

from bindctl.companions.appcmd_values import (
    information,
    parse_bindings,
    shown_bindings,
    stored_binding,
)
from bindctl.companions.errors import ScriptError


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (":80:", "*:80:"),
        (":443", "*:443:"),
        ("10.0.0.1:80:a", "10.0.0.1:80:a"),
        ("[::1]:80:a", "[::1]:80:a"),
        ("[::1]:80", "[::1]:80:"),
        ("nonsense", "nonsense"),
    ],
)
def test_an_empty_address_is_a_star(stored: str, shown: str) -> None:
    """Whatever is stored is shown, as it would be on IIS."""
    assert information(stored) == shown


def test_information_is_stored_without_its_star() -> None:
    """IIS 6 scripts read the same property."""
    assert stored_binding("*:80:a") == ":80:a"
    assert stored_binding("10.0.0.1:80:") == "10.0.0.1:80:"


def test_both_lists_are_one() -> None:
    """IIS 7 has one collection, HTTP first as it was migrated."""
    assert shown_bindings((":80:",), (":443:a",)) == "http/*:80:,https/*:443:a"
    assert shown_bindings((), ()) == ""


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("http/*:81:", [("http", ":81:")]),
        (
            "HTTPS/*:443:a,http/10.0.0.1:80:",
            [("https", ":443:a"), ("http", "10.0.0.1:80:")],
        ),
        ("http://a.example", [("http", ":80:a.example")]),
        ("https://a.example/", [("https", ":443:a.example")]),
        ("http://*:82", [("http", ":82:")]),
        ("http://10.0.0.1:82", [("http", "10.0.0.1:82:")]),
        ("http://[::1]:82", [("http", "[::1]:82:")]),
        ("", []),
    ],
)
def test_both_notations(text: str, parsed: list[tuple[str, str]]) -> None:
    """`/bindings:http://host:81` is as common as `/bindings:http/*:81:host`."""
    assert parse_bindings(text) == parsed


@pytest.mark.parametrize("text", ["ftp/*:21:", "net.tcp://x", "nonsense"])
def test_other_protocols_are_refused(text: str) -> None:
    """A binding nobody serves would be a promise."""
    with pytest.raises(ScriptError, match="is not supported"):
        parse_bindings(text)
