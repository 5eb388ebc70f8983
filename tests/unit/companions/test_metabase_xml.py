"""Tests of keys as MetaBase.xml writes them."""

from __future__ import annotations

import tomllib
from xml.parsers import expat

import pytest

from bindctl.companions.metabase_xml import (
    InvalidXmlError,
    parse_keys,
    parse_text,
    render_keys,
)
from bindctl.metabase.tree import make_tree

METABASE = """\
[w3svc]
DefaultDoc = "x"

[w3svc.1]
ServerComment = 'a & <"b">'
ServerBindings = [":80:", ":81:"]
CGITimeout = 4294967295
CacheISAPI = true
SSLCertHash = "ABCD"
Anything = true
SslFlags = 1

[w3svc.1.root]
AccessFlags = 513
AuthFlags = 0
DirBrowseFlags = 1
IPSecurity = []
"""


def _render(*path: str, inherited: bool = False) -> str:
    key = make_tree(tomllib.loads(METABASE)).find(*path)
    assert key is not None
    return render_keys([key], inherited=inherited).text


def test_the_layout_is_that_of_iis() -> None:
    """People compare these files line by line, and cut them with scripts."""
    assert _render("w3svc", "1") == (
        '<?xml version ="1.0"?>\n'
        '<configuration xmlns="urn:microsoft-catalog:XML_Metabase_V64_0">\n'
        "<MBProperty>\n"
        '<IIsWebServer\tLocation ="/LM/W3SVC/1"\n'
        '\t\tCGITimeout="4294967295"\n'
        '\t\tCacheISAPI="TRUE"\n'
        '\t\tSSLCertHash="abcd"\n'
        '\t\tServerBindings=":80:\n'
        '\t\t\t:81:"\n'
        '\t\tServerComment="a &amp; &lt;&quot;b&quot;&gt;"\n'
        "\t>\n"
        "\t<Custom\n"
        '\t\tName="Anything"\n'
        '\t\tID="0"\n'
        '\t\tValue="TRUE"\n'
        '\t\tType="BOOL"\n'
        '\t\tUserType="IIS_MD_UT_SERVER"\n'
        '\t\tAttributes="NO_ATTRIBUTES"\n'
        "\t/>\n"
        "\t<Custom\n"
        '\t\tName="SslFlags"\n'
        '\t\tID="90001"\n'
        '\t\tValue="1"\n'
        '\t\tType="DWORD"\n'
        '\t\tUserType="IIS_MD_UT_SERVER"\n'
        '\t\tAttributes="INHERIT"\n'
        "\t/>\n"
        "</IIsWebServer>\n"
        "</MBProperty>\n"
        "</configuration>\n"
    )


def test_flags_have_names_unless_a_bit_has_none() -> None:
    """`AccessFlags="AccessRead | AccessScript"` is what IIS reads back."""
    text = _render("w3svc", "1", "root")
    assert 'AccessFlags="AccessRead | AccessScript"' in text
    assert 'AuthFlags="0"' in text
    assert 'DirBrowseFlags="1"' in text
    assert 'IPSecurity=""' in text


def test_inherited_values_come_on_request() -> None:
    """A key moved to another server keeps what it had from above."""
    assert "DefaultDoc" not in _render("w3svc", "1")
    assert 'DefaultDoc="x"' in _render("w3svc", "1", inherited=True)


def test_what_cannot_be_written_is_told() -> None:
    """Lossy is allowed, silent is not."""
    text = (
        '[w3svc.1]\nServerComment = "\\u0001"\nServerSize = "big"\n'
        'SecureBindings = [""]\nOdd = "\\uffff"\n'
        'CustomProperties = ["7", "1,STRING,1,SECURE,Hidden"]\nHidden = "secret"\n'
        '[w3svc.1.root]\nAnonymousUserPass = "secret"\n'
    )
    root = make_tree(tomllib.loads(text))
    keys = [root.find("w3svc", "1"), root.find("w3svc", "1", "root")]
    rendered = render_keys([key for key in keys if key is not None])
    assert rendered.left_out == (
        "/LM/W3SVC/1/CustomProperties: '7' has other parts",
        "/LM/W3SVC/1/ServerComment has characters XML lacks",
        "/LM/W3SVC/1/ServerSize is not of its type",
        "/LM/W3SVC/1/SecureBindings is a list of one empty item",
        "/LM/W3SVC/1/Odd has characters XML lacks",
        "/LM/W3SVC/1/Hidden is secret",
        "/LM/W3SVC/1/ROOT/AnonymousUserPass is secret",
    )
    assert "secret" not in rendered.text


def test_the_result_is_xml() -> None:
    """Other programs read these files too."""
    expat.ParserCreate().Parse(_render("w3svc", "1"), True)


@pytest.mark.parametrize(
    ("data_type", "text"), [("DWORD", "many"), ("DWORD", "-1"), ("BOOL", "2")]
)
def test_a_value_of_another_type_is_refused(data_type: str, text: str) -> None:
    """It is left out and told, not stored for `check` to find."""
    with pytest.raises(ValueError, match=text):
        parse_text(data_type, text, None)


