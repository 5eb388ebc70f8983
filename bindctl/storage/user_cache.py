"""JSON files in the user's cache folder, which are convenient but never needed.

If such a file is missing, damaged, foreign or not writable, it only costs time.

1. A damaged file is not used at all: its first line holds its format and the digest of
   the rest.
2. Nothing is written if another user owns the folder: after one command as root the
   user can still write the cache.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import Final, NamedTuple

from bindctl.findings.errors import BindctlError
from bindctl.storage.atomic import write_atomically
from bindctl.storage.file_reading import MAX_INPUT_OCTETS, read_stream


class CachedDocument(NamedTuple):
    """The content of a file.

    Attributes:
        document: As it was saved; ``None`` when nothing could be read.
        written_ns: When it was saved, by the clock of its file system.
    """

    document: object
    written_ns: int


NOTHING = CachedDocument(None, 0)
_NAME_DIGITS: Final = 32  # no two places share a name


def cache_path(directory: str, kind: str, place: str) -> str:
    """The file for what is read at `place`; empty if there is no cache folder."""
    if not directory:
        return ""
    name = hashlib.sha256(os.fsencode(place)).hexdigest()[:_NAME_DIGITS]
    return os.path.join(directory, f"{kind}-{name}.json")


def load_document(path: str, form: str) -> CachedDocument:
    """The document saved at `path` in that format, or `NOTHING`.

    Args:
        path: Empty for no file at all.
        form: Name and version of the format, one line.
    """
    if not path:
        return NOTHING
    try:
        with open(path, "rb", buffering=0) as file:
            octets = read_stream(file, MAX_INPUT_OCTETS)
            written_ns = os.fstat(file.fileno()).st_mtime_ns
    except OSError:
        return NOTHING
    head, _newline, body = octets.partition(b"\n")
    if head != _head(form, body):
        return NOTHING
    try:
        return CachedDocument(json.loads(body), written_ns)
    except (ValueError, RecursionError):
        return NOTHING


def save_document(path: str, form: str, document: object) -> None:
    """Save it, as `load_document` finds it; does nothing where that is impossible."""
    if not path or not _may_write(path):
        return
    body = json.dumps(document, separators=(",", ":")).encode("ascii")
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        write_atomically(path, _head(form, body) + b"\n" + body, 0o600)
    except (OSError, BindctlError):
        return


def _head(form: str, body: bytes) -> bytes:
    return f"{form} {hashlib.sha256(body).hexdigest()}".encode("ascii")


def _may_write(path: str) -> bool:
    """Whether the folder is this user's, or the nearest one above it that exists."""
    if not hasattr(os, "geteuid"):
        return True
    folder = os.path.dirname(path)
    while True:
        try:
            return os.stat(folder).st_uid == os.geteuid()
        except FileNotFoundError:
            above = os.path.dirname(folder)
        except OSError:
            return False
        if above == folder:
            return False
        folder = above
