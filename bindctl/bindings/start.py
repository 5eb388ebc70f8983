"""Which sites start: W3SVC registering sites one after another.

Ascending identifier; a site whose registration another started site holds is refused
as a whole, and every other site still starts (`docs/explanation/life-of-a-site.md`).
"""

from __future__ import annotations

from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.bindings.listen_list import ALL_IPV6
from bindctl.model.binding import EmulatedVersion, Protocol, format_url_prefix
from bindctl.model.endpoint import ANY_ADDRESS, Endpoint, format_endpoint
from bindctl.model.host import ANY_HOST, WildcardHost, ends_in_dot
from bindctl.model.site import Win32Error

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bindctl.bindings.listen_list import ListenList
    from bindctl.bindings.table import BindingTable, SiteRow
    from bindctl.model.binding import Binding
    from bindctl.model.endpoint import IpAddress
    from bindctl.model.host import HostPattern


_TRAILING_DOT: Final = "BND103"


class Refusal(NamedTuple):
    """Why a site did not start.

    Attributes:
        error: The Win32 code W3SVC reports.
        prefix: The URL prefix that could not be registered, or the binding's text.
        holder: Identifier of the site that holds it, or ``None``.
        reason: Words for people, where the prefix alone does not tell; or empty.
    """

    error: Win32Error
    prefix: str
    holder: int | None = None
    reason: str = ""


class StartResult(NamedTuple):
    """What starting the service does to every site of a table.

    Attributes:
        started: Identifiers of the sites that run.
        refusals: Identifier to reason, for those that should run and do not.
    """

    started: frozenset[int]
    refusals: Mapping[int, Refusal]


def start_sites(
    table: BindingTable,
    closed: Mapping[Endpoint, Win32Error] | None = None,
    listen: ListenList | None = None,
    order: Iterable[int] | None = None,
) -> StartResult:
    """Start sites, each whole or not at all.

    Args:
        table: The bindings.
        closed: Addresses and ports that cannot be opened, and why.
        listen: Where listening is allowed; by default as the table says.
        order: Identifiers of the sites to start, first come first served; by default
            every site with ServerAutoStart, ascending.

    Source:
        Win32 docs, "Processing Registrations"; W3SVC event 1007.
    """
    allowed = table.listen if listen is None else listen
    openings = _Openings(closed or {}, allowed)
    registry = _Registry(openings, table.emulated_version, {}, {})
    started: set[int] = set()
    refusals: dict[int, Refusal] = {}
    if order is None:
        sites = [site for site in table.sites if site.auto_start]
    else:
        rows = {site.identifier: site for site in table.sites}
        sites = [rows[identifier] for identifier in order if identifier in rows]
    for site in sites:
        refusal = registry.register(site)
        if refusal is None:
            started.add(site.identifier)
        else:
            refusals[site.identifier] = refusal
    return StartResult(frozenset(started), refusals)


class _Openings(NamedTuple):
    """What the machine and the listen list allow to be opened."""

    closed: Mapping[Endpoint, Win32Error]
    listen: ListenList

    def find_refusal(self, binding: Binding) -> Refusal | None:
        """Why a binding cannot be reached anywhere; ``None`` when it can."""
        addresses = self.listen.addresses_for(binding.endpoint.address)
        if not addresses:
            reason = self._forbidden(binding.endpoint)
            prefix = format_url_prefix(binding)
            return Refusal(Win32Error.INVALID_NETNAME, prefix, reason=reason)
        if not self.closed:
            return None
        port = binding.endpoint.port
        errors = {
            address: self.closed[Endpoint(address, port)]
            for address in addresses
            if Endpoint(address, port) in self.closed
        }
        if not errors or (len(errors) < len(addresses) and self._forgives(errors)):
            return None
        address, error = next(iter(errors.items()))
        prefix = format_url_prefix(binding)
        reason = f"{prefix} at {format_endpoint(Endpoint(address, port))}"
        return Refusal(error, prefix, reason=reason)

    def _forgives(self, errors: Mapping[IpAddress, Win32Error]) -> bool:
        """Whether a binding to any address works without those, while others are open.

        With a list, one address is enough, because one list may serve many machines.
        Without a list, every address is needed, except those of IPv6 on a machine that
        has no IPv6.
        """
        return self.listen.is_limited or all(
            address == ALL_IPV6 and error is Win32Error.INVALID_NETNAME
            for address, error in errors.items()
        )

    def _forbidden(self, endpoint: Endpoint) -> str:
        if endpoint.address is ANY_ADDRESS:
            return f"no item of {self.listen.name} is an address"
        return f"{format_endpoint(endpoint)} is not among {self.listen.name}"


