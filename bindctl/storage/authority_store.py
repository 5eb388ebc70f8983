"""The development authority on disk: ``authority.pem`` and ``authority.key``.

1. The key is written first: a certificate never lies there without its key. A key
   without a certificate is left from a crash during the first use, and is replaced.
2. An authority is made under a lock, so that processes that race on first use share
   one.
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
from bindctl.storage.file_locations import AUTHORITY_NAME
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from datetime import datetime

    from bindctl.storage.workspace import Workspace

CERTIFICATE_NAME: Final = AUTHORITY_NAME
KEY_NAME: Final = "authority.key"
LOCK_NAME: Final = "authority.lock"


def load_or_create_authority(
    directory: str | os.PathLike[str],
    now: datetime,
    workspace: Workspace | None = None,
) -> AuthorityMaterial:
    """The authority of that folder, made there on first use.

    Args:
        directory: Made, closed to others, when it is missing. Once it holds an
            authority, it need not be writable.
        now: Aware UTC.
        workspace: What its files are read and written by; the disk by default.

    Raises:
        BindctlError: CRT003, the authority there cannot issue certificates now; MET005
            or MET006, the files cannot be read or written.
    """
    folder = os.fspath(directory)
    workspace = workspace or DiskWorkspace("")
    material = find_authority(folder, now, workspace)
    if material is not None:
        return material
    workspace.make_folder(folder, is_private=True)
    lock = workspace.lock_file(os.path.join(folder, LOCK_NAME))
    try:
        # Another process may have made it while this one waited.
        return find_authority(folder, now, workspace) or _create(folder, now, workspace)
    finally:
        os.close(lock)  # closing releases it, as the end of the process does


def find_authority(
    directory: str | os.PathLike[str],
    now: datetime,
    workspace: Workspace | None = None,
) -> AuthorityMaterial | None:
    """The authority of that folder, or ``None`` when none was made there.

    Raises:
        BindctlError: CRT003 or MET005, as `load_or_create_authority`.
    """
    folder = os.fspath(directory)
    workspace = workspace or DiskWorkspace("")
    certificate_pem = workspace.find_file(os.path.join(folder, CERTIFICATE_NAME))
    if certificate_pem is None:
        return None
    key_pem = workspace.find_file(os.path.join(folder, KEY_NAME))
    if key_pem is None:
        message = f"{folder}: {CERTIFICATE_NAME} has no {KEY_NAME} beside it"
        hint = "put the key back, or remove the folder to have a new authority made"
        raise BindctlError("CRT003", message, hint)
    require_authority(certificate_pem, key_pem, now)
    return AuthorityMaterial(certificate_pem, key_pem)


def _create(folder: str, now: datetime, workspace: Workspace) -> AuthorityMaterial:
    material = create_authority(now)
    workspace.write_file(os.path.join(folder, KEY_NAME), material.key_pem, 0o600)
    certificate_path = os.path.join(folder, CERTIFICATE_NAME)
    workspace.write_file(certificate_path, material.certificate_pem, 0o644)
    return material
