"""One local endpoint under one plan, as connections see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.model.binding import Protocol
from bindctl.model.certificate import is_same_certificate
from bindctl.server.http.answer import Target, find_target
from bindctl.server.http.authority import request_host, split_target
from bindctl.server.http.peer_error import (
    PeerProtocolError,
    invalid_hostname,
    invalid_url,
)
from bindctl.server.http.request_path import parse_request_path

if TYPE_CHECKING:
    from bindctl.model.endpoint import IpAddress
    from bindctl.model.site import SiteContent
    from bindctl.routing.plan import PortPlan
    from bindctl.server.http.authority import NameMemo
    from bindctl.server.http.request import RequestHead
    from bindctl.server.service.service_plan import ServicePlan
    from bindctl.server.tls.certificate_contexts import CertificateContexts

DEFAULT_IDLE_TIMEOUT_S = 120  # IIS 6: ConnectionTimeout


def longest_timeout_s(port_plan: PortPlan, plan: ServicePlan) -> float:
    """How long a connection may be silent while nobody knows which site it is for."""
    contents = plan.contents
    sites = {route.site for route in port_plan.routes()}
    return max(
        (contents[site].connection_timeout_s for site in sites if site in contents),
        default=DEFAULT_IDLE_TIMEOUT_S,
    )


class EndpointView:
    """Everything a connection asks about where it arrived.

    Attributes:
        address: The local address.
        address_text: The same, as written.
        port: The port of the bindings.
        real_port: The port of the socket.
        port_plan: Sites and certificates of the port.
        contents: Sites by identifier.
        paused: Identifiers of those that answer 503.
        names: The worker's memory of names.
        contexts: The worker's TLS contexts.
        mark: What keys of ready answers begin with: no two endpoints share it.
        log_place: Local address and real port, for the log.
        idle_timeout_s: How long a connection may be silent before its first request.
    """

    __slots__ = (
        "address",
        "address_text",
        "contents",
        "contexts",
        "idle_timeout_s",
        "log_place",
        "mark",
        "names",
        "paused",
        "port",
        "port_plan",
        "real_port",
    )

    def __init__(  # noqa: PLR0913 - made in one place
        self,
        address: IpAddress,
        ports: tuple[int, int],
        port_plan: PortPlan,
        plan: ServicePlan,
        *,
        idle_timeout_s: float,
        names: NameMemo,
        contexts: CertificateContexts,
    ) -> None:
        """A view of `address`; `ports` are the bindings' port and the socket's."""
        self.address = address
        self.address_text = str(address)
        self.port, self.real_port = ports
        self.port_plan = port_plan
        self.contents = plan.contents
        self.paused = plan.paused
        self.names = names
        self.contexts = contexts
        self.mark = b"%s %d " % (self.address_text.encode("ascii"), self.port)
        self.log_place = (self.address_text.encode("ascii"), self.real_port)
        self.idle_timeout_s = idle_timeout_s

    @property
    def is_tls(self) -> bool:
        """Whether the port speaks HTTPS."""
        return self.port_plan.protocol is Protocol.HTTPS

    def route(
        self, head: RequestHead, server_name: str | None
    ) -> tuple[SiteContent, Target]:
        """The site of a request and the place in it.

        Args:
            head: The request.
            server_name: Of the connection's ClientHello.

        Raises:
            PeerProtocolError: No site has the host, or it belongs to another
                certificate, or the target is not a path, or the site is paused.
        """
        if head.method == "CONNECT":  # its target is another server's authority
            authority, origin = None, b"*"
        else:
            authority, origin = split_target(head.target, is_tls=self.is_tls)
        host = request_host(head, authority, self.names)
        content = self._find_site(host)
        if content is None:
            raise invalid_hostname()
        if content.identifier in self.paused:
            raise PeerProtocolError(503, "The service is unavailable.")
        if content.misdirected_request and self.is_tls:
            self._require_same_certificate(host, server_name)
        if origin == b"*":
            if head.method not in {"OPTIONS", "CONNECT"}:
                raise invalid_url()
            return content, Target(None, None, ())
        return content, find_target(content, parse_request_path(origin))

    def _find_site(self, host: str | None) -> SiteContent | None:
        match = self.port_plan.match(self.address, host)
        return None if match is None else self.contents.get(match.route.site)

    def _require_same_certificate(
        self, host: str | None, server_name: str | None
    ) -> None:
        used = self.port_plan.select_certificate(self.address, server_name)
        right = self.port_plan.select_certificate(self.address, host)
        if not is_same_certificate(used, right):
            reason = "The connection was made for another certificate's host."
            raise PeerProtocolError(421, reason)
