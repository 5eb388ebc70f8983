"""Reading one table, and whole documents."""

from __future__ import annotations

import sys

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.toml.reader import (
    decode,
    parse_document,
    read_table,
    require_known_version,
)
from bindctl.toml.scanner import scan_tables

BOM = b"\xef\xbb\xbf"


def _read(body: bytes) -> dict[str, object]:
    octets = b"[x]\n" + body
    return read_table(octets, scan_tables(octets)[1])


@pytest.mark.parametrize(
    ("body", "values"),
    [
        (b'a = "x"\n', {"a": "x"}),
        (b'a="x" # y\n', {"a": "x"}),
        (b"a = 12\nb = true\nc = false\n", {"a": 12, "b": True, "c": False}),
        (b"a = []\n", {"a": []}),
        (b'a = [":80:a", ":80:b",] # c\n', {"a": [":80:a", ":80:b"]}),
        (b'a = [ ":80:a" ]\r\n', {"a": [":80:a"]}),
        (b'a = "# [y]"\n', {"a": "# [y]"}),
        (b'a-b_1 = ""\n', {"a-b_1": ""}),
        # from here on the full parser reads
        (b'"a" = 1\n', {"a": 1}),
        (b"a.b = 1\n", {"a": {"b": 1}}),
        (b"a = { b = 1 }\n", {"a": {"b": 1}}),
        (b"a = [\n  1, # x\n  2\n]\n", {"a": [1, 2]}),
        (b"a = 1_000\nb = 0x1F\nc = -1\n", {"a": 1000, "b": 31, "c": -1}),
        (b'a = "\\u00fc"\n', {"a": "ü"}),
        (b"a = 'x\\y'\n", {"a": "x\\y"}),
        (b'a = """\n[y]\n"""\n', {"a": "[y]\n"}),
        ('a = "ü"\n'.encode(), {"a": "ü"}),
    ],
)
def test_reads_the_values_of_a_table(body: bytes, values: dict[str, object]) -> None:
    """`get` prints these; each spelling of a value has to mean the same."""
    assert _read(body) == values


@pytest.mark.parametrize(
    "body",
    [
        b"a\n",
        b"a = \n",
        b"a = x\n",
        b"a = 007\n",
        b'a = "x" "y"\n',
        b'a = ["x" "y"]\n',
        b'a = "x\n',
        b"a = 1\na = 2\n",
        b'a = "\x01"\n',
        b"= 1\n",
        b"a = [\n",
    ],
)
def test_a_table_that_is_no_toml_is_refused(body: bytes) -> None:
    """A value guessed from a broken line is worse than none."""
    with pytest.raises(BindctlError) as caught:
        _read(body)
    assert caught.value.code == "MET002"


def test_a_mistake_is_named_by_its_line_in_the_file() -> None:
    """The editor jumps to it; a line counted from the table would mislead."""
    octets = b"# one\n\n[x]\na = 1\nb = oops\n"
    with pytest.raises(BindctlError, match=r"^line 5, column 5: ") as caught:
        read_table(octets, scan_tables(octets)[1])
    assert caught.value.exit_status == 2
    with pytest.raises(BindctlError, match=r"^line 5, column 5: "):
        parse_document(octets)


@pytest.mark.parametrize("read", ["document", "table"])
def test_an_octet_that_is_no_utf8_is_named_by_its_line(read: str) -> None:
    """A file saved as Latin-1 is the commonest cause, and has a remedy."""
    octets = b'# one\n[x]\na = "b\xfccher"\n'
    span = scan_tables(octets)[1]
    with pytest.raises(BindctlError, match="line 3, column 7: octet 0xFC") as caught:
        parse_document(octets) if read == "document" else read_table(octets, span)
    assert "UTF-8" in caught.value.hint
    assert caught.value.spot is not None
    text, line, column = caught.value.spot
    assert (text.split("\n")[line - 1], column) == ('a = "b\ufffdcher"', 7)


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    """Notepad writes one."""
    assert decode(BOM + b"x") == "x"
    assert parse_document(BOM + b"x = 1\n") == {"x": 1}
    octets = BOM + b"x = 1\n"
    assert read_table(octets, scan_tables(octets)[0]) == {"x": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a.b]\n[a.b]\n", "line 2, column 5: cannot declare [a.b] twice"),
        ("[a]\n[a]\n", "line 2, column 3: cannot declare [a] twice"),
        ("x = 1\nx = 2\n", "line 2, column 6: that name has a value already"),
    ],
)
def test_what_stands_twice_is_told_as_it_is_written(text: str, message: str) -> None:
    """The parser's own words show a key as a value of Python's."""
    with pytest.raises(BindctlError) as caught:
        parse_document(text.encode())
    assert caught.value.message == message


@pytest.mark.parametrize(
    "text",
    ["x = " + "9" * 5000, "x = " + "[" * 100_000, "x = 2026-13-01", "x = 1\ny"],
    ids=["digits", "nest", "date", "end"],
)
def test_a_monster_is_refused_in_words(text: str) -> None:
    """Whatever is in the file, the answer is a line and a cause, not a traceback."""
    with pytest.raises(BindctlError) as caught:
        parse_document(text.encode())
    assert caught.value.code == "MET002"


@pytest.mark.parametrize(
    "text",
    [
        "[" + ".".join("a" * 3000) + "]\n",
        "[[a]]\n[a." + ".".join("a" * 3000) + "]\n",
        ".".join("a" * 200) + " = 1\n",
    ],
    ids=["header", "row", "dotted"],
)
def test_keys_nested_without_end_are_refused(text: str) -> None:
    """`check` walks the tree, and would end in a traceback."""
    with pytest.raises(BindctlError, match=r"line \d: keys are nested") as caught:
        parse_document(text.encode())
    assert caught.value.code == "MET002"
    assert parse_document(("[" + ".".join("a" * 100) + "]\n").encode())


def test_a_plain_table_needs_no_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    """`get` of a plain key stays quick: importing a parser costs more than the rest."""
    monkeypatch.setitem(sys.modules, "tomllib", None)
    monkeypatch.setitem(sys.modules, "tomlkit", None)
    body = 'ServerBindings = [":80:a"]\nPath = "C:\\\\ü"\nSslFlags = 1\nx = \'y\'\n'
    assert _read(body.encode()) == {
        "ServerBindings": [":80:a"],
        "Path": "C:\\ü",
        "SslFlags": 1,
        "x": "y",
    }


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"schema_version = 1\n[w3svc]\n",
        b"[w3svc]\nschema_version = 9\n",
        b"# schema_version = 9\n",
        b"schema_version = \n",
    ],
)
def test_this_version_and_none_are_read(octets: bytes) -> None:
    """Files written before there was a version still open."""
    require_known_version(octets)


@pytest.mark.parametrize("value", ["2", "0", "true", '"1"'])
def test_another_version_is_refused(value: str) -> None:
    """Read by other rules, it would come back changed."""
    with pytest.raises(BindctlError) as caught:
        require_known_version(f"# top\nschema_version = {value}\n[a]\n".encode())
    assert caught.value.code == "MET008"
