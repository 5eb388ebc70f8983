"""Lines of GET, SET and ENUM, to the space."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.adsutil.transcripts import (
    enum_lines,
    get_lines,
    not_set_line,
    set_line,
    unset_line,
)
from bindctl.metabase.tree import require_row

if TYPE_CHECKING:
    from bindctl.metabase.values import Value


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("ServerComment", "a", 'ServerComment                   : (STRING) "a"'),
        ("ServerComment", "", 'ServerComment                   : (STRING) ""'),
        (
            "LogFileDirectory",
            "C:\\x",
            "LogFileDirectory                : (EXPANDSZ) C:\\x",
        ),
        (
            "MaxConnections",
            4294967295,
            "MaxConnections                  : (INTEGER) 4294967295",
        ),
        ("ServerAutoStart", True, "ServerAutoStart                 : (BOOLEAN) True"),
        (
            "WAMUserPass",
            "secret",
            'WAMUserPass                     : (STRING) "**********"',
        ),
    ],
)
def test_get_and_set_print_plain_values_alike(
    name: str, value: Value, line: str
) -> None:
    """A parser that cuts at column 34, or at the quotes, would misread the value."""
    row = require_row(name)
    assert list(get_lines(name, row, value)) == [line]
    assert set_line(name, row, value) == line


def test_enum_quotes_expandsz() -> None:
    """The one type whose quotes differ between GET and ENUM."""
    row = require_row("LogFileDirectory")
    assert list(enum_lines(row, "C:\\x")) == [
        'LogFileDirectory                : (EXPANDSZ) "C:\\x"'
    ]


def test_lists_differ_in_all_three() -> None:
    """Two spaces in GET's header, one and a blank line in ENUM, one line in SET."""
    row = require_row("ServerBindings")
    value = (":80:a", ":81:")
    assert list(get_lines("ServerBindings", row, value)) == [
        "ServerBindings                  : (LIST)  (2 Items)",
        '  ":80:a"',
        '  ":81:"',
    ]
    assert list(enum_lines(row, value)) == [
        "ServerBindings                  : (LIST) (2 Items)",
        '  ":80:a"',
        '  ":81:"',
        "",
    ]
    assert (
        set_line("ServerBindings", row, value)
        == 'ServerBindings                  : (LIST) ":80:a" ":81:" '
    )


def test_binary_is_decimal_after_a_hexadecimal_mark() -> None:
    """Scripts that compare thumbprints compare this text."""
    row = require_row("SSLCertHash")
    line = "SSLCertHash                     : (BINARY) 0x0 255 16 "
    assert list(get_lines("SSLCertHash", row, "00ff10")) == [line]
    assert list(enum_lines(row, "00FF10")) == [line]


def test_secure_binary_is_starred_too() -> None:
    """An access control list would be shown to whoever reads the log."""
    row = require_row("AdminACLBin")
    assert list(get_lines("AdminACLBin", row, "00ff")) == [
        'AdminACLBin                     : (BINARY) "**********"'
    ]


def test_name_stands_as_typed() -> None:
    """Scripts search the output for the name they passed."""
    row = require_row("ServerComment")
    assert next(iter(get_lines("servercomment", row, "a"))).startswith("servercomment ")
    assert set_line("SERVERCOMMENT", row, "a").startswith("SERVERCOMMENT   ")


def test_enum_lists_every_flag_after_its_property() -> None:
    """Audits read AccessWrite from ENUM, set or not."""
    row = require_row("AuthFlags")
    assert list(enum_lines(row, 5)) == [
        "AuthFlags                       : (INTEGER) 5",
        "AuthBasic                       : (BOOLEAN) False",
        "AuthAnonymous                   : (BOOLEAN) True",
        "AuthNTLM                        : (BOOLEAN) True",
        "AuthMD5                         : (BOOLEAN) False",
        "AuthPassport                    : (BOOLEAN) False",
    ]


def test_unsupported_type_is_framed_by_blank_lines_in_enum() -> None:
    """KB Q293637 tells people to look for this block."""
    row = require_row("AdminACL")
    assert list(enum_lines(row, "x")) == [
        "",
        'DataType: "NTAcl" Not Yet Supported on property: AdminACL',
        "",
        "ErrNumber: 0 (0x0)",
        "",
    ]


def test_unset_echo_has_an_empty_value() -> None:
    """SET of BINARY exits 0 with this line though nothing is stored."""
    line = unset_line("sslcerthash", require_row("SSLCertHash"))
    assert line == "sslcerthash                     : (BINARY) "


def test_not_set_has_both_quotes() -> None:
    """Installers match `The parameter "(.*)" is not set at this node.` to walk up."""
    assert not_set_line("Path") == 'The parameter "Path" is not set at this node.'
