"""What a site answers from."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from bindctl.metabase.tree import make_tree
from bindctl.operations.load.site_content import (
    find_directories,
    lower_content,
    physical_path,
)
from bindctl.server.http.static_files import FoundFile, NotFound, locate_file

if TYPE_CHECKING:
    from pathlib import Path

    from bindctl.metabase.tree import Key
    from bindctl.model.site import SiteContent, VirtualDirectory


def _site(site: dict[str, object], service: dict[str, object] | None = None) -> Key:
    key = make_tree({"w3svc": {**(service or {}), "1": site}}).find("w3svc", "1")
    assert key is not None
    return key


def _content(tmp_path: Path, site: Key) -> SiteContent:
    return lower_content(str(tmp_path / "metabase.toml"), 1, site)


def is_found(directory: VirtualDirectory, segments: tuple[str, ...]) -> bool:
    """Whether the server would send a file."""
    located = locate_file(directory, segments, is_folder=False)
    if isinstance(located, FoundFile):
        os.close(located.descriptor)
        return True
    return False


def test_folders_are_found_longest_url_first(tmp_path: Path) -> None:
    """The server takes the first that fits, so /images must come before /."""
    root = {
        "Path": "sites/a",
        "Images": {"Path": "/pictures", "Small": {}},
        "docs": {"AccessFlags": 0, "EnableDefaultDoc": True},
        "file": {"KeyType": "IIsWebFile"},
    }
    content = _content(tmp_path, _site({"root": root}))
    base = str(tmp_path)
    assert [(d.url_path, d.physical_path) for d in content.directories] == [
        ("/images/small", "/pictures/Small"),
        ("/images", "/pictures"),
        ("/docs", f"{base}/sites/a/docs"),
        ("/", f"{base}/sites/a"),
    ]
    by_path = {d.url_path: d for d in content.directories}
    assert not by_path["/docs"].access_read
    assert by_path["/"].access_read


@pytest.mark.parametrize("site", [{}, {"root": {}}, {"root": {"Path": ""}}])
def test_a_site_without_a_folder_has_no_directories(
    tmp_path: Path, site: dict[str, object]
) -> None:
    """Every request is answered 404 then, and `check` says so."""
    assert _content(tmp_path, _site(site)).directories == ()


def test_settings_are_inherited_from_the_service(tmp_path: Path) -> None:
    """What every site shares is written once."""
    service = {
        "DefaultDoc": " a.htm , b.htm,,",
        "ConnectionTimeout": 7,
        "AllowKeepAlive": False,
        "MimeMap": [".X,text/x", ".y , text/y"],
        "MisdirectedRequest": True,
        "MaxRequestEntityAllowed": 9,
    }
    site = _site({"root": {"Path": "p"}}, service)
    content = _content(tmp_path, site)
    (root,) = content.directories
    assert root.default_documents == ("a.htm", "b.htm")
    assert root.mime_map == {".x": "text/x", ".y": "text/y"}
    assert root.max_entity_octets == 9
    assert (content.connection_timeout_s, content.allow_keep_alive) == (7, False)
    assert content.misdirected_request


def test_default_documents_can_be_switched_off(tmp_path: Path) -> None:
    """EnableDefaultDoc is one bit of DirBrowseFlags."""
    site = _site({"root": {"Path": "p", "DirBrowseFlags": 0}})
    (root,) = _content(tmp_path, site).directories
    assert root.default_documents == ()


@pytest.mark.parametrize(
    ("site", "folder"),
    [
        ({"LogType": 1}, "logs"),
        ({"LogType": 1, "LogFileDirectory": "own"}, "own"),
        ({"LogType": 0}, None),
        ({"LogType": 1, "root": {"DontLog": True}}, None),
    ],
)
def test_the_log_lies_beside_the_metabase(
    tmp_path: Path, site: dict[str, object], folder: str | None
) -> None:
    """The schema's default is a Windows path, which is nowhere here."""
    found = _content(tmp_path, _site(site)).log_directory
    assert found == (None if folder is None else str(tmp_path / folder))


def test_paths_are_relative_to_the_real_file(tmp_path: Path) -> None:
    """A metabase may be a symbolic link into a repository."""
    (tmp_path / "real").mkdir()
    target = tmp_path / "real" / "metabase.toml"
    target.touch()
    link = tmp_path / "link.toml"
    link.symlink_to(target)
    assert physical_path(str(link), "../x") == str(tmp_path / "x")
    assert physical_path(str(link), "/abs/./y") == "/abs/y"


def test_only_directory_keys_are_folders() -> None:
    """A key for one file has properties, but no folder of its own."""
    root = make_tree(
        {"w3svc": {"1": {"root": {"Path": "p", "f": {"KeyType": "IIsWebFile"}}}}}
    ).find("w3svc", "1", "root")
    assert root is not None
    (found,) = find_directories(root)
    assert (found.url_path, found.has_own_path) == ("/", True)


@pytest.mark.parametrize(
    "target",
    [
        ("certificates", "authority", "authority.key"),
        ("certificates", "my", "facts.json"),
        (".bindctl", "metabase.toml", "control"),
        ("metabase.toml",),
        ("link", "authority", "authority.key"),
    ],
)
def test_private_keys_and_the_metabase_are_never_served(
    tmp_path: Path, target: tuple[str, ...]
) -> None:
    """A site whose folder is the metabase's own must not hand out private keys."""
    file = tmp_path.joinpath(*target[:-1], target[-1])
    (tmp_path / "certificates").mkdir()
    (tmp_path / "link").symlink_to("certificates")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("secret")
    (tmp_path / "index.html").write_text("home")
    [directory] = _content(tmp_path, _site({"root": {"Path": "."}})).directories
    located = locate_file(directory, target, is_folder=False)
    assert located is NotFound.MISSING
    assert is_found(directory, ("index.html",))


def test_the_central_certificate_store_is_never_served(tmp_path: Path) -> None:
    """Its files hold private keys, and it may lie in a site's own folder."""
    (tmp_path / "www" / "ccs").mkdir(parents=True)
    (tmp_path / "www" / "ccs" / "a.example.pfx").touch()
    service: dict[str, object] = {"CentralCertStorePath": "www/ccs"}
    content = _content(tmp_path, _site({"root": {"Path": "www"}}, service))
    (root,) = content.directories
    segments = ("ccs", "a.example.pfx")
    assert not is_found(root, segments)
    content = _content(tmp_path, _site({"root": {"Path": "www"}}))
    (root,) = content.directories
    assert is_found(root, segments)
