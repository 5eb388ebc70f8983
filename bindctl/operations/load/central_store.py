"""The central certificate store of a metabase: its files and their certificates.

The binding table holds the folder's path and the names of its files. The names are
filled in here when a metabase is read; the certificates are read when they are needed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bindctl.findings.errors import BindctlError
from bindctl.model.binding import SslFlags
from bindctl.model.certificate import CentralKey
from bindctl.operations.load.site_content import physical_path
from bindctl.rules.central_store import used_central_files
from bindctl.storage.central_store import CentralContents, CentralFolder, CentralStore
from bindctl.storage.file_locations import user_cache_directory

if TYPE_CHECKING:
    from bindctl.bindings.table import BindingTable
    from bindctl.model.certificate import Certificate


def open_central_store(metabase: str, table: BindingTable) -> CentralStore | None:
    """The store the table names; ``None`` when it names none.

    Args:
        metabase: Absolute path of the file; a relative folder is beside it.
        table: The bindings.
    """
    if not table.central_store_path:
        return None
    return CentralStore(
        physical_path(metabase, table.central_store_path),
        table.central_store_password,
        user_cache_directory(os.environ),
    )


def list_central_folder(metabase: str, table: BindingTable) -> CentralFolder:
    """The names in the folder; none when no site or record asks for it."""
    store = open_central_store(metabase, table) if _asks(table) else None
    return CentralFolder() if store is None else store.list_folder()


def with_central_files(metabase: str, table: BindingTable) -> BindingTable:
    """The table with the names of the store's files, or why it has none."""
    return with_folder(table, list_central_folder(metabase, table))


def with_folder(table: BindingTable, folder: CentralFolder) -> BindingTable:
    """The same for a folder that has been listed."""
    return table._replace(central_files=folder.files, central_problem=folder.problem)


def load_central_certificates(metabase: str, table: BindingTable) -> CentralContents:
    """Facts of the files that hosts of bindings lead to, and why some have none.

    Args:
        metabase: Absolute path of the file.
        table: The bindings, filled by `with_central_files`.
    """
    store = open_central_store(metabase, table)
    files = used_central_files(table) if store is not None else {}
    if store is None or not files:
        return CentralContents({}, {})
    return store.load(files)


def require_central_certificate(
    metabase: str, table: BindingTable, file: str
) -> Certificate:
    """Facts of one file.

    Args:
        metabase: Absolute path of the file the table was read from.
        table: The bindings.
        file: A name in lower case, as `SslRecord.certificate_hash` has it.

    Raises:
        BindctlError: CRT103, it cannot be read.
    """
    store = open_central_store(metabase, table)
    found = CentralContents({}, {}) if store is None else store.load([file])
    if file not in found.certificates:
        reason = found.problems.get(file, "there is no central store")
        raise BindctlError("CRT103", f"{file}: {reason}")
    return found.certificates[file]


def _asks(table: BindingTable) -> bool:
    """Whether anything can lead to the store; for most tables nothing does."""
    return any(
        site.ssl_flags & SslFlags.CENTRAL_CERT_STORE for site in table.sites
    ) or (any(isinstance(record.key, CentralKey) for record in table.records))
