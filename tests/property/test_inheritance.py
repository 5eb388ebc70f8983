"""Law: an inheritable property is seen below, any other is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bindctl.metabase.schema import LIST_TYPES, Property
from bindctl.metabase.schema_data import PROPERTIES
from bindctl.metabase.tree import make_tree

if TYPE_CHECKING:
    from bindctl.metabase.tree import Key

_NAMES = sorted(set(PROPERTIES) - {"KeyType"})
_PATH = ("w3svc", "1", "root", "images", "small")


def _sample(row: Property, number: int) -> object:
    """A TOML value of the property's type that is not its default."""
    if row.data_type in LIST_TYPES:
        return [f"item {number}"]
    if row.data_type == "BOOL":
        return row.default() is not True
    if row.data_type == "BINARY":
        return f"{number % 256:02x}ff"
    if row.data_type != "DWORD":
        return f"text {number}"
    low, high = row.minimum or 0, row.maximum or 0xFFFFFFFF
    value = low + number % (high - low + 1)
    return value if value != row.default() else (low if value != low else high)


def _document(name: str, values: dict[int, object]) -> dict[str, object]:
    """The chain of keys of `_PATH`, with `values` by depth."""
    table: dict[str, object] = {}
    for depth in range(len(_PATH), 0, -1):
        own = {name: values[depth]} if depth in values else {}
        below = {_PATH[depth]: table} if depth < len(_PATH) else {}
        table = {**own, **below}
    root = {name: values[0]} if 0 in values else {}
    return {**root, _PATH[0]: table}


def _key(document: dict[str, object], depth: int) -> Key:
    key = make_tree(document).find(*_PATH[:depth])
    assert key is not None
    return key


@given(
    st.sampled_from(_NAMES),
    st.dictionaries(st.integers(0, len(_PATH)), st.integers(0, 1000), max_size=3),
    st.integers(0, len(_PATH)),
)
def test_the_nearest_value_above_is_in_force(
    name: str, numbers: dict[int, int], depth: int
) -> None:
    """A setting of /w3svc would otherwise not reach a site, or hide the site's own."""
    row = Property(name)
    values = {at: _sample(row, number) for at, number in numbers.items()}
    key = _key(_document(name, values), depth)
    above = [at for at in values if at <= depth]
    if not row.is_inheritable:
        above = [at for at in above if at == depth]
    found = key.effective(row)
    if not above:
        assert found == row.default()
        return
    raw = values[max(above)]
    assert found == (tuple(raw) if isinstance(raw, list) else raw)


@given(st.sampled_from(_NAMES), st.integers(0, 1000), st.integers(1, len(_PATH)))
def test_every_descendant_sees_an_inheritable_value(
    name: str, number: int, depth: int
) -> None:
    """What is set once for all sites has to reach each of them."""
    row = Property(name)
    raw = _sample(row, number)
    key = _key(_document(name, {0: raw}), depth)
    value = tuple(raw) if isinstance(raw, list) else raw
    assert (key.effective(row) == value) is (
        row.is_inheritable or value == row.default()
    )
