"""Lines of findings: of keys, of properties, and of what has no table."""

from __future__ import annotations

import time

import pytest

from bindctl.toml.line_index import LineIndex
from bindctl.toml.scanner import BOM

DOCUMENT = b"""\
# top

schema_version = 1

# the service
[w3svc]
DefaultDoc = "a.htm"   # first page
2.Path = "x"
3 = { Path = "y" }

# site one
[w3svc.1]
ServerComment  = "Test"
ServerBindings = [
  ":80:a",  # why
  ":80:b",
]
"SslFlags" = 1

[ w3svc . 1 . "root" ]
Path = 'sites/a'
path = 'sites/b'

[w3svc.1.ROOT]
[http.sslcert."0.0.0.0:443"]
"""


@pytest.mark.parametrize(
    ("path", "name", "line"),
    [
        ((), None, 1),
        ((), "schema_version", 3),
        (("w3svc",), None, 6),
        (("W3SVC", "1"), "ServerBindings", 14),
        (("w3svc", "1"), "serverbindings", 14),
        (("w3svc", "1"), "SslFlags", 18),
        (("w3svc", "1"), "MaxBandwidth", 12),
        (("w3svc", "1", "root"), "Path", 21),
        (("w3svc", "1", "root"), "path", 22),
        (("w3svc", "1"), "ROOT", 24),
        (("w3svc", "2"), "Path", 8),
        (("w3svc", "3"), "Path", 9),
        (("http", "sslcert"), None, 25),
        (("http", "sslcert", "0.0.0.0:443"), None, 25),
        (("w3svc", "2"), None, 8),
        (("w3svc", "3"), "MaxBandwidth", 9),
        (("w3svc", "9"), None, None),
    ],
)
def test_a_finding_points_at_its_line(
    path: tuple[str, ...], name: str | None, line: int | None
) -> None:
    """An editor jumps there."""
    assert LineIndex(DOCUMENT).find(path, name) == line
    crlf = LineIndex(DOCUMENT.replace(b"\n", b"\r\n"))
    assert crlf.find(path, name) == line
    assert LineIndex(BOM + DOCUMENT).find(path, name) == line


ARRAYS = b"""\
[[top]]
[w3svc.1.root]
[[w3svc.2]]
[[w3svc.2.root]]
[[w3svc.2]]
[[w3svc.3.weird]]
[w3svc.4]
weird = [
  { a = 1 },
]
[[W3SVC.5]]
"""


@pytest.mark.parametrize(
    ("path", "name", "line"),
    [
        ((), "top", 1),
        (("w3svc",), "2", 3),
        (("w3svc", "3"), "weird", 6),
        (("w3svc", "4"), "weird", 8),
        (("w3svc",), "5", 11),
        (("w3svc",), "9", 2),
        (("w3svc",), None, 2),
    ],
)
def test_an_array_of_tables_is_where_its_first_header_is(
    path: tuple[str, ...], name: str | None, line: int
) -> None:
    """No key is there: the finding says so of a property of the key above."""
    assert LineIndex(ARRAYS).find(path, name) == line
    explicit = ARRAYS.replace(b"[w3svc.1.root]", b"[w3svc]")
    assert LineIndex(explicit).find(path, name) == line


# Where the mark is, and what of the line it covers.
ODD = """\
http.sslcert."0.0.0.0:443".CertHash = "x"
[w3svc]
1 = { ServerComment = "ServerBindings = [1]", ServerBindings = [":80:a", ':80:b'], root = { Path = "x" } }
2.ServerComment = "x"
2 . "serverbindings" = [":81:a"]
2.ROOT.Path = "x"
2.root.path = "y"
[w3svc.3]
\tServerBindings\t= [ # ":82:"
\t\t":82:b\u00fccher", ":82:b", # ]
  \"\"\"
:82:c\"\"\", ":82:d" ]
root.Path = "x"
root.AccessRead = true
"odd=name" = 1
"Esc\\u0061ped" = 2
[ w3svc . 3 . "root" . images ]  # ]
Path = "y"
"""


@pytest.mark.parametrize(
    ("place", "line", "text"),
    [
        ("http/sslcert/0.0.0.0:443 CertHash", 1, "CertHash"),
        ("http/sslcert", 1, None),
        ("w3svc/1 ServerBindings", 3, "ServerBindings"),
        ("w3svc/1 serverbindings 0", 3, '":80:a"'),
        ("w3svc/1 ServerBindings 1", 3, "':80:b'"),
        ("w3svc/1 ServerBindings 7", 3, "ServerBindings"),
        ("w3svc/1/root Path", 3, "Path"),
        ("w3svc/1 SslFlags", 3, None),
        ("w3svc/2 ServerBindings", 5, '"serverbindings"'),
        ("w3svc/2 ServerBindings 0", 5, '":81:a"'),
        ("w3svc/2/root Path", 6, "Path"),
        ("w3svc/2/root path", 7, "path"),
        ("w3svc/2 SslFlags", 4, None),
        ("W3SVC/3 ServerBindings", 9, "ServerBindings"),
        ("w3svc/3 ServerBindings 0", 10, '":82:b\u00fccher"'),
        ("w3svc/3 ServerBindings 1", 10, '":82:b"'),
        ("w3svc/3 ServerBindings 2", 11, '"""'),
        ("w3svc/3 ServerBindings 3", 12, '":82:d"'),
        ("w3svc/3/root Path", 13, "Path"),
        ("w3svc/3/root AccessRead", 14, "AccessRead"),
        ("w3svc/3 odd=name", 15, '"odd=name"'),
        ("w3svc/3 Escaped", 16, '"Esc\\u0061ped"'),
        ("w3svc/3 SslFlags", 8, "[w3svc.3]"),
        ("w3svc/3/root", 13, None),
        ("w3svc/3/root/images", 17, '[ w3svc . 3 . "root" . images ]'),
        ("w3svc", 2, "[w3svc]"),
        ("w3svc/3/scripts Path", None, None),
    ],
)
@pytest.mark.parametrize("variant", ["plain", "crlf", "bom"])
def test_the_place_is_exact_however_it_is_written(
    place: str, line: int | None, text: str | None, variant: str
) -> None:
    """A caret below something else misleads, and a link jumps to the wrong word."""
    document = ODD.replace("\n", "\r\n") if variant == "crlf" else ODD
    octets = (BOM if variant == "bom" else b"") + document.encode()
    path, name, number = (*place.split(" "), None, None)[:3]
    index = None if number is None else int(number)
    spot = LineIndex(octets).locate(tuple(str(path).split("/")), name, index)
    if line is None:
        assert spot is None
        return
    assert spot is not None
    assert spot.line == line
    if spot.column is None or spot.end_column is None:
        assert text is None
        return
    shown = ODD.split("\n")[line - 1]
    assert shown[spot.column - 1 : spot.end_column - 1] == text
    is_item = index is not None and index < 7
    assert spot.text.startswith(text) if is_item else spot.text == ""


def test_ten_thousand_lines_are_found_in_one_pass() -> None:
    """`check` of a large metabase with many findings takes seconds, not minutes."""
    sites = 10_000
    octets = b"".join(b"[w3svc.%d]\nOops = 1\n\n" % n for n in range(sites))
    started = time.perf_counter()
    index = LineIndex(octets)
    found = [index.find(("w3svc", str(n)), "Oops") for n in range(sites)]
    assert found == [3 * n + 2 for n in range(sites)]
    assert time.perf_counter() - started < 5.0  # a pass a finding took forty
