"""A configuration as a picture: endpoints, hosts, sites, certificates, what joins them.

Values only; `bindctl.cli.map` draws them. Which certificate a visitor is shown is the
plan's answer, and of a site that does not run what it would be.

A host is one node where its bindings lead to the same sites, at however many endpoints,
and several where they do not: so whatever way one walks through the picture from an
endpoint to a site is a binding.
"""

from __future__ import annotations

from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from bindctl.bindings.records import facts_key
from bindctl.findings.finding import Severity
from bindctl.model.binding import Protocol
from bindctl.model.certificate import CENTRAL_STORE_NAME, CentralKey, SniKey
from bindctl.model.endpoint import ANY_ADDRESS, Endpoint, format_endpoint
from bindctl.model.host import format_host_pattern, to_unicode
from bindctl.model.site import format_win32_error
from bindctl.model.witness import is_address_literal
from bindctl.routing.classes import sample_address, sample_name
from bindctl.routing.effective_records import shown_records
from bindctl.rules.topology_problems import Problem, Problems, sort_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bindctl.bindings.start import Refusal
    from bindctl.bindings.table import BindingEntry, SiteRow
    from bindctl.findings.finding import Finding
    from bindctl.model.binding import Binding
    from bindctl.model.certificate import Certificate, SslRecord
    from bindctl.routing.reading import Reading

ANY_HOST_LABEL: Final = "any host"
UNREADABLE_LABEL: Final = "no endpoint"
SHORT_HASH: Final = 8  # digits that tell certificates apart at a glance

# A protocol and an endpoint, or the place where bindings are that cannot be read.
_EndpointKey: TypeAlias = tuple[Protocol, Endpoint | None]


class Column(Enum):
    """The columns of the picture, from left to right."""

    ENDPOINT = "endpoint"
    HOST = "host"
    SITE = "site"
    CERTIFICATE = "certificate"


class Node(NamedTuple):
    """One thing of the picture.

    Attributes:
        id: ``e1``, ``h1``, ``s12`` (the site's identifier), ``c1``: the same whenever
            the configuration is the same.
        column: Which kind of thing.
        label: Its name as people read it, in U-labels.
        name: Its name as machines do: A-labels, thumbprint, identifier.
        note: What else to say of it in a word or two: ``https``, a date; or empty.
        problems: What is wrong with it, worst first.
        is_off: Whether it is a site that is not meant to run.
    """

    id: str
    column: Column
    label: str
    name: str
    note: str = ""
    problems: tuple[Problem, ...] = ()
    is_off: bool = False


class Way(NamedTuple):
    """One binding: a way through the picture.

    Attributes:
        endpoint: Node.
        host: Node.
        site: Node.
        certificate: Node, or ``None`` for HTTP and where there is none.
        binding: The item as it is stored.
        property_name: ``ServerBindings`` or ``SecureBindings``.
        chosen_by: How the certificate is found: ``IP:port``, ``SNI``, ``central
            store``; or empty.
        problems: What is wrong with the binding, worst first.
    """

    endpoint: str
    host: str
    site: str
    certificate: str | None
    binding: str
    property_name: str
    chosen_by: str
    problems: tuple[Problem, ...] = ()


class Topology(NamedTuple):
    """The picture.

    Attributes:
        nodes: By id, in the order of columns and within each as it is to be shown.
        ways: Every binding, in the order of the table.
    """

    nodes: dict[str, Node]
    ways: tuple[Way, ...]

    def column(self, column: Column) -> list[Node]:
        """The nodes of a column, in order."""
        return [node for node in self.nodes.values() if node.column is column]

    def edges(self) -> dict[tuple[str, str], list[Way]]:
        """Joined nodes, from left to right, and the bindings that join them."""
        found: dict[tuple[str, str], list[Way]] = {}
        for way in self.ways:
            steps = [way.endpoint, way.host, way.site]
            if way.certificate is not None:
                steps.append(way.certificate)
            for edge in pairwise(steps):
                found.setdefault(edge, []).append(way)
        return found


