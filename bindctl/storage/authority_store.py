"""The development authority on disk: ``authority.pem`` and ``authority.key``.

1. The key is written first: a certificate never lies there without its key. A key
   without a certificate is what a crash left of a first use, and is replaced.
2. Making one happens under a lock, so that processes that race on first use share one.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from bindctl.certificates.authority import (
    AuthorityMaterial,
    create_authority,
    require_authority,
)
from bindctl.findings.errors import BindctlError
from bindctl.storage.atomic import write_atomically
from bindctl.storage.certificate_reading import read_octets
from bindctl.storage.file_error import file_error
from bindctl.storage.file_locations import AUTHORITY_NAME
from bindctl.storage.file_lock import take_lock
from bindctl.storage.private_directory import create_private_directory

if TYPE_CHECKING:
    from datetime import datetime

CERTIFICATE_NAME: Final = AUTHORITY_NAME
KEY_NAME: Final = "authority.key"
LOCK_NAME: Final = "authority.lock"


def load_or_create_authority(
    directory: str | os.PathLike[str], now: datetime
) -> AuthorityMaterial:
    """The authority of that folder, made there on first use.

    Args:
        directory: Made, closed to others, when it is missing. A folder that may only
            be read is enough once there is an authority in it.
        now: Aware UTC.

    Raises:
        BindctlError: CRT003, what lies there cannot issue certificates now; MET005 or
            MET006, the files cannot be read or written.
    """
    folder = os.fspath(directory)
    material = find_authority(folder, now)
    if material is not None:
        return material
    create_private_directory(folder)
    lock = take_lock(os.path.join(folder, LOCK_NAME))
    try:
        # Another process may have made it while this one waited.
        return find_authority(folder, now) or _create(folder, now)
    finally:
        os.close(lock)  # closing releases it, as the end of the process does


def find_authority(
    directory: str | os.PathLike[str], now: datetime
) -> AuthorityMaterial | None:
    """The authority of that folder, or ``None`` when none was made there.

    Raises:
        BindctlError: CRT003 or MET005, as `load_or_create_authority`.
    """
    folder = os.fspath(directory)
    certificate_pem = _read(os.path.join(folder, CERTIFICATE_NAME))
    if certificate_pem is None:
        return None
    key_pem = _read(os.path.join(folder, KEY_NAME))
    if key_pem is None:
        message = f"{folder}: {CERTIFICATE_NAME} has no {KEY_NAME} beside it"
        hint = "put the key back, or remove the folder to have a new authority made"
        raise BindctlError("CRT003", message, hint)
    require_authority(certificate_pem, key_pem, now)
    return AuthorityMaterial(certificate_pem, key_pem)


def _create(folder: str, now: datetime) -> AuthorityMaterial:
    material = create_authority(now)
    write_atomically(os.path.join(folder, KEY_NAME), material.key_pem, 0o600)
    certificate_path = os.path.join(folder, CERTIFICATE_NAME)
    write_atomically(certificate_path, material.certificate_pem, 0o644)
    return material


def _read(path: str) -> bytes | None:
    try:
        return read_octets(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise file_error(path, error) from error
