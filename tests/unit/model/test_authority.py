"""The host of a request: Host header, authority of a URL."""

from __future__ import annotations

import pytest

from bindctl.model.authority import Authority, parse_authority


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
