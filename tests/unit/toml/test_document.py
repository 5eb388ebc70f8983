"""Edits of the document: what changes, and what stays octet for octet."""

from __future__ import annotations

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.toml.document import (
    create_key,
    delete_key,
    delete_property,
    read_key,
    set_property,
)

BOM = b"\xef\xbb\xbf"
DOCUMENT = b"""\
# top

schema_version = 1

# the service
[w3svc]
DefaultDoc = "a.htm"   # first page

# site one
[w3svc.1]
ServerComment  = "Test"
ServerBindings = [
  ":80:a",  # why
  ":80:b",
]

[ w3svc . 1 . "root" ]
Path = 'sites/a'
"""


@pytest.mark.parametrize(
    ("path", "values"),
    [
        (("w3svc",), {"DefaultDoc": "a.htm"}),
        (("W3SVC", "1", "ROOT"), {"Path": "sites/a"}),
        (("w3svc", "2"), None),
        (("w3svc", "1", "root", "x"), None),
    ],
)
def test_reads_the_values_of_one_key(
    path: tuple[str, ...], values: dict[str, object] | None
) -> None:
    """`get` sees a key however its header is spelt."""
    assert read_key(DOCUMENT, path) == values


@pytest.mark.parametrize(
    ("octets", "path", "values"),
    [
        (b"[w3svc.1.root]\n", ("w3svc", "1"), {}),
        (b"[w3svc]\n1 = { Path = 'x' }\n", ("w3svc", "1"), {"Path": "x"}),
        (b"[w3svc]\n1.Path = 'x'\n", ("W3SVC", "1"), {"Path": "x"}),
        (b"w3svc.1.root.Path = 'x'\n", ("w3svc", "1", "root"), {"Path": "x"}),
        (b"w3svc = { 1 = { root = {} } }\n", ("w3svc", "1", "root"), {}),
        (b"[w3svc]\nPath = 'x'\n", ("w3svc", "Path"), None),
        (b"[[w3svc]]\nPath = 'x'\n", ("w3svc",), None),
        (b"[[w3svc.1.things]]\n", ("w3svc", "1"), {}),
        (BOM + b"[w3svc.1]\nPath = 'x'\n", ("w3svc", "1"), {"Path": "x"}),
        (b"", (), {}),
    ],
)
def test_a_key_may_be_implied_inline_or_dotted(
    octets: bytes, path: tuple[str, ...], values: dict[str, object] | None
) -> None:
    """People write TOML as they like; each form is the same key."""
    assert read_key(octets, path) == values


def _set(before: bytes, after: bytes, name: str, value: object) -> bytes:
    assert DOCUMENT.count(before) == 1
    expected = DOCUMENT.replace(before, after)
    path = ("w3svc", "1")
    assert set_property(DOCUMENT, path, name, value) == expected
    return expected


def test_a_set_replaces_the_value_and_keeps_the_line() -> None:
    """Alignment and comments are the administrator's."""
    _set(b'"Test"', b'"New"', "servercomment", "New")


def test_a_list_over_several_lines_stays_one() -> None:
    """A diff shows the binding that changed, not a reflowed file."""
    new = set_property(DOCUMENT, ("w3svc", "1"), "ServerBindings", [":80:c", ":80:d"])
    assert b'[\n  ":80:c",  # why\n  ":80:d",\n]\n\n[ w3svc' in new
    assert new.startswith(DOCUMENT[: DOCUMENT.index(b"ServerBindings")])


def test_a_new_property_stands_at_the_end_of_its_table() -> None:
    """Not under the heading of the next one."""
    new = set_property(DOCUMENT, ("w3svc",), "ConnectionTimeout", 5)
    assert b"# first page\nConnectionTimeout = 5\n\n# site one\n" in new


