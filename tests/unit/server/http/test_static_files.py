"""Paths: what a target names, and that it never leaves its folder."""

from __future__ import annotations

import os
import resource
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindctl.model.site import VirtualDirectory, find_directory
from bindctl.server.http.peer_error import PeerProtocolError
from bindctl.server.http.request_path import parse_request_path
from bindctl.server.http.static_files import FoundFile, NotFound, locate_file, own_path

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTS = st.sampled_from(
    [
        "a", "sub", "..", ".", "%2e%2e", "%2E.", "..%2f", "%5c", "..\\", "secret.txt",
        "outside", "link", "loop", "%00", "%252e%252e", "", "index.html", "~", "..;",
        "\u2025", "%c0%ae%c0%ae", "C:", "secret", "%ff",
    ]
)  # fmt: skip
# Few names that exist, so that most targets lead somewhere.
EXISTING = st.sampled_from(
    ["link", "secret.txt", "outside", "near", "a", "sub", "..", "index.html"]
)
TARGETS = st.one_of(
    st.lists(EXISTING, min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts)),
    st.lists(PARTS, max_size=8).map(lambda parts: "/" + "/".join(parts)),
    st.text(max_size=40).map(lambda text: "/" + text),
    st.text(max_size=20).map(lambda text: "/" + quote(text)),
)


@pytest.fixture(scope="module")
def tree() -> Iterator[Path]:
    """A web folder beside a secret, with links that lead out of it."""
    with tempfile.TemporaryDirectory() as name:
        top = Path(name).resolve()
        www = top / "www"
        (www / "sub").mkdir(parents=True)
        (www / "index.html").write_text("home")
        (www / "sub" / "a").write_text("a")
        (top / "secret").mkdir()
        (top / "secret" / "secret.txt").write_text("secret")
        (top / "secret" / "index.html").write_text("secret")
        (top / "www-secret").mkdir()
        (top / "www-secret" / "a").write_text("secret")
        (www / "link").symlink_to(top / "secret")
        (www / "outside").symlink_to(top / "secret" / "secret.txt")
        (www / "near").symlink_to(top / "www-secret")
        (www / "loop").symlink_to(www / "loop")
        (www / "inside").symlink_to(www / "sub" / "a")
        yield top


def directory(tree: Path, url_path: str = "/") -> VirtualDirectory:
    """A virtual directory over the web folder."""
    return VirtualDirectory(
        url_path,
        str(tree / "www"),
        ("index.html",),
        {},
        access_read=True,
        max_entity_octets=0,
    )


@given(target=TARGETS)
def test_no_target_leaves_the_folder(tree: Path, target: str) -> None:
    """Anyone could read the machine's files."""
    try:
        path = parse_request_path(target.encode("utf-8", "surrogatepass"))
    except PeerProtocolError:
        return
    assert not {"", ".", ".."} & set(path.segments)
    found = locate_file(directory(tree), path.segments, is_folder=path.is_folder)
    if isinstance(found, FoundFile):
        with open(found.descriptor, encoding="utf-8") as file:
            assert Path(own_path(file.fileno())).is_relative_to(tree / "www")
            assert "secret" not in file.read()


@pytest.mark.parametrize(
    "segments", [("link", "secret.txt"), ("outside",), ("near", "a")]
)
def test_links_that_lead_out_are_not_followed(
    tree: Path, segments: tuple[str, ...]
) -> None:
    """A forgotten link would publish what it points to."""
    assert locate_file(directory(tree), segments, is_folder=False) is NotFound.MISSING


def test_links_that_stay_inside_are_followed(tree: Path) -> None:
    """Deployments by link would break."""
    found = locate_file(directory(tree), ("inside",), is_folder=False)
    assert isinstance(found, FoundFile)
    os.close(found.descriptor)


def test_folder_links_that_lead_out_have_no_document(tree: Path) -> None:
    """The default document of another folder would be served."""
    found = locate_file(directory(tree), ("link",), is_folder=True)
    assert found is NotFound.MISSING


