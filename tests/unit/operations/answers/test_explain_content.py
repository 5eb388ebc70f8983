"""From a path to a file and a status, as the server finds them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from bindctl.model.site import SiteContent, VirtualDirectory, find_directory
from bindctl.operations.answers.explain_content import ContentAnswer, find_content
from bindctl.routing.reason import Reason, Why, format_reason

if TYPE_CHECKING:
    from pathlib import Path


def _find(content: SiteContent, target: str) -> ContentAnswer:
    return find_content(target, partial(find_directory, content.directories))


@pytest.fixture
def content(tmp_path: Path) -> SiteContent:
    """A site with a root, a virtual directory and a closed folder."""
    for name in ("www/index.htm", "www/notes/a b.txt", "pictures/cat.png",
                 "www/closed/x.txt", "www/tool.py", "www/ä.txt"):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("hello")
    folders = [
        ("/images", "pictures", True, {}),
        ("/closed", "www/closed", False, {}),
        ("/tools", "www", True, {".py": "text/plain"}),
        ("/", "www", True, {}),
    ]
    directories = tuple(
        VirtualDirectory(url, str(tmp_path / path), ("index.htm",), types, is_read, 0)
        for url, path, is_read, types in folders
    )
    return SiteContent(1, directories, 120, True, None, False)


@pytest.mark.parametrize(
    ("target", "status", "directory", "place", "file", "reason"),
    [
        ("/", 200, "/", "www", "www/index.htm", ""),
        ("/index.htm?q=/../x", 200, "/", "www/index.htm", "www/index.htm", ""),
        ("/IMAGES/cat.png", 200, "/images", "pictures/cat.png", "pictures/cat.png", ""),
        ("/notes/a b.txt", 200, "/", "www/notes/a b.txt", "www/notes/a b.txt", ""),
        ("/notes/a%20b.txt", 200, "/", "www/notes/a b.txt", "www/notes/a b.txt", ""),
        ("/ä.txt", 200, "/", "www/ä.txt", "www/ä.txt", ""),
        ("/%C3%A4.txt", 200, "/", "www/ä.txt", "www/ä.txt", ""),
        ("/notes/../index.htm", 200, "/", "www/index.htm", "www/index.htm", ""),
        ("/tools/tool.py", 200, "/tools", "www/tool.py", "www/tool.py", ""),
        ("/tool.py", 404, "/", "www/tool.py", "www/tool.py",
         "its extension has no media type"),
        ("/nothing", 404, "/", "www/nothing", None, "nothing is there"),
        ("/notes", 301, "/", "www/notes", None, "a folder: redirects to the same path with a slash"),
        ("/notes/", 403, "/", "www/notes", None, "the folder has no default document"),
        ("/closed/x.txt", 403, "/closed", "www/closed/x.txt", None, "AccessRead is off"),
    ],
)  # fmt: skip
def test_a_path_leads_to_a_file(  # noqa: PLR0913, PLR0917 - a table of cases
    content: SiteContent,
    tmp_path: Path,
    target: str,
    status: int,
    directory: str,
    place: str,
    file: str | None,
    reason: str,
) -> None:
    """Virtual directory, physical path and status are what the server's are."""
    found = _find(content, target)
    assert found._replace(reason=None) == ContentAnswer(
        status,
        None,
        directory,
        str(tmp_path / place),
        None if file is None else str(tmp_path / file),
    )
    assert format_reason(found.reason) == reason


@pytest.mark.parametrize(
    ("target", "status", "reason"),
    [
        ("/a%2fb", 404, "an encoded slash names no file"),
        ("/../up", 400, "the request URL is invalid"),
        ("/%zz", 400, "the request URL is invalid"),
        ("/a\\b", 400, "the request URL is invalid"),
    ],
)
def test_a_path_that_is_none_is_refused_in_words(
    content: SiteContent, target: str, status: int, reason: str
) -> None:
    """The server refuses it before it looks at any folder."""
    found = _find(content, target)
    assert (found.status, str(found.reason)) == (status, reason)


def test_a_site_without_a_folder_has_nothing(content: SiteContent) -> None:
    """The first thing that is missing is what has to be said."""
    found = _find(content._replace(directories=()), "/")
    assert found == ContentAnswer(404, Reason(Why.NO_ROOT))
