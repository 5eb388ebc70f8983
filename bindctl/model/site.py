"""A web site: its life, and what it answers from."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class ServerState(IntEnum):
    """Life of a site, the values of property ServerState.

    Source:
        IIScnfg.h, MD_SERVER_STATE_*.
    """

    STARTING = 1
    STARTED = 2
    STOPPING = 3
    STOPPED = 4
    PAUSING = 5
    PAUSED = 6
    CONTINUING = 7


class Win32Error(IntEnum):
    """Win32 codes that property Win32Error reports when a site does not start."""

    SUCCESS = 0
    ACCESS_DENIED = 5
    SHARING_VIOLATION = 32
    INVALID_PARAMETER = 87
    ALREADY_EXISTS = 183
    SERVICE_NOT_ACTIVE = 1062
    NOT_FOUND = 1168
    INVALID_NETNAME = 1214

    @property
    def hresult(self) -> int:
        """The code as an HRESULT of facility Win32: 183 is 0x800700B7."""
        return 0x80070000 | int(self) if self else 0


# The system's own words for each code.
WIN32_MESSAGES: Mapping[Win32Error, str] = {
    Win32Error.SUCCESS: "The operation completed successfully.",
    Win32Error.ACCESS_DENIED: "Access is denied.",
    Win32Error.SHARING_VIOLATION: (
        "The process cannot access the file because it is being used by another "
        "process."
    ),
    Win32Error.INVALID_PARAMETER: "The parameter is incorrect.",
    Win32Error.ALREADY_EXISTS: "Cannot create a file when that file already exists.",
    Win32Error.SERVICE_NOT_ACTIVE: "The service has not been started.",
    Win32Error.NOT_FOUND: "Element not found.",
    Win32Error.INVALID_NETNAME: "The format of the specified network name is invalid.",
}


def format_win32_error(error: Win32Error) -> str:
    """``Cannot create a file when that file already exists. (0x800700B7)``."""
    return f"{WIN32_MESSAGES[error]} (0x{error.hresult:08X})"


class VirtualDirectory(NamedTuple):
    """A folder of the disk under a URL path of one site.

    Attributes:
        url_path: ``/`` or ``/images``: lower case, no trailing slash but for the root.
        physical_path: Absolute path of the folder.
        default_documents: File names tried in order for a folder; empty when off.
        mime_map: Extension with its dot, lower case, to media type; what the site
            adds to the server's own list.
        access_read: Whether files may be read at all.
        max_entity_octets: Largest request body accepted.
        hidden_paths: Absolute folders and files that are never served, wherever they
            lie: private keys, the metabase, the service's own files.
    """

    url_path: str
    physical_path: str
    default_documents: tuple[str, ...]
    mime_map: Mapping[str, str]
    access_read: bool
    max_entity_octets: int
    hidden_paths: tuple[str, ...] = ()


class SiteContent(NamedTuple):
    """What one site answers from, ready for the server.

    Attributes:
        identifier: The site's number.
        directories: Its virtual directories, longest URL path first, root last;
            empty when the site has no root folder.
        connection_timeout_s: Seconds a silent connection is kept.
        allow_keep_alive: Whether connections persist after an answer.
        log_directory: Absolute folder of its W3C logs, ``None`` when it keeps none.
        misdirected_request: Whether Host and SNI of different certificates is 421.
    """

    identifier: int
    directories: tuple[VirtualDirectory, ...]
    connection_timeout_s: int
    allow_keep_alive: bool
    log_directory: str | None
    misdirected_request: bool


def find_directory(
    directories: Sequence[VirtualDirectory], segments: tuple[str, ...]
) -> tuple[VirtualDirectory, tuple[str, ...]] | None:
    """The virtual directory of a path, and the segments below it.

    Args:
        directories: Longest URL path first.
        segments: Of the request.
    """
    lowered = tuple(segment.lower() for segment in segments)
    for directory in directories:
        prefix = tuple(part for part in directory.url_path.split("/") if part)
        if lowered[: len(prefix)] == prefix:
            return directory, segments[len(prefix) :]
    return None