@pytest.mark.parametrize(
    ("octets", "path", "after"),
    [
        (b"[x]", ("x",), b"[x]\nPath = 'n'\n"),
        (b"[x]\r\n", ("x",), b"[x]\r\nPath = 'n'\r\n"),
        (b"\r\n[x]", ("x",), b"\r\n[x]\r\nPath = 'n'\r\n"),
        (b"[x]\na = 1", ("x",), b"[x]\na = 1\nPath = 'n'"),
        (b"[x]\ny.a = 1", ("x",), b"[x]\ny.a = 1\nPath = 'n'"),
        (b"[x]\r\na = 1\r\n\r\n[y]\r\n", ("x",),
         b"[x]\r\na = 1\r\nPath = 'n'\r\n\r\n[y]\r\n"),
        (BOM + b"[x]\n", ("x",), BOM + b"[x]\nPath = 'n'\n"),
        (BOM + b"a = 1\n", (), BOM + b"a = 1\nPath = 'n'\n"),
        (BOM, (), BOM + b"Path = 'n'\n"),
        (b"", (), b"Path = 'n'\n"),
        (b"[x.y]\na = 1\n", ("x",), b"[x]\nPath = 'n'\n\n[x.y]\na = 1\n"),
        (b"[x.y]\r\n", ("X",), b"[x]\r\nPath = 'n'\r\n\r\n[x.y]\r\n"),
        (b"x = { a = 1 }\n", ("x",), b"x = { a = 1 , Path = 'n'}\n"),
        (b"[x]\ny.a = 1\n", ("x", "y"), b"[x]\ny.a = 1\ny.Path = 'n'\n"),
        (b'[x]\na = """\n[y]\n\n# b"""\n\n[y]\n', ("x",),
         b'[x]\na = """\n[y]\n\n# b"""\nPath = \'n\'\n\n[y]\n'),
    ],
)  # fmt: skip
def test_a_set_fits_the_form_it_finds(
    octets: bytes, path: tuple[str, ...], after: bytes
) -> None:
    """Line ends, byte order mark, inline and dotted forms stay what they are."""
    found = set_property(octets, path, "Path", "n").replace(b'"n"', b"'n'")
    assert found.replace(b"1, Path", b"1 , Path").replace(b"'n' }", b"'n'}") == after


@pytest.mark.parametrize(
    ("octets", "path", "name"),
    [
        (b"[x.Path]\n", ("x",), "Path"),
        (b"[x]\nPath.a = 1\n[x.Path.b]\n", ("x",), "Path"),
        (b"[x]\nPath = {}\n", ("x",), "path"),
        (b"[[x]]\n", ("x", "y"), "Path"),
        (b"[[x]]\n[x.y.z]\n", ("x", "y"), "Path"),
    ],
)
def test_a_set_that_would_break_the_file_is_refused(
    octets: bytes, path: tuple[str, ...], name: str
) -> None:
    """A table and a value of one name make a document no parser reads."""
    with pytest.raises(BindctlError) as caught:
        set_property(octets, path, name, "n")
    assert caught.value.code in {"MET101", "MET108"}


def test_a_set_at_a_missing_key_is_refused() -> None:
    """As on IIS: `create` makes keys, `set` does not."""
    with pytest.raises(BindctlError, match="/LM/W3SVC/9 is not") as caught:
        set_property(DOCUMENT, ("w3svc", "9"), "Path", "n")
    assert (caught.value.code, caught.value.hresult) == ("MET101", 0x80070003)


@pytest.mark.parametrize("value", [True, 1, "1", ["1"]])
def test_setting_another_type_is_a_change(value: object) -> None:
    """Python holds True equal to 1; TOML and the schema do not."""
    octets = b"[x]\na = 1\n"
    assert (set_property(octets, ("x",), "a", value) == octets) is (
        value == 1 and value is not True
    )


def test_a_deleted_property_takes_its_line_with_it() -> None:
    """Nothing else moves."""
    found = delete_property(DOCUMENT, ("w3svc", "1"), "SERVERCOMMENT")
    assert found == DOCUMENT.replace(b'ServerComment  = "Test"\n', b"")
    assert delete_property(DOCUMENT, ("w3svc", "1"), "Path") is None
    assert delete_property(DOCUMENT, ("w3svc",), "1") is None
    with pytest.raises(BindctlError, match="/LM/W3SVC/9"):
        delete_property(DOCUMENT, ("w3svc", "9"), "Path")


