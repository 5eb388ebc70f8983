"""From the tree to typed sites, bindings and records."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest

from bindctl.bindings.lowering import lower_table, parse_record_key
from bindctl.bindings.table import BindingTable
from bindctl.metabase.tree import make_tree
from bindctl.model.binding import Protocol, SslFlags
from bindctl.model.certificate import CentralKey, SniKey
from bindctl.model.endpoint import ANY_ADDRESS, Endpoint
from bindctl.model.host import HostName, WildcardHost


def _lower(document: dict[str, object]) -> BindingTable:
    return lower_table(make_tree(document))


def test_a_site_is_lowered_with_what_it_inherits() -> None:
    """A flag set once for the service holds for its sites, a binding does not."""
    made = _lower(
        {
            "w3svc": {
                "SslFlags": 1,
                "SSLCertHash": "AA" * 20,
                "ServerBindings": [":81:"],
                "WildcardHostDepth": 3,
                "10": {},
                "2": {
                    "ServerComment": "Two",
                    "serverbindings": [":80:a", "oops"],
                    "SecureBindings": [":443:a"],
                    "ServerAutoStart": False,
                    "SslFlags": 0,
                    "SSLStoreName": "WEB",
                },
                "x": {"ServerBindings": [":80:"]},
            }
        }
    )
    assert [site.identifier for site in made.sites] == [2, 10]
    assert made.wildcard_depth == 3
    two, ten = made.sites
    assert (two.comment, two.auto_start, two.ssl_flags) == ("Two", False, SslFlags(0))
    assert (two.certificate_hash, two.certificate_store_name) == ("aa" * 20, "WEB")
    assert [(e.property_name, e.index, e.text) for e in two.entries] == [
        ("ServerBindings", 0, ":80:a"),
        ("ServerBindings", 1, "oops"),
        ("SecureBindings", 0, ":443:a"),
    ]
    assert two.entries[1].binding is None
    assert "found 1 part" in two.entries[1].problem
    assert two.entries[2].binding is not None
    assert two.entries[2].binding.protocol is Protocol.HTTPS
    assert (ten.entries, ten.auto_start, ten.ssl_flags) == ((), True, SslFlags.SNI)
    assert (ten.certificate_hash, ten.certificate_store_name) == ("aa" * 20, "MY")


def test_a_mistyped_value_is_as_good_as_none() -> None:
    """`check` reports it; serving goes on without it."""
    made = _lower({"w3svc": {"1": {"ServerBindings": ":80:", "SSLCertHash": "xyz"}}})
    (site,) = made.sites
    assert (site.entries, site.certificate_hash) == ((), None)


def test_an_empty_metabase_has_an_empty_table() -> None:
    """The starter file serves nothing and says so."""
    assert _lower({}) == BindingTable(())


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("0.0.0.0:443", Endpoint(ANY_ADDRESS, 443)),
        ("10.0.0.1:443", Endpoint(IPv4Address("10.0.0.1"), 443)),
        ("[::]:443", Endpoint(IPv6Address("::"), 443)),
        ("[2001:DB8::1]:8443", Endpoint(IPv6Address("2001:db8::1"), 8443)),
        ("WWW.example.com:443", SniKey(HostName("www.example.com"), 443)),
        ("*.example.com:443", SniKey(WildcardHost("example.com"), 443)),
        ("*:443", CentralKey(443)),
    ],
)
def test_reads_a_record_key_as_netsh_prints_it(text: str, key: object) -> None:
    """An imported list of certificate records keeps its exact meaning."""
    assert parse_record_key(text) == key


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("*:0", "not between"),
        ("443", "neither IP:port nor host:port"),
        ("www.example.com", "neither"),
        ("10.0.0.1:0", "not between"),
        ("a b:443", "contains"),
        ("", "neither"),
    ],
)
def test_refuses_what_is_no_record_key(text: str, cause: str) -> None:
    """The record would decide nothing, silently."""
    with pytest.raises(ValueError, match=cause):
        parse_record_key(text)


def test_records_are_lowered_and_the_wrong_ones_kept_apart() -> None:
    """A wrong record is reported, the right ones still decide."""
    made = _lower(
        {
            "http": {
                "sslcert": {
                    "0.0.0.0:443": {"CertHash": "AB" * 20},
                    "a:443": {"CertHash": "cd" * 20, "StoreName": "WEB"},
                    "*:443": {"CertHash": "cd" * 20},
                    "b:443": {},
                    "c": {"CertHash": "cd" * 20},
                }
            }
        }
    )
    assert sorted((r.certificate_hash[:2], r.certificate_store_name, r.site)
                  for r in made.records) == [
        ("", "CENTRAL", None), ("ab", "MY", None), ("cd", "WEB", None)]  # fmt: skip
    assert [record.name for record in made.invalid_records] == ["b:443", "c"]
    assert made.invalid_records[0].problem == "it has no CertHash"
