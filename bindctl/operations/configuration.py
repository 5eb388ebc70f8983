"""A metabase read whole: tree, binding table, what starts, and the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.bindings.lowering import lower_table
from bindctl.bindings.start import start_sites
from bindctl.metabase.reader import parse_document
from bindctl.metabase.tree import make_tree
from bindctl.routing.plan import compile_plan
from bindctl.storage.metabase_file import read_octets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bindctl.bindings.start import StartResult
    from bindctl.bindings.table import BindingTable
    from bindctl.metabase.tree import Key
    from bindctl.model.site import Win32Error
    from bindctl.routing.plan import RoutingPlan


class Configuration(NamedTuple):
    """One reading of a metabase.

    Attributes:
        octets: The file as read.
        root: The key /LM.
        table: Sites and bindings.
        start: What starting the service does to each site.
        plan: Routing while those sites run.
    """

    octets: bytes
    root: Key
    table: BindingTable
    start: StartResult
    plan: RoutingPlan


def load_configuration(
    metabase: str, closed_ports: Mapping[int, Win32Error] | None = None
) -> Configuration:
    """Read and compile the metabase.

    Args:
        metabase: Absolute path of the file.
        closed_ports: Ports that cannot be opened, and why.

    Raises:
        BindctlError: It cannot be read (MET001, MET002, MET005).
    """
    octets = read_octets(metabase)
    root = make_tree(parse_document(octets))
    table = lower_table(root)
    start = start_sites(table, closed_ports)
    plan = compile_plan(table, start.started)
    return Configuration(octets, root, table, start, plan)
