"""The scanner: headers and their look-alikes."""

from __future__ import annotations

import pytest

from bindctl.toml.scanner import (
    Span,
    content_end,
    find_table,
    line_of,
    scan_tables,
    start_with_comment,
    statements,
    trim_end,
)

BOM = b"\xef\xbb\xbf"


def _paths(octets: bytes) -> list[tuple[str, ...]]:
    return [span.path for span in scan_tables(octets)[1:]]


@pytest.mark.parametrize(
    ("octets", "path"),
    [
        (b"[w3svc.1]", ("w3svc", "1")),
        (b"[w3svc.1]\r\n", ("w3svc", "1")),
        (BOM + b"[w3svc.1]\n", ("w3svc", "1")),
        (b"  [ w3svc . 1 ]  # comment", ("w3svc", "1")),
        (b"\t[w3svc.1]\n", ("w3svc", "1")),
        (b'["w3svc"."1"]', ("w3svc", "1")),
        (b"['w3svc'.'1']", ("w3svc", "1")),
        (b'[http.sslcert."0.0.0.0:443"]', ("http", "sslcert", "0.0.0.0:443")),
        (b'[http.sslcert."a]b"]', ("http", "sslcert", "a]b")),
        (b'["a\\"b"]', ('a"b',)),
        (b'["a\\u0020b"]', ("a b",)),
        (b"['a\\b']", ("a\\b",)),
        ('["bücher"]'.encode(), ("bücher",)),
        (b"[W3SVC.1.ROOT]", ("W3SVC", "1", "ROOT")),
    ],
)
def test_a_header_is_read_however_it_is_spelt(
    octets: bytes, path: tuple[str, ...]
) -> None:
    """A table not found is a key that `get` denies and `set` writes twice."""
    assert _paths(octets) == [path]


@pytest.mark.parametrize(
    "octets",
    [
        b"# [w3svc.1]\n",
        b"x = 1 # [w3svc.1]\n",
        b'x = "[w3svc.1]"\n',
        b'x = """\n[w3svc.1]\n"""\n',
        b"x = '''\n[w3svc.1]\n'''\n",
        b'x = """\\\n[w3svc.1]\\"""\n[w3svc.1]"""\n',
        b'x = """a""""" # five quotes\n',
        b'x = ["""\n[w3svc.1]\n"""]\n',
        b"x = [\n[w3svc.1],\n]\n",
        b"x = [[1]\n,\n[2]\n]\n",
        b"x = [1 # ]\n,\n[2]\n]\n",
        b"x = [{}, []\n,\n[2]\n]\n",
        b'x = [\n  # ]\n[1],\n["]"],\n]\n',
        b"x = { a = [\n[1]\n] }\n",
        b"[w3svc.1\n",
        b"[]\n",
        b"[w3svc..1]\n",
        b'["w3svc]\n',
        b"",
    ],
)
def test_a_look_alike_is_no_header(octets: bytes) -> None:
    """An edit put after a look-alike lands inside a string and breaks the file."""
    assert _paths(octets) == []


def test_quotes_before_the_closing_three_belong_to_the_string() -> None:
    """A string may end in quotes; what follows must not be read as inside of it."""
    octets = b'x = ["""a"""", "["]\ny = [\'\'\'b\'\'\'\'\', "]["]\n[w3svc]\n'
    assert _paths(octets) == [("w3svc",)]


def test_an_array_of_tables_is_told_from_a_table() -> None:
    """`[[x]]` may stand twice; it is no key."""
    spans = scan_tables(b"[[x]]\n[[ x ]]\n[y]\n")
    assert [(s.path, s.is_array) for s in spans[1:]] == [
        (("x",), True),
        (("x",), True),
        (("y",), False),
    ]


@pytest.mark.parametrize(
    "octets",
    [
        b"[w3svc.1]\na = 1\n\n[w3svc.2]\nb = 2\n",
        b"x = 1\r\n[w3svc.1]\r\na = [\r\n[1],\r\n]\r\n[w3svc.2]\r\n",
        BOM + b"[w3svc.1]\n[w3svc.2]",
        b"[w3svc.10]\n[w3svc.1.root]\n[w3svc.1]\n  [w3svc.2]\n",
        b"[w3svc.1] # [w3svc.9]\nx = 'a' # [y]\n[w3svc.2]\n",
    ],
)
def test_the_quick_search_finds_the_same_table(octets: bytes) -> None:
    """`get` uses it; a wrong end would print a neighbour's value."""
    slow = next(s for s in scan_tables(octets) if s.path == ("w3svc", "1"))
    quick = find_table(octets, ("W3SVC", "1"))
    assert quick is not None
    assert (quick.start, quick.body, quick.end) == (slow.start, slow.body, slow.end)


