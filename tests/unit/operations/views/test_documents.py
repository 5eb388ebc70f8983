"""export: a metabase as the state that apply takes."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.views.documents import (
    export,
    format_metabase,
    format_toml,
    make_tree_view,
    preview_format,
)
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path


def test_toml_is_the_document(tmp_path: Path) -> None:
    """Whatever is in a value or a name, a parser reads it back."""
    metabase = tmp_path / "metabase.toml"
    metabase.write_text(
        'MaxBandwidth = 1\n[w3svc.1]\nServerComment = "a\\"\\\\\\u0007\\u007F\\n\u00fc"\n'
        '[w3svc.1.root."a.b \\"c"]\nAccessFlags = ["AccessRead"]\nDontLog = true\n'
        "[w3svc.1.root.empty]\n"
    )
    found = export(DiskWorkspace(str(metabase)))
    assert tomllib.loads(format_toml(found.document)) == found.document
    assert found.document["w3svc"] == {
        "1": {
            "ServerComment": 'a"\\\x07\x7f\n\u00fc',
            "root": {
                'a.b "c': {"AccessFlags": ["AccessRead"], "DontLog": True},
                "empty": {},
            },
        }
    }  # fmt: skip
    assert found.left_out == ()


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("[w3svc]\nNonsense = 1", "/LM/W3SVC/Nonsense", "no such property"),
        ("[w3svc]\nSslFlags = 'x'", "/LM/W3SVC/SslFlags", "not of the schema's type"),
        ("[w3svc]\nUNCPassword = 'x'", "/LM/W3SVC/UNCPassword", "secret"),
        ("[w3svc]\nCertHash = 'ab'", "/LM/W3SVC/CertHash", "may not hold it"),
        ("[w3svc]\nKeyType = 'x'", "/LM/W3SVC/KeyType", "no such key type"),
        ("[w3svc.1]\nWin32Error = 1", "/LM/W3SVC/1/Win32Error", "running service"),
        ("[w3svc]\nsslflags = 1\nSSLFLAGS = 0", "/LM/W3SVC/SSLFLAGS", "letter case"),
    ],
)
def test_what_is_left_out_is_told(
    tmp_path: Path, text: str, place: str, reason: str
) -> None:
    """Lossy is allowed, silent is not; a password is not printed."""
    metabase = tmp_path / "metabase.toml"
    metabase.write_text(text)
    (item,) = export(DiskWorkspace(str(metabase))).left_out
    assert item.place == place
    assert reason in item.reason


def test_a_part_has_its_keys_above(tmp_path: Path) -> None:
    """So that apply puts it where it was."""
    metabase = tmp_path / "metabase.toml"
    metabase.write_text("[W3SVC]\nSslFlags = 1\n[W3SVC.1]\nSslFlags = 0\n[http]\n")
    found = export(DiskWorkspace(str(metabase)), "/w3svc/1").document
    assert found == {"schema_version": 1, "W3SVC": {"1": {"SslFlags": 0}}}
    with pytest.raises(BindctlError, match="/LM/W3SVC/2"):
        export(DiskWorkspace(str(metabase)), "/w3svc/2")


MIXED = b"[w3svc.2]\n\n[w3svc.1]\n"
ORDERED = b"[w3svc.1]\n\n[w3svc.2]\n"


def test_a_preview_writes_nothing(tmp_path: Path) -> None:
    """`--check` runs in pipelines, on files nobody may change there."""
    path = tmp_path / "metabase.toml"
    path.write_bytes(MIXED)
    found = preview_format(DiskWorkspace(str(path)))
    assert found.is_changed
    assert "+[w3svc.1]" in found.diff
    assert path.read_bytes() == MIXED
    assert [item.name for item in tmp_path.iterdir()] == ["metabase.toml"]


def test_the_second_time_writes_nothing(tmp_path: Path) -> None:
    """A file that is in order keeps its time stamp."""
    path = tmp_path / "metabase.toml"
    path.write_bytes(MIXED)
    assert format_metabase(DiskWorkspace(str(path))).is_changed
    assert path.read_bytes() == ORDERED
    before = path.stat().st_ino
    found = format_metabase(DiskWorkspace(str(path)))
    assert (found.is_changed, found.diff) == (False, "")
    assert path.stat().st_ino == before


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
