"""A listing without the full parser is the full parser's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bindctl.metabase.tree import make_tree
from bindctl.operations.editing.keys import find_key
from bindctl.toml.reader import parse_document

_NAMES = st.sampled_from(["w3svc", "1", "2", "10", "root", "Filters", "docs", '"a b"'])
_LINES = st.sampled_from(
    [
        'ServerComment = "x"',
        'KeyType = "IIsWebDirectory"',
        "DontLog = true",
        'HttpErrors = [\n  "[w3svc.9]",\n]',
        "inline = { Path = 'a' }",
        "dotted.Path = 'b'",
        "# [w3svc.8]",
    ]
)
_TABLES = st.lists(
    st.tuples(
        st.lists(_NAMES, min_size=1, max_size=4),
        st.lists(_LINES, max_size=3, unique=True),
    ),
    max_size=6,
    unique_by=lambda table: tuple(table[0]),
)


@given(_TABLES, st.lists(_NAMES, max_size=4))
def test_listing_is_that_of_the_full_parser(
    tables: list[tuple[list[str], list[str]]], names: list[str]
) -> None:
    """ENUM would hide a site, or list one that the service does not have."""
    text = "schema_version = 1\n"
    for header, lines in tables:
        text += "\n".join(["", f"[{'.'.join(header)}]", *lines, ""])
    path = tuple(name.strip('"').upper() for name in names)
    slow = make_tree(parse_document(text.encode())).find(*path)
    quick = find_key(text.encode(), path)
    assert (quick is None) == (slow is None)
    if quick is None or slow is None:
        return
    assert quick.key_type == slow.key_type
    assert quick.raw == slow.raw
    assert [key.path[-1] for key in quick.children()] == [
        key.path[-1] for key in slow.children()
    ]
    shown = [(row.name, value) for row, value in quick.own_properties()]
    assert shown == [(row.name, value) for row, value in slow.own_properties()]
