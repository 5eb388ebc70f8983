"""Tests of keys as MetaBase.xml writes them."""

from __future__ import annotations

import tomllib
from xml.parsers import expat

import pytest

from bindctl.companions.metabase_xml import parse_text, render_keys
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
