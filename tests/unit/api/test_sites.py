"""Sites as objects."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

import bindctl
from bindctl.api.metabase import Metabase
from bindctl.api.session import Session
from bindctl.api.sites import StringList
from bindctl.model.site import ServerState, Win32Error
from bindctl.storage.file_locations import runtime_directory
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = """\
[w3svc.1]
ServerComment = "Test"
[w3svc.10]
[w3svc.2]
ServerComment = "Shop"
[w3svc.AppPools]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "metabase.toml"
    path.write_text(DOCUMENT)
    return path


def test_sites_are_listed_by_number(file: Path) -> None:
    """As inetmgr and `bindctl sites` list them."""
    sites = bindctl.open(file).sites
    assert [site.identifier for site in sites] == [1, 2, 10]
    assert len(sites) == 3
    assert 10 in sites
    assert 3 not in sites
    assert "AppPools" not in sites
    assert repr(sites) == "Sites([<Site 1 'Test'>, <Site 2 'Shop'>, <Site 10 ''>])"


def test_a_site_is_found_by_number_or_name(file: Path) -> None:
    """A script knows one or the other."""
    sites = bindctl.open(file).sites
    found = sites.find("SHOP")
    assert found == sites[2]
    assert hash(found) == hash(sites[2])
    assert found != 2
    assert sites.find("nowhere") is None
    with pytest.raises(bindctl.BindctlError) as caught:
        sites[3]
    assert caught.value.code == "MET101"


def test_a_site_is_changed_through_its_attributes(file: Path) -> None:
    """Name, folder and both kinds of bindings."""
    with bindctl.open(file) as mb:
        mb.create("/w3svc/10/root")
        site = mb.sites[10]
        assert (site.description, site.path, len(site.server_bindings)) == ("", "", 0)
        site.description = "Ten"
        site.path = "sites/ten"
        site.server_bindings = [":80:ten"]
        site.secure_bindings = (":443:ten", ":443:x")
        site.secure_bindings.remove(":443:x")
    site = bindctl.open(file).sites[10]
    assert (site.description, site.path) == ("Ten", "sites/ten")
    assert site.server_bindings == [":80:ten"]
    assert site.secure_bindings == (":443:ten",)


def test_a_new_site_takes_the_lowest_free_number(file: Path) -> None:
    """As `bindctl site add` numbers them; a deleted number is free again."""
    with bindctl.open(file) as mb:
        numbers = [mb.sites.add(f"s{n}", path="www").identifier for n in range(3)]
        assert numbers == [3, 4, 5]
        del mb.sites[2]
        assert mb.sites.add("two", path="www", identifier=None).identifier == 2
        assert mb.sites.add("six", path="www").identifier == 6
        assert mb.sites.add("n", path="www", identifier=77).identifier == 77
        with pytest.raises(bindctl.BindctlError, match="exists already"):
            mb.sites.add("n", path="www", identifier=77)
        with pytest.raises(bindctl.BindctlError) as caught:
            mb.sites.add("n", path="www", port=0)
        assert caught.value.code == "BND001"
    assert (file.parent / "www" / "index.html").read_text().count("s0") == 2


def test_one_string_is_not_a_list_of_its_letters(file: Path) -> None:
    """The text ":80:x" would be four bindings, and "a.example" nine hosts."""
    with bindctl.open(file) as mb:
        site = mb.sites[1]
        with pytest.raises(TypeError, match="is a list of one"):
            mb.sites.add("n", hosts="a.example", path="www")
        with pytest.raises(TypeError, match="is a list of one"):
            site.server_bindings.extend(":80:x")
        for name in ("server_bindings", "secure_bindings"):
            with pytest.raises(bindctl.BindctlError) as caught:
                setattr(site, name, ":80:x")
            assert caught.value.code == "MET105"
    assert file.read_text() == DOCUMENT


def test_a_misspelt_attribute_is_an_error(file: Path) -> None:
    """What it was to change would stay as it is, without a word."""
    with bindctl.open(file) as mb, pytest.raises(AttributeError):
        mb.sites[1].descripton = "x"  # type: ignore[attr-defined]


def test_a_site_that_is_taken_back_leaves_no_folder(file: Path) -> None:
    """Folders are made for what is written, and for nothing else."""
    with bindctl.open(file) as mb:
        site = mb.sites.add("Gone", path="gone")
        del mb.sites[site.identifier]
    assert file.read_text().rstrip() == DOCUMENT.rstrip()
    assert not (file.parent / "gone").exists()


def test_the_state_is_the_service_s(file: Path) -> None:
    """A program waits for a site to start."""
    site = bindctl.open(file).sites[1]
    assert (site.state, site.win32_error) == (ServerState.STOPPED, Win32Error.SUCCESS)
    assert site.location == "/w3svc/1"
    assert os.path.basename(runtime_directory(str(file))) == "metabase.toml"


BINDINGS = b'[w3svc.1]\nServerBindings = [":80:a", ":80:b"]\n'


@pytest.fixture
def bindings() -> StringList:
    session = Session(DiskWorkspace("metabase.toml"), BINDINGS, is_writable=True)
    return Metabase(session).sites[1].server_bindings


def test_it_is_a_list(bindings: StringList) -> None:
    """Whatever a list does, the property does."""
    bindings.insert(1, ":80:c")
    bindings += [":80:d"]
    assert bindings == [":80:a", ":80:c", ":80:b", ":80:d"]
    bindings.remove(":80:c")
    bindings[0] = ":81:"
    bindings[1:] = [":82:", ":83:"]
    assert list(bindings) == [":81:", ":82:", ":83:"]
    del bindings[1]
    assert bindings.pop() == ":83:"
    assert bindings.index(":81:") == 0
    assert bindings[:1] == [":81:"]
    bindings.clear()
    assert not bindings
    assert bindings != "x"
    assert repr(bindings) == "StringList([])"


def test_two_of_one_property_agree(bindings: StringList) -> None:
    """A list kept in a variable does not go stale."""
    other = StringList(bindings._session, "/W3SVC/1/serverbindings")
    bindings.append(":80:c")
    assert other == bindings
    assert ":80:c" in other


def test_a_property_that_is_not_stored_is_empty() -> None:
    """The first item stores it."""
    session = Session(DiskWorkspace("metabase.toml"), BINDINGS, is_writable=True)
    secure = Metabase(session).sites[1].secure_bindings
    assert len(secure) == 0
    secure.append(":443:")
    assert session.octets().endswith(b'SecureBindings = [":443:"]\n')


def test_nothing_is_edited_outside_of_a_block() -> None:
    """The change would be lost without a word."""
    bindings = (
        Metabase(Session(DiskWorkspace("metabase.toml"), BINDINGS))
        .sites[1]
        .server_bindings
    )
    with pytest.raises(RuntimeError):
        bindings.append("x")
    assert len(bindings) == 2
