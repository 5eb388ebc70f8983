"""Reads a metabase: its octets become a `Reading`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.bindings.lowering import lower_table
from bindctl.metabase.tree import make_tree
from bindctl.routing.reading import Reading
from bindctl.toml.reader import parse_document, require_known_version

if TYPE_CHECKING:
    from bindctl.storage.workspace import Workspace


def load_configuration(workspace: Workspace) -> Reading:
    """Read and compile the metabase.

    Args:
        workspace: The metabase.

    Raises:
        BindctlError: It cannot be read (MET001, MET002, MET005).
    """
    return compile_configuration(workspace.read(), workspace)


def compile_configuration(octets: bytes, workspace: Workspace | None = None) -> Reading:
    """The same of a metabase's octets, whether they are in a file or not.

    Args:
        octets: The document.
        workspace: The metabase beside which its folders are; without it
            the central certificate store has no files.

    Raises:
        BindctlError: MET002; MET008, it is of another version.
    """
    require_known_version(octets)
    document = parse_document(octets)
    root = make_tree(document)
    table = lower_table(root)
    if workspace is not None and table.central_store_path:
        # Imported here: few metabases have such a store.
        from bindctl.operations.load.central_store import (  # noqa: PLC0415
            with_central_files,
        )

        table = with_central_files(workspace.path, table)
    return Reading(table, octets, document, root)