def test_what_xml_has_no_characters_for_is_told_wherever_it_stands() -> None:
    """A file that no parser reads would be worth nothing on the day it is needed."""
    text = '[w3svc.1."a\\u001b"]\n[w3svc.1]\n"b\\u001b" = 1\nServerComment = "c\\u202e\\u0085"'
    site = make_tree(tomllib.loads(text)).find("w3svc", "1")
    assert site is not None
    rendered = render_keys([site, *site.children()])
    assert "c&#8238;&#133;" in rendered.text
    expat.ParserCreate().Parse(rendered.text, True)
    assert [line.rpartition(" has ")[2] for line in rendered.left_out] == [
        "characters XML lacks",
        "characters XML lacks",
    ]


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


CUSTOM = (
    '<Custom Name="{}" ID="{}" Value="{}" Type="{}" UserType="{}" Attributes="{}"/>'
)


@pytest.mark.parametrize(
    ("custom", "values"),
    [
        (("A", "0", "7", "DWORD", "IIS_MD_UT_SERVER", "NO_ATTRIBUTES"), {"A": 7}),
        (
            ("A", "9", "7", "DWORD", "9", "INHERIT | REFERENCE"),
            {"A": 7, "CustomProperties": ["9,DWORD,9,INHERIT | REFERENCE,A"]},
        ),
        (
            ("accessflags", "6016", "1", "DWORD", "IIS_MD_UT_FILE", "NO_ATTRIBUTES"),
            {
                "AccessFlags": 1,
                "CustomProperties": [
                    "6016,DWORD,IIS_MD_UT_FILE,NO_ATTRIBUTES,AccessFlags"
                ],
            },
        ),
    ],
)
def test_custom_properties_are_kept(
    custom: tuple[str, ...], values: dict[str, object]
) -> None:
    """What the schema does not know may still matter to who wrote it."""
    element = '<IIsConfigObject Location="/LM/W3SVC/1/x">{}</IIsConfigObject>'
    assert _values(element.format(CUSTOM.format(*custom))) == values


SEALED = "49634462f0000000a400000040000000"


@pytest.mark.parametrize(
    ("attributes", "inner", "told"),
    [
        ('Nonsense="1"', "", "property Nonsense is not in the schema"),
        ('ServerSize="many"', "", "ServerSize: 'many' is no DWORD"),
        ('ServerSize="4294967296"', "", "ServerSize: '4294967296' is no DWORD"),
        ('SSLCertHash="xyz"', "", "SSLCertHash: 'xyz' is no BINARY"),
        ('ServerState="2"', "", "ServerState: bindctl keeps it itself"),
        ('CustomProperties="x"', "", "CustomProperties: bindctl keeps it itself"),
        (f'AnonymousUserPass="{SEALED}"', "", "AnonymousUserPass: it is secret, "),
        (f'AdminACL="{SEALED}"', "", "AdminACL: it is secret, and encrypted"),
        ("", "text", "text 'text'"),
        ("", '<Custom Value="y"/>', "a custom property has no name"),
        ("", '<Custom Name="A" Value="y" More="z"/>', "attribute More of custom"),
        ("", '<Custom Name="A" Type="DWORD" Value="y"/>', "A: 'y' is no DWORD"),
        ("", '<Custom Name="A" UserType="1,2"/>', "A: a comma in its ID, Type, "),
        ("", f'<Custom Name="UNCPassword" Value="{SEALED}"/>', "UNCPassword: it is "),
        ("", '<Custom Name="A" Value="y" Attributes="INHERIT | SECURE"/>', "A: it is "),
        (
            'ServerComment="a"',
            '<Custom Name="servercomment" Value="b"/>',
            "custom property servercomment stands twice",
        ),
    ],
)
def test_what_is_not_taken_is_told(attributes: str, inner: str, told: str) -> None:
    """Lossy is allowed, silent is not; another machine's ciphertext opens nothing."""
    element = (
        f'<IIsWebServer Location="/LM/W3SVC/1" {attributes}>{inner}</IIsWebServer>'
    )
    (key,) = parse_keys((HEAD + element + FOOT).encode()).keys
    (line,) = key.left_out
    assert line.startswith(told)
    assert SEALED not in line
    assert "CustomProperties" not in key.values


def test_a_password_of_a_file_written_by_hand_is_taken() -> None:
    """It is no ciphertext."""
    element = '<IIsWebServer Location="/LM/W3SVC/1" AnonymousUserPass="secret"/>'
    assert _values(element) == {"AnonymousUserPass": "secret"}


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


@pytest.mark.parametrize(
    ("element", "told"),
    [
        ('<IIS_Global Location="."><Custom Name="a" Value="b"/></IIS_Global>',
         ("IIS_Global at '.': it is not a key of a metabase", "Custom a")),
        ('<IIS_ROOT Location="/"/>', ("IIS_ROOT at '/': it is not a key of a metabase",)),
        ('<IIsWebServer ServerComment="x"/>',
         ("IIsWebServer at '': it is not a key of a metabase",)),
        ('<IIsConfigObject Location="/LM/test"/>',
         ("IIsConfigObject at '/LM/test': it is not a key of a metabase",)),
    ],
)  # fmt: skip
def test_what_is_no_key_is_told(element: str, told: tuple[str, ...]) -> None:
    """IIS_Global and IIS_ROOT belong to the file, with all below them."""
    parsed = parse_keys((HEAD + element + FOOT).encode())
    assert parsed.keys == ()
    assert parsed.left_out == told
