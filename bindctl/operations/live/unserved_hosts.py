"""Hosts of the running service whose every handshake is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.model.binding import Protocol
from bindctl.operations.certificates.coverage import Judge, find_refusals
from bindctl.operations.load.configuration import load_configuration
from bindctl.operations.load.known_certificates import load_known_certificates
from bindctl.operations.load.running import load_running

if TYPE_CHECKING:
    from bindctl.operations.certificates.coverage import Gap
    from bindctl.routing.reading import Reading
    from bindctl.storage.workspace import Workspace


def find_unserved_hosts(workspace: Workspace) -> tuple[Gap, ...]:
    """Each host of a secure binding that has no usable certificate, one an endpoint.

    The plan is what the service has in force; the certificates are what their files
    hold now, as the service reads them.

    Raises:
        BindctlError: SRV001, no service runs; SRV003, it does not say what it serves;
            MET001, MET002 or MET005, it has a central store and the metabase, which
            has the password, cannot be read.
    """
    reading = load_running(workspace.path).reading
    table = reading.table
    if table.central_store_path:
        # A service does not tell the password; its metabase has it.
        password = load_configuration(workspace).table.central_store_password
        reading = reading._replace(
            table=table._replace(central_store_password=password)
        )
    return find_unserved_in(workspace, reading)


def find_unserved_in(workspace: Workspace, reading: Reading) -> tuple[Gap, ...]:
    """The same of a metabase that is about to be served."""
    plans = reading.plan.ports.values()
    if not any(plan.protocol is Protocol.HTTPS for plan in plans):
        return ()  # and no store is read
    known = load_known_certificates(workspace, reading.table)
    found: dict[tuple[int, str, int], Gap] = {}
    for gap in find_refusals(reading, Judge(known, workspace.clock())):
        found.setdefault((gap.site, gap.host, gap.port), gap)
    return tuple(found.values())
