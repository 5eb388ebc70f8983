"""The grammar of ServerBindings and SecureBindings."""

from __future__ import annotations

import pytest

from bindctl.model.binding import (
    Protocol,
    format_binding,
    format_url_prefix,
    parse_binding,
)


@pytest.mark.parametrize(
    ("text", "written", "prefix"),
    [
        (":80:", ":80:", "http://*:80/"),
        ("*:80:", ":80:", "http://*:80/"),
        ("0.0.0.0:80:", ":80:", "http://*:80/"),
        (":443", ":443:", "http://*:443/"),
        (":80:WWW.Example.com.", ":80:www.example.com", "http://www.example.com:80/"),
        ("10.0.0.1:80:", "10.0.0.1:80:", "http://10.0.0.1:80/"),
        ("10.0.0.1:80:a", "10.0.0.1:80:a", "http://a:80/"),
        ("[::1]:80:", "[::1]:80:", "http://[::1]:80/"),
        ("[2001:DB8::1]:80:a", "[2001:db8::1]:80:a", "http://a:80/"),
        ("[::1]:80", "[::1]:80:", "http://[::1]:80/"),
        ("[::]:80:", "[::]:80:", "http://[::]:80/"),
        (":80:*.a.example", ":80:*.a.example", "http://*.a.example:80/"),
        (":80:bücher.example", ":80:xn--bcher-kva.example", None),
        (":65535:", ":65535:", "http://*:65535/"),
        (":80:*", ":80:", "http://*:80/"),
    ],
)
def test_reads_a_binding_and_writes_it_plainly(
    text: str, written: str, prefix: str | None
) -> None:
    """A script written for IIS runs unchanged only if its bindings are understood."""
    binding = parse_binding(text, Protocol.HTTP)
    assert format_binding(binding) == written
    assert prefix is None or format_url_prefix(binding) == prefix


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "found 1 part"),
        ("80", "found 1 part"),
        ("a:80:b:c", "found 4 part"),
        ("::1:80:", "brackets"),
        ("[::1:80:", "closing bracket"),
        ("[::1]80:", "colon must follow"),
        ("[::1]", "colon must follow"),
        ("[10.0.0.1]:80:", "not an IP address"),
        (":0:", "not between"),
        (":65536:", "not between"),
        ("::www.example.com", "decimal"),
        ("www.example.com:80:", "not an IP address"),
        (":80:a b", "contains ' '"),
        (":80:a.*", "asterisk"),
        (":80:+", "a prefix of http.sys that no site has"),
        (":80\0a", "decimal"),
        (":80:a\0", "contains"),
        ("\0:80", "not an IP address"),
    ],
)
def test_says_which_part_of_a_binding_is_wrong(text: str, cause: str) -> None:
    """The finding's message is all an administrator has to mend the line."""
    with pytest.raises(ValueError, match=cause):
        parse_binding(text, Protocol.HTTP)


def test_protocol_is_part_of_a_binding() -> None:
    """HTTP and HTTPS on one port are different registrations."""
    http, https = (parse_binding(":80:a", protocol) for protocol in Protocol)
    assert http != https
    assert format_url_prefix(https) == "https://a:80/"
