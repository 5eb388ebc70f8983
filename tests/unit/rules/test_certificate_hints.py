"""Hints about hosts: following one mends the finding and breaks nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.model.binding import EmulatedVersion
from bindctl.model.certificate import Certificate, KeyStatus
from bindctl.routing.reading import Reading
from bindctl.rules.certificates import certificate_findings
from tests.unit.bindings.tables import NOW, A, B, C, certificate, site, table

if TYPE_CHECKING:
    from bindctl.bindings.table import BindingTable

D = "d" * 40


def _hints(given: BindingTable, *store: Certificate) -> list[str]:
    certificates = {item.certificate_hash: item for item in store}
    return [
        item.hint
        for item in certificate_findings(Reading(given), certificates, {}, NOW, 0)
    ]


def test_certificate_that_would_uncover_another_host_is_not_named() -> None:
    """Following the hint would move the fault to the site's other host."""
    given = table(
        site(1, secure=(":443:a.example", ":443:b.example"), certificate_hash=A)
    )
    only_b = certificate(B, "b.example")
    (hint,) = _hints(given, certificate(A, "a.example"), only_b)
    assert hint == (
        "bindctl cert create a.example b.example; bindctl cert assign b.example 1"
    )
    both = certificate(C, "a.example", "b.example", days=10)
    (hint,) = _hints(given, certificate(A, "a.example"), only_b, both)
    assert hint == f"bindctl cert assign {C[:12]} 1"


def test_best_of_several_is_named() -> None:
    """The one that ends first would soon have to be replaced again."""
    given = table(site(1, secure=(":443:a.example",)))
    (hint,) = _hints(given, certificate(A, "a.example"), certificate(B, "*.example"))
    assert hint == "bindctl cert assign a.example 1"
    (hint,) = _hints(
        given,
        certificate(A, "a.example", days=5),
        certificate(B, "*.a.example", "a.example", days=6),
    )
    assert hint == "bindctl cert assign a.example 1"


def test_broken_certificates_are_not_named() -> None:
    """Following the hint would only bring the next error."""
    given = table(site(1, secure=(":443:a.example",), certificate_hash=A))
    store = (
        certificate(A, "x.example"),
        certificate(B, "a.example", days=-1),
        certificate(C, "a.example")._replace(key_status=KeyStatus.MISSING),
    )
    hints = _hints(given, *store)
    assert hints == ["bindctl cert create a.example; bindctl cert assign a.example 1"]


def test_site_without_a_certificate_of_its_own_gets_one_and_sni() -> None:
    """One of the two steps alone changes nothing for its visitors."""
    given = table(
        site(1, secure=(":443:a.example",), certificate_hash=A),
        site(2, secure=(":443:b.example",)),
    )
    store = (certificate(A, "a.example"), certificate(B, "b.example"))
    assert _hints(given, *store) == [
        "bindctl cert assign b.example 2; bindctl set /w3svc/2/SslFlags 1"
    ]


def test_sni_is_added_to_the_flags_that_a_site_has() -> None:
    """Following the hint would turn HTTP/2 on again, behind somebody's back."""
    given = table(
        site(1, secure=(":443:a.example",), certificate_hash=A),
        site(2, secure=(":443:b.example",), certificate_hash=B, flags=4),
    )
    store = (certificate(A, "a.example"), certificate(B, "b.example"))
    assert _hints(given, *store) == ["bindctl set /w3svc/2/SslFlags 5"]


def test_version_without_server_names_needs_one_certificate_for_all() -> None:
    """SslFlags would be set on a server that does not know it."""
    given = table(
        site(1, secure=(":443:a.example",), certificate_hash=A),
        site(2, secure=(":443:b.example",), certificate_hash=B),
    )._replace(emulated_version=EmulatedVersion.IIS7)
    store = (certificate(A, "a.example"), certificate(B, "b.example"))
    assert _hints(given, *store) == [
        "bindctl cert create a.example b.example; bindctl cert assign b.example 1 2"
    ]
    wide = certificate(C, "a.example", "b.example")
    assert _hints(given, *store, wide) == [f"bindctl cert assign {C[:12]} 1 2"]


def test_binding_without_a_host_is_not_left_without_a_record() -> None:
    """SslFlags 1 would mend one binding of the site and break the other (BND303)."""
    given = table(
        site(1, secure=(":443:a.example",), certificate_hash=A),
        site(2, secure=("10.0.0.1:443:", ":443:b.example"), certificate_hash=B),
    )
    store = (certificate(A, "a.example"), certificate(B, "b.example"))
    assert _hints(given, *store) == [
        "bindctl cert create a.example b.example; bindctl cert assign b.example 1 2"
    ]


