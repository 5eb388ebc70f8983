"""Host names: one spelling inside, whatever a person types."""

from __future__ import annotations

import pytest

from bindctl.model.host import (
    ANY_HOST,
    Authority,
    HostName,
    WildcardHost,
    ends_in_dot,
    format_host_pattern,
    parse_authority,
    parse_host_name,
    parse_host_pattern,
    to_unicode,
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
        ("XN--BCHER-KVA.Example", "xn--bcher-kva.example"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ("例え\uff0eテスト\uff61", "xn--r8jz45g.xn--zckzah"),
        (
            "\uff57\uff57\uff57\uff0e\uff22ü\uff43\uff48\uff45\uff52\uff0eexample",
            "www.xn--bcher-kva.example",
        ),
        ("bu\u0308cher.example", "xn--bcher-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("strasse.example", "strasse.example"),
        ("intra_net.bücher.example", "intra_net.xn--bcher-kva.example"),
        ("\uff11\uff10.0.0.1", "10.0.0.1"),
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
        ("\u2603.example", "internationalised"),
        ("\u3002", "empty"),
        ("a\u3002\u3002b", "empty label"),
        ("ü" * 64 + ".example", "internationalised"),
        ("a\u200db.example", "internationalised"),
        ("bücher/x.example", "'bücher/x' not allowed"),
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
        ("*.BÜCHER。example.", WildcardHost("xn--bcher-kva.example")),
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


@pytest.mark.parametrize(
    ("text", "is_dotted"),
    [
        ("a.", True),
        ("例え。", True),
        ("a\uff0e", True),
        ("a\uff61", True),
        ("a", False),
        ("", False),
    ],
)
def test_a_last_dot_is_seen_in_any_script(text: str, is_dotted: bool) -> None:
    """IIS 7.5 would not start the site, whatever keyboard the dot was typed on."""
    assert ends_in_dot(text) is is_dotted


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("www.example.com", "www.example.com"),
        ("xn--bcher-kva.example", "bücher.example"),
        ("*.xn--bcher-kva.example", "*.bücher.example"),
        ("www.xn--r8jz45g.xn--zckzah", "www.例え.テスト"),
        ("xn--strae-oqa.example", "straße.example"),
        ("xn--.example", "xn--.example"),
        ("xn--zzzzzzzz.example", "xn--zzzzzzzz.example"),
        ("xn--n3h.example", "xn--n3h.example"),  # a snowman, which IDNA 2008 has not
    ],
)
def test_a_labels_are_shown_as_they_are_read(name: str, shown: str) -> None:
    """Nobody recognises their own shop in xn--bcher-kva."""
    assert to_unicode(name) == shown


@pytest.mark.parametrize(
    "text", ["Bücher.Example", "例え。テスト", "stra\u00dfe.example"]
)
def test_what_is_shown_can_be_typed_back(text: str) -> None:
    """A host copied from a message is the same host."""
    name = parse_host_name(text)
    assert parse_host_name(to_unicode(name.name)) == name


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("a.example", "a.example", None),
        ("A.Example:8080", "a.example", 8080),
        ("a.example:", "a.example", None),
        ("10.0.0.1:80", "10.0.0.1", 80),
        ("[::1]", "[::1]", None),
        ("[2001:DB8::1]:443", "[2001:db8::1]", 443),
        ("[::1]:", "[::1]", None),
        ("bücher.example", "xn--bcher-kva.example", None),
    ],
)
def test_reads_host_and_port(text: str, host: str, port: int | None) -> None:
    """A Host header with a port reaches the same site as one without."""
    assert parse_authority(text) == Authority(host, port)


def test_remembers_a_trailing_dot() -> None:
    """The name matches; that it was written with a dot can still be told."""
    found = parse_authority("www.Example.com.:80")
    assert found == Authority("www.example.com", 80)


@pytest.mark.parametrize(
    "text",
    ["", ":80", "a b", "a/b", "::1", "[::1", "[::1]x", "[a]", "[10.0.0.1]", "a:0",
     "a:65536", "a:b", "*.example.com", "user@host"],
)  # fmt: skip
def test_refuses_what_is_no_authority(text: str) -> None:
    """A malformed Host is answered 400 and never routed by accident."""
    with pytest.raises(ValueError, match=r"."):
        parse_authority(text)
