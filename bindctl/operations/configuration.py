"""A metabase read whole: tree, binding table, what starts, and the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.bindings.listen_list import lower_listen_list
from bindctl.bindings.lowering import lower_table
from bindctl.bindings.start import start_sites
from bindctl.metabase.reader import parse_document
from bindctl.metabase.tree import make_tree
from bindctl.routing.plan import compile_plan
from bindctl.storage.metabase_file import read_octets

if TYPE_CHECKING:
    from bindctl.bindings.listen_list import ListenList
    from bindctl.bindings.start import StartResult
    from bindctl.bindings.table import BindingTable
    from bindctl.metabase.tree import Key
    from bindctl.routing.plan import RoutingPlan


class Configuration(NamedTuple):
    """One reading of a metabase.

    Attributes:
        octets: The file as read.
        root: The key /LM.
        table: Sites and bindings.
        listen: Where listening is allowed.
        start: What starting the service does to each site.
        plan: Routing while those sites run.
    """

    octets: bytes
    root: Key
    table: BindingTable
    listen: ListenList
    start: StartResult
    plan: RoutingPlan


def load_configuration(metabase: str) -> Configuration:
    """Read and compile the metabase.

    Args:
        metabase: Absolute path of the file.

    Raises:
        BindctlError: It cannot be read (MET001, MET002, MET005).
    """
    return compile_configuration(read_octets(metabase))


def compile_configuration(octets: bytes) -> Configuration:
    """The same of a metabase's octets, whether they are in a file or not.

    Raises:
        BindctlError: MET002.
    """
    root = make_tree(parse_document(octets))
    table = lower_table(root)
    listen = lower_listen_list(root)
    start = start_sites(table, listen=listen)
    plan = compile_plan(table, start.started)
    return Configuration(octets, root, table, listen, start, plan)
