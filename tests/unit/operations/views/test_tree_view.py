"""The keys of a metabase at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.operations.views.tree_view import make_tree_view
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path


def test_keys_stand_in_listing_order_with_what_tells_them(tmp_path: Path) -> None:
    """Site 2 before site 10; an inherited comment tells nothing apart."""
    metabase = tmp_path / "metabase.toml"
    metabase.write_text(
        "[w3svc]\nServerComment = 'all'\n[w3svc.10]\n[w3svc.2]\nServerComment = 'Two'\n"
        "ServerBindings = [':80:']\n[w3svc.2.root]\nPath = 'x'\n"
    )
    root = make_tree_view(DiskWorkspace(str(metabase)))
    assert (root.name, root.key_type) == ("LM", "IIsComputer")
    sites = root.children[0].children
    assert [(site.name, site.telling) for site in sites] == [
        ("2", ("Two", ":80:")),
        ("10", ()),
    ]
    assert (
        sites[0].children
        == make_tree_view(DiskWorkspace(str(metabase)), "/LM/w3svc/2").children
    )
