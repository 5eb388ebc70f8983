"""Divides requests into classes that no plan tells apart, and gives a member of each.

A request is a port, a scheme, a local address, a server name and a host. A plan decides
the certificate by the first four, and the site by address, port and host,
independently. So names fall into few classes: each name that a binding or a record has,
the names below each wildcard's suffix that nothing has, and all others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.bindings.listen_list import ALL_IPV4, ALL_IPV6, EVERYWHERE
from bindctl.model.binding import Protocol
from bindctl.model.endpoint import ANY_ADDRESS
from bindctl.model.host import AnyHost, HostName

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from bindctl.bindings.listen_list import ListenList
    from bindctl.model.endpoint import IpAddress, LocalAddress
    from bindctl.model.host import HostPattern
    from bindctl.routing.plan import PortPlan, RoutingPlan

# Neither a host nor a file can have this name: it stands for a label that nothing
# names.
UNNAMED_LABEL: Final = "/"
OTHER_ADDRESS: Final = ALL_IPV4  # any IPv4 address that nothing names
OTHER_IPV6: Final = ALL_IPV6  # any IPv6 address that nothing names
_CENTRAL_ENDING: Final = ".pfx"
_CENTRAL_WILDCARD: Final = "_."
_MAX_LABELS: Final = 126  # of a name of 253 octets


class NameClass(NamedTuple):
    """Names that get the same answers.

    Attributes:
        shown: ``a.example``, ``*.example`` for names of one more label that nothing
            has, ``*`` for every other name and for none.
        name: A member; ``None`` for ``*``.
    """

    shown: str
    name: str | None

    @property
    def is_wildcard(self) -> bool:
        """Whether the class has names of a number of labels before a suffix."""
        return self.shown.startswith("*.")


ANY_OTHER_NAME: Final = NameClass("*", None)


class RequestClass(NamedTuple):
    """One request, which stands for all that get the same answer.

    Attributes:
        protocol: HTTP or HTTPS.
        port: The port.
        address: The local address; `OTHER_ADDRESS` or `OTHER_IPV6` for any that
            nothing names.
        server_name: What the ClientHello names; ``None`` for none, and for HTTP.
        host: What the request names; ``None`` for a host that nothing names.
    """

    protocol: Protocol
    port: int
    address: IpAddress
    server_name: str | None
    host: str | None


class Names(NamedTuple):
    """The names that one phase of one or more plans tells apart on a port.

    Attributes:
        names: Whole names.
        suffixes: Suffixes of wildcards.
        depths: How many labels a wildcard may stand for; 0 is any number.
    """

    names: set[str]
    suffixes: set[str]
    depths: set[int]

    def classes(self) -> Iterator[NameClass]:
        """Every class, names first, all others last."""
        for name in sorted(self.names):
            yield NameClass(name, name)
        for suffix in sorted(self.suffixes):
            for count in _label_counts(suffix, self.depths):
                shown, label = "*." * count, f"{UNNAMED_LABEL}." * count
                yield NameClass(shown + suffix, label + suffix)
        yield ANY_OTHER_NAME


def sample_name(host: HostPattern) -> str | None:
    """A name that visitors of a binding send, and that nothing else names."""
    if isinstance(host, AnyHost):
        return None
    return host.name if isinstance(host, HostName) else f"{UNNAMED_LABEL}.{host.suffix}"


def sample_address(bound: LocalAddress) -> IpAddress:
    """An address at which a binding takes connections, and that nothing else names."""
    return OTHER_ADDRESS if bound is ANY_ADDRESS else bound


def host_names(plans: Iterable[PortPlan]) -> Names:
    """The names that the HTTP phase tells apart: hosts of bindings."""
    found = Names(set(), set(), set())
    for plan in plans:
        found.names.update(plan.names)
        found.suffixes.update(plan.suffixes)
        found.depths.add(plan.wildcard_depth)
    return found


def server_names(plans: Iterable[PortPlan]) -> Names:
    """The names that the TLS phase tells apart: of records and central files."""
    found = Names(set(), set(), set())
    for plan in plans:
        found.names.update(plan.name_records)
        found.suffixes.update(plan.suffix_records)
        found.depths.add(plan.wildcard_depth)
        if plan.central_record is not None:
            found.depths.add(1)  # `_.example.com.pfx` is for one label, always
            names, suffixes = split_central_files(plan.central_files)
            found.names.update(names)
            found.suffixes.update(suffixes)
    return found


def split_central_files(files: Collection[str]) -> tuple[set[str], set[str]]:
    """Server names and wildcard suffixes that files of the central store stand for.

    Source:
        IIS configuration reference, Central Certificate Store: ``_`` for ``*``.
    """
    names: set[str] = set()
    suffixes: set[str] = set()
    for file in files:
        stem = file.removesuffix(_CENTRAL_ENDING)
        if stem.startswith(_CENTRAL_WILDCARD):
            suffixes.add(stem.removeprefix(_CENTRAL_WILDCARD))
        else:
            names.add(stem)
    return names, suffixes


def named_addresses(plan: PortPlan) -> set[LocalAddress]:
    """Every address that a binding or a record of the port names."""
    found: set[LocalAddress] = set(plan.endpoint_records) | set(plan.blanks)
    for by_address in (*plan.names.values(), *plan.suffixes.values()):
        found.update(by_address)
    return found


def sorted_classes(addresses: Collection[LocalAddress]) -> tuple[IpAddress, ...]:
    """Those addresses, and the two that stand for all others, in order."""
    concrete = {item for item in addresses if item is not ANY_ADDRESS}
    concrete |= {OTHER_ADDRESS, OTHER_IPV6}
    return tuple(sorted(concrete, key=lambda item: (item.version, int(item))))


def is_open(
    address: IpAddress, bound: Collection[LocalAddress], listen: ListenList
) -> bool:
    """Whether a connection to `address` reaches a listener of those bindings.

    Args:
        address: Where it arrives, or one that stands for all others.
        bound: Addresses of the bindings of the port.
        listen: Where listening is allowed.
    """
    family = ALL_IPV4 if address.version == ALL_IPV4.version else ALL_IPV6
    for item in (address, family, ANY_ADDRESS):
        if item in bound:
            opened = listen.addresses_for(item)
            if address in opened or family in opened:
                return True
    return False


def request_classes(
    plan: RoutingPlan,
    listen: ListenList = EVERYWHERE,
    others: Sequence[RoutingPlan] = (),
) -> Iterator[RequestClass]:
    """One request of every class that the plan tells apart and takes a connection of.

    Over HTTPS the server name is the host; every name of a host or a record is used as
    both, and one request has no server name.

    Args:
        plan: Whose ports, and which of their addresses are open.
        listen: Where listening is allowed.
        others: Requests that these tell apart on a port of the plan are told apart as
            well.
    """
    for port, port_plan in sorted(plan.ports.items()):
        bound = plan.listening_addresses(port)
        every = plans_of_port(port, (plan, *others))
        hosts = host_names(every)
        is_tls = port_plan.protocol is Protocol.HTTPS
        if is_tls:
            hosts = join_names(hosts, server_names(every))
        for address in _open_addresses(named_anywhere(every), bound, listen):
            for item in hosts.classes():
                server_name = item.name if is_tls else None
                yield RequestClass(
                    port_plan.protocol, port, address, server_name, item.name
                )


def plans_of_port(port: int, plans: Iterable[RoutingPlan]) -> list[PortPlan]:
    """The ports of those plans with that number."""
    return [plan.ports[port] for plan in plans if port in plan.ports]


def named_anywhere(plans: Iterable[PortPlan]) -> set[LocalAddress]:
    """Every address that one of them names."""
    return {address for plan in plans for address in named_addresses(plan)}


def join_names(first: Names, second: Names) -> Names:
    """The names that two phases tell apart together."""
    return Names(
        first.names | second.names,
        first.suffixes | second.suffixes,
        first.depths | second.depths,
    )


def _open_addresses(
    named: Collection[LocalAddress],
    bound: Collection[LocalAddress],
    listen: ListenList,
) -> Iterator[IpAddress]:
    named = {*named, *listen.addresses}
    keep_other = OTHER_IPV6 in named
    for address in sorted_classes(named):
        if address == OTHER_IPV6 and not keep_other:
            continue  # it gets the answers of any other IPv4 address
        if is_open(address, bound, listen):
            yield address


def _label_counts(suffix: str, depths: Collection[int]) -> list[int]:
    """How many unnamed labels before a suffix some wildcard tells apart.

    A wildcard of depth d above the suffix by t labels stands for d - t more of them.
    """
    counts = {1}
    for depth in depths:
        for above in range(suffix.count(".") + 1 if depth else 0):
            counts |= {depth - above, depth - above + 1}
    return sorted(count for count in counts if 1 <= count <= _MAX_LABELS)
