"""Law: two plans answer a request differently exactly when the comparison says so."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bindctl.bindings.start import start_sites
from bindctl.model.binding import Binding, Protocol, SslFlags
from bindctl.model.endpoint import ANY_ADDRESS, Endpoint
from bindctl.model.host import WildcardHost
from bindctl.routing.compare import compare_plans
from bindctl.routing.explain import OTHER_ADDRESS, address_classes
from bindctl.routing.plan import ANY_IPV6, compile_plan
from tests.property.strategies import HOSTS, DraftSite, make_site, requests, tables

if TYPE_CHECKING:
    from bindctl.bindings.table import BindingTable
    from bindctl.model.endpoint import IpAddress
    from bindctl.routing.compare import AnswerChange
    from bindctl.routing.plan import RoutingPlan

    Request = tuple[IpAddress, int, str | None]


def _plan(table: BindingTable) -> RoutingPlan:
    return compile_plan(table, start_sites(table).started)


def _site(plan: RoutingPlan, request: Request) -> tuple[object, ...]:
    address, port, host = request
    match = plan.match_site(address, port, host)
    if match is None:
        return (None, None, None)
    protocol = plan.ports[port].protocol
    record = None
    if protocol is Protocol.HTTPS:
        record = plan.select_certificate(address, port, host)
    shown = None if record is None else record.certificate_hash
    return (protocol, match.route.site, shown)


def _is_covered(shown: str, host: str | None) -> bool:
    if shown in ("*", host):
        return True
    suffix = shown.lstrip("*.")
    return shown.startswith("*.") and host is not None and host.endswith(f".{suffix}")


@given(tables, tables, requests)
def test_no_other_answer_is_missed(
    before: BindingTable, after: BindingTable, request: Request
) -> None:
    """Who sees a request in no line knows that it is answered as it was."""
    _require_told((_plan(before), _plan(after)), request)


@given(tables, st.integers(0, 5), requests)
def test_no_other_answer_of_a_small_change_is_missed(
    before: BindingTable, dropped: int, request: Request
) -> None:
    """A site goes: its requests are named, by host, by wildcard and by neither."""
    sites = before.sites[:dropped] + before.sites[dropped + 1 :]
    _require_told((_plan(before), _plan(before._replace(sites=sites))), request)


@given(tables, st.sampled_from(HOSTS), st.sampled_from(["new", "b", "x.y"]))
def test_what_a_wildcard_takes_is_not_missed(
    before: BindingTable, suffix: str, label: str
) -> None:
    """A new site for all hosts below a name: they are named, and the others are not."""
    binding = Binding(Protocol.HTTP, Endpoint(ANY_ADDRESS, 80), WildcardHost(suffix))
    site = make_site(
        len(before.sites) + 1,
        DraftSite(
            bindings=((Protocol.HTTP, binding),),
            auto_start=True,
            ssl_flags=SslFlags(0),
            certificate_hash=None,
        ),
    )
    after = before._replace(sites=(*before.sites, site))
    request = (IPv4Address("192.0.2.1"), 80, f"{label}.{suffix}")
    _require_told((_plan(before), _plan(after)), request)


def _require_told(plans: tuple[RoutingPlan, RoutingPlan], request: Request) -> None:
    old, new = (_site(plan, request) for plan in plans)
    if old == new:
        return
    address, port, host = request
    told = [
        (change.before.site, change.after.site)
        for change in compare_plans(*plans)
        if change.port == port
        and _is_covered(change.host, host)
        and change.address in (None, OTHER_ADDRESS, address, ANY_IPV6)
    ]
    assert (old[1], new[1]) in told or old[0] != new[0], told
    assert told


@given(tables, tables)
def test_every_line_is_true(before: BindingTable, after: BindingTable) -> None:
    """Each line can be tried out."""
    plans = (_plan(before), _plan(after))
    assert list(compare_plans(plans[0], plans[0])) == []
    for change in compare_plans(*plans):
        assert change.before != change.after
        if "*" in change.host:
            continue
        addresses = {change.address} if change.address else _addresses(plans, change)
        for plan, answer in zip(plans, (change.before, change.after), strict=True):
            spoken = change.port in plan.ports and (
                plan.ports[change.port].protocol is change.protocol
            )
            for address in addresses:
                match = plan.match_site(address, change.port, change.host)
                assert answer.site == (match.route.site if match and spoken else None)


def _addresses(
    plans: tuple[RoutingPlan, RoutingPlan], change: AnswerChange
) -> set[IpAddress]:
    """Local addresses that either plan tells from others on the port."""
    return {item for plan in plans for item in address_classes(plan, change.port)}
