"""check --live: why this machine cannot open ports that the metabase binds.

A port that this metabase's own service has open is not a finding.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.bindings.listen_list import (
    ALL_IPV4,
    ALL_IPV6,
    LISTEN_ADDRESSES,
    LISTEN_PATH,
)
from bindctl.findings.codes import make_finding
from bindctl.findings.errors import BindctlError
from bindctl.findings.finding import Place
from bindctl.model.endpoint import ANY_ADDRESS, MAX_PORT, format_address
from bindctl.operations.check.machine import Machine
from bindctl.operations.load.configuration import load_configuration
from bindctl.rules.finding_places import place_of
from bindctl.server.worker.listeners import wanted_listeners

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from bindctl.findings.finding import Finding
    from bindctl.model.endpoint import IpAddress, LocalAddress
    from bindctl.operations.check.machine import OpenSocket
    from bindctl.routing.reading import Reading
    from bindctl.server.worker.listeners import ListenerSpec
    from bindctl.storage.workspace import Workspace

_FAMILIES: Final = (ALL_IPV4, ALL_IPV6)
_REFUSED: Final = (errno.EACCES, errno.EPERM)
_PRIVILEGED: Final = 1024  # Linux's default, and what other systems have


class OwnService(NamedTuple):
    """The sockets that the metabase's service has open.

    Attributes:
        sockets: Address and real port of each.
        port_offset: What it adds to every port.
    """

    sockets: Collection[tuple[IpAddress, int]] = frozenset()
    port_offset: int = 0


def live_findings(
    configuration: Reading, own: OwnService, machine: Machine
) -> Iterator[Finding]:
    """BND109, BND110 and BND111 of the sites that start."""
    yield from address_not_on_machine(configuration, machine)
    told: set[tuple[str, int]] = set()
    listeners = wanted_listeners(
        configuration.plan, configuration.listen, own.port_offset
    )
    for spec in listeners:
        if spec.real_port > MAX_PORT or spec.place in own.sockets:
            continue
        finding = _try_port(configuration, spec, own, machine)
        if finding is not None and (finding.code, spec.port) not in told:
            told.add((finding.code, spec.port))
            yield finding


def closed_ports(workspace: Workspace, port_offset: int) -> tuple[Finding, ...]:
    """Why a service that starts with that offset could not open its ports."""
    own = OwnService(port_offset=port_offset)
    return tuple(live_findings(load_configuration(workspace), own, Machine()))


def find_own_service(workspace: Workspace) -> OwnService:
    """The sockets that the service of a metabase has open; none when it does not run.

    Args:
        workspace: The metabase.
    """
    from bindctl.operations.load.running import load_running  # noqa: PLC0415 - when asked

    try:
        running = load_running(workspace.path)
    except BindctlError:
        return OwnService()
    sockets = {(opened.address, opened.real_port) for opened in running.listeners}
    return OwnService(sockets, running.port_offset)


def address_not_on_machine(
    configuration: Reading, machine: Machine
) -> Iterator[Finding]:
    """BND110: addresses of bindings or ListenAddresses that this machine lacks."""
    listen = configuration.listen
    asked: dict[LocalAddress, bool] = {}
    for site, entry, binding in configuration.table.entries():
        address = binding.endpoint.address
        if not site.auto_start or address is ANY_ADDRESS or address in asked:
            continue
        asked[address] = machine.has_address(address)
        if listen.allows(address) and not asked[address]:
            message = f'"{entry.text}": this machine has no address {address}'
            yield make_finding("BND110", place_of(entry), message)
    for address in listen.addresses:
        if address not in asked and not machine.has_address(address):
            place = Place(LISTEN_PATH, LISTEN_ADDRESSES)
            message = f"{address} of {listen.name}: this machine has no such address"
            yield make_finding("BND110", place, message)


def _try_port(
    configuration: Reading, spec: ListenerSpec, own: OwnService, machine: Machine
) -> Finding | None:
    obstacle = machine.find_obstacle(spec.address, spec.real_port)
    if obstacle in _REFUSED:
        return privileged_port(configuration, spec, machine)
    if obstacle == errno.EADDRINUSE:
        return port_taken(configuration, spec, own, machine)
    return None  # free, or an address that is not here


def privileged_port(
    configuration: Reading, spec: ListenerSpec, machine: Machine
) -> Finding:
    """BND109: the system lets only some users open the port."""
    first = machine.first_unprivileged_port() or _PRIVILEGED
    why = f"port {spec.real_port} is below {first}: this user may not open it"
    if spec.real_port >= first:
        why = f"the system refuses port {spec.real_port} to this user"
    place, subject = _subject(configuration, spec)
    return make_finding("BND109", place, f"{subject}: {why}")


def port_taken(
    configuration: Reading, spec: ListenerSpec, own: OwnService, machine: Machine
) -> Finding | None:
    """BND111: another process has the port; ``None`` when it is our own service."""
    listening = machine.find_listening(spec.real_port)
    rivals = [each for each in listening if _collides(each, spec.address)]
    others = [
        each for each in rivals if (each.address, spec.real_port) not in own.sockets
    ]
    is_ours = any(
        port == spec.real_port and address.version == spec.address.version
        for address, port in own.sockets
    )
    if not others and is_ours:
        return None
    place, subject = _subject(configuration, spec)
    holder = next((each.process for each in others if each.process), "")
    holder = holder or "another process"
    where = f"{format_address(spec.address)}:{spec.real_port}"
    if spec.address in _FAMILIES:
        where = f"port {spec.real_port}"
    return make_finding("BND111", place, f"{subject}: {holder} has {where}")


def _collides(opened: OpenSocket, address: IpAddress) -> bool:
    """Whether a listening socket prevents us from opening the address.

    An IPv6 socket for every address may take IPv4 as well: the kernel does not tell.
    """
    if opened.address in {ALL_IPV6, address}:
        return True
    same_family = opened.address.version == address.version
    return same_family and (opened.address == ALL_IPV4 or address in _FAMILIES)


def _subject(configuration: Reading, spec: ListenerSpec) -> tuple[Place, str]:
    """The first binding that needs a socket, and how many more do."""
    entries = [
        entry
        for site, entry, binding in configuration.table.entries()
        if site.identifier in configuration.start.started
        and binding.endpoint.port == spec.port
        and _needs(binding.endpoint.address, spec.address)
    ]
    more = len(entries) - 1
    rest = f" and {more} more binding{'s' if more > 1 else ''}" if more else ""
    return place_of(entries[0]), f'"{entries[0].text}"{rest}'


def _needs(bound: LocalAddress, opened: IpAddress) -> bool:
    if bound is ANY_ADDRESS or bound == opened:
        return True
    return opened in _FAMILIES and bound.version == opened.version
