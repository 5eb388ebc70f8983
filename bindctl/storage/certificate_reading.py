"""Reads the files of a certificate store into rows of the cache."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from bindctl.findings.errors import BindctlError
from bindctl.model.certificate import MAX_KEY_OCTETS
from bindctl.storage.facts_cache import FactsCache, content_digest, make_row
from bindctl.storage.file_reading import read_small_file
from bindctl.storage.user_cache import cache_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.model.certificate import Certificate


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
        certificate_octets = read_small_file(files.path + "pem")
        key_octets = _find_octets(files.path + "key")
    except FileNotFoundError:
        return None
    except OSError as error:
        return describe_failure(error)
    digest = content_digest(certificate_octets, key_octets)
    known = cache.find_content(files.thumbprint, files.stamp, digest)
    if known is not None:
        return known
    said = read_facts(certificate_octets, key_octets)
    return make_row(files.thumbprint, files.stamp, digest, said)


def read_facts(
    certificate_octets: bytes, key_octets: bytes | None, store_name: str = ""
) -> Certificate | str:
    """Facts of a certificate, or why it cannot be used."""
    if key_octets is not None and len(key_octets) > MAX_KEY_OCTETS:
        return f"its key's file is larger than {MAX_KEY_OCTETS} octets"
    # Imported here: a store that has not changed since never needs it.
    from bindctl.certificates.facts import read_certificate  # noqa: PLC0415
    from bindctl.certificates.pem import find_key  # noqa: PLC0415 - as above

    pem = find_key(key_octets or b"") + certificate_octets
    try:
        return read_certificate(
            certificate_octets, key_octets, store_name, partial(_handshakes, pem)
        )
    except BindctlError as error:
        return error.message


def _handshakes(pem: bytes) -> bool:
    """Whether a client of this machine gets a handshake from a server with that key.

    The client looks at no name, date or issuer: what it refuses is left out.
    """
    import ssl  # noqa: PLC0415 - few certificates are tried
    import tempfile  # noqa: PLC0415 - as above

    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    descriptor, draft = tempfile.mkstemp(prefix="bindctl-")  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(pem)
        server.load_cert_chain(draft, password=lambda: b"")
    except ssl.SSLError:
        return False
    finally:
        os.unlink(draft)
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    asking, answering = (
        client.wrap_bio(down, up),
        server.wrap_bio(up, down, server_side=True),
    )
    for side in (asking, answering, asking):  # hello, certificate, finished
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
        except ssl.SSLError:
            return False
    return asking.cipher() is not None


def _find_octets(path: str) -> bytes | None:
    try:
        return read_small_file(path)
    except FileNotFoundError:
        return None
