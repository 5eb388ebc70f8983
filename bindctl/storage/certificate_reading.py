"""Reads the files of a certificate store into rows of the cache."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bindctl.findings.errors import BindctlError
from bindctl.storage.facts_cache import FactsCache, content_digest, make_row
from bindctl.storage.user_cache import cache_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.model.certificate import Certificate

_MAX_OCTETS: Final = 1 << 20  # a chain of four is 8 KiB; more than this is a mistake
# Opening a FIFO waits for its other end unless told not to.
_READ_FLAGS: Final = (
    os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)
_FIRST_OCTETS: Final = 1 << 14  # asking for a mebibyte costs as much as reading


class CertificateFiles(NamedTuple):
    """Where a certificate and its key lie.

    Attributes:
        thumbprint: The hash after which they are named.
        path: Their common path, up to ``pem`` and ``key``.
        stamp: Times, sizes and inodes of both, as `read_stamp` gives them.
    """

    thumbprint: str
    path: str
    stamp: list[int]


def open_cache(cache_directory: str, directory: str, store_name: str) -> FactsCache:
    """What is known of the store of that name in that folder."""
    place = os.path.realpath(directory)
    return FactsCache(cache_path(cache_directory, "certificates", place), store_name)


def read_stamp(path: str) -> list[int]:
    """Times, sizes and inodes of a certificate and its key, as `facts_cache` has them.

    Raises:
        OSError: The system tells nothing; FileNotFoundError, there is no certificate.
    """
    first = os.stat(path + "pem")
    stamp = [first.st_mtime_ns, first.st_size, first.st_ctime_ns, first.st_ino]
    try:
        key = os.stat(path + "key")
    except FileNotFoundError:
        return stamp
    return [*stamp, key.st_mtime_ns, key.st_size, key.st_ctime_ns, key.st_ino]


def read_rows(
    files: Sequence[CertificateFiles], cache: FactsCache
) -> list[list[Any] | str | None]:
    """A row of the cache for each.

    In place of a row: a text if the system does not allow reading it, ``None`` if the
    certificate is gone. Neither is to be kept.
    """
    return [_read_row(item, cache) for item in files]


def describe_failure(error: OSError) -> str:
    """Why a file cannot be read, as a clause."""
    cause = (error.strerror or str(error)).lower()
    name = os.path.basename(error.filename or "its file")
    return f"{name} cannot be read: {cause}"


def _read_row(files: CertificateFiles, cache: FactsCache) -> list[Any] | str | None:
    try:
        certificate_octets = read_octets(files.path + "pem")
        key_octets = _find_octets(files.path + "key")
    except FileNotFoundError:
        return None
    except OSError as error:
        return describe_failure(error)
    digest = content_digest(certificate_octets, key_octets)
    known = cache.find_content(files.thumbprint, files.stamp, digest)
    if known is not None:
        return known
    said = _read_facts(certificate_octets, key_octets)
    return make_row(files.thumbprint, files.stamp, digest, said)


def _read_facts(
    certificate_octets: bytes, key_octets: bytes | None
) -> Certificate | str:
    # Imported here: a store that has not changed since never needs it.
    from bindctl.certificates.facts import read_certificate  # noqa: PLC0415

    try:
        return read_certificate(certificate_octets, key_octets, "")
    except BindctlError as error:
        return error.message


def _find_octets(path: str) -> bytes | None:
    try:
        return read_octets(path)
    except FileNotFoundError:
        return None


def read_octets(path: str) -> bytes:
    """The file's octets. Twice as quick as `open`.

    Raises:
        OSError: It cannot be read, is not a file, or is larger than 1 MiB.
    """
    descriptor = open_file(path)
    try:
        octets = os.read(descriptor, _FIRST_OCTETS)
        if len(octets) == _FIRST_OCTETS:
            octets += os.read(descriptor, _MAX_OCTETS)
    except OSError as error:
        error.filename = path
        raise
    finally:
        os.close(descriptor)
    if len(octets) > _MAX_OCTETS:
        raise OSError(errno.EFBIG, "it is larger than 1 MiB", path)
    return octets


def open_file(path: str) -> int:
    """A descriptor to read from.

    Raises:
        OSError: The file is missing, or is a FIFO or the like, whose reader would wait.
    """
    descriptor = os.open(path, _READ_FLAGS)
    kind = os.fstat(descriptor).st_mode
    if stat.S_ISREG(kind) or stat.S_ISDIR(kind):  # reading a folder fails by itself
        return descriptor
    os.close(descriptor)
    raise OSError(errno.ENXIO, "not a regular file", path)