class _Bound(NamedTuple):
    """A binding on its way to become a `Way`."""

    site: SiteRow
    entry: BindingEntry
    endpoint: _EndpointKey
    host: str
    record: SslRecord | None


def make_topology(
    reading: Reading,
    certificates: Mapping[str, Certificate],
    findings: Iterable[Finding],
) -> Topology:
    """The picture of a table.

    Args:
        reading: Sites and bindings, which sites run, and the plan.
        certificates: Facts, as `facts_key` finds them, as far as they are known.
        findings: What is wrong; what is about a binding, a site or a certificate marks
            its node, unless it is for information only.
    """
    table, start = reading.table, reading.start
    bound = list(_bound(reading))
    problems = Problems(table, findings)
    endpoints = _endpoint_nodes(bound)
    hosts = _host_nodes(bound, problems)
    shown = _certificate_nodes(bound, certificates, problems)
    sites = {
        site.identifier: _site_node(site, start.refusals.get(site.identifier), problems)
        for site in table.sites
    }
    sets = _site_sets(bound)
    ways = tuple(
        Way(
            endpoint=endpoints[item.endpoint].id,
            host=hosts[item.host, sets[item.endpoint, item.host]].id,
            site=sites[item.site.identifier].id,
            certificate=shown[_certificate_key(item.record)].id
            if item.record
            else None,
            binding=item.entry.text,
            property_name=item.entry.property_name,
            chosen_by=_chosen_by(item.record),
            problems=sort_problems(problems.of_entry(item.entry)),
        )
        for item in bound
    )
    columns = (endpoints, hosts, sites, shown)
    return Topology({node.id: node for part in columns for node in part.values()}, ways)


def narrow_topology(
    topology: Topology, keeps: Callable[[Way], bool], sites: Iterable[str] = ()
) -> Topology:
    """The part of a picture that some ways lead through.

    Args:
        topology: The whole.
        keeps: Whether a way stays.
        sites: Nodes that stay without any.
    """
    ways = tuple(filter(keeps, topology.ways))
    used = set(sites)
    for way in ways:
        used |= {way.endpoint, way.host, way.site, way.certificate or way.site}
    nodes = {key: node for key, node in topology.nodes.items() if key in used}
    return Topology(nodes, ways)


def _bound(reading: Reading) -> Iterable[_Bound]:
    """Every binding with the certificate its visitors are shown."""
    started = reading.start.started
    idle: dict[BindingEntry, SslRecord | None] = {}
    if len(started) < len(reading.table.sites):
        idle = {shown.entry: shown.record for shown in shown_records(reading)}
    for site in reading.table.sites:
        for entry in site.entries:
            binding = entry.binding
            if binding is None:
                text = entry.text or '""'
                yield _Bound(site, entry, (Protocol.HTTP, None), text, None)
                continue
            record = None
            if binding.protocol is Protocol.HTTPS:
                runs = site.identifier in started
                record = _shown(reading, binding) if runs else idle.get(entry)
            key = (binding.protocol, binding.endpoint)
            host = format_host_pattern(binding.host)
            yield _Bound(site, entry, key, host, record)


def _shown(reading: Reading, binding: Binding) -> SslRecord | None:
    """The record of a visitor, who never sends an address as server name."""
    name = sample_name(binding.host)
    said = None if name is None or is_address_literal(name) else name
    address = sample_address(binding.endpoint.address)
    return reading.plan.select_certificate(address, binding.endpoint.port, said)


def _site_sets(
    bound: Iterable[_Bound],
) -> dict[tuple[_EndpointKey, str], tuple[int, ...]]:
    """The sites that each endpoint and host leads to."""
    found: dict[tuple[_EndpointKey, str], list[int]] = {}
    for item in bound:
        sites = found.setdefault((item.endpoint, item.host), [])
        if item.site.identifier not in sites:
            sites.append(item.site.identifier)
    return {key: tuple(sites) for key, sites in found.items()}


