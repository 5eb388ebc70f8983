"""Media types by file extension: IIS's list, with a few newer ones.

It uses Python's own table and no files of the machine, so a site answers the same on
every machine.
"""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_ANY_EXTENSION: Final = ("*", ".*")

# Types that Python's table lacks, or has in an obsolete form (IANA, 2024).
_NEWER: Final[dict[str, str]] = {
    ".avif": "image/avif",
    ".eot": "application/vnd.ms-fontobject",
    ".flac": "audio/flac",
    ".gz": "application/x-gzip",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".map": "application/json",
    ".mjs": "text/javascript",
    ".oga": "audio/ogg",
    ".ogg": "video/ogg",
    ".ogv": "video/ogg",
    ".opus": "audio/ogg",
    ".otf": "font/otf",
    ".rar": "application/octet-stream",
    ".ttf": "font/ttf",
    ".wasm": "application/wasm",
    ".weba": "audio/webm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xhtml": "application/xhtml+xml",
    ".xml": "text/xml",
    ".7z": "application/octet-stream",
}

# Source code and notes that IIS 10 does not list and so does not serve (404.3).
_NOT_SERVED: Final = (".bat", ".ksh", ".md", ".pl", ".py", ".pyc", ".pyo", ".sh")


def _make_default_types() -> dict[str, str]:
    # MimeTypes() starts from the tables compiled into the module; no file is read.
    table = dict(mimetypes.MimeTypes(filenames=()).types_map[True])
    for extension in _NOT_SERVED:
        table.pop(extension, None)
    return table | _NEWER


DEFAULT_TYPES: Final[Mapping[str, str]] = _make_default_types()


def find_media_type(file_name: str, mime_map: Mapping[str, str]) -> str | None:
    """The media type of a file; ``None`` means it is not served (IIS: 404.3).

    Args:
        file_name: Its last path segment.
        mime_map: The site's own map, which wins; ``*`` or ``.*`` is any extension.
    """
    stem, dot, last = file_name.rpartition(".")
    extension = f".{last.lower()}" if dot and (stem or last) else ""
    if extension:
        own = mime_map.get(extension)
        if own is not None:
            return own
        default = DEFAULT_TYPES.get(extension)
        if default is not None:
            return default
    for any_extension in _ANY_EXTENSION:
        if any_extension in mime_map:
            return mime_map[any_extension]
    return None
