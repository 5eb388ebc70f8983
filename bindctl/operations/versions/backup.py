"""backup: copies of the metabase by name and version, with certificates on request.

A restore reads and checks all of a backup before it writes any of it.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, NamedTuple

from bindctl.certificates.encryption import NONCE_OCTETS, SALT_OCTETS, Seal
from bindctl.findings.errors import BindctlError, file_error
from bindctl.storage import backup_store
from bindctl.storage.backup_file import (
    METABASE_MEMBER,
    decode_backup,
    encode_backup,
    is_member,
    unusable,
)
from bindctl.storage.file_locations import certificates_directory
from bindctl.storage.file_reading import read_octets
from bindctl.toml.reader import parse_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from bindctl.storage.backup_store import Backup
    from bindctl.storage.workspace import Workspace

_CERTIFICATE = ".pem"
_AUTHORITY = "authority"  # its key signs for every host: never in a backup


class RestoredBackup(NamedTuple):
    """The result of restoring.

    Attributes:
        backup: The one restored.
        is_changed: Whether the metabase had another content before.
        certificates: How many certificates were written to the stores.
    """

    backup: Backup
    is_changed: bool
    certificates: int


class BackupOptions(NamedTuple):
    """How a backup is made.

    Attributes:
        password: Encrypts it; ``None`` leaves it in clear.
        has_certificates: Certificates and private keys of all stores come with it.
        version: 0 to 9999; ``None`` is the one after the highest.
        is_overwriting: Whether a backup of that version may be replaced.
        seal_cost: scrypt's N.
    """

    password: str | None = None
    has_certificates: bool = False
    version: int | None = None
    is_overwriting: bool = False
    seal_cost: int = Seal(b"", b"").cost


def create_backup(
    workspace: Workspace,
    name: str,
    now: datetime,
    options: BackupOptions | None = None,
    random: Callable[[int], bytes] = os.urandom,
) -> Backup:
    """Keep the metabase as it is now under a name.

    Args:
        workspace: The metabase.
        name: Up to 100 characters.
        now: Aware UTC.
        options: Password, certificates and version.
        random: Gives that many octets nobody can guess.

    Raises:
        BindctlError: MET011, the name is not allowed, or the version is taken; or the
            metabase cannot be read, or the backup not be written.
    """
    options = options or BackupOptions()
    backup_store.require_name(name)
    if options.password == "":
        raise BindctlError("MET011", "the password is empty", "give another, or none")
    files = {METABASE_MEMBER: workspace.read()}
    if options.has_certificates:
        files.update(_read_certificates(workspace))
    seal = None
    if options.password is not None:
        seal = Seal(random(SALT_OCTETS), random(NONCE_OCTETS), options.seal_cost)
    octets = encode_backup(
        files,
        f"{now:%Y-%m-%dT%H:%M:%SZ}",
        has_certificates=options.has_certificates,
        password=options.password,
        seal=seal,
    )
    lock = backup_store.lock_backups(workspace)
    try:
        version = _choose_version(workspace, name, options)
        backup_store.write_backup(workspace, name, version, octets)
    finally:
        os.close(lock)
    return backup_store.find_backup(workspace, name, version)


def list_backups(workspace: Workspace) -> tuple[Backup, ...]:
    """All backups by name, and by version.

    Raises:
        BindctlError: The folder cannot be read.
    """
    return backup_store.list_backups(workspace)


def restore_backup(
    workspace: Workspace,
    name: str,
    version: int | None = None,
    password: str | None = None,
) -> RestoredBackup:
    """Give the metabase the content of a backup; its certificates go to the stores.

    Args:
        workspace: The metabase, which may be gone.
        name: The backup's.
        version: ``None`` is the highest.
        password: The one it was made with.

    Raises:
        BindctlError: MET009, there is none; MET010, the password is wrong or the file
            is damaged: nothing is changed; or a file cannot be written.
    """
    backup = backup_store.find_backup(workspace, name, version)
    files = decode_backup(backup_store.read_backup(workspace, backup), password)
    octets = files.pop(METABASE_MEMBER)
    try:
        parse_document(octets)
    except BindctlError as error:
        raise unusable(f"what it holds is not a metabase: {error.message}") from error
    # A metabase must never name a certificate that is not there yet.
    written: list[_Written] = []
    try:
        _write_certificates(workspace, files, written)
        is_changed = workspace.restore(octets)
    except BindctlError:
        _take_back(workspace, written)
        raise
    certificates = sum(item.path.endswith(_CERTIFICATE) for item in written)
    return RestoredBackup(backup, is_changed, certificates)


def delete_backup(
    workspace: Workspace,
    name: str,
    version: int | None = None,
    *,
    all_versions: bool = False,
) -> tuple[Backup, ...]:
    """Remove a backup.

    Args:
        workspace: The metabase.
        name: The backup's.
        version: ``None`` is the highest.
        all_versions: Remove every version.

    Returns:
        Those that are gone.

    Raises:
        BindctlError: MET009, there is none.
    """
    lock = backup_store.lock_backups(workspace)
    try:
        found = [backup_store.find_backup(workspace, name, version)]
        if all_versions:
            everything = backup_store.list_backups(workspace)
            found = [item for item in everything if item.name == name]
        for item in found:
            backup_store.remove_backup(workspace, item)
    finally:
        os.close(lock)
    return tuple(found)


def _choose_version(workspace: Workspace, name: str, options: BackupOptions) -> int:
    version = options.version
    if version is None:
        return backup_store.next_version(workspace, name)
    if not 0 <= version <= backup_store.MAX_VERSION:
        message = f"{version} is not a version of a backup"
        hint = f"0 to {backup_store.MAX_VERSION}"
        raise BindctlError("MET011", message, hint)
    taken = {(item.name, item.version) for item in list_backups(workspace)}
    if (name, version) in taken and not options.is_overwriting:
        message = f"backup {name!r} has a version {version} already"
        raise BindctlError("MET011", message, "leave the version out, or --overwrite")
    return version


def _read_certificates(workspace: Workspace) -> Iterator[tuple[str, bytes]]:
    """Certificates and keys of every store, by the member's name."""
    top = certificates_directory(workspace.path)
    base = os.path.basename(top)
    for store in _names_in(top):
        folder = os.path.join(top, store)
        if store == _AUTHORITY or not os.path.isdir(folder):
            continue
        for file in _names_in(folder):
            member = f"{base}/{store}/{file}"
            if is_member(member):
                yield member, read_octets(os.path.join(folder, file))


def _names_in(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise file_error(folder, error) from error


class _Written(NamedTuple):
    """A file of a store that was written, and its content before, if any."""

    path: str
    before: bytes | None


def _write_certificates(
    workspace: Workspace, files: Mapping[str, bytes], written: list[_Written]
) -> None:
    """Write the files that are not there already, and note them in `written`."""
    base = os.path.dirname(certificates_directory(workspace.path))
    # Keys first: a certificate never lies there without its key.
    for member in sorted(files, key=lambda name: name.endswith(_CERTIFICATE)):
        path = os.path.join(base, *member.split("/"))
        before = workspace.find_file(path)
        if before == files[member]:
            continue
        workspace.make_folder(os.path.dirname(path), is_private=True)
        workspace.write_file(path, files[member], _mode(path))
        written.append(_Written(path, before))


def _take_back(workspace: Workspace, written: list[_Written]) -> None:
    """Restore the stores as far as possible; the caller reports the failure."""
    for path, before in reversed(written):  # keys last
        with contextlib.suppress(BindctlError):
            if before is None:
                workspace.remove_file(path)
            else:
                workspace.write_file(path, before, _mode(path))


def _mode(path: str) -> int:
    return 0o644 if path.endswith(_CERTIFICATE) else 0o600
