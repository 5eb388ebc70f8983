"""From a path below a virtual directory to a file of the disk, and never out of it."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from bindctl.model.site import VirtualDirectory


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A regular file within its virtual directory.

    Attributes:
        path: As the request led to it; symbolic links left in.
        real_path: Where it really lies.
        status: Its `os.stat`.
        name: Its last segment, which decides the media type.
        is_certain: Only a change of the file itself can change what is found.
    """

    path: str
    real_path: str
    status: os.stat_result
    name: str
    is_certain: bool


class NotFound(Enum):
    """Why a path leads to no file."""

    MISSING = 404
    FOLDER_WITHOUT_SLASH = 301
    FOLDER_WITHOUT_DOCUMENT = 403
    DENIED = 401


Located: TypeAlias = FoundFile | NotFound


def locate_file(
    directory: VirtualDirectory, segments: tuple[str, ...], *, is_folder: bool
) -> Located:
    """The file for a path below `directory`.

    Args:
        directory: Where to look.
        segments: Of `RequestPath`: none can climb.
        is_folder: The path ended with a slash.
    """
    path = os.path.join(directory.physical_path, *segments)
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            if not is_folder:
                return _folder_without_slash(directory, path)
            return _locate_document(directory, path)
        if is_folder:
            return NotFound.MISSING
        return _accept(directory, path, status, is_certain=True)
    except PermissionError:
        return NotFound.DENIED
    except (OSError, ValueError):
        # Missing, a name too long, a loop of links, or a NUL: nothing is there.
        return NotFound.MISSING


def _locate_document(directory: VirtualDirectory, folder: str) -> Located:
    if not _is_inside(directory.physical_path, os.path.realpath(folder)):
        return NotFound.MISSING
    for index, name in enumerate(directory.default_documents):
        path = os.path.join(folder, name)
        try:
            status = os.stat(path)
        except (OSError, ValueError):
            continue
        if stat.S_ISREG(status.st_mode):
            # A document named earlier may appear at any time: only the first is sure.
            return _accept(directory, path, status, is_certain=index == 0)
    return NotFound.FOLDER_WITHOUT_DOCUMENT


def _folder_without_slash(directory: VirtualDirectory, path: str) -> Located:
    if _is_inside(directory.physical_path, os.path.realpath(path)):
        return NotFound.FOLDER_WITHOUT_SLASH
    return NotFound.MISSING


def _accept(
    directory: VirtualDirectory, path: str, status: os.stat_result, *, is_certain: bool
) -> Located:
    if not stat.S_ISREG(status.st_mode):
        return NotFound.MISSING
    real_path = os.path.realpath(path)
    if not _is_inside(directory.physical_path, real_path):
        return NotFound.MISSING
    if any(_is_inside(hidden, real_path) for hidden in directory.hidden_paths):
        return NotFound.MISSING
    return FoundFile(path, real_path, status, os.path.basename(path), is_certain)


def _is_inside(root: str, real_path: str) -> bool:
    real_root = os.path.realpath(root)
    return real_path == real_root or real_path.startswith(
        real_root if real_root.endswith(os.sep) else real_root + os.sep
    )
