"""Two plans compared: the requests that are answered otherwise.

Requests fall into classes that no plan tells apart: a port, a local address that a
binding names or any other, a host that a binding or a record names or any other. One
request of each class is asked of both plans.
"""

from __future__ import annotations

from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.model.binding import Protocol
from bindctl.model.endpoint import ANY_ADDRESS
from bindctl.routing.explain import address_classes
from bindctl.routing.plan import ANY_IPV6

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.model.endpoint import IpAddress, LocalAddress
    from bindctl.routing.plan import PortPlan, RoutingPlan

# No host can begin so (RFC 1123): it stands for one that nothing names.
_UNNAMED_LABEL: Final = "-"
# As many labels before a wildcard's suffix tell depths apart as people write them.
_MAX_EXTRA_LABELS: Final = 3


class Answer(NamedTuple):
    """What a request gets.

    Attributes:
        is_listening: Whether the port takes connections of the scheme there.
        site: The site that answers; ``None`` is 400.
        certificate_hash: The certificate shown; ``None`` refuses the handshake, and
            for HTTP.
    """

    is_listening: bool
    site: int | None
    certificate_hash: str | None


class _Side(NamedTuple):
    """One plan's port, and the addresses it listens on."""

    plan: PortPlan | None
    listening: frozenset[LocalAddress]


class AnswerChange(NamedTuple):
    """A class of requests that two plans answer differently.

    Attributes:
        protocol: HTTP or HTTPS.
        host: ``a.example``, ``*.a.example`` for hosts below that nothing names, or
            ``*`` for any host that nothing names.
        port: The port.
        address: The local address, `OTHER_ADDRESS` for one that nothing names;
            ``None`` when it is so at every address that either plan listens on.
        before: The answer of the first plan.
        after: The answer of the second plan.
    """

    protocol: Protocol
    host: str
    port: int
    address: IpAddress | None
    before: Answer
    after: Answer


def compare_plans(before: RoutingPlan, after: RoutingPlan) -> Iterator[AnswerChange]:
    """Every class of requests with another answer, by port, scheme and host."""
    for port in sorted({*before.ports, *after.ports}):
        plans = (before.ports.get(port), after.ports.get(port))
        if plans[0] == plans[1]:
            continue
        addresses = sorted(
            {*address_classes(before, port), *address_classes(after, port)},
            key=lambda item: (item.version, int(item)),
        )
        spoken = {plan.protocol for plan in plans if plan is not None}
        sides = (_side(before, port), _side(after, port))
        hosts = _host_classes(plans)
        for protocol in Protocol:
            if protocol not in spoken:
                continue
            for shown, host in hosts:
                yield from _compare(sides, protocol, (shown, host, port), addresses)


def _side(plan: RoutingPlan, port: int) -> _Side:
    if port not in plan.ports:
        return _Side(None, frozenset())
    return _Side(plan.ports[port], plan.listening_addresses(port))


def _compare(
    sides: tuple[_Side, _Side],
    protocol: Protocol,
    request: tuple[str, str | None, int],
    addresses: list[IpAddress],
) -> Iterator[AnswerChange]:
    """The changes of one host and port; one when all addresses change alike."""
    shown, host, port = request
    found = []
    for address in addresses:
        old, new = (_answer(side, protocol, address, host) for side in sides)
        if old != new:
            found.append(AnswerChange(protocol, shown, port, address, old, new))
    alike = {(change.before, change.after) for change in found}
    if len(found) == len(addresses) and len(alike) == 1:
        yield found[0]._replace(address=None)
    else:
        yield from found


def _answer(
    side: _Side, protocol: Protocol, address: IpAddress, host: str | None
) -> Answer:
    plan = side.plan
    if plan is None or plan.protocol is not protocol or not _covers(side, address):
        return Answer(is_listening=False, site=None, certificate_hash=None)
    match = plan.match(address, host)
    record = None
    if protocol is Protocol.HTTPS:
        record = plan.select_certificate(address, host)
    return Answer(
        is_listening=True,
        site=None if match is None else match.route.site,
        certificate_hash=None if record is None else record.certificate_hash,
    )


def _covers(side: _Side, address: IpAddress) -> bool:
    listening = side.listening
    if ANY_ADDRESS in listening or address in listening:
        return True
    return isinstance(address, IPv6Address) and ANY_IPV6 in listening


def _host_classes(
    plans: tuple[PortPlan | None, PortPlan | None],
) -> list[tuple[str, str | None]]:
    """How each class of hosts is shown, and a host of it."""
    names: set[str] = set()
    suffixes: set[str] = set()
    depths: set[int] = set()
    for plan in plans:
        if plan is not None:
            names |= {*plan.names, *plan.name_records}
            suffixes |= {*plan.suffixes, *plan.suffix_records}
            depths.add(plan.wildcard_depth)
    found: list[tuple[str, str | None]] = [(name, name) for name in sorted(names)]
    for suffix in sorted(suffixes):
        for count in range(1, _labels(depths) + 1):
            shown = ".".join(["*"] * count)
            host = ".".join([_UNNAMED_LABEL] * count)
            found.append((f"{shown}.{suffix}", f"{host}.{suffix}"))
    return [*found, ("*", None)]


def _labels(depths: set[int]) -> int:
    return 1 if depths == {1} else _MAX_EXTRA_LABELS