def test_file_with_a_slash_after_it_is_missing(tree: Path) -> None:
    """Relative links on the page would lead nowhere."""
    found = locate_file(directory(tree), ("index.html",), is_folder=True)
    assert found is NotFound.MISSING


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/Images/x", ("/images", ("x",))),
        ("/imagesx", ("/", ("imagesx",))),
        ("/images", ("/images", ())),
        ("/images/big/x", ("/images/big", ("x",))),
    ],
)
def test_longest_prefix_on_a_segment_boundary(
    tree: Path, path: str, expected: tuple[str, tuple[str, ...]]
) -> None:
    """A virtual directory would answer for a neighbour of its name."""
    directories = [directory(tree, url) for url in ("/images/big", "/images", "/")]
    segments = parse_request_path(path.encode()).segments
    found = find_directory(directories, segments)
    assert found is not None
    assert (found[0].url_path, found[1]) == expected


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (b"/%", 400), (b"/%zz", 400), (b"/%0", 400), (b"/a%00", 400), (b"/%0a", 400),
        (b"/a\\b", 400), (b"/%5C", 400), (b"/..", 400), (b"/a/../..", 400),
        (b"/a%2Fb", 404), (b"x", 400), (b"/#", 400),
    ],
)  # fmt: skip
def test_targets_that_name_no_file(target: bytes, status: int) -> None:
    """Each is a known way to a file that should not be served."""
    with pytest.raises(PeerProtocolError) as caught:
        parse_request_path(target)
    assert caught.value.status == status


def test_path_is_decoded_once() -> None:
    """Decoding twice turns %252e into a dot."""
    path = parse_request_path(b"/%252e%252e/./a//b/../c%20d/?q=%2f")
    assert path.segments == ("%2e%2e", "a", "c d")
    assert path.is_folder
    assert path.query == b"q=%2f"


def test_links_that_change_while_files_are_asked_for_lead_nowhere_new(
    tmp_path: Path,
) -> None:
    """Somebody who may change a site could read the private key of the server."""
    site, keys = tmp_path / "site", tmp_path / "keys"
    (site / "real").mkdir(parents=True)
    keys.mkdir()
    (site / "real" / "file.txt").write_text("public")
    (keys / "file.txt").write_text("secret")
    (site / "link").symlink_to("../keys")
    root = directory(tmp_path)._replace(
        physical_path=str(site), hidden_paths=(str(keys),)
    )
    everything = root._replace(physical_path=str(tmp_path))
    is_over = threading.Event()

    def exchange() -> None:
        while not is_over.is_set():
            os.rename(site / "real", site / "aside")
            os.rename(site / "link", site / "real")
            os.rename(site / "real", site / "link")
            os.rename(site / "aside", site / "real")

    thread = threading.Thread(target=exchange)
    thread.start()
    seen = set()
    try:
        for number in range(20_000):
            wanted, path = (root, ()) if number % 2 else (everything, ("site",))
            found = locate_file(wanted, (*path, "real", "file.txt"), is_folder=False)
            if isinstance(found, FoundFile):
                with open(found.descriptor, encoding="ascii") as file:
                    seen.add(file.read())
    finally:
        is_over.set()
        thread.join()
    assert seen == {"public"}


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    """A pipe would stop the worker, and a device may act when it is opened."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    root = directory(tmp_path)._replace(physical_path=str(tmp_path))
    assert locate_file(root, ("pipe",), is_folder=False) is NotFound.MISSING
    everywhere = root._replace(physical_path="/")
    path = (*tmp_path.parts[1:], "zero")
    assert locate_file(everywhere, path, is_folder=False) is NotFound.MISSING


def test_without_descriptors_nothing_is_called_missing(tmp_path: Path) -> None:
    """A crawler would drop every page of a server that is busy for a minute."""
    (tmp_path / "a.txt").write_text("public")
    root = directory(tmp_path)._replace(physical_path=str(tmp_path))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    before = len(os.listdir("/proc/self/fd"))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        for path in ((), ("a.txt",)):
            with pytest.raises(OSError, match="Too many open files"):
                locate_file(root, path, is_folder=not path)
        assert locate_file(root, ("missing",), is_folder=False) is NotFound.MISSING
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert len(os.listdir("/proc/self/fd")) == before
