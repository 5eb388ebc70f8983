"""The configuration of a service, and everything it needs while it runs."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from bindctl.bindings.listen_list import EVERYWHERE
from bindctl.model.endpoint import MAX_PORT_OFFSET

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bindctl.bindings.listen_list import ListenList
    from bindctl.bindings.table import BindingTable
    from bindctl.model.endpoint import IpAddress
    from bindctl.model.secret import Secret
    from bindctl.model.site import ServerState, SiteContent, Win32Error
    from bindctl.routing.plan import RoutingPlan

DEFAULT_MIN_OCTETS_PER_S = 240  # IIS 6: MinFileBytesPerSec


@dataclass(frozen=True, slots=True)
class ServiceOptions:
    """How a service runs, as opposed to what it serves: the command line decides.

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
        probe_secret: A client that knows it learns which site answers; empty for no
            client.
    """

    workers: int
    port_offset: int = 0
    listen: tuple[IpAddress, ...] = ()
    drain_timeout_s: float = 10.0
    tls_handshake_timeout_s: float = 10.0
    worker_silence_s: float = 10.0
    probe_secret: str = ""

    def __post_init__(self) -> None:
        """Accept only an offset that leaves some port.

        Raises:
            ValueError: No port is left at that offset.
        """
        if not 0 <= self.port_offset <= MAX_PORT_OFFSET:
            message = (
                f"port offset {self.port_offset} is not between 0 and {MAX_PORT_OFFSET}"
            )
            raise ValueError(message)


def names_digest(names: Iterable[str]) -> str:
    """A word that differs when two sets of names do."""
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()


class CentralFiles(NamedTuple):
    """Where the files of the central store are.

    Attributes:
        directory: Absolute path of their folder.
        password: Of every file; empty for none.
        spellings: Names on disk by name in lower case, where the two differ.
    """

    directory: str
    password: Secret
    spellings: Mapping[str, str]

    def path(self, name: str) -> str:
        """The path of a file, by its name in lower case."""
        return os.path.join(self.directory, self.spellings.get(name, name))


class SiteStatus(NamedTuple):
    """One site as the service sees it.

    Attributes:
        identifier: The site's number.
        comment: ServerComment.
        state: ServerState.
        win32_error: Why it does not run; SUCCESS if it does.
        detail: The URL prefix it could not register, and who holds it; or empty.
    """

    identifier: int
    comment: str
    state: ServerState
    win32_error: Win32Error
    detail: str


class ServiceConfiguration(NamedTuple):
    """One reading of the metabase: every site, whether it will run or not.

    Attributes:
        table: Sites and bindings.
        contents: What each site answers from, by identifier.
        store_directories: Absolute folder of each certificate store, by upper-case
            store name; a certificate lies there as ``<hash>.pem`` and ``<hash>.key``.
        listen: Where listening is allowed.
        min_octets_per_s: Slowest body of a request; 0 means no limit.
        digest: Of the document it was read from; empty where there is none.
        central: The central certificate store; ``None`` where none is named.
    """

    table: BindingTable
    contents: Mapping[int, SiteContent]
    store_directories: Mapping[str, str]
    listen: ListenList = EVERYWHERE
    min_octets_per_s: int = DEFAULT_MIN_OCTETS_PER_S
    digest: str = ""
    central: CentralFiles | None = None


class ServicePlan(NamedTuple):
    """Everything a worker serves, as one picklable value that is swapped whole.

    Attributes:
        routing: Sites and certificates by connection and request.
        contents: What each running site answers from, by identifier.
        statuses: Every site, by ascending identifier.
        store_directories: As in `ServiceConfiguration`.
        paused: Identifiers of running sites that answer 503.
        min_octets_per_s: As in `ServiceConfiguration`.
        central: As in `ServiceConfiguration`.
        closed: Where running sites are bound but nothing listens, and why, in words.
    """

    routing: RoutingPlan
    contents: Mapping[int, SiteContent]
    statuses: tuple[SiteStatus, ...]
    store_directories: Mapping[str, str]
    paused: frozenset[int] = frozenset()
    min_octets_per_s: int = DEFAULT_MIN_OCTETS_PER_S
    central: CentralFiles | None = None
    closed: tuple[str, ...] = ()