def test_the_quick_search_finds_quoted_names() -> None:
    """Certificate records have them: an address and a port."""
    octets = b'[w3svc]\n[http.sslcert."0.0.0.0:443"]\nx = 1\n'
    quick = find_table(octets, ("HTTP", "SslCert", "0.0.0.0:443"))
    slow = scan_tables(octets)[2]
    assert quick is not None
    assert (quick.start, quick.body, quick.end) == (slow.start, slow.body, slow.end)
    assert find_table(b'[a."b\\"c"]\n', ("a", 'b"c')) is None


@pytest.mark.parametrize(
    ("octets", "path"),
    [
        (b"x = [\n[inf]\n]\n", ("inf",)),
        (b"x = [\n[1]\n]\n", ("1",)),
        (b'x = """\n[w3svc]\n"""\n', ("w3svc",)),
        (b"[W3SVC]\n", ("w3svc",)),
        (b"[[w3svc]]\n", ("w3svc",)),
        (b"[w3svc.1]\n", ("w3svc",)),
        (b"x = 1\n", ()),
        (b'["0.0.0.0:443"]\n', ("0.0.0.0:443",)),
        (b'[""]\n', ("",)),
    ],
)
def test_the_quick_search_answers_only_when_it_is_sure(
    octets: bytes, path: tuple[str, ...]
) -> None:
    """What it cannot tell from a look-alike it leaves to the exact scan."""
    assert find_table(octets, path) is None


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (b"a = 1\n\n# next\n", b"a = 1\n"),
        (b"a = 1\n# mine\n\n# next\n", b"a = 1\n# mine\n"),
        (b"a = 1\n\n\n", b"a = 1\n"),
        (b"# only a comment\n\n", b"# only a comment\n"),
        (b"\n# next\n", b""),
        (b'a = """\n\n# text"""\n\n# next\n', b'a = """\n\n# text"""\n'),
        (b"a = [\n  1,\n\n  # why\n]\n\n", b"a = [\n  1,\n\n  # why\n]\n"),
        (b"a = 1\r\n\r\n# next\r\n", b"a = 1\r\n"),
        (b"a = 1", b"a = 1"),
    ],
)
def test_a_table_ends_before_the_remark_on_the_next(body: bytes, kept: bytes) -> None:
    """A new property would otherwise stand under somebody else's heading."""
    octets = b"[x]\n" + body + b"[y]\n" * body.endswith(b"\n")
    span = scan_tables(octets)[1]
    assert octets[span.body : trim_end(octets, span)] == kept


def test_the_end_of_a_string_is_no_comment_of_the_next_table() -> None:
    """Deleting the next table would otherwise cut the string in two."""
    octets = b'[x]\na = """\n# one\n# two"""\n[y]\n'
    _root, first, second = scan_tables(octets)
    assert content_end(octets, first) == second.start
    assert start_with_comment(octets, second, first) == second.start


def test_a_comment_right_above_a_header_belongs_to_it() -> None:
    """It goes when the table goes, and only then."""
    octets = b"[x]\na = 1\n\n# about y\n# more\n[y]\n"
    _root, first, second = scan_tables(octets)
    assert octets[start_with_comment(octets, second, first) :].startswith(b"# about")


def test_statements_are_found_whole() -> None:
    """A finding points at the line of its property."""
    octets = b'[x]\n# c\na = 1\n\n  b = [\n 1\n]\nc = """\n\n"""\nd = 2'
    span = scan_tables(octets)[1]
    found = [
        octets[start:end].split(b" ")[0] for start, end in statements(octets, span)
    ]
    assert found == [b"a", b"b", b"c", b"d"]
    lines = [line_of(octets, start) for start, _end in statements(octets, span)]
    assert lines == [3, 5, 8, 11]


def test_a_span_is_a_plain_record() -> None:
    """Callers make spans of their own for what they wrote."""
    span = Span(("x",), 1, 2, 3)
    assert (span.path, span.start, span.body, span.end, span.is_array) == (
        ("x",),
        1,
        2,
        3,
        False,
    )
