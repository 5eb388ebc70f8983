"""The answer to a request, as a function of request, site and files on disk.

It reads files through the cache, but uses no socket, no clock and no event loop.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote_from_bytes

from bindctl.model.site import find_directory
from bindctl.server.http.conditions import (
    Precondition,
    RangeProblem,
    find_range,
    judge_conditions,
)
from bindctl.server.http.mime_types import find_media_type
from bindctl.server.http.response import (
    ALLOW_LINE,
    ALLOWED_METHODS,
    FileSlice,
    Response,
    error_page,
    redirect_page,
)
from bindctl.server.http.static_files import NotFound
from bindctl.server.service.service_log import log_service_rarely

if TYPE_CHECKING:
    from bindctl.model.site import SiteContent, VirtualDirectory
    from bindctl.server.http.request import RequestHead
    from bindctl.server.http.request_path import RequestPath
    from bindctl.server.http.response_cache import FileCache, FileEntry

# IIS 6: MaxRequestEntityAllowed has no limit by default; this is for a site without
# any virtual directory.
DEFAULT_MAX_ENTITY_OCTETS: Final = 0
_KEPT_TYPES: Final = 256
_PATH_CHARACTERS: Final = "/!$&'()*+,;=:@-._~"


class Target(NamedTuple):
    """A request's place within a site.

    Attributes:
        path: The path as parsed; ``None`` for ``OPTIONS *``.
        directory: The virtual directory, or ``None`` when the site has none there.
        segments: Below that directory.
    """

    path: RequestPath | None
    directory: VirtualDirectory | None
    segments: tuple[str, ...]

    @property
    def max_entity_octets(self) -> int:
        """Largest body accepted there."""
        if self.directory is None:
            return DEFAULT_MAX_ENTITY_OCTETS
        return self.directory.max_entity_octets


class CacheableResponse(NamedTuple):
    """A response, and the file on whose state alone it depends.

    Attributes:
        response: What to send.
        entry: Set when the same request gets the same response until that file
            changes.
    """

    response: Response
    entry: FileEntry | None = None


def find_target(content: SiteContent, path: RequestPath) -> Target:
    """The virtual directory that contains a path of a site."""
    found = find_directory(content.directories, path.segments)
    if found is None:
        return Target(path, None, path.segments)
    return Target(path, *found)


def answer(head: RequestHead, target: Target, files: FileCache) -> CacheableResponse:
    """The answer to a request whose body, if any, has been read."""
    with_body = head.method != "HEAD"
    if head.method not in ALLOWED_METHODS:
        reason = "The method is not allowed for a file."
        return CacheableResponse(error_page(405, reason, extra_headers=ALLOW_LINE))
    if head.method == "OPTIONS" or target.path is None:
        return CacheableResponse(Response(200, ALLOW_LINE + b"Content-Length: 0\r\n"))
    directory = target.directory
    if directory is None:
        return _missing(with_body=with_body)
    if not directory.access_read:
        reason = "The site does not allow its files to be read."
        return _refuse(403, reason, 2, with_body=with_body)
    return _answer_from_files(head, target.path, directory, target.segments, files)


def _answer_from_files(
    head: RequestHead,
    path: RequestPath,
    directory: VirtualDirectory,
    segments: tuple[str, ...],
    files: FileCache,
) -> CacheableResponse:
    with_body = head.method != "HEAD"
    try:
        entry = files.find(directory, segments, is_folder=path.is_folder)
    except OSError as error:
        return CacheableResponse(unavailable_page(error, with_body=with_body))
    if isinstance(entry, NotFound):
        return _answer_without_file(path, entry, with_body=with_body)
    return _answer_file(head, directory, entry)


def unavailable_page(error: OSError, *, with_body: bool = True) -> Response:
    """503: the system does not let the server open a file; the log says why."""
    cause = error.strerror or str(error)
    log_service_rarely("files", f"requests are answered 503: {cause}")
    reason = "The server cannot open files at the moment."
    return error_page(503, reason, with_body=with_body)


def _answer_without_file(
    path: RequestPath, located: NotFound, *, with_body: bool
) -> CacheableResponse:
    match located:
        case NotFound.MISSING:
            return _missing(with_body=with_body)
        case NotFound.FOLDER_WITHOUT_SLASH:
            location = folder_location(path)
            return CacheableResponse(redirect_page(location, with_body=with_body))
        case NotFound.FOLDER_WITHOUT_DOCUMENT:
            reason = "The folder has no default document and is not listed."
            return _refuse(403, reason, 14, with_body=with_body)
        case NotFound.DENIED:
            reason = "The server may not read the file."
            return _refuse(403, reason, 0, with_body=with_body)


def _answer_file(
    head: RequestHead, directory: VirtualDirectory, entry: FileEntry
) -> CacheableResponse:
    media_type = find_media_type(entry.name, directory.mime_map)
    if media_type is None:
        reason = "The extension of the file has no media type."
        return _refuse(404, reason, 3, with_body=head.method != "HEAD")
    response = _file_response(head, entry, media_type)
    return CacheableResponse(response, entry if entry.is_settled else None)


def _file_response(head: RequestHead, entry: FileEntry, media_type: str) -> Response:
    match judge_conditions(head, entry.etag, entry.modified_s):
        case Precondition.NOT_MODIFIED:
            return Response(304, entry.validator_lines)
        case Precondition.FAILED:
            with_body = head.method != "HEAD"
            reason = "The file is not in the state the request requires."
            return error_page(412, reason, with_body=with_body)
        case Precondition.SEND:
            pass
    wanted: tuple[int, int] | RangeProblem = RangeProblem.WHOLE
    if head.method == "GET":
        wanted = find_range(head, entry.etag, entry.modified_s, entry.size)
    if wanted is RangeProblem.NOT_SATISFIABLE:
        size_line = b"Content-Range: bytes */%d\r\n" % entry.size
        reason = "The file does not have that range."
        return error_page(416, reason, extra_headers=size_line)
    if isinstance(wanted, RangeProblem):
        return _send(head, entry, media_type, 200, (0, entry.size))
    return _send(head, entry, media_type, 206, wanted)


def _send(
    head: RequestHead,
    entry: FileEntry,
    media_type: str,
    status: int,
    span: tuple[int, int],
) -> Response:
    offset, length = span
    headers = b"Content-Type: %s\r\nContent-Length: %d\r\n" % (
        _header_text(media_type),
        length,
    )
    if status == 206:  # noqa: PLR2004 - Partial Content
        last = offset + length - 1
        headers += b"Content-Range: bytes %d-%d/%d\r\n" % (offset, last, entry.size)
    headers += entry.validator_lines
    body: bytes | FileSlice = b""
    if head.method == "GET":
        if entry.body is None:
            body = FileSlice(entry, offset, length)
        else:
            body = entry.body[offset : offset + length]
    return Response(status, headers, body)


def _missing(*, with_body: bool) -> CacheableResponse:
    return _refuse(404, "The file does not exist.", 0, with_body=with_body)


def _refuse(
    status: int, reason: str, substatus: int, *, with_body: bool
) -> CacheableResponse:
    page = error_page(status, reason, substatus=substatus, with_body=with_body)
    return CacheableResponse(page)


def folder_location(path: RequestPath) -> bytes:
    """The target of the redirect for a folder without its final slash."""
    # From the decoded segments: `//evil.example` must not become a network path.
    raw = "/".join(path.segments).encode("utf-8", "surrogateescape")
    location = b"/" + quote_from_bytes(raw, _PATH_CHARACTERS).encode("ascii") + b"/"
    return location if path.query is None else location + b"?" + path.query


@lru_cache(maxsize=_KEPT_TYPES)
def _header_text(text: str) -> bytes:
    # A media type comes from the metabase: it must not be able to end its line.
    return "".join(c for c in text if c.isprintable()).encode("latin-1", "replace")
