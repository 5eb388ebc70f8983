"""Documents that are read piece by piece."""

from __future__ import annotations

import pytest
import rtoml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bindctl.toml.pieces import load_document

# Lines of a metabase, and what makes two of its pieces depend on each other.
LINES = (
    "[w3svc.1]", "[w3svc.2]", "[w3svc.3]", "[w3svc.2.root]", "[w3svc.4.root]",
    "[w3svc]", " [w3svc]", "[ w3svc ]", "[W3SVC.1]", "[[w3svc.2]]", "[[w3svc]]",
    "['w3svc'.3]", "[w3svc.'2']", "[w3svc.x]", "[http]", "[w3svc.1.root.a]",
    "w3svc.2.a = 1", "w3svc.j = 1", "2.a = 1", "w3svc = 1", "w3svc = {}", "a = 1", "b = '[w3svc.1]'",
    "c = ['a', 'b']", 'd = [":80:", "[::1]:80:"]', "e = [", "]", "'''", '"""', "# [1]",
    "f = [\n'x',\n]", "g = '''\n[w3svc.9]\n'''", "h = {a = 1}", "i", "",
)  # fmt: skip


@settings(max_examples=5 * settings().max_examples)
@given(st.lists(st.sampled_from(LINES), max_size=9), st.integers(1, 40))
@example(["[w3svc.1]", "a = 1", "[w3svc]", "[w3svc.2]", "[w3svc]"], 1)
@example(["w3svc.2.a = 1", "", "[w3svc.1]", "[w3svc.2]"], 1)
@example(["", "[w3svc.1]", "a = 1", "[w3svc.2]", "[w3svc.1.root.a]"], 1)
def test_pieces_have_the_values_of_the_whole(lines: list[str], piece: int) -> None:
    """A large metabase would mean something else than a small one."""
    text = "\n".join(lines)
    try:
        expected = rtoml.loads(text)
    except rtoml.TomlParsingError:
        expected = None
    assert load_document(text, piece) == expected


@pytest.mark.parametrize("count", [1, 500, 5_000])
def test_sites_keep_their_order(count: int) -> None:
    """Findings and listings are in the order of the file."""
    numbers = [str(number * 7 % 10_007) for number in range(1, count + 1)]
    sites = (f"[w3svc.{number}]\na = '{number}'\n" for number in numbers)
    text = "b = 1\n[w3svc]\nc = 2\n" + "".join(sites)
    document = load_document(text)
    assert document is not None
    assert [*document["w3svc"]] == ["c", *numbers]
    assert document["w3svc"][numbers[-1]] == {"a": numbers[-1]}
