"""How a service runs, as opposed to what it serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bindctl.model.endpoint import MAX_PORT_OFFSET

if TYPE_CHECKING:
    from bindctl.model.endpoint import IpAddress


@dataclass(frozen=True, slots=True)
class ServiceOptions:
    """What the command line decides.

    Attributes:
        workers: Worker processes, 1 or more.
        port_offset: Added to every bound port, so that 80 and 443 need no privilege;
            0 to `MAX_PORT_OFFSET`.
        listen: Addresses that bindings to any address listen on; empty leaves it to
            the plan.
        drain_timeout_s: Longest wait for requests in flight at stop.
        tls_handshake_timeout_s: Longest wait for a TLS handshake to end.
        worker_silence_s: How long a worker's event loop may stand still before the
            worker is replaced.
        probe_secret: Who knows it is told which site answers; empty tells nobody.
    """

    workers: int
    port_offset: int = 0
    listen: tuple[IpAddress, ...] = ()
    drain_timeout_s: float = 10.0
    tls_handshake_timeout_s: float = 10.0
    worker_silence_s: float = 10.0
    probe_secret: str = ""

    def __post_init__(self) -> None:
        """Accept only what some port can bear.

        Raises:
            ValueError: No port is left at that offset.
        """
        if not 0 <= self.port_offset <= MAX_PORT_OFFSET:
            message = (
                f"port offset {self.port_offset} is not between 0 and {MAX_PORT_OFFSET}"
            )
            raise ValueError(message)
