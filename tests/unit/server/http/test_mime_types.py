"""Media types as IIS lists them."""

from __future__ import annotations

import pytest

from bindctl.server.http.mime_types import find_media_type


@pytest.mark.parametrize(
    ("name", "own", "expected"),
    [
        ("a.html", {}, "text/html"),
        ("a.HTML", {}, "text/html"),
        ("a.woff2", {}, "font/woff2"),
        ("a.wasm", {}, "application/wasm"),
        ("a.mjs", {}, "text/javascript"),
        ("a.md", {}, None),
        ("a.py", {}, None),
        ("a", {}, None),
        ("a.", {}, None),
        (".html", {}, "text/html"),
        ("a.unknown", {}, None),
        ("a.html", {".html": "x/y"}, "x/y"),
        ("a.unknown", {"*": "x/y"}, "x/y"),
        ("a", {".*": "x/y"}, "x/y"),
        ("a.html", {"*": "x/y"}, "text/html"),
    ],
)
def test_media_type(name: str, own: dict[str, str], expected: str | None) -> None:
    """Files would not be served, or source code would be."""
    assert find_media_type(name, own) == expected
