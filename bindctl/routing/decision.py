"""Decides a request: its certificate, site and directory, or its refusal.

Only this module knows the order. Code that needs only one phase, such as the server,
asks the plan for it (`PortPlan.select_certificate`, `PortPlan.match`).

1. Something is bound to the port, and a connection to the address is taken.
2. The port speaks the scheme of the request.
3. HTTPS: a certificate record decides by server name, and has a certificate to show.
4. A site matches by host.
5. The site is not paused, and the connection's certificate is the host's, where the
   site insists on that (RFC 9110 §15.5.20).
6. The path leads to one of its directories.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.bindings.records import facts_key
from bindctl.model.binding import Protocol
from bindctl.model.certificate import is_same_certificate
from bindctl.model.site import find_directory

if TYPE_CHECKING:
    from bindctl.model.certificate import SslRecord
    from bindctl.model.endpoint import IpAddress
    from bindctl.model.site import VirtualDirectory
    from bindctl.routing.plan import Match, PortPlan
    from bindctl.routing.reading import Reading
    from bindctl.routing.request import Request


class Ending(Enum):
    """Why no site is asked for its content."""

    UNBOUND = "no running site is bound to the port"
    CLOSED = "nothing listens at the address"
    SPEAKS_HTTP = "HTTPS was asked for: there is no handshake"
    SPEAKS_HTTPS = "HTTP was asked for: 400, in clear"
    NO_RECORD = "no certificate record decides: the handshake is refused"
    NO_CERTIFICATE = "the record's certificate cannot be shown: as above"
    NO_SITE = "400"
    PAUSED = "503"
    MISDIRECTED = "421"


UNCONNECTED: Final = frozenset(
    {Ending.UNBOUND, Ending.CLOSED, Ending.SPEAKS_HTTP, Ending.SPEAKS_HTTPS}
)
UNSHAKEN: Final = frozenset({Ending.NO_RECORD, Ending.NO_CERTIFICATE})
_STATUSES: Final = {
    Ending.SPEAKS_HTTPS: 400,
    Ending.NO_SITE: 400,
    Ending.PAUSED: 503,
    Ending.MISDIRECTED: 421,
}


class Decision(NamedTuple):
    """The decision on a request at one local address.

    Attributes:
        ending: Why no site is asked; ``None`` when one is.
        record: The certificate record that decides; ``None`` for HTTP, too.
        match: The site of the host, and its row; also where the handshake is refused.
        directory: The site's directory of the path, and the path below it; ``None``
            where there is none, or no path was asked for.
    """

    ending: Ending | None
    record: SslRecord | None = None
    match: Match | None = None
    directory: tuple[VirtualDirectory, tuple[str, ...]] | None = None

    @property
    def is_open(self) -> bool:
        """Whether a connection to the address is taken."""
        return self.ending not in {Ending.UNBOUND, Ending.CLOSED}

    @property
    def is_connected(self) -> bool:
        """Whether a request can be sent: open, right scheme, and a handshake."""
        return self.ending not in UNCONNECTED and self.ending not in UNSHAKEN

    @property
    def site(self) -> int | None:
        """The site of the host, once a request can be sent."""
        if self.match is None or not self.is_connected:
            return None
        return self.match.route.site

    @property
    def status(self) -> int | None:
        """The status of the refusal; ``None`` if a site is asked, or without answer."""
        return None if self.ending is None else _STATUSES.get(self.ending)


def decide(
    reading: Reading,
    request: Request,
    address: IpAddress,
    path: tuple[str, ...] | None = None,
) -> Decision:
    """The decision on a request.

    Args:
        reading: What is served.
        request: Scheme, port, host, and the server name of the ClientHello.
        address: The local address it arrives at.
        path: Decoded segments; used if `reading` knows the content of sites.
    """
    plan = reading.plan.ports.get(request.port)
    if plan is None:
        return Decision(Ending.UNBOUND)
    ending = _find_obstacle(reading, plan, request, address)
    if ending is not None:
        return Decision(ending)
    match = plan.match(address, request.host)
    record = None
    if plan.protocol is Protocol.HTTPS:
        record = plan.select_certificate(address, request.server_name)
        if record is None:
            return Decision(Ending.NO_RECORD, None, match)
        if not _can_show(reading, record):
            return Decision(Ending.NO_CERTIFICATE, record, match)
    if match is None:
        return Decision(Ending.NO_SITE, record)
    site = match.route.site
    ending = _find_refusal(reading, site, record, request, address)
    directory = None
    if ending is None and path is not None and reading.read_content is not None:
        directory = find_directory(reading.read_content(site).directories, path)
    return Decision(ending, record, match, directory)


def _find_obstacle(
    reading: Reading, plan: PortPlan, request: Request, address: IpAddress
) -> Ending | None:
    """Why there is no connection of the request's scheme."""
    if not reading.is_open(request.port, address):
        return Ending.CLOSED
    if plan.protocol is request.protocol:
        return None
    is_secure = request.protocol is Protocol.HTTPS
    return Ending.SPEAKS_HTTP if is_secure else Ending.SPEAKS_HTTPS


def _find_refusal(
    reading: Reading,
    site: int,
    record: SslRecord | None,
    request: Request,
    address: IpAddress,
) -> Ending | None:
    """Why a site that matches refuses the request."""
    if site in reading.paused:
        return Ending.PAUSED
    if record is None or site not in reading.strict_sites:
        return None
    return Ending.MISDIRECTED if is_misdirected(reading, request, address) else None


def is_misdirected(reading: Reading, request: Request, address: IpAddress) -> bool:
    """Whether a request's host has another certificate than its connection.

    Source:
        RFC 9110 §15.5.20.
    """
    plan = reading.plan.ports[request.port]
    if request.server_name == request.host:
        return False
    used = plan.select_certificate(address, request.server_name)
    own = plan.select_certificate(address, request.host)
    return not is_same_certificate(used, own)


def _can_show(reading: Reading, record: SslRecord) -> bool:
    if reading.missing and facts_key(record) in reading.missing:
        return False
    find = reading.find_certificate
    return find is None or find(record).problem is None
