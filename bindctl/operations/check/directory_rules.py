"""Rules about folders: a site's folder has to exist and must not hold secrets."""

from __future__ import annotations

import os
from stat import S_ISDIR
from typing import TYPE_CHECKING, NamedTuple

from bindctl.findings.codes import make_finding
from bindctl.findings.finding import Place
from bindctl.metabase.tree import web_sites
from bindctl.operations.load.site_content import find_directories, hidden_paths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.findings.finding import Finding
    from bindctl.metabase.tree import Key
    from bindctl.storage.workspace import Workspace


class _Folder(NamedTuple):
    """Whether a path is a folder, and whether hidden files are below it."""

    is_there: bool
    is_exposed: bool


class _Folders:
    """Folders by the Path of the metabase that names them; each is checked once."""

    def __init__(self, workspace: Workspace, root: Key) -> None:
        self._directory = os.path.dirname(os.path.realpath(workspace.path))
        hidden = hidden_paths(workspace.path, root.child("w3svc"))
        self._exposed = frozenset(_places_above(hidden))
        self._known: dict[str, _Folder] = {}

    def find(self, path: str) -> _Folder:
        found = self._known.get(path)
        if found is None:
            found = self._known[path] = self._look(path)
        return found

    def _look(self, path: str) -> _Folder:
        try:
            # As `site_content.physical_path`.
            found = os.stat(os.path.normpath(os.path.join(self._directory, path)))
        except (OSError, ValueError):
            return _Folder(is_there=False, is_exposed=False)
        place = (found.st_dev, found.st_ino)
        return _Folder(S_ISDIR(found.st_mode), is_exposed=place in self._exposed)


def directory_findings(root: Key, workspace: Workspace) -> Iterator[Finding]:
    """MET204, MET205 and MET207: folders that are not there, or hold too much.

    Args:
        root: The key /LM.
        workspace: The metabase.
    """
    folders = _Folders(workspace, root)
    for identifier, site in web_sites(root):
        key = site.child("root")
        if key is None or not key.text("Path"):
            message = f"site {identifier} has no root folder"
            hint = f"bindctl set /w3svc/{identifier}/root/Path FOLDER"
            yield make_finding("MET205", Place(site.location()), message, hint)
            continue
        for directory in find_directories(key):
            if directory.has_own_path:
                yield from _judge(directory.key, folders)


def _judge(key: Key, folders: _Folders) -> Iterator[Finding]:
    path = key.text("Path")
    folder = folders.find(path)
    if not folder.is_there:
        place = Place(key.location(), "Path")
        yield make_finding("MET204", place, f'"{path}" is not a folder')
    elif folder.is_exposed:
        place = Place(key.location(), "Path")
        message = f'"{path}" holds the metabase or its certificates'
        yield make_finding("MET207", place, message)


def _places_above(hidden: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Device and inode of everything hidden, and of all folders above, as they exist.

    They identify a folder, whatever links lead to it.
    """
    for path in (*hidden, *map(os.path.realpath, hidden)):
        place, above = path, ""
        while place != above:
            try:
                found = os.stat(place)
            except OSError:
                pass
            else:
                yield found.st_dev, found.st_ino
            place, above = os.path.dirname(place), place
