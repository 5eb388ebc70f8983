"""Addresses and ports as bindings, options and records write them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest

from bindctl.model.endpoint import (
    ANY_ADDRESS,
    Endpoint,
    format_endpoint,
    parse_ip_address,
    parse_local_address,
    parse_port,
)


@pytest.mark.parametrize(
    ("text", "port"),
    [("1", 1), ("80", 80), ("65535", 65535), ("0080", 80), ("00000000443", 443)],
)
def test_reads_a_port(text: str, port: int) -> None:
    """A legal port refused, or read as another, moves a site."""
    assert parse_port(text) == port


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("0", "not between"),
        ("65536", "not between"),
        ("1" + "0" * 5000, "not between"),
        ("-1", "decimal"),
        ("+80", "decimal"),
        ("", "decimal"),
        (" 80", "decimal"),
        ("8_0", "decimal"),
        ("\u0668\u0660", "decimal"),  # Arabic-Indic digits
        ("\u00b2", "decimal"),
        ("http", "decimal"),
    ],
)
def test_refuses_what_is_no_port(text: str, part: str) -> None:
    """Ports 0 and 65536 would fail at start, long after they were typed."""
    with pytest.raises(ValueError, match=part):
        parse_port(text)


@pytest.mark.parametrize("text", ["", "*", "0.0.0.0"])  # noqa: S104 - only read
def test_every_spelling_of_any_address_is_the_same(text: str) -> None:
    """`:80:` and `*:80:` in two sites collide; both have to be seen as one."""
    assert parse_local_address(text) is ANY_ADDRESS


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("10.0.0.1", IPv4Address("10.0.0.1")),
        (" 10.0.0.1 ", IPv4Address("10.0.0.1")),
        ("::1", IPv6Address("::1")),
        ("[::1]", IPv6Address("::1")),
        ("[2001:DB8::0007]", IPv6Address("2001:db8::7")),
        ("[::]", IPv6Address("::")),
    ],
)
def test_reads_a_literal_address(text: str, address: object) -> None:
    """Two spellings of an IPv6 address are one endpoint."""
    assert parse_local_address(text) == address


@pytest.mark.parametrize(
    "text",
    ["[10.0.0.1]", "10.0.0", "10.0.0.256", "010.0.0.1", "[::1", "::g", "localhost"],
)
def test_refuses_what_is_no_address(text: str) -> None:
    """A host name in the address part is a common slip and would never match."""
    with pytest.raises(ValueError, match="is not an IP address"):
        parse_ip_address(text)


def test_ipv6_any_is_not_any_address() -> None:
    """http.sys keeps `[::]` apart: it takes IPv6 connections only."""
    assert parse_local_address("[::]") is not ANY_ADDRESS


@pytest.mark.parametrize(
    ("endpoint", "text"),
    [
        (Endpoint(ANY_ADDRESS, 80), "*:80"),
        (Endpoint(IPv4Address("10.0.0.1"), 443), "10.0.0.1:443"),
        (Endpoint(IPv6Address("::1"), 8080), "[::1]:8080"),
    ],
)
def test_writes_an_endpoint(endpoint: Endpoint, text: str) -> None:
    """An IPv6 endpoint without brackets cannot be read back."""
    assert format_endpoint(endpoint) == text


@pytest.mark.parametrize("text", ["[fe80::1%eth0]", "fe80::1%1", "10.0.0.1%lo"])
def test_an_address_with_a_zone_is_refused(text: str) -> None:
    """Connections name no zone, so such a binding would never answer."""
    with pytest.raises(ValueError, match="zone"):
        parse_ip_address(text)
