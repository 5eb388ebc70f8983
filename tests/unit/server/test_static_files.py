"""Paths: what a target names, and that it never leaves its folder."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindctl.model.site import VirtualDirectory
from bindctl.server.peer_error import PeerProtocolError
from bindctl.server.request_path import find_directory, parse_request_path
from bindctl.server.static_files import FoundFile, NotFound, locate_file

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
        assert Path(found.real_path).is_relative_to(tree / "www")
        assert "secret" not in Path(found.real_path).read_text()


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
