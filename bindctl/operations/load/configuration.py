"""A metabase read whole: tree, binding table, what starts, and the plan."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bindctl.bindings.lowering import lower_table
from bindctl.bindings.start import start_sites
from bindctl.metabase.tree import make_tree
from bindctl.routing.plan import compile_plan
from bindctl.storage.metabase_file import read_octets
from bindctl.toml.reader import parse_document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bindctl.bindings.listen_list import ListenList
    from bindctl.bindings.start import StartResult
    from bindctl.bindings.table import BindingTable
    from bindctl.metabase.tree import Key
    from bindctl.routing.plan import RoutingPlan


@dataclass(frozen=True)
class Configuration:
    """One reading of a metabase.

    Attributes:
        octets: The file as read.
        root: The key /LM.
        table: Sites and bindings.
        document: The file as parsed, with what is no key: [check] and [[test]].
    """

    octets: bytes
    root: Key
    table: BindingTable
    document: Mapping[str, object]

    @property
    def listen(self) -> ListenList:
        """Where listening is allowed."""
        return self.table.listen

    @cached_property
    def start(self) -> StartResult:
        """What starting the service does to each site; found once it is asked for."""
        return start_sites(self.table)

    @cached_property
    def plan(self) -> RoutingPlan:
        """Routing while those sites run; compiled once it is asked for."""
        return compile_plan(self.table, self.start.started)


def load_configuration(metabase: str) -> Configuration:
    """Read and compile the metabase.

    Args:
        metabase: Absolute path of the file.

    Raises:
        BindctlError: It cannot be read (MET001, MET002, MET005).
    """
    return compile_configuration(read_octets(metabase), metabase)


def compile_configuration(octets: bytes, metabase: str | None = None) -> Configuration:
    """The same of a metabase's octets, whether they are in a file or not.

    Args:
        octets: The document.
        metabase: Absolute path of the file beside which its folders are; without it
            the central certificate store has no files.

    Raises:
        BindctlError: MET002.
    """
    document = parse_document(octets)
    root = make_tree(document)
    table = lower_table(root)
    if metabase is not None and table.central_store_path:
        # Imported here: few metabases have such a store.
        from bindctl.operations.load.central_store import (  # noqa: PLC0415
            with_central_files,
        )

        table = with_central_files(metabase, table)
    return Configuration(octets, root, table, document)
