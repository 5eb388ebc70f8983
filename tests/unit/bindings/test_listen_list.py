"""Where listening is allowed, and that a mistake never allows more."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from bindctl.bindings.listen_list import EVERYWHERE, ListenList, lower_listen_list
from bindctl.findings.finding import Severity
from bindctl.metabase.tree import make_tree
from bindctl.model.endpoint import ANY_ADDRESS, parse_local_address
from bindctl.routing.reading import Reading
from bindctl.rules.bindings import binding_findings
from tests.unit.bindings.tables import site, table


def lowered(value: object) -> ListenList:
    """The list of a metabase with that ListenAddresses."""
    return lower_listen_list(make_tree({"http": {"listenaddresses": value}}))


@pytest.mark.parametrize(
    ("value", "addresses"),
    [
        (["127.0.0.1", "[::1]", "::1"], ["127.0.0.1", "::1"]),
        (["localhost", "10.0.0.1"], ["10.0.0.1"]),
        (["127.0.0.l"], []),
        ([7, "10.0.0.1"], ["10.0.0.1"]),
        ([""], []),
        ("127.0.0.1", []),
        (7, []),
        ({"a": 1}, None),
        (["127.0.0.1", "*"], None),
        (["127.0.0.1", "0.0.0.0"], None),  # noqa: S104
        ([], None),
    ],
    ids=str,
)
def test_a_mistake_never_allows_more(
    value: object, addresses: list[str] | None
) -> None:
    """A typing error would put a laptop's sites on the network."""
    found = lowered(value)
    assert found.is_limited is (addresses is not None)
    assert found.addresses == tuple(map(ip_address, addresses or ()))


def test_without_the_property_every_address_is_allowed() -> None:
    """As http.sys does without an IP listen list."""
    assert lower_listen_list(make_tree({})) == EVERYWHERE
    assert lower_listen_list(make_tree({"http": {}})) == EVERYWHERE


@pytest.mark.parametrize(
    ("items", "bound", "expected"),
    [
        ((), "", ["0.0.0.0", "::"]),  # noqa: S104
        ((), "10.0.0.1", ["10.0.0.1"]),
        (("127.0.0.1",), "", ["127.0.0.1"]),
        (("127.0.0.1",), "127.0.0.1", ["127.0.0.1"]),
        (("127.0.0.1",), "10.0.0.1", []),
        (("::",), "::1", ["::1"]),
        (("::",), "10.0.0.1", []),
        (("oops",), "", []),
        (("oops",), "10.0.0.1", []),
    ],
)
def test_addresses_for_a_binding(
    items: tuple[str, ...], bound: str, expected: list[str]
) -> None:
    """A site would be reachable where it should not be, or nowhere."""
    found = lowered(list(items)).addresses_for(parse_local_address(bound))
    assert found == tuple(map(ip_address, expected))
    assert found or parse_local_address(bound) is ANY_ADDRESS or items


def test_findings_name_the_item_and_the_binding() -> None:
    """`check` would keep silent about a site that nobody can reach."""
    listen = lowered(["127.0.0.1", "10.0.0.l"])
    made = table(site(1, "10.0.0.1:80:", "127.0.0.1:80:", ":81:"))
    item, binding = binding_findings(Reading(made, given_listen=listen))
    assert (item.code, item.place.path, item.place.index) == ("BND308", "/LM/HTTP", 1)
    assert (binding.code, binding.place.index) == ("BND309", 0)
    assert binding.severity is Severity.ERROR  # the service refuses the site
    off = table(site(1, "10.0.0.1:80:", auto_start=False))
    (_item, binding) = binding_findings(Reading(off, given_listen=listen))
    assert binding.severity is Severity.WARNING
