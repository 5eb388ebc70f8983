"""What a site answers to a path: the folder, the file, and the status.

Asks the server's own functions, so that it is what the server does.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from bindctl.server.http.mime_types import find_media_type
from bindctl.server.http.peer_error import PeerProtocolError
from bindctl.server.http.request_path import find_directory, parse_request_path
from bindctl.server.http.static_files import FoundFile, NotFound, locate_file

if TYPE_CHECKING:
    from bindctl.model.site import SiteContent, VirtualDirectory

_WORDS = {
    NotFound.MISSING: (404, "nothing is there"),
    NotFound.FOLDER_WITHOUT_SLASH: (301, "a folder: to the same path with a slash"),
    NotFound.FOLDER_WITHOUT_DOCUMENT: (403, "the folder has no default document"),
    NotFound.DENIED: (403, "the server may not read it"),
}


class ContentAnswer(NamedTuple):
    """What a path of a site leads to.

    Attributes:
        status: The HTTP status of a GET.
        reason: Why, where it is not 200; or empty.
        virtual_directory: URL path of the virtual directory; ``None`` for none.
        physical_path: Absolute path that the URL's path stands for; or ``None``.
        file: Absolute path of the file that is sent; or ``None``.
    """

    status: int
    reason: str
    virtual_directory: str | None = None
    physical_path: str | None = None
    file: str | None = None


def find_content(content: SiteContent, target: str) -> ContentAnswer:
    """The answer to a GET.

    Args:
        content: The site's.
        target: Path and query, as a browser has them in its address line.
    """
    octets = target.replace(" ", "%20").encode("utf-8", "surrogateescape")
    try:
        path = parse_request_path(octets)
    except PeerProtocolError as error:
        reason = error.reason.removesuffix(".")
        return ContentAnswer(error.status, reason[:1].lower() + reason[1:])
    found = find_directory(content.directories, path.segments)
    if found is None:
        return ContentAnswer(404, "the site has no root folder")
    directory, segments = found
    return _in_directory(directory, segments, is_folder=path.is_folder)


def _in_directory(
    directory: VirtualDirectory, segments: tuple[str, ...], *, is_folder: bool
) -> ContentAnswer:
    place = os.path.join(directory.physical_path, *segments)
    answer = ContentAnswer(200, "", directory.url_path, place)
    if not directory.access_read:
        return answer._replace(status=403, reason="AccessRead is off")
    try:
        located = locate_file(directory, segments, is_folder=is_folder)
    except OSError as error:
        return answer._replace(status=503, reason=error.strerror or str(error))
    if not isinstance(located, FoundFile):
        status, reason = _WORDS[located]
        return answer._replace(status=status, reason=reason)
    os.close(located.descriptor)
    if find_media_type(located.name, directory.mime_map) is None:
        reason = "its extension has no media type"
        return answer._replace(status=404, reason=reason, file=located.path)
    return answer._replace(file=located.path)
