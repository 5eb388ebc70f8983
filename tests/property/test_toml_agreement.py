"""Law: every reader takes what the standard library's parser takes, and no more.

That one is the judge of TOML 1.0. Documents are changed octet by octet, for what is
nearly TOML is where readers differ.
"""

from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import event, example, given
from hypothesis import strategies as st

from bindctl.findings.errors import BindctlError
from bindctl.toml.reader import parse_document, read_table
from bindctl.toml.scanner import BOM, Span, scan_tables
from bindctl.toml.vouching import is_plain_edit
from tests.property.strategies import documents, plain_value

_PIECE_LIST: list[bytes] = [
    *(bytes((octet,)) for octet in b"\r\n\t \0\x01\x0b\x0c\x1f\x7f\x80\xff"),
    *(bytes((octet,)) for octet in b"\"'[]{},.=#\\:-+_0a"),
    *(b"\r\n", b"\r\r\n", b"\n\r", BOM, b"\xc2\x85", b"\xe2\x80\xa8"),
    *(b"\\e", b"\\x41", b"\\u00e9", b"\\ud800", b"\\U00110000", b"\\\n"),
    *(b'"""', b"'''", b",}", b",\n}", b"{a=1,\nb=2}", b"{a={b=1,},c=1}"),
    *(b"12:30", b"2026-01-01T12:30", b"2026-01-01 12:30:00Z", b"1979-02-30"),
    *(b"1e400", b"0o17", b"1__0", b"00", b"9" * 30, b"[a]\n", b"a.b=1\n"),
    *("\u00e9 = 1\n".encode(), b"# \x01\n", b"\n[w3svc] x\n", b"\n[w3svc]\n"),
]
_PIECES = st.sampled_from(_PIECE_LIST)


_HEADERS = (b"[w3svc]\n", b"[w3svc.1]\n", b"[w3svc.1.root]\n", b"[http]\n")
_NEW_HEADERS = (
    *(b"[w3svc.2]\n", b"[w3svc.2.root]\n", b"[w3svc.1.Path]\n", b"[w3svc.1.root.x]\n"),
    *_HEADERS,
)
_PLAIN_LINES = st.sampled_from(
    [
        *(b"Path = 'x'\n", b"root = 1\n", b"ServerBindings = [':80:']\n"),
        *(
            b"images = 2\r\n",
            b"1 = 2\n",
            b"2 = 2\n",
            b"# remark\n",
            b"# [w3svc.1]\n",
            b"\n",
        ),
    ]
)
_ODD_LINES = st.sampled_from(
    [
        *(b"images = ''", b"Path.x = 1\n", b"[w3svc.1.Path]\n", b"[[w3svc.1.Path]]\n"),
        *(b'[ w3svc . 1 .   "Path" ]\n', b'[w3svc.1."\\u0050ath"]\n', b"# c[http]\n"),
        *(b"2.x = 1\n", b"w3svc.2.x = 1\n", b"[w3svc.'2']\n", b"[[w3svc.2]]\n"),
        *(b"x = [\n", b"],\n", b"]\n", b"[1]\n", b"[inf],\n", b"x = {\n", b"\r"),
    ]
)
_SOME_LINES = st.lists(_PLAIN_LINES | _PLAIN_LINES | _ODD_LINES, max_size=2)


@st.composite
def _nearly_documents(draw: st.DrawFn) -> bytes:
    return _change(draw, draw(documents()).octets, draw(st.integers(0, 3)))


def _change(draw: st.DrawFn, octets: bytes, count: int) -> bytes:
    for _change in range(count):
        start = draw(st.integers(0, len(octets)))
        end = min(len(octets), start + draw(st.sampled_from([0, 0, 1, 1, 2, 9])))
        octets = octets[:start] + draw(st.just(b"") | _PIECES) + octets[end:]
    return octets


