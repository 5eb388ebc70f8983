"""The path of a request target: decoded once, dot segments gone, never above its root."""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import unquote_to_bytes

from bindctl.server.http.peer_error import PeerProtocolError, invalid_url

_HEX: Final = frozenset(b"0123456789abcdefABCDEF")
_NO_NAME: Final = re.compile(rb"[\x00-\x1f\x7f\\]")


class RequestPath(NamedTuple):
    """Where a request points within a site.

    Attributes:
        segments: Decoded names; none is empty, ``.`` or ``..`` or holds a slash,
            a backslash or a control character.
        is_folder: Whether the path ended with a slash.
        stem: The path as sent, without the query.
        query: What follows the question mark, or ``None``.
    """

    segments: tuple[str, ...]
    is_folder: bool
    stem: bytes
    query: bytes | None


def parse_request_path(target: bytes) -> RequestPath:
    """The path of an origin-form target.

    Raises:
        PeerProtocolError: 400 for characters that no file name can hold, or a path
            above the root, 404 for an encoded slash.
    """
    stem, mark, query = target.partition(b"?")
    if not stem.startswith(b"/") or b"#" in target:
        raise invalid_url()
    if b"%2f" in stem.lower():
        raise PeerProtocolError(404, "An encoded slash names no file.")
    decoded = _decode(stem)
    segments: list[str] = []
    parts = decoded.decode("utf-8", "surrogateescape").split("/")[1:]
    for part in parts:
        if part == "..":
            if not segments:
                raise invalid_url()
            segments.pop()
        elif part not in {"", "."}:
            segments.append(part)
    is_folder = parts[-1] in {"", ".", ".."}
    return RequestPath(tuple(segments), is_folder, stem, query if mark else None)


def _decode(stem: bytes) -> bytes:
    if b"%" in stem:
        for escape in stem.split(b"%")[1:]:
            if len(escape) < 2 or not _HEX.issuperset(escape[:2]):  # noqa: PLR2004
                raise invalid_url()
        stem = unquote_to_bytes(stem)
    if _NO_NAME.search(stem) is not None:
        raise invalid_url()
    return stem
