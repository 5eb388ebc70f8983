"""Values: from TOML, from words, to text."""

from __future__ import annotations

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.metabase.schema import Property
from bindctl.metabase.values import (
    expected_type,
    format_line,
    format_value,
    parse_words,
    toml_value,
    typed_value,
)


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("ServerBindings", [":80:", ":81:"], (":80:", ":81:")),
        ("ServerBindings", [], ()),
        ("ServerBindings", ":80:", None),
        ("ServerBindings", [":80:", 1], None),
        ("ServerAutoStart", False, False),
        ("ServerAutoStart", 0, None),
        ("ServerAutoStart", "true", None),
        ("ConnectionTimeout", 120, 120),
        ("ConnectionTimeout", True, None),
        ("ConnectionTimeout", -1, None),
        ("ConnectionTimeout", 2147483648, None),
        ("ConnectionTimeout", 1.5, None),
        ("AccessFlags", ["AccessRead", "ACCESSWRITE"], 3),
        ("AccessFlags", ["AccessNothing"], None),
        ("AccessFlags", [1], None),
        ("AccessFlags", [], 0),
        ("AccessFlags", 0xFFFFFFFF, 0xFFFFFFFF),
        ("AccessFlags", 0x100000000, None),
        ("WildcardHostDepth", 128, None),
        ("ServerComment", "Test", "Test"),
        ("ServerComment", 1, None),
        ("SSLCertHash", "5D0f", "5D0f"),
        ("SSLCertHash", "5D0", None),
        ("SSLCertHash", "xy", None),
    ],
)
def test_the_schema_decides_what_a_value_is(
    name: str, raw: object, value: object
) -> None:
    """A value of another type is reported, and never used half."""
    found = typed_value(Property(name), raw)
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("name", "words", "value"),
    [
        ("ServerBindings", [":80:a", ":80:b"], (":80:a", ":80:b")),
        ("ServerBindings", [""], ()),
        ("ServerBindings", ["", ""], ("", "")),
        ("ServerAutoStart", ["TRUE"], True),
        ("ServerAutoStart", ["false", "ignored"], False),
        ("ServerAutoStart", ["-1"], True),
        ("ServerAutoStart", ["0"], False),
        ("ConnectionTimeout", ["900"], 900),
        ("ConnectionTimeout", ["0x10"], 16),
        ("ServerComment", ["12"], "12"),
        ("ServerComment", ["one", "two"], "one"),
        ("SSLCertHash", ["00ff"], "00ff"),
    ],
)
def test_words_take_the_type_of_the_property(
    name: str, words: list[str], value: object
) -> None:
    """`set ServerComment 12` stores text; adsutil takes the first word of several."""
    found = parse_words(Property(name), words)
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("name", "word", "number"),
    [
        ("ServerAutoStart", "yes", 13),
        ("ConnectionTimeout", "soon", 13),
        ("ConnectionTimeout", "1.5", 13),
        ("ConnectionTimeout", "0x", 13),
        ("ConnectionTimeout", "-1", 6),
        ("ConnectionTimeout", "2147483648", 6),
        ("SSLCertHash", "5d0", 13),
    ],
)
def test_a_word_of_another_type_is_refused(name: str, word: str, number: int) -> None:
    """Nothing is stored; the number is the VBScript error a script expects."""
    with pytest.raises(BindctlError) as caught:
        parse_words(Property(name), [word])
    assert (caught.value.code, caught.value.hresult) == ("MET105", number)
    assert name in caught.value.message
    assert repr(word) in caught.value.message


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("SecureBindings", (":443:a", ":443:b"),
         'SecureBindings                  : <LIST> ":443:a" ":443:b"'),
        ("SecureBindings", (), "SecureBindings                  : <LIST>"),
        ("ServerAutoStart", True, "ServerAutoStart                 : <BOOLEAN> True"),
        ("ConnectionTimeout", 120, "ConnectionTimeout               : <INTEGER> 120"),
        ("ServerComment", "a b", 'ServerComment                   : <STRING> "a b"'),
        ("SSLCertHash", "00ff", "SSLCertHash                     : <BINARY> 00ff"),
        ("AnonymousUserPass", "x", 'AnonymousUserPass               : <STRING> "**********"'),
    ],
)  # fmt: skip
def test_a_property_is_one_line(name: str, value: object, line: str) -> None:
    """The notation people know from adsutil; a password is never shown."""
    assert format_line(Property(name), value) == line  # type: ignore[arg-type]  # a table


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ServerBindings", "an array of strings"),
        ("ServerAutoStart", "true or false"),
        ("SSLCertHash", "a string of hex digits"),
        ("ServerComment", "a string"),
        ("WildcardHostDepth", "an integer from 0 to 127"),
        ("SslFlags", "an integer from 0 to 127 or an array of flag names"),
    ],
)
def test_says_what_a_value_has_to_be(name: str, words: str) -> None:
    """The finding tells what to write instead."""
    assert expected_type(Property(name)) == words


def test_a_list_is_written_as_a_toml_array() -> None:
    """Tomlkit takes lists, not tuples."""
    assert toml_value((":80:",)) == [":80:"]
    assert toml_value(1) == 1
    assert format_value(Property("ServerComment"), 'a "b"') == '"a "b""'
