"""Law: what get --inherited finds from table to table is in force in the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bindctl.metabase.tree import make_tree, require_row
from bindctl.operations.editing.properties import find_in_force
from bindctl.toml import document
from bindctl.toml.reader import parse_document
from tests.property.strategies import documents

if TYPE_CHECKING:
    from tests.property.strategies import Document

_names = st.sampled_from(
    ["ServerComment", "ServerBindings", "SecureBindings", "SslFlags", "MaxBandwidth"]
)


_PATHS = ((), ("w3svc",), ("W3SVC", "1"), ("w3svc", "1", "root"))
_lines = st.lists(
    st.sampled_from(
        [
            'ServerComment = "x"',
            'serverbindings = [":80:"]',
            "SslFlags = ['SslFlagsSni']",
            "MaxBandwidth = 7",
            "MaxBandwidth = 'much'",
        ]
    ),
    unique_by=lambda line: line.split(" ")[0],
    max_size=3,
)


@given(documents(), _names)
def test_both_readings_agree_on_odd_documents(written: Document, name: str) -> None:
    """The quick path reads a few tables; the server reads the whole file."""
    _hold_equal(written.octets, ((), *written.paths), name)


@given(st.tuples(_lines, _lines, _lines, _lines), _names)
def test_both_readings_agree_on_what_is_handed_down(
    tables: tuple[list[str], ...], name: str
) -> None:
    """Some properties are, some are not, and a value of a wrong type never is."""
    headers = ("", "[w3svc]", "[w3svc.1]", "[w3svc.1.root]")
    parts = [
        "\n".join((header, *lines))
        for header, lines in zip(headers, tables, strict=True)
    ]
    _hold_equal("\n".join(parts).encode(), _PATHS, name)


def _hold_equal(octets: bytes, paths: tuple[tuple[str, ...], ...], name: str) -> None:
    root = make_tree(parse_document(octets))
    row = require_row(name)
    for path in paths:
        key = root.find(*path)
        if key is None:
            continue

        def read(above: tuple[str, ...]) -> dict[str, object] | None:
            return document.read_key(octets, above)

        value, holder = find_in_force(read, path, row)
        assert value == key.effective(row)
        above = None if holder is None else root.find(*holder)
        assert above is None or above.own(row) == value
