"""Lines of findings: of keys, of properties, and of what has no table."""

from __future__ import annotations

import time

import pytest

from bindctl.metabase.line_index import LineIndex

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
    assert LineIndex(b"\xef\xbb\xbf" + DOCUMENT).find(path, name) == line


def test_ten_thousand_lines_are_found_in_one_pass() -> None:
    """`check` of a large metabase with many findings takes seconds, not minutes."""
    sites = 10_000
    octets = b"".join(b"[w3svc.%d]\nOops = 1\n\n" % n for n in range(sites))
    started = time.perf_counter()
    index = LineIndex(octets)
    found = [index.find(("w3svc", str(n)), "Oops") for n in range(sites)]
    assert found == [3 * n + 2 for n in range(sites)]
    assert time.perf_counter() - started < 5.0  # a pass a finding took forty
