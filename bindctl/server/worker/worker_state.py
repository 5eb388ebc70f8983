"""What all connections of one worker share, and the swap of its plan."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Protocol

from bindctl.model.endpoint import parse_ip_address
from bindctl.server.http.authority import NameMemo
from bindctl.server.http.response_cache import FileCache
from bindctl.server.tls.certificate_contexts import CertificateContexts
from bindctl.server.worker.access_log import AccessLogs
from bindctl.server.worker.endpoint_view import EndpointView, longest_timeout_s
from bindctl.server.worker.generations import Generations
from bindctl.server.worker.hot_answers import HotTable
from bindctl.server.worker.listeners import widest
from bindctl.server.worker.second_cache import Ticker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bindctl.server.service.service_log import Clock
    from bindctl.server.service.service_plan import ServiceOptions, ServicePlan
    from bindctl.server.tls.handshake import BaseContexts
    from bindctl.server.worker.listeners import ListenerSpec

# Local addresses in use: a machine has a few, but the loopback has 16 million.
MAX_VIEWS: Final = 256


class OpenConnection(Protocol):
    """What the worker's memory knows of a connection."""

    transport: asyncio.Transport
    view: EndpointView

    def drain(self) -> None:
        """End it once the request in flight is answered."""

    def sweep(self, now: float) -> None:
        """End it if it has been silent for too long."""


class WorkerState:
    """One worker's memory.

    Attributes:
        loop: Its event loop.
        options: Of the service.
        base_contexts: What TLS handshakes start with.
        plan: The plan in force.
        specs: Its listeners.
        connections: All open connections.
        emptied: Set when the last of them is gone.
        monotonic: Seconds that never run backwards, as of the last tick.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - made in one place
        self,
        loop: asyncio.AbstractEventLoop,
        options: ServiceOptions,
        plan: ServicePlan,
        specs: tuple[ListenerSpec, ...],
        base_contexts: BaseContexts,
        clock: Clock,
    ) -> None:
        """Hold `plan` in force."""
        self.loop = loop
        self.options = options
        self.base_contexts = base_contexts
        self.plan = plan
        self.specs = widest(specs)
        self.now = clock.monotonic
        self.wall = clock.now
        self.monotonic = clock.monotonic()
        self.ticker = Ticker(clock)
        self.names = NameMemo()
        self.files = FileCache(clock)
        self.logs = AccessLogs(self.ticker)
        self.hot = HotTable()
        self.contexts = CertificateContexts(
            plan.store_directories, plan.central, self.ticker
        )
        self.connections: set[OpenConnection] = set()
        self.emptied = asyncio.Event()
        self._views: Generations[tuple[str, int], EndpointView] = Generations(MAX_VIEWS)
        self._timeouts_s: dict[int, float] = {}  # by port

    def view(self, address_text: str, port: int) -> EndpointView | None:
        """The endpoint at a local address; ``None`` when nothing listens there."""
        key = (address_text, port)
        view = self._views.get(key)
        if view is None:
            view = self._make_view(address_text, port)
            if view is not None:
                self._views.put(key, view)
        return view

    def swap(self, plan: ServicePlan, specs: Iterable[ListenerSpec]) -> None:
        """Put another plan in force; only connections of removed endpoints end."""
        self.plan = plan
        self.specs = widest(specs)
        self.contexts.replace_stores(plan.store_directories, plan.central)
        self.logs.keep_only(
            {
                (content.log_directory, content.identifier)
                for content in plan.contents.values()
                if content.log_directory is not None
            }
        )
        self.hot.forget()
        self.files.forget()
        self._views.clear()
        self._timeouts_s.clear()
        for connection in tuple(self.connections):
            old = connection.view
            view = self.view(old.address_text, old.port)
            is_same = view is not None and view.is_tls == old.is_tls
            if view is None or not is_same:
                connection.drain()
            else:
                connection.view = view

    def tick(self) -> None:
        """Once a second: time, logs, silent connections."""
        self.logs.flush()
        self.ticker.advance()
        self.monotonic = now = self.now()
        for connection in tuple(self.connections):
            connection.sweep(now)

    def _make_view(self, address_text: str, port: int) -> EndpointView | None:
        port_plan = self.plan.routing.ports.get(port)
        if port_plan is None:
            return None
        address = parse_ip_address(address_text.partition("%")[0])
        if not any(s.port == port and s.covers(address) for s in self.specs):
            return None
        timeout_s = self._timeouts_s.get(port)
        if timeout_s is None:
            timeout_s = longest_timeout_s(port_plan, self.plan)
            self._timeouts_s[port] = timeout_s
        return EndpointView(
            address,
            (port, port + self.options.port_offset),
            port_plan,
            self.plan,
            idle_timeout_s=timeout_s,
            names=self.names,
            contexts=self.contexts,
        )
