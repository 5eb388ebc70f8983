"""Finds where to connect, so that a request arrives at the right address."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.bindings.listen_list import ALL_IPV4, ALL_IPV6
from bindctl.findings.errors import BindctlError
from bindctl.model.endpoint import parse_port
from bindctl.routing.reason import Reason, Why

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from bindctl.model.endpoint import IpAddress, LocalAddress
    from bindctl.operations.load.running import OpenListener

# 127.0.0.0/8 is the loopback (RFC 1122 §3.2.1.3): on Linux all of it, elsewhere .1.
_LOOPBACK_NAMES: Final = 8


class Target(NamedTuple):
    """An address and port to connect to."""

    address: IpAddress
    port: int


class NoTarget(NamedTuple):
    """Why a request cannot be sent from here; nothing is wrong with the server."""

    reason: Reason


class Closed(NamedTuple):
    """Why a request cannot be sent: the service does not listen where it should."""

    reason: Reason


class GivenTarget(NamedTuple):
    """A server that listens at one address: ``--connect HOST[:PORT[=BOUND]]``.

    Attributes:
        address: Its literal address.
        real_port: Its only port; ``None`` if it has all ports of the plan.
        port_offset: Added to the ports of the plan where `real_port` is ``None``.
    """

    address: IpAddress
    real_port: int | None = None
    port_offset: int = 0


class GivenTargetText(NamedTuple):
    """The parts of ``--connect``, as they are typed.

    Attributes:
        host: A name or an address, without brackets.
        real_port: The port to connect to; ``None`` for those of the plan.
        port: The port of the bindings that it stands for; ``None`` if not given.
    """

    host: str
    real_port: int | None
    port: int | None


def parse_given_target(text: str) -> GivenTargetText:
    """``HOST``, ``HOST:PORT``, ``HOST:PORT=BOUND``; an IPv6 address in brackets.

    Raises:
        ValueError: It is not one of these.
    """
    if text.startswith("["):
        host, closing, rest = text[1:].partition("]")
        if not closing or rest[:1] not in {"", ":"}:
            message = "the brackets of the IPv6 address do not close"
            raise ValueError(message)
        ports = rest[1:]
    else:
        host, colon, ports = text.partition(":")
        if ":" in ports:
            message = "an IPv6 address needs brackets"
            raise ValueError(message)
        rest = colon
    if not host or (rest and not ports):
        message = "a part is missing"
        raise ValueError(message)
    if not ports:
        return GivenTargetText(host, None, None)
    real, equals, bound = ports.partition("=")
    return GivenTargetText(
        host, parse_port(real), parse_port(bound) if equals else None
    )


def choose_port(text: GivenTargetText, ports: Collection[int]) -> int | None:
    """The port of the bindings that a target stands for; ``None`` for all of them.

    Args:
        text: What was typed.
        ports: Those of the plan.

    Raises:
        BindctlError: CLI004, the plan has no such port, or several it could be.
    """
    if text.real_port is None:
        return None
    port = text.real_port if text.port is None else text.port
    if port in ports:
        return port
    if text.port is None and len(ports) == 1:
        return next(iter(ports))
    shown = ", ".join(map(str, sorted(ports))) or "none"
    host = f"[{text.host}]" if ":" in text.host else text.host
    typed = f"--connect {host}:{text.real_port}"
    message = f"{typed}: no binding has port {port}: "
    hint = f"bindctl probe {typed}={min(ports)}" if ports else "bindctl sites"
    raise BindctlError("CLI004", f"{message}those bound are {shown}", hint)


def place_at_target(
    target: GivenTarget, address: IpAddress, port: int, named: Collection[LocalAddress]
) -> Target | NoTarget:
    """Where a request goes when there is only one address to send it to.

    Args:
        target: That address.
        address: Where the plan wants it to arrive; all zeros for any other address.
        port: The port of the bindings; the only one, where the target has one alone.
        named: Addresses that the port's bindings and records name.
    """
    if address in {ALL_IPV4, ALL_IPV6}:
        if target.address in named or _is_of_other_family(target, address, named):
            return NoTarget(Reason(Why.TOLD_APART, address=target.address))
    elif address != target.address:
        return NoTarget(Reason(Why.ONLY_AT, address=address))
    return Target(target.address, target.real_port or port + target.port_offset)


def place_at_service(
    listeners: Collection[OpenListener],
    address: IpAddress,
    port: int,
    named: Collection[LocalAddress],
    is_local: Callable[[IpAddress], bool],
) -> Target | NoTarget | Closed:
    """Where a request goes to reach the service on this machine.

    Args:
        listeners: The service's sockets.
        address: As in `place_at_target`.
        port: As above.
        named: As above.
        is_local: Whether an address is one of this machine: a connection to another
            would ask another machine.
    """
    opened = [item for item in listeners if item.port == port]
    if not opened:
        return Closed(Reason(Why.PORT_NOT_SERVED, port=port))
    if address not in {ALL_IPV4, ALL_IPV6}:
        return _place_at(opened, address, is_local)
    for item in opened:
        for candidate in _candidates(item.address, address):
            if candidate not in named and is_local(candidate):
                return Target(candidate, item.real_port)
    return NoTarget(Reason(Why.ALL_TOLD_APART))


def _place_at(
    opened: Sequence[OpenListener],
    address: IpAddress,
    is_local: Callable[[IpAddress], bool],
) -> Target | NoTarget | Closed:
    """Only at one address."""
    if not is_local(address):
        return NoTarget(Reason(Why.NOT_LOCAL, address=address))
    family = ALL_IPV4 if isinstance(address, IPv4Address) else ALL_IPV6
    for item in opened:
        if item.address in {address, family}:
            return Target(address, item.real_port)
    port = opened[0].port
    return Closed(Reason(Why.ADDRESS_NOT_SERVED, address=address, port=port))


def _is_of_other_family(
    target: GivenTarget, address: IpAddress, named: Collection[LocalAddress]
) -> bool:
    """Whether the zeros stand only for the other family."""
    if ALL_IPV6 not in named:
        return False  # one class stands for both families
    return target.address.version != address.version


def _candidates(opened: IpAddress, wanted: IpAddress) -> Iterator[IpAddress]:
    """Addresses that lead to a socket, for one family or for both."""
    if wanted == ALL_IPV6 and opened.version != ALL_IPV6.version:
        return
    if opened == ALL_IPV4:
        for number in range(1, _LOOPBACK_NAMES + 1):
            yield IPv4Address(f"127.0.0.{number}")
    elif opened == ALL_IPV6:
        yield IPv6Address("::1")
    else:
        yield opened
