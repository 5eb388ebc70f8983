"""What a site answers to a path: the folder, the file, and the status.

It calls the server's own functions, so that the answer is that of the server.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from bindctl.routing.reason import Reason, Why
from bindctl.server.http.mime_types import find_media_type
from bindctl.server.http.peer_error import PeerProtocolError
from bindctl.server.http.request_path import parse_request_path
from bindctl.server.http.static_files import FoundFile, NotFound, locate_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from bindctl.model.site import VirtualDirectory

    FoundDirectory: TypeAlias = tuple[VirtualDirectory, tuple[str, ...]]

_NOT_FOUND = {
    NotFound.MISSING: (404, Why.NOTHING_THERE),
    NotFound.FOLDER_WITHOUT_SLASH: (301, Why.NO_SLASH),
    NotFound.FOLDER_WITHOUT_DOCUMENT: (403, Why.NO_DOCUMENT),
    NotFound.DENIED: (403, Why.NOT_READABLE),
}


class ContentAnswer(NamedTuple):
    """The file or folder to which a path of a site leads.

    Attributes:
        status: The HTTP status of a GET.
        reason: Why, if it is not 200.
        virtual_directory: URL path of the virtual directory; ``None`` for none.
        physical_path: Absolute path that the URL's path stands for; or ``None``.
        file: Absolute path of the file that is sent; or ``None``.
    """

    status: int
    reason: Reason | None
    virtual_directory: str | None = None
    physical_path: str | None = None
    file: str | None = None


def find_content(
    target: str, find: Callable[[tuple[str, ...]], FoundDirectory | None]
) -> ContentAnswer:
    """The answer to a GET.

    Args:
        target: Path and query, as a browser has them in its address line.
        find: Finds the site's directory of a path.
    """
    octets = target.replace(" ", "%20").encode("utf-8", "surrogateescape")
    try:
        path = parse_request_path(octets)
    except PeerProtocolError as error:
        return ContentAnswer(error.status, Reason(Why.BAD_URL, fault=error.reason))
    found = find(path.segments)
    if found is None:
        return ContentAnswer(404, Reason(Why.NO_ROOT))
    directory, segments = found
    return _in_directory(directory, segments, is_folder=path.is_folder)


def _in_directory(
    directory: VirtualDirectory, segments: tuple[str, ...], *, is_folder: bool
) -> ContentAnswer:
    place = os.path.join(directory.physical_path, *segments)
    answer = ContentAnswer(200, None, directory.url_path, place)
    if not directory.access_read:
        return answer._replace(status=403, reason=Reason(Why.ACCESS_IS_OFF))
    try:
        located = locate_file(directory, segments, is_folder=is_folder)
    except OSError as error:
        reason = Reason(Why.SYSTEM_ERROR, error=error.strerror or str(error))
        return answer._replace(status=503, reason=reason)
    if not isinstance(located, FoundFile):
        status, why = _NOT_FOUND[located]
        return answer._replace(status=status, reason=Reason(why))
    os.close(located.descriptor)
    if find_media_type(located.name, directory.mime_map) is None:
        reason = Reason(Why.NO_MEDIA_TYPE)
        return answer._replace(status=404, reason=reason, file=located.path)
    return answer._replace(file=located.path)
