"""The content of each site: its virtual directories and settings."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from bindctl.metabase.schema import find_flag
from bindctl.metabase.tree import require_row, web_sites
from bindctl.model.site import SiteContent, VirtualDirectory
from bindctl.storage.file_locations import (
    STATE_NAME,
    certificates_directory,
    runtime_directory,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bindctl.metabase.tree import Key

# Where logs go while LogFileDirectory is not set: the schema's default is a Windows path.
DEFAULT_LOG_DIRECTORY = "logs"
_DIRECTORY_TYPES = frozenset({"IIsWebVirtualDir", "IIsWebDirectory"})


class DirectoryKey(NamedTuple):
    """A key that is a folder under a URL path.

    Attributes:
        key: The key.
        url_path: ``/`` or ``/images``, lower case.
        has_own_path: Whether it stores Path itself, as a virtual directory does.
    """

    key: Key
    url_path: str
    has_own_path: bool


def find_directories(root: Key) -> Iterator[DirectoryKey]:
    """The root folder's key and all directory keys below it, parents first."""
    yield from _walk(root, "/")


def lower_content(metabase: str, identifier: int, site: Key) -> SiteContent:
    """One site's content, with absolute paths.

    Args:
        metabase: Absolute path of the file; relative paths start at its folder.
        identifier: The site's number.
        site: Its key.
    """
    root = site.child("root")
    hidden = hidden_paths(metabase, site.parent)
    directories: list[VirtualDirectory] = []
    if root is not None and root.text("Path"):
        paths: dict[str, str] = {}
        for directory in find_directories(root):
            folder = _folder(metabase, directory, paths)
            paths[directory.url_path] = folder
            directories.append(_lower_directory(directory, folder, hidden))
    directories.sort(key=lambda item: -len(item.url_path))
    return SiteContent(
        identifier=identifier,
        directories=tuple(directories),
        connection_timeout_s=site.number("ConnectionTimeout"),
        allow_keep_alive=site.is_true("AllowKeepAlive"),
        log_directory=_log_directory(metabase, site),
        misdirected_request=site.is_true("MisdirectedRequest"),
    )


def content_reader(metabase: str, root: Key) -> Callable[[int], SiteContent]:
    """Reads the content of sites, each once.

    Args:
        metabase: As for `lower_content`.
        root: The key /LM.
    """

    @cache
    def read(identifier: int) -> SiteContent:
        return lower_content(metabase, identifier, sites()[identifier])

    @cache
    def sites() -> dict[int, Key]:
        return dict(web_sites(root))

    return read


def hidden_paths(metabase: str, service: Key | None) -> tuple[str, ...]:
    """Files that no site may serve: the metabase, its certificates, its runtime folder.

    Args:
        metabase: Absolute path of the file.
        service: The key w3svc, which names the central certificate store; or ``None``.
    """
    real = os.path.realpath(metabase)
    beside = os.path.join(os.path.dirname(real), STATE_NAME)
    named = os.path.dirname(runtime_directory(metabase))
    hidden: tuple[str, ...] = (real, certificates_directory(metabase), beside)
    if named != beside:
        hidden = (*hidden, named)
    central = "" if service is None else service.text("CentralCertStorePath")
    if not central:
        return hidden
    return (*hidden, os.path.realpath(physical_path(metabase, central)))


def physical_path(metabase: str, path: str) -> str:
    """A Path of the metabase as an absolute path of this machine."""
    folder = os.path.dirname(os.path.realpath(metabase))
    return os.path.normpath(os.path.join(folder, path))


def _walk(key: Key, url_path: str) -> Iterator[DirectoryKey]:
    yield DirectoryKey(key, url_path, key.stored("Path") is not None)
    for child in key.children():
        if child.key_type in _DIRECTORY_TYPES:
            name = child.path[-1].lower()
            yield from _walk(child, f"{url_path.rstrip('/')}/{name}")


def _folder(metabase: str, directory: DirectoryKey, paths: dict[str, str]) -> str:
    if directory.has_own_path:
        return physical_path(metabase, directory.key.text("Path"))
    above = directory.url_path.rpartition("/")[0] or "/"
    return os.path.join(paths[above], directory.key.path[-1])


def _lower_directory(
    directory: DirectoryKey, folder: str, hidden: tuple[str, ...]
) -> VirtualDirectory:
    key = directory.key
    documents = tuple(
        name.strip() for name in key.text("DefaultDoc").split(",") if name.strip()
    )
    return VirtualDirectory(
        url_path=directory.url_path,
        physical_path=folder,
        default_documents=documents if _has_flag(key, "EnableDefaultDoc") else (),
        mime_map=_mime_map(key),
        access_read=_has_flag(key, "AccessRead"),
        max_entity_octets=key.number("MaxRequestEntityAllowed"),
        hidden_paths=hidden,
    )


def _has_flag(key: Key, flag: str) -> bool:
    found = find_flag(flag)
    if found is None:
        message = f"the schema has no flag {flag}"
        raise LookupError(message)
    _spelling, row, bit = found
    value = key.effective(row)
    return isinstance(value, int) and bool(value & bit)


def _mime_map(key: Key) -> dict[str, str]:
    """Media types by extension, from the nearest key's list only, as on IIS 6."""
    types: dict[str, str] = {}
    value = key.effective(require_row("MimeMap"))
    for item in value if isinstance(value, tuple) else ():
        extension, _comma, media_type = item.partition(",")
        types[extension.strip().lower()] = media_type.strip()
    return types


def _log_directory(metabase: str, site: Key) -> str | None:
    root = site.child("root") or site
    if site.number("LogType") != 1 or root.is_true("DontLog"):
        return None
    row = require_row("LogFileDirectory")
    stored = site.effective(row)
    if stored == row.default() or not isinstance(stored, str):
        return physical_path(metabase, DEFAULT_LOG_DIRECTORY)
    return physical_path(metabase, stored)
