"""Tests of MetaBase.xml read."""

from __future__ import annotations

import pytest

from bindctl.companions.metabase_xml_reader import InvalidXmlError, parse_keys

HEAD = (
    '<?xml version ="1.0"?>\n'
    '<configuration xmlns="urn:microsoft-catalog:XML_Metabase_V54_0">\n<MBProperty>\n'
)
FOOT = "</MBProperty>\n</configuration>\n"


def _values(element: str, *, head: str = HEAD) -> dict[str, object]:
    (key,) = parse_keys((head + element + FOOT).encode()).keys
    return key.values


def test_a_list_keeps_its_items() -> None:
    """A conforming parser makes spaces of the breaks between them."""
    element = (
        '<IIsWebServer\tLocation ="/LM/W3SVC/1"\n\t\tServerBindings=":80:a b\n'
        '\t\t\t:81:    c"\n\t>\n</IIsWebServer>\n'
    )
    assert _values(element) == {"ServerBindings": [":80:a b", ":81:    c"]}


def test_line_ends_of_windows_are_read() -> None:
    """Where these files come from."""
    element = '<IIsWebServer Location="/LM/W3SVC/1" ServerBindings="a\n\t\t\tb"/>'
    text = (HEAD + element + FOOT).replace("\n", "\r\n")
    (key,) = parse_keys(b"\xef\xbb\xbf" + text.encode()).keys
    assert key.values == {"ServerBindings": ["a", "b"]}


def test_a_comment_with_quotes_is_no_attribute() -> None:
    """People comment such files: ="it's"."""
    element = (
        '<!-- it\'s ="half --><IIsWebServer Location="/LM/W3SVC/1" ServerComment="x"/>'
    )
    assert _values(element) == {"ServerComment": "x"}


def test_types_are_the_schemas() -> None:
    """Names of flags, TRUE, decimal; a state is the service's and not stored."""
    element = (
        "<IIsWebVirtualDir Location='/LM/W3SVC/1/ROOT' authflags='AuthBasic | 4'/>"
    )
    assert _values(element.replace(" | 4", " | AuthNTLM")) == {"AuthFlags": 6}
    assert _values(element.replace("'AuthBasic | 4'", "'7'")) == {"AuthFlags": 7}
    site = (
        '<IIsWebServer Location="/LM/W3SVC/1" ServerAutoStart="FALSE" ServerState="2"/>'
    )
    assert _values(site) == {"ServerAutoStart": False}


def test_custom_properties_are_kept() -> None:
    """What the schema does not know may still matter to who wrote it."""
    element = (
        '<IIsConfigObject Location="/LM/W3SVC/1/x"><Custom Name="A" Value="7" '
        'Type="DWORD"/><Custom Name="accessflags" Value="1"/><Custom Value="y"/>'
        "</IIsConfigObject>"
    )
    assert _values(element) == {"A": 7, "AccessFlags": 1}
    parsed = parse_keys((HEAD + element + FOOT).encode())
    assert parsed.left_out == ("/LM/W3SVC/1/X: a custom property has no name",)
    assert parsed.keys[0].key_type == ""


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"<configuration>",
        b"<html/>",
        b"\xff\xfe",
        b'<!DOCTYPE configuration [<!ENTITY a "b">]><configuration>&a;</configuration>',
    ],
)
def test_what_is_no_such_file(octets: bytes) -> None:
    """It is refused as a whole; entities could fill the memory."""
    with pytest.raises(InvalidXmlError):
        parse_keys(octets)


def test_keys_outside_lm_are_passed_over() -> None:
    """IIS_Global and IIS_ROOT belong to the file, with all below them."""
    element = '<IIS_Global Location="."><Custom Name="a" Value="b"/></IIS_Global>'
    assert parse_keys((HEAD + element + FOOT).encode()).keys == ()