@st.composite
def _edits(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """Two texts of which the second is the first with lines in, out or changed."""
    lines: list[bytes] = []
    for header in draw(st.lists(st.sampled_from(_HEADERS), min_size=1, unique=True)):
        lines += [header, *draw(st.lists(_PLAIN_LINES, max_size=3, unique=True))]
    if draw(st.integers(0, 3)) == 0:
        lines.insert(draw(st.integers(0, len(lines))), draw(_ODD_LINES))
    before = b"".join(lines)
    start = draw(st.integers(0, len(lines)))
    end = min(len(lines), start + draw(st.sampled_from([0, 0, 1, 2, 5])))
    lines[start:end] = draw(_SOME_LINES)
    for header in draw(st.lists(st.sampled_from(_NEW_HEADERS), max_size=2)):
        lines[start:start] = [header, *draw(st.lists(_PLAIN_LINES, max_size=2))]
    after = b"".join(lines)
    return before, _change(draw, after, draw(st.sampled_from([0, 0, 0, 1])))


def _judge(octets: bytes) -> Any:
    """What the judge reads; `None` where it refuses."""
    try:
        return plain_value(tomllib.loads(octets.decode()))
    except (ValueError, RecursionError):
        return None


def _outcome(read: Any) -> Any:
    """What a reader of ours reads; `None` where it refuses, in the words it has."""
    try:
        return plain_value(read())
    except BindctlError as error:
        return None if error.code == "MET002" else error


@given(_nearly_documents())
@example(b"a = 1\r\r\n")
@example(b"a = 1\r")
@example(b"# \r\n\ra = 1")
@example(BOM + BOM + b"a = 1")
@example(b"a = {b = 1, c = [\n2\n]}")
@example(b"a = {b = 1,\n c = 2}")
@example(b"a = {b = {c = 1,},}")
@example(b"a = {b = 1 # c\n}")
@example(b'a = "\\e"')
@example(b'a = """\\\\\\x41"""')
@example(b"a = ['x', 12:30]")
@example(b"a = ['x', {b = 2026-01-01T12:30}]")
def test_whole_documents_are_read_as_the_judge_reads_them(octets: bytes) -> None:
    """A command would otherwise write what another, or other people's tools, refuse."""
    assert _outcome(lambda: parse_document(octets)) == _judge(octets.removeprefix(BOM))


@given(_nearly_documents())
@example(b"a = 1\r")
@example(b"\ra = 1")
@example(b"# \x01\na = 1")
@example(b"# \xff\na = 1")
@example(b"# \r\na = 1\r")
@example(b"\n" + BOM + b"a = 1")
def test_tables_are_read_as_the_judge_reads_them(octets: bytes) -> None:
    """`get` reads one table: it has to see in it what the service sees."""
    start = len(BOM) if octets.startswith(BOM) else 0
    for span in scan_tables(octets):
        body = octets[span.body : span.end]
        assert _outcome(lambda: read_table(octets, span)) == _judge(body)  # noqa: B023 - called here
    whole = Span((), 0, start, len(octets))
    assert _outcome(lambda: read_table(octets, whole)) == _judge(octets[start:])


@given(_nearly_documents())
@example(b"[w3svc] x\na = 1")
@example(b"[w3svc] # \x01\na = 1")
@example(b"[w3svc] # x\r")
@example(b'["w3svc\r"]\n')
@example("[\u00e9]\na = 1".encode())
def test_a_header_is_one_where_the_judge_takes_it(octets: bytes) -> None:
    """An edit would otherwise land in a table that nobody else sees."""
    for span in scan_tables(octets):
        if span.path:
            found = _judge(octets[span.start : span.body])
            for name in span.path:
                assert found is not None
                found = found[name]
                found = found[0] if span.is_array and found == [{}] else found
            assert found == {}


@given(_edits())
@example((b"[a]\nb = 1\n[a.c]\n", b"[a]\nc = 1\n[a.c]\n"))
@example((b"[a]\nb = 1\n[b]\n# c[b]\nk = 1", b"[a]\nb = 1\n[b]\n# c\n[b]\nk = 1"))
@example((b"[a]\r\nb = 1\r\nc = 2", b"[a]\r\nb = 1\r"))
@example((b"[a]\nx = [\n[1],\n]\n", b"[a]\nx = [\n[1],\nb = 1\n]\n"))
@example((b"[w3svc]\n", b"[w3svc.2.root]\n[[w3svc.2]]\n[w3svc]\n"))
@example((b"[a]\nb = 1\n", b'[a]\nb = 1\n[c]\nd = """\n[e]\n'))
def test_an_edit_that_is_called_plain_leaves_a_document(
    texts: tuple[bytes, bytes],
) -> None:
    """Such a write is not read as a whole again before it replaces the file."""
    before, after = texts
    is_plain = before != after and is_plain_edit(before, after)
    event(f"plain: {is_plain}")
    if is_plain and _judge(before) is not None:
        event("is document")
        assert _judge(after) is not None