def test_concrete_address_is_told_before_a_certificate() -> None:
    """No certificate of site 2 is ever shown at an address another site decides."""
    given = table(
        site(1, secure=("10.0.0.1:443:",), certificate_hash=A),
        site(2, secure=("10.0.0.1:443:b.example",), certificate_hash=B, flags=1),
    )
    store = (certificate(A, "a.example"), certificate(B, "b.example"))
    (hint,) = _hints(given, *store)
    assert hint.startswith("give site 1 any address, or a host and SslFlags 1: its")


def test_every_ipv6_address_hides_no_server_name() -> None:
    """`[::]` comes after server names, as any address does: SslFlags 1 helps."""
    given = table(
        site(1, secure=("[::]:443:",), certificate_hash=A),
        site(2, secure=("[::]:443:b.example",), certificate_hash=B),
    )
    store = (certificate(A, "a.example"), certificate(B, "b.example"))
    assert _hints(given, *store) == ["bindctl set /w3svc/2/SslFlags 1"]


def test_record_by_name_is_mended_at_its_maker() -> None:
    """Two sites share the record of a name, and only the first one's counts."""
    given = table(
        site(1, secure=("10.0.0.1:443:a.example",), certificate_hash=A, flags=1),
        site(2, secure=("10.0.0.2:443:a.example",), certificate_hash=A, flags=1),
    )
    store = (certificate(A, "x.example"), certificate(B, "a.example"))
    assert _hints(given, *store) == [
        "bindctl cert assign a.example 1",
        "bindctl cert assign a.example 1",
    ]


@pytest.mark.parametrize("store_name", ["MY", "WebHosting"])
def test_record_of_the_metabase_is_rewritten(store_name: str) -> None:
    """Assigning to a site changes nothing where a record decides."""
    given = table(
        site(1, secure=(":443:a.example", ":443:b.example")),
        records={"a.example:443": A, "*.example:443": A},
    )
    records = tuple(
        item._replace(certificate_store_name=store_name) for item in given.records
    )
    given = given._replace(records=records)
    key = A if store_name == "MY" else f"WEBHOSTING/{A}"
    known = {key: certificate(A, "x.test"), B: certificate(B, "a.example")}
    hints = [
        item.hint
        for item in certificate_findings(Reading(given), known, {}, NOW, 0)
        if item.code == "CRT201"
    ]
    first = f"bindctl set /http/sslcert/a.example:443/CertHash {B}"
    if store_name != "MY":
        first += "; bindctl set /http/sslcert/a.example:443/StoreName MY"
    assert hints == [
        first,
        (
            "bindctl cert create b.example; "
            "bindctl set '/http/sslcert/*.example:443/CertHash' THUMBPRINT"
        ),
    ]


def test_wildcard_below_a_top_level_domain_is_no_way_out() -> None:
    """Browsers refuse it: CRT204 would follow CRT201."""
    given = table(site(1, secure=(":443:app.localhost",), certificate_hash=A))
    store = (certificate(A, "x.example"), certificate(B, "*.localhost"))
    assert _hints(given, *store) == [
        "bindctl cert create app.localhost; bindctl cert assign app.localhost 1"
    ]


def test_many_hosts_are_counted_and_not_listed() -> None:
    """A hint of a thousand names would fill the screen, and take minutes to find."""
    hosts = tuple(f":443:h{number}.example" for number in range(1000))
    given = table(site(1, secure=hosts, certificate_hash=A))
    hints = _hints(given, certificate(A, "x.test"), certificate(B, "*.example"))
    assert len(hints) == 1000
    assert hints[7] == (
        "bindctl cert create NAMES, with all 1000 hosts; "
        "bindctl cert assign h7.example 1"
    )
    given = table(site(1, secure=hosts[:9], certificate_hash=A))
    assert _hints(given, certificate(A, "x.test"))[0].startswith(
        "bindctl cert create NAMES, with all 9 hosts; "
    )


def test_shell_takes_names_as_they_are_written() -> None:
    """The shell would expand an asterisk, and brackets of an address."""
    given = table(
        site(1, secure=(":443:*.a.example",), certificate_hash=D),
        site(2, secure=("[::1]:444:b.example",)),
        records={"[::1]:444": D},
    )
    hints = _hints(given, certificate(D, "x.example"), certificate(B, "b.example"))
    assert hints == [
        "bindctl cert create '*.a.example'; bindctl cert assign '*.a.example' 1",
        f"bindctl set '/http/sslcert/[::1]:444/CertHash' {B}",
    ]