def _endpoint_nodes(bound: Iterable[_Bound]) -> dict[_EndpointKey, Node]:
    keys = sorted({item.endpoint for item in bound}, key=_endpoint_order)
    nodes = {}
    for number, key in enumerate(keys, 1):
        protocol, endpoint = key
        label, note = UNREADABLE_LABEL, ""
        if endpoint is not None:
            label, note = format_endpoint(endpoint), protocol.value
        nodes[key] = Node(f"e{number}", Column.ENDPOINT, label, label, note)
    return nodes


def _endpoint_order(key: _EndpointKey) -> tuple[int, int, int, str]:
    protocol, endpoint = key
    if endpoint is None:
        return (1 << 16, 0, 0, "")
    address = endpoint.address
    if address is ANY_ADDRESS:
        return (endpoint.port, 0, 0, protocol.value)
    return (endpoint.port, address.version, int(address), protocol.value)


def _host_nodes(
    bound: list[_Bound], problems: Problems
) -> dict[tuple[str, tuple[int, ...]], Node]:
    sets = _site_sets(bound)
    entries: dict[tuple[str, tuple[int, ...]], list[BindingEntry]] = {}
    for item in bound:
        key = (item.host, sets[item.endpoint, item.host])
        entries.setdefault(key, []).append(item.entry)
    nodes = {}
    keys = sorted(entries, key=lambda key: (host_order(key[0]), key[1]))
    for number, key in enumerate(keys, 1):
        found = sort_problems(
            problem for entry in entries[key] for problem in problems.of_entry(entry)
        )
        name = key[0]
        label = to_unicode(name) if name else ANY_HOST_LABEL
        nodes[key] = Node(f"h{number}", Column.HOST, label, name, "", found)
    return nodes


def host_order(name: str) -> tuple[bool, list[str]]:
    """Names of one domain side by side, shorter ones first; any host last."""
    return (not name, name.split(".")[::-1])


def _site_node(site: SiteRow, refusal: Refusal | None, problems: Problems) -> Node:
    number = str(site.identifier)
    found = problems.of_site(site.identifier)
    if refusal is not None:
        message = f"{refusal.reason or refusal.prefix}: "
        message += format_win32_error(refusal.error)
        if refusal.holder is not None and not refusal.reason:
            message += f" It is registered by site {refusal.holder}."
        refused = Problem("", Severity.ERROR, "does not start", message)
        found = (refused, *found)
    label = f"{number} {site.comment}".strip()
    is_off = refusal is None and not site.auto_start
    return Node(f"s{number}", Column.SITE, label, number, "", found, is_off)


def _certificate_key(record: SslRecord) -> tuple[str, str]:
    return record.certificate_store_name, record.certificate_hash


def _certificate_nodes(
    bound: Iterable[_Bound],
    certificates: Mapping[str, Certificate],
    problems: Problems,
) -> dict[tuple[str, str], Node]:
    records = {
        _certificate_key(item.record): item.record for item in bound if item.record
    }
    found = []
    for key, record in records.items():
        store, name = key
        facts = certificates.get(facts_key(record))
        label = _certificate_label(store, name, facts)
        note = f"{facts.not_after:%Y-%m-%d}" if facts else ""
        found.append((host_order(label), note, key, label))
    nodes = {}
    for number, (_order, note, key, label) in enumerate(sorted(found), 1):
        marks = problems.of_certificate(key[1])
        node = Node(f"c{number}", Column.CERTIFICATE, label, key[1], note, marks)
        nodes[key] = node
    return nodes


def _certificate_label(store: str, name: str, facts: Certificate | None) -> str:
    if store == CENTRAL_STORE_NAME:
        return name or "central store"
    if facts is None:
        return name[:SHORT_HASH]
    names = (*facts.presented_ids, *map(str, facts.presented_addresses))
    first = to_unicode(names[0]) if names else facts.common_name or name[:SHORT_HASH]
    return f"{first} +{len(names) - 1}" if len(names) > 1 else first


def _chosen_by(record: SslRecord | None) -> str:
    match record:
        case None:
            return ""
        case _ if isinstance(record.key, SniKey):
            return "SNI"
        case _ if isinstance(record.key, CentralKey):
            return "central store"
        case _:
            return "IP:port"
