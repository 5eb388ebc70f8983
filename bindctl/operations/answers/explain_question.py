"""The question to `explain`: a URL, or a host with options."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from bindctl.findings.errors import BindctlError
from bindctl.model.binding import Protocol
from bindctl.model.endpoint import MAX_PORT, MIN_PORT, parse_ip_address
from bindctl.model.host import parse_authority, parse_host_name
from bindctl.model.witness import is_address_literal
from bindctl.routing.request import Request

if TYPE_CHECKING:
    from bindctl.model.endpoint import IpAddress
    from bindctl.routing.plan import RoutingPlan

DEFAULT_PORTS = {Protocol.HTTP: 80, Protocol.HTTPS: 443}
_EXAMPLE = "bindctl explain https://HOST/, or bindctl explain --host HOST"


class AskedRequest(NamedTuple):
    """The question as it is put.

    Attributes:
        url: ``https://host[:port]/path``; or ``None``, and then the next three count.
        host: The Host; empty for a request that names none (HTTP/1.0).
        port: The port the client connects to.
        scheme: ``http`` or ``https``.
        address: The local address it arrives at; ``None`` for all that can differ.
        server_name: SNI, when it is not the host.
        without_server_name: Whether the client sends no SNI.
        port_offset: What the running service adds to every port.
    """

    url: str | None = None
    host: str | None = None
    port: int | None = None
    scheme: str | None = None
    address: str | None = None
    server_name: str | None = None
    without_server_name: bool = False
    port_offset: int = 0


class Question(NamedTuple):
    """The question as it is understood.

    Attributes:
        url: As typed, or made of the parts.
        request: What routing sees of it.
        target: Path and query.
        address: The local address asked about, if one is.
        real_port: The port of the socket: with the offset.
    """

    url: str
    request: Request
    target: str
    address: IpAddress | None
    real_port: int


def understand(asked: AskedRequest, plan: RoutingPlan) -> Question:
    """The question as it is understood, or an error.

    Args:
        asked: As it is put.
        plan: Says which scheme a port speaks, if the question does not.

    Raises:
        BindctlError: RTE001, it is not a URL or not a host; RTE003, the parts
            contradict one another; BND001, the address is not valid.
    """
    if asked.url is not None and asked.host is not None:
        hint = "bindctl explain --host HOST --sni NAME asks for another host than SNI"
        raise _unclear(f"{asked.url!r} names one host, and --host another", hint)
    if asked.server_name is not None and asked.without_server_name:
        raise _unclear("a client sends a server name or it sends none, not both")
    address = _parse_address(asked.address)
    if asked.url is not None:
        return _from_url(asked, asked.url, address)
    if asked.host is not None:
        return _from_parts(asked, asked.host, plan, address)
    raise _unclear("no URL and no host is given")


def _unclear(message: str, hint: str = _EXAMPLE) -> BindctlError:
    return BindctlError("RTE003", message, hint)


def _from_url(asked: AskedRequest, url: str, address: IpAddress | None) -> Question:
    try:
        parts = urlsplit(url)
        protocol = _find_scheme(parts.scheme)
        if protocol is None:
            message = "it begins with neither http:// nor https://"
            raise ValueError(message)  # noqa: TRY301 - worded below, as all the rest
        authority = parse_authority(
            parts.netloc
        )  # a name before @ does not belong to it
    except ValueError as error:
        message = f"{url!r} is not a URL that bindctl can explain: {error}"
        raise BindctlError("RTE001", message, "bindctl explain --help") from error
    if asked.scheme is not None and asked.scheme.lower() != protocol.value:
        raise _unclear(f"{url!r} is not an {asked.scheme} URL")
    if None not in (asked.port, authority.port) and asked.port != authority.port:
        raise _unclear(f"{url!r} has port {authority.port}, and --port is {asked.port}")
    asked_port = authority.port if asked.port is None else asked.port
    port, real_port = _ports(asked, protocol, asked_port)
    request = _make_request(asked, protocol, port, authority.host)
    query = f"?{parts.query}" if parts.query else ""
    return Question(url, request, (parts.path or "/") + query, address, real_port)


def _from_parts(
    asked: AskedRequest, text: str, plan: RoutingPlan, address: IpAddress | None
) -> Question:
    protocol = _spoken(asked, plan)
    try:
        authority = parse_authority(text) if text else None
    except ValueError as error:
        message = f"{text!r} is not a host that bindctl can explain: {error}"
        raise BindctlError("RTE001", message, "bindctl explain --host HOST") from error
    if authority is not None and authority.port is not None:
        hint = f"bindctl explain --host {authority.host} --port {authority.port}"
        raise _unclear(f"host {text!r} has a port, which no binding looks at", hint)
    port, real_port = _ports(asked, protocol, asked.port)
    request = _make_request(asked, protocol, port, authority and authority.host)
    shown = f"{protocol.value}://{text or '(no host)'}"
    if real_port != DEFAULT_PORTS[protocol]:
        shown += f":{real_port}"
    return Question(f"{shown}/", request, "/", address, real_port)


def _ports(
    asked: AskedRequest, protocol: Protocol, asked_port: int | None
) -> tuple[int, int]:
    """The port of the bindings, and that of the socket."""
    offset = asked.port_offset
    real_port = DEFAULT_PORTS[protocol] + offset if asked_port is None else asked_port
    port = real_port - offset
    if not MIN_PORT <= port <= MAX_PORT or not MIN_PORT <= real_port <= MAX_PORT:
        less = f" less the offset {offset}" if offset else ""
        message = f"port {real_port}{less} is not a port number"
        raise _unclear(message, f"a port is a number from {MIN_PORT} to {MAX_PORT}")
    return port, real_port


def _make_request(
    asked: AskedRequest, protocol: Protocol, port: int, host: str | None
) -> Request:
    if protocol is Protocol.HTTP:
        if asked.server_name is not None or asked.without_server_name:
            raise _unclear("a request over HTTP has no server name")
        return Request(protocol, port, host, None)
    named = _parse_server_name(asked.server_name)
    if asked.without_server_name:
        named = None
    elif named is None and host is not None and not is_address_literal(host):
        named = host
    return Request(protocol, port, host, named)


def _parse_server_name(text: str | None) -> str | None:
    if text is None:
        return None
    if is_address_literal(text):
        message = f"a client never sends an address as server name: {text}"  # RFC 6066
        raise _unclear(
            message, "bindctl explain --no-sni asks as a client that sends none"
        )
    try:
        return parse_host_name(text).name
    except ValueError as error:
        message = f"{text!r} is not a server name: {error}"
        raise BindctlError("RTE001", message, "bindctl explain --sni HOST") from error


def _find_scheme(scheme: str) -> Protocol | None:
    found = (item for item in Protocol if item.value == scheme.lower())
    return next(found, None)


def _spoken(asked: AskedRequest, plan: RoutingPlan) -> Protocol:
    """What the port speaks; without a port, HTTPS where its port is bound."""
    if asked.scheme is not None:
        protocol = _find_scheme(asked.scheme)
        if protocol is None:
            raise _unclear(f"scheme {asked.scheme!r} is neither http nor https")
        return protocol
    if asked.server_name is not None or asked.without_server_name:
        return Protocol.HTTPS
    secure_port = DEFAULT_PORTS[Protocol.HTTPS]
    port = secure_port if asked.port is None else asked.port - asked.port_offset
    port_plan = plan.ports.get(port)
    if port_plan is not None:
        return port_plan.protocol
    is_secure = asked.port is not None and port == secure_port
    return Protocol.HTTPS if is_secure else Protocol.HTTP


def _parse_address(text: str | None) -> IpAddress | None:
    if text is None:
        return None
    try:
        return parse_ip_address(text)
    except ValueError as error:
        hint = "--ip takes an address of this machine: 127.0.0.1, or ::1"
        raise BindctlError("BND001", str(error), hint) from error
