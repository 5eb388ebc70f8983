"""sites and site add."""

from __future__ import annotations

import fcntl
import tomllib
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.model.site import ServerState
from bindctl.operations.editing.site_edits import create_site
from bindctl.operations.editing.sites import add_site, list_sites
from bindctl.storage.site_states import LOCK_NAME
from bindctl.storage.workspace import Captured, DiskWorkspace, Gated, Workspace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    path = tmp_path / "metabase.toml"
    path.write_text("# mine\n")
    return path


def test_a_site_is_added_with_bindings_folder_and_page(metabase: Path) -> None:
    """From nothing to a page that answers, in one command."""
    done = add_site(
        DiskWorkspace(str(metabase)),
        "A <b>",
        hosts=("A.example", "bücher.example"),
        path="sites/a",
    )
    assert (done.identifier, done.server_bindings) == (
        1,
        (":80:a.example", ":80:xn--bcher-kva.example"),
    )
    page = metabase.parent / "sites" / "a" / "index.html"
    assert done.created_page == str(page)
    assert "<h1>A &lt;b&gt;</h1>" in page.read_text()
    data = tomllib.loads(metabase.read_text())
    assert data["w3svc"]["1"] == {
        "ServerComment": "A <b>",
        "ServerBindings": [":80:a.example", ":80:xn--bcher-kva.example"],
        "root": {"Path": "sites/a"},
    }
    assert metabase.read_text().startswith("# mine\n")


def test_the_lowest_free_number_is_taken(metabase: Path) -> None:
    """A deleted site's number is used again, as IIS 6's own scripts did not mind."""
    for identifier in (1, 3):
        add_site(DiskWorkspace(str(metabase)), "x", path="p", identifier=identifier)
    assert add_site(DiskWorkspace(str(metabase)), "x", path="p").identifier == 2
    assert add_site(DiskWorkspace(str(metabase)), "x", path="p").identifier == 4


def test_a_folder_that_is_there_is_left_alone(metabase: Path) -> None:
    """Nobody's pages are overwritten by a first page."""
    folder = metabase.parent / "p"
    folder.mkdir()
    assert add_site(DiskWorkspace(str(metabase)), "x", path="p").created_page is None
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("address", "port", "host", "binding"),
    [
        ("", 80, None, ":80:"),
        ("*", 8080, "a", ":8080:a"),
        ("10.0.0.1", 80, "*.a.example", "10.0.0.1:80:*.a.example"),
        ("[::1]", 80, None, "[::1]:80:"),
    ],
)
def test_a_binding_is_written_plainly(
    metabase: Path, address: str, port: int, host: str | None, binding: str
) -> None:
    """One spelling in the file, whatever was typed."""
    hosts = (host,) if host else ()
    done = add_site(
        DiskWorkspace(str(metabase)),
        "x",
        hosts=hosts,
        address=address,
        port=port,
        path="p",
    )
    assert done.server_bindings == (binding,)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"hosts": ("a b",)}, "BND001"),
        ({"address": "::1%lo"}, "BND001"),
        ({"address": "a.example"}, "BND001"),
        ({"port": 0}, "BND001"),
        ({"port": 65536}, "BND001"),
        ({"identifier": 0}, "MET105"),
        ({"identifier": 1}, "MET106"),
        ({"identifier": 1 << 32}, "MET105"),
    ],
)
def test_a_site_that_cannot_be_is_refused(
    metabase: Path, options: dict[str, object], code: str
) -> None:
    """No half site in the file, no empty folder on the disk."""
    add_site(DiskWorkspace(str(metabase)), "first", path="p")
    before = metabase.read_bytes()
    with pytest.raises(BindctlError) as caught:
        add_site(DiskWorkspace(str(metabase)), "x", path="q", **options)  # type: ignore[arg-type]  # a table
    assert caught.value.code == code
    assert metabase.read_bytes() == before
    assert not (metabase.parent / "q").exists()


