"""How a service runs, as opposed to what it serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bindctl.model.endpoint import IpAddress


@dataclass(frozen=True, slots=True)
class ServiceOptions:
    """What the command line decides.

    Attributes:
        runtime_directory: Absolute folder of pid, states, lock and control socket;
            made with mode 0700 when it is missing.
        workers: Worker processes, 1 or more.
        port_offset: Added to every bound port, so that 80 and 443 need no privilege.
        listen: Addresses that bindings to any address listen on; empty leaves it to
            the plan.
        drain_timeout_s: Longest wait for requests in flight at stop.
        tls_handshake_timeout_s: Longest wait for a TLS handshake to end.
    """

    runtime_directory: str
    workers: int
    port_offset: int = 0
    listen: tuple[IpAddress, ...] = ()
    drain_timeout_s: float = 10.0
    tls_handshake_timeout_s: float = 10.0