@pytest.mark.parametrize(
    ("octets", "path", "after"),
    [
        (DOCUMENT, ("w3svc", "1"), DOCUMENT[: DOCUMENT.index(b"# site one")]),
        (b"[a]\nx = 1\n\n[b]\ny = 1\n\n[c]\n", ("b",), b"[a]\nx = 1\n\n[c]\n"),
        (b"[a]\nx = 1\n# on b\n[b]\n", ("a",), b"# on b\n[b]\n"),
        (b"\n\n[a]\n[b]\n", ("b",), b"\n\n[a]\n"),
        (b"[a]\n[a.b]\n[c]\n[a.d]\n", ("a",), b"[c]\n"),
        (b"[a.b]\n[c]\n", ("a",), b"[c]\n"),
        (b"[a]\n[[a.rows]]\n[[a.rows]]\nx = 1\n[c]\n", ("a",), b"[c]\n"),
        (b'[a]\nx = """\n# 1\n# 2"""\n[b]\n', ("b",), b'[a]\nx = """\n# 1\n# 2"""\n'),
        (b"[x]\na.p = 1\n[x.a.c]\n", ("x", "a"), b"[x]\n"),
        (b"[x]\na = { p = 1 }\nb = 2\n", ("x", "a"), b"[x]\nb = 2\n"),
    ],
)
def test_a_deleted_key_takes_all_below_it(
    octets: bytes, path: tuple[str, ...], after: bytes
) -> None:
    """And its own comment, and nothing of its neighbours."""
    assert delete_key(octets, path) == after


def test_deleting_a_missing_key_is_refused() -> None:
    """The script is told; the file is not written."""
    with pytest.raises(BindctlError, match="/LM/W3SVC/9"):
        delete_key(DOCUMENT, ("w3svc", "9"))


@pytest.mark.parametrize(
    ("octets", "path", "after"),
    [
        (b"", ("W3SVC", "1"), b'[w3svc.1]\nPath = "n"\n'),
        (b"a = 1", ("x",), b'a = 1\n\n[x]\nPath = "n"\n'),
        (b"[x]\r\na = 1", ("x", "y"), b'[x]\r\na = 1\r\n\r\n[x.y]\r\nPath = "n"\r\n'),
        (b"[X]\n[z]\n", ("x", "Y"), b'[X]\n\n[X.Y]\nPath = "n"\n[z]\n'),
        (b"[x]\na = 1\n\n# on z\n[z]\n", ("x", "y"),
         b'[x]\na = 1\n\n[x.y]\nPath = "n"\n\n# on z\n[z]\n'),
        (b"[x]\na = '''\n\n# b'''\n", ("x", "y"),
         b"[x]\na = '''\n\n# b'''\n\n[x.y]\nPath = \"n\"\n"),
        (b"[x]\n", ("x", "0.0.0.0:443"), b'[x]\n\n[x."0.0.0.0:443"]\nPath = "n"\n'),
        (b"[x]\ny.a = 1\n", ("x", "y", "z"),
         b'[x]\ny.a = 1\n\n[x.y.z]\nPath = "n"\n'),
        (BOM + b"[x]\n", ("x", "y"), BOM + b'[x]\n\n[x.y]\nPath = "n"\n'),
    ],
)  # fmt: skip
def test_a_new_key_stands_after_its_parent(
    octets: bytes, path: tuple[str, ...], after: bytes
) -> None:
    """A site's folder stays with the site, in the letter case the file uses."""
    assert create_key(octets, path, {"Path": "n"}) == after