def test_a_folder_that_cannot_be_made_is_told(metabase: Path) -> None:
    """No half site in the file: its folder comes first."""
    before = metabase.read_bytes()
    with pytest.raises(BindctlError) as caught:
        add_site(DiskWorkspace(str(metabase)), "x", path="metabase.toml/x")
    assert caught.value.code == "MET006"
    assert metabase.read_bytes() == before


def test_lists_every_site_with_its_state(metabase: Path) -> None:
    """The folder "Web Sites" of inetmgr, in one table."""
    metabase.write_text(
        "[w3svc.10]\n[w3svc.2]\nServerComment = 'Two'\nServerBindings = [':80:']\n"
        "SecureBindings = [':443:']\n[w3svc.2.root]\nPath = 'p'\n"
    )
    runtime = metabase.parent / ".bindctl" / "metabase.toml"
    runtime.mkdir(parents=True)
    (runtime / "states").write_text("2 2 0\n10 4 183\n")
    with (runtime / LOCK_NAME).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        two, ten = list_sites(DiskWorkspace(str(metabase)))
    assert (two.identifier, two.description, two.path) == (2, "Two", "p")
    assert (two.server_bindings, two.secure_bindings) == ((":80:",), (":443:",))
    assert (two.state, two.win32_error) == (ServerState.STARTED, 0)
    assert (ten.state, ten.win32_error, ten.path) == (ServerState.STOPPED, 183, "")


@pytest.mark.parametrize(
    ("description", "path"), [("\udcff", "sites/a"), ("A", "sites/\udcff")]
)
def test_words_that_are_not_unicode_leave_no_folder(
    metabase: Path, description: str, path: str
) -> None:
    """A refused site must not leave half of itself behind."""
    with pytest.raises(BindctlError) as caught:
        add_site(DiskWorkspace(str(metabase)), description, path=path)
    assert caught.value.code == "MET105"
    assert not (metabase.parent / "sites").exists()


def test_a_site_that_is_refused_leaves_no_folder(metabase: Path) -> None:
    """A gate lets nothing behind; a folder that was there stays."""

    def judge(
        _inner: Workspace, before: bytes | None, after: bytes, _sites: object
    ) -> None:
        assert before != after
        raise BindctlError("BND003", "no")

    gated = Gated(DiskWorkspace(str(metabase)), judge)

    (metabase.parent / "old").mkdir()
    before = metabase.read_bytes()
    for name, is_there in (("new", False), ("old", True)):
        with pytest.raises(BindctlError, match="no"):
            add_site(gated, "New", path=name)
        assert (metabase.parent / name).exists() is is_there
    for name in ("new/deep/root", "old/deep/root", "./new/../other/root/"):
        with pytest.raises(BindctlError, match="no"):
            add_site(gated, "New", path=name)
    left = {item.name for item in metabase.parent.rglob("*") if item.is_dir()}
    assert left - {".bindctl", metabase.name} == {"old"}
    assert metabase.read_bytes() == before


def test_a_site_that_is_captured_makes_no_folder(metabase: Path) -> None:
    """`what-if site add` leaves the disk alone."""
    captured = Captured(DiskWorkspace(str(metabase)))
    added = add_site(captured, "New", path="new")
    assert added.created_page is None
    assert not (metabase.parent / "new").exists()
    assert b'"New"' in (captured.octets or b"")


@pytest.mark.parametrize("identifier", [1, 0x80000000, 0xFFFFFFFF])
def test_every_number_of_a_site_is_one_for_all(metabase: Path, identifier: int) -> None:
    """What `create` stores as a site, `site add` must not refuse, nor add again."""
    workspace = DiskWorkspace(str(metabase))
    assert add_site(workspace, "a", path="p", identifier=identifier).identifier
    assert [site.identifier for site in list_sites(workspace)] == [identifier]
    with pytest.raises(BindctlError) as caught:
        create_site(workspace, {}, None, identifier)
    assert caught.value.code == "MET106"
