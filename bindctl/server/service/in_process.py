"""One process that does it all, where `fork` is missing.

There is no control socket: a change of the metabase needs a stop and a start.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import TYPE_CHECKING

from bindctl.server.service.active_plan import Planner
from bindctl.server.tls.handshake import make_base_contexts
from bindctl.server.worker.listeners import ListenerSet
from bindctl.server.worker.worker import Worker, run_loop

if TYPE_CHECKING:
    from collections.abc import Callable

    from bindctl.server.service.clock import Clock
    from bindctl.server.service.options import ServiceOptions
    from bindctl.server.service.preparation import LoadConfiguration
    from bindctl.server.service.runtime_files import RuntimeDirectory
    from bindctl.server.service.service_plan import ServicePlan
    from bindctl.server.worker.listeners import ListenerSpec


def run_in_process(
    options: ServiceOptions,
    load: LoadConfiguration,
    on_ready: Callable[[ServicePlan, tuple[ListenerSpec, ...]], None],
    runtime: RuntimeDirectory,
    clock: Clock,
) -> int:
    """Serve until interrupted; the exit status."""
    listeners = ListenerSet()
    message = Planner(load, listeners, options, clock).first().message
    plan, specs = message.plan, message.specs
    runtime.write_pid()
    runtime.write_states(plan.statuses)

    async def main() -> None:
        worker = Worker(options, message, make_base_contexts(), clock)
        found = ((spec, listeners.find(spec)) for spec in specs)
        await worker.listen({spec: each for spec, each in found if each is not None})
        worker.start_ticking()
        on_ready(plan, specs)
        await _until_signalled()
        await worker.drain(options.drain_timeout_s)

    with contextlib.suppress(KeyboardInterrupt):
        run_loop(main())
    return 0


async def _until_signalled() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:
            # Windows' loop has none: the interrupt arrives as an exception.
            continue
    await stop.wait()
