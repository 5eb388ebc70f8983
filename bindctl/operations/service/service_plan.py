"""Makes the configuration of a service from a metabase."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bindctl.bindings.lowering import lower_table
from bindctl.metabase.tree import make_tree, web_sites
from bindctl.operations.load.central_store import list_central_folder, with_folder
from bindctl.operations.load.site_content import lower_content, physical_path
from bindctl.server.service.service_plan import (
    DEFAULT_MIN_OCTETS_PER_S,
    CentralFiles,
    ServiceConfiguration,
)
from bindctl.storage.file_locations import store_directory
from bindctl.toml.reader import parse_document

if TYPE_CHECKING:
    from bindctl.metabase.tree import Key
    from bindctl.storage.workspace import Workspace


def load_service_configuration(workspace: Workspace) -> ServiceConfiguration:
    """Read the metabase for the service.

    Args:
        workspace: The metabase.

    Raises:
        BindctlError: The metabase cannot be read.
    """
    octets = workspace.read()
    root = make_tree(parse_document(octets))
    table = lower_table(root)
    central = None
    if table.central_store_path:
        folder = list_central_folder(workspace.path, table)
        table = with_folder(table, folder)
        central = CentralFiles(
            physical_path(workspace.path, table.central_store_path),
            table.central_store_password,
            folder.spellings,
        )
    stores = {site.certificate_store_name for site in table.sites}
    stores |= {record.certificate_store_name for record in table.records}
    return ServiceConfiguration(
        table=table,
        contents={
            identifier: lower_content(workspace.path, identifier, key)
            for identifier, key in web_sites(root)
        },
        store_directories={
            name.upper(): store_directory(workspace.path, name) for name in stores
        },
        listen=table.listen,
        min_octets_per_s=_min_octets_per_s(root),
        digest=document_digest(octets),
        central=central,
    )


def document_digest(octets: bytes) -> str:
    """A word that differs if two documents do."""
    return hashlib.sha256(octets).hexdigest()


def _min_octets_per_s(root: Key) -> int:
    service = root.child("w3svc")
    if service is None:
        return DEFAULT_MIN_OCTETS_PER_S
    return service.number("MinFileBytesPerSec")
