"""Host names: one spelling inside, whatever a person types."""

from __future__ import annotations

import pytest

from bindctl.model.host import (
    ANY_HOST,
    HostName,
    WildcardHost,
    format_host_pattern,
    parse_host_name,
    parse_host_pattern,
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("www.example.com", "www.example.com"),
        ("WWW.Example.COM", "www.example.com"),
        ("www.example.com.", "www.example.com"),
        ("localhost", "localhost"),
        ("intra_net", "intra_net"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example.", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ("10.0.0.1", "10.0.0.1"),
        ("a" * 63 + ".example", "a" * 63 + ".example"),
    ],
)
def test_a_name_has_one_spelling(text: str, name: str) -> None:
    """Upper case, a last dot or Unicode would otherwise make another host of it."""
    assert parse_host_name(text) == HostName(name)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "empty"),
        (".", "empty"),
        ("a..b", "empty label"),
        (".example", "empty label"),
        ("a.b..", "empty label"),
        ("a b", "contains ' '"),
        ("a/b", "contains '/'"),
        ("www.example.com:80", "contains ':'"),
        ("*.example.com", r"contains '\*'"),
        ("a" * 64, "longer than 63"),
        (".".join(["a" * 60] * 5), "253 at most"),
        ("\u2603.example\u0000", "internationalised|contains"),
    ],
)
def test_refuses_what_is_no_host_name(text: str, cause: str) -> None:
    """A binding that no request can match is a slip worth a finding."""
    with pytest.raises(ValueError, match=cause):
        parse_host_name(text)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("", ANY_HOST),
        ("a.example", HostName("a.example")),
        ("*.Example.COM", WildcardHost("example.com")),
        ("*.bücher.example", WildcardHost("xn--bcher-kva.example")),
        ("*.com", WildcardHost("com")),
    ],
)
def test_reads_the_host_of_a_binding(text: str, pattern: object) -> None:
    """An empty host is every host; a wildcard is its suffix."""
    assert parse_host_pattern(text) == pattern


@pytest.mark.parametrize("text", ["*", "a.*.com", "*a.com", "**.com", "*.*.com", "*."])
def test_an_asterisk_is_the_whole_left_most_label(text: str) -> None:
    """IIS 10 refuses every other place, so a site that has one would not move back."""
    with pytest.raises(ValueError, match=r"asterisk|empty"):
        parse_host_pattern(text)


@pytest.mark.parametrize("text", ["", "a.example", "*.a.example"])
def test_writes_what_it_reads(text: str) -> None:
    """A host in a message can be typed back."""
    assert format_host_pattern(parse_host_pattern(text)) == text