class _Registry(NamedTuple):
    """What http.sys holds: registrations, and the one scheme of each port."""

    openings: _Openings
    version: EmulatedVersion
    holders: dict[tuple[Endpoint, HostPattern], int]
    schemes: dict[int, tuple[Protocol, int]]

    def register(self, site: SiteRow) -> Refusal | None:
        """Register all bindings of a site, or none and say why."""
        bindings: list[Binding] = []
        for entry in site.entries:
            if entry.binding is None:
                return Refusal(Win32Error.INVALID_PARAMETER, entry.text)
            bindings.append(entry.binding)
            problem = find_version_problem(entry.text, entry.binding, self.version)
            if problem is not None:
                error = Win32Error.INVALID_PARAMETER
                return Refusal(error, entry.text, reason=problem.reason)
        refusal = self._find_refusal(bindings)
        if refusal is None:
            for binding in bindings:
                key = (binding.endpoint, binding.host)
                self.holders[key] = site.identifier
                port = binding.endpoint.port
                self.schemes[port] = (binding.protocol, site.identifier)
        return refusal

    def _find_refusal(self, bindings: Iterable[Binding]) -> Refusal | None:
        own: set[tuple[Endpoint, HostPattern]] = set()
        own_schemes: dict[int, Protocol] = {}
        for binding in bindings:
            key = (binding.endpoint, binding.host)
            port = binding.endpoint.port
            unreachable = self.openings.find_refusal(binding)
            if unreachable is not None:
                return unreachable
            holder = self.holders.get(key)
            if holder is not None:
                return _held(binding, holder)
            scheme, owner = self.schemes.get(port, (binding.protocol, None))
            if scheme is not binding.protocol:
                return _speaks_other(binding, scheme, owner)
            if key in own:
                return _held(binding, None)
            own_scheme = own_schemes.get(port, scheme)
            if own_scheme is not scheme:
                return _speaks_other(binding, own_scheme, None)
            own.add(key)
            own_schemes[port] = scheme
        return None


def _held(binding: Binding, holder: int | None) -> Refusal:
    prefix = format_url_prefix(binding)
    reason = (
        "" if holder is not None else f"{prefix} is registered by this site already"
    )
    return Refusal(Win32Error.ALREADY_EXISTS, prefix, holder, reason)


def _speaks_other(binding: Binding, scheme: Protocol, holder: int | None) -> Refusal:
    prefix, port = format_url_prefix(binding), binding.endpoint.port
    whose = "this site itself" if holder is None else f"site {holder}"
    reason = f"{prefix} cannot be, port {port} is {scheme.value} for {whose}"
    return Refusal(Win32Error.ALREADY_EXISTS, prefix, holder, reason)


class VersionProblem(NamedTuple):
    """Why a version of IIS does not start a site with a binding: code and words."""

    code: str
    reason: str


def find_version_problem(
    text: str, binding: Binding, version: EmulatedVersion
) -> VersionProblem | None:
    """The part of a binding that the version does not know; ``None`` when it starts.

    Args:
        text: The binding as it is stored.
        binding: What it means.
        version: The version of IIS.

    Source:
        IIS 10, "Wildcard Host Header Support"; reference/iis-semantics.md §1.5 for the
        reports about IIS 7.5.
    """
    if version is EmulatedVersion.IIS10:
        return None  # it knows everything; most bindings end here
    host = binding.host
    if isinstance(host, WildcardHost) and not version.has_wildcard_hosts:
        return VersionProblem("BND105", f'{version} knows no host like "{host}"')
    if isinstance(binding.endpoint.address, IPv6Address) and not version.has_ipv6:
        return VersionProblem("BND106", f"{version} knows no IPv6 address")
    if not version.takes_a_labels and _is_written_in_a_labels(text):
        return VersionProblem("BND108", f"{version} takes no host in A-labels (xn--)")
    is_dotted = host is not ANY_HOST and ends_in_dot(text)
    if is_dotted and not version.takes_trailing_dots:
        return VersionProblem(_TRAILING_DOT, f"{version} takes no host that ends so")
    return None


def _is_written_in_a_labels(text: str) -> bool:
    labels = text.rpartition(":")[2].lower().split(".")
    return any(label.startswith("xn--") for label in labels)
