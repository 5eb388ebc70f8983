"""Documents are cut at headers and nowhere else."""

from __future__ import annotations

import pytest

from bindctl.toml.table_splitter import cut_tables


@pytest.mark.parametrize(
    ("octets", "paths"),
    [
        (b"", [()]),
        (b"[a]\n[b.c]\n", [(), ("a",), ("b", "c")]),
        (b"x = [\n[1],\n]\n[a]\n", [(), ("a",)]),
        (b"x = '''\n[no]\n'''\n[a]\n", [(), ("a",)]),
        (b"  [a]\n", [(), ("a",)]),
        (b"\xef\xbb\xbf[a]\n", [(), ("a",)]),
        (b"[[test]]\n[a]", [(), ("test",), ("a",)]),
        (
            b'[a]\n[h.s."0.0.0.0:443"]\n[b]',
            [(), ("a",), ("h", "s", "0.0.0.0:443"), ("b",)],
        ),
        (b'[h."a]b".c] # x\n[b]', [(), ("h", "a]b", "c"), ("b",)]),
        (b'[[h."a"]]\n[b]', [(), ("h", "a"), ("b",)]),
        (b'x = [\n["a.b"],\n]\n[b]\n', [(), ("b",)]),
        (b'x = [\n[1.5, "a"],\n]\n[b]\n', [(), ("b",)]),
    ],
)
def test_a_look_alike_is_no_cut(octets: bytes, paths: list[tuple[str, ...]]) -> None:
    """A row of an array taken for a header would end up in another table."""
    pieces = list(cut_tables(octets))
    assert [path for path, _piece, _is_array in pieces] == paths
    assert b"".join(piece for _path, piece, _is_array in pieces) == octets
