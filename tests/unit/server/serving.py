"""What tests of the server share: a clock, a transport, a plan on the loopback."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from bindctl.bindings.listen_list import ListenList
from bindctl.model.binding import Protocol
from bindctl.model.endpoint import parse_ip_address
from bindctl.model.site import SiteContent
from bindctl.routing.plan import compile_plan
from bindctl.server.service.service_plan import (
    ServiceConfiguration,
    ServiceOptions,
    ServicePlan,
)
from bindctl.server.worker.listeners import ListenerSpec
from bindctl.server.worker.worker_state import WorkerState
from tests.unit.bindings.tables import A, site, table

if TYPE_CHECKING:
    from bindctl.bindings.table import SiteRow

SPECS = tuple(
    ListenerSpec(parse_ip_address("127.0.0.1"), port, port + 8000, protocol)
    for port, protocol in ((80, Protocol.HTTP), (443, Protocol.HTTPS))
)
LOOPBACK = ListenList((parse_ip_address("127.0.0.1"),), is_limited=True)
CONTENT = SiteContent(1, (), 120, True, None, False)


class FakeClock:
    """A clock that is set by hand."""

    def __init__(self, seconds: float) -> None:
        """Show `seconds`."""
        self.seconds = seconds

    def now(self) -> float:
        """What it was set to."""
        return self.seconds

    def monotonic(self) -> float:
        """The same."""
        return self.seconds


LATE = FakeClock(4e9)  # long after every change of a file


class FakeTransport(asyncio.Transport):
    """Keeps what is written, and what else is wanted of it.

    Attributes:
        octets: What was written.
        done: Everything else that was asked for, by name.
        waiting: Octets that the peer has not taken.
        has_eof: Whether the sending side can end alone.
    """

    def __init__(self, **extra: Any) -> None:
        """An open connection; `extra` is known of its socket."""
        super().__init__(extra)
        self.octets = b""
        self.done: list[str] = []
        self.waiting = 0
        self.has_eof = True

    def write(self, data: Any) -> None:
        self.octets += data

    def writelines(self, list_of_data: Any) -> None:
        self.octets += b"".join(list_of_data)

    def close(self) -> None:
        self.done.append("close")

    def abort(self) -> None:
        self.done.append("abort")

    def write_eof(self) -> None:
        self.done.append("write_eof")

    def can_write_eof(self) -> bool:
        return self.has_eof

    def pause_reading(self) -> None:
        self.done.append("pause_reading")

    def resume_reading(self) -> None:
        self.done.append("resume_reading")

    def get_write_buffer_size(self) -> int:
        return self.waiting


def make_state(
    loop: asyncio.AbstractEventLoop, clock: FakeClock, *contents: SiteContent
) -> WorkerState:
    """A worker's memory: site N at host ``sN`` of port 80 and, with a certificate, 443."""
    return WorkerState(
        loop, ServiceOptions(1, 8000), make_plan(*contents), SPECS, (), clock
    )


def make_plan(*contents: SiteContent) -> ServicePlan:
    """Those sites run."""
    rows = table(
        *(
            site(
                each.identifier,
                f":80:s{each.identifier}",
                secure=(f":443:s{each.identifier}",),
                certificate_hash=A,
                flags=1,
            )
            for each in contents
        )
    )
    found = {each.identifier: each for each in contents}
    return ServicePlan(compile_plan(rows, set(found)), found, (), {})


def configuration(*sites: SiteRow) -> ServiceConfiguration:
    """Those sites, without files, on the loopback."""
    made = table(*sites)
    contents = {
        row.identifier: CONTENT._replace(identifier=row.identifier)
        for row in made.sites
    }
    return ServiceConfiguration(made, contents, {}, LOOPBACK)