@pytest.mark.parametrize(
    ("octets", "path", "code"),
    [
        (b"[x]\n", ("X",), "MET106"),
        (b"[x.y]\n", ("x",), "MET106"),
        (b"", (), "MET106"),
        (b"x = { y = {} }\n", ("x", "y"), "MET106"),
        (b"x = {}\n", ("x", "y"), "MET108"),
        (b"[x]\ny = 1\n", ("x", "y"), "MET108"),
        (b"[x]\ny = {}\n", ("x", "y", "z"), "MET108"),
        (b"[[x]]\n", ("x",), "MET108"),
        (b"[[x]]\n", ("x", "y"), "MET108"),
        (b"[x]\ny = oops\n", ("x", "y"), "MET002"),
    ],
)
def test_a_key_without_room_is_refused(
    octets: bytes, path: tuple[str, ...], code: str
) -> None:
    """The file stays readable whatever is asked for."""
    with pytest.raises(BindctlError) as caught:
        create_key(octets, path, {})
    assert caught.value.code == code


RESERVED = b"""\
schema_version = 1
[w3svc.1]
[[test]]
url = "http://a/"
[test.request]
x = 1
[[w3svc.rows]]
y = 1
[w3svc.rows.below]
[check]
z = 1
"""
NO_KEYS = [
    ("test",),
    ("TEST", "request"),
    ("check",),
    ("w3svc", "ROWS"),
    ("w3svc", "rows", "below"),
    ("schema_version",),
]


@pytest.mark.parametrize("path", NO_KEYS)
def test_the_files_own_tables_are_no_keys_for_any_edit(path: tuple[str, ...]) -> None:
    """`delete /test` took tests that no other command would show."""
    assert read_key(RESERVED, path) is None
    for edit in (
        lambda: delete_key(RESERVED, path),
        lambda: delete_property(RESERVED, path, "x"),
        lambda: set_property(RESERVED, path, "x", 1),
    ):
        with pytest.raises(BindctlError) as caught:
            edit()
        assert caught.value.code == "MET101"
    with pytest.raises(BindctlError) as caught:
        create_key(RESERVED, path, {})
    assert caught.value.code == "MET108"


def test_the_files_own_entries_are_no_properties() -> None:
    """`delete /schema_version` would leave a file of no version."""
    assert delete_property(RESERVED, (), "Schema_Version") is None


def test_brackets_in_a_string_are_no_array_of_tables() -> None:
    """A comment of several lines hides no key."""
    octets = b'[w3svc]\nServerComment = """\n[[w3svc.1]]\n"""\n[w3svc.1]\n'
    assert read_key(octets, ("w3svc", "1")) == {}


@pytest.mark.parametrize("bad", ["\udcff", "a\ud800b"])
def test_words_that_are_not_unicode_are_refused_before_the_edit(bad: str) -> None:
    """An old console's octets ended in a traceback."""
    for code, edit in (
        ("MET105", lambda: set_property(DOCUMENT, ("w3svc",), "A", bad)),
        ("MET105", lambda: set_property(DOCUMENT, ("w3svc",), "A", ["x", bad])),
        ("MET108", lambda: set_property(DOCUMENT, ("w3svc",), bad, "x")),
        ("MET101", lambda: set_property(DOCUMENT, ("w3svc", bad), "A", "x")),
        ("MET108", lambda: create_key(DOCUMENT, ("w3svc", bad), {})),
        ("MET105", lambda: create_key(DOCUMENT, ("w3svc", "9"), {"Path": bad})),
    ):
        with pytest.raises(BindctlError) as caught:
            edit()
        assert caught.value.code == code


@pytest.mark.parametrize("end", [b"", b"\r\n"])
@pytest.mark.parametrize("name", ["ServerComment", "B"])
def test_a_property_goes_from_a_file_of_windows(name: str, end: bytes) -> None:
    """Editors of Windows write CRLF, and often no line end after the last line."""
    lines = [b"[w3svc.1]", b'ServerComment = "a"', b'B = "c"']
    after = delete_property(b"\r\n".join(lines) + end, ("w3svc", "1"), name)
    kept = [line for line in lines if not line.startswith(name.encode())]
    assert after == b"\r\n".join(kept) + end
    assert read_key(after, ("w3svc", "1")) is not None
