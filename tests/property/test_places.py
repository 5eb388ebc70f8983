"""Law: the place of a property, or of an item, is where its text stands."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from bindctl.toml.line_index import LineIndex
from bindctl.toml.reader import parse_document
from bindctl.toml.scanner import BOM
from tests.property.strategies import Document, documents

ITEMS = st.lists(
    st.sampled_from(
        ['":80:a"', "':81:b'", '":82:b\u00fccher"', '"# [x] = {"', "'\"'", '"\\\\"']
    ),
    max_size=4,
)
GAPS = st.sampled_from(["", " ", "\t", "\n  ", ' # "why"\n'])


@st.composite
def sites(draw: st.DrawFn) -> tuple[bytes, list[str]]:
    """A document with one site in one of TOML's layouts, and the items of its list."""
    items = draw(ITEMS)
    gap, inner = draw(GAPS), draw(st.sampled_from(["", " ", "\t"]))
    spelt = draw(
        st.sampled_from(["ServerBindings", '"serverbindings"', "'SERVERBINDINGS'"])
    )
    value = f"[{gap}" + f"{inner},{gap}".join(items) + f"{gap}]"
    flat = "[" + f"{inner},{inner}".join(items) + "]"  # TOML 1.0: no line ends inside
    text = draw(
        st.sampled_from(
            [
                f"[w3svc.1]\nSslFlags = 0\n{inner}{spelt}{inner}={inner}{value} # x\n",
                f"w3svc.1.{spelt} = {value}\n[w3svc.2]\n{spelt} = []\n",
                f"[w3svc]\n2.{spelt} = []\n1 . {spelt} = {value}\n",
                f'[w3svc]\n1 = {{ ServerComment = "{{ServerBindings = [", {spelt} = {flat} }}\n',
                f"w3svc = {{ 2 = {{ {spelt} = [] }}, 1.{spelt} = {flat} }}\n",
                f'[w3svc.1]\nServerComment = """\n{{\n[w3svc.1]"""\n{spelt} = {value}',
            ]
        )
    )
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return (BOM if draw(st.booleans()) else b"") + text.encode(), items


def _text_at(octets: bytes, line: int, column: int, end: int) -> str:
    lines = octets.removeprefix(BOM).decode().replace("\r\n", "\n").split("\n")
    return lines[line - 1][column - 1 : end - 1]


@given(sites())
def test_an_item_is_where_its_text_stands(made: tuple[bytes, list[str]]) -> None:
    """Tables, dotted keys and inline tables, with any line ends."""
    octets, items = made
    document = parse_document(octets)
    assert isinstance(document["w3svc"], dict)
    index = LineIndex(octets)
    for number, item in enumerate(items):
        spot = index.locate(("w3svc", "1"), "ServerBindings", number)
        assert spot is not None
        assert spot.column is not None
        assert spot.end_column is not None
        assert _text_at(octets, spot.line, spot.column, spot.end_column) == item
        assert spot.text == item
    spot = index.locate(("w3svc", "1"), "ServerBindings")
    assert spot is not None
    assert spot.column is not None
    assert spot.end_column is not None
    name = _text_at(octets, spot.line, spot.column, spot.end_column)
    assert name.strip("\"'").lower() == "serverbindings"


@given(documents())
def test_every_property_is_found_by_its_own_name(document: Document) -> None:
    """Odd documents too: each own property of each table is exactly its key."""
    octets = document.octets
    parsed = tomllib.loads(octets.removeprefix(BOM).decode())
    index = LineIndex(octets)
    for path in document.paths:
        values: object = parsed
        for name in path:
            assert isinstance(values, dict)
            values = values[name]
        assert isinstance(values, dict)
        for name, value in values.items():
            if isinstance(value, dict):
                continue
            spot = index.locate(path, name)
            assert spot is not None
            assert spot.column is not None
            assert spot.end_column is not None
            key = _text_at(octets, spot.line, spot.column, spot.end_column)
            assert key.strip("\"'") == name
