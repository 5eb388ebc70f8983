"""Coverage: whether a visitor's browser accepts the certificate for a host."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from bindctl.certificates.authority import create_authority, issue_certificate
from bindctl.certificates.coverage import covers, find_covering_id
from bindctl.certificates.facts import read_certificate
from bindctl.model.certificate import Certificate, KeyStatus
from bindctl.model.host import ANY_HOST, HostName, parse_host_pattern
from tests.unit.certificates.openssl import handshake_succeeds

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 6, 1, 12, 0, 0, tzinfo=UTC)
AUTHORITY = create_authority(NOW)


def _certificate(*ids: str, addresses: tuple[str, ...] = ()) -> Certificate:
    return Certificate(
        certificate_hash="ab" * 20,
        certificate_store_name="MY",
        subject="CN=www.example.com",
        issuer="CN=test",
        presented_ids=ids,
        presented_addresses=tuple(map(ip_address, addresses)),
        not_before=NOW,
        not_after=NOW,
        key_status=KeyStatus.MATCHES,
        chain_length=1,
    )


@pytest.mark.parametrize(
    ("presented", "host"),
    [
        ("www.example.com", "www.example.com"),
        ("www.example.com", "WWW.EXAMPLE.COM."),
        ("*.example.com", "www.example.com"),
        ("*.example.com", "*.example.com"),
        ("*.example.com", "xn--bcher-kva.example.com"),
        ("xn--bcher-kva.example.com", "bücher.example.com"),
        ("*.com", "example.com"),
        ("intranet", "intranet"),
        ("my_host.example.com", "my_host.example.com"),
    ],
)
def test_covers(presented: str, host: str) -> None:
    """`check` would refuse a certificate every browser accepts."""
    assert find_covering_id(_certificate(presented), parse_host_pattern(host)) == (
        presented
    )


@pytest.mark.parametrize(
    ("presented", "host"),
    [
        ("www.example.com", "example.com"),
        ("*.example.com", "example.com"),
        ("*.example.com", "a.b.example.com"),
        ("*.example.com", "*.b.example.com"),
        ("*.example.com", "badexample.com"),
        ("www.example.com", "*.example.com"),
        ("w*.example.com", "www.example.com"),
        ("*w.example.com", "www.example.com"),
        ("*.*.example.com", "a.b.example.com"),
        ("www.*.com", "www.example.com"),
        ("*", "intranet"),
        ("*.", "intranet"),
        ("", "intranet"),
        ("*..com", "www.example.com"),
        (".example.com", "www.example.com"),
        ("www.example.com.", "www.example.com"),
        ("xn--*.example.com", "xn--bcher-kva.example.com"),
        ("*.com", "www.example.com"),
    ],
)
def test_does_not_cover(presented: str, host: str) -> None:
    """`check` would pass a certificate browsers refuse."""
    assert not covers(_certificate(presented), parse_host_pattern(host))


def test_common_name_never_counts() -> None:
    """Browsers have ignored it for years; the subject here is the host itself."""
    assert not covers(_certificate(), parse_host_pattern("www.example.com"))


def test_address_needs_an_address_entry() -> None:
    """A DNS name that looks like an address is ignored by clients."""
    host = parse_host_pattern("10.0.0.1")
    assert not covers(_certificate("10.0.0.1", "*.0.0.1"), host)
    certificate = _certificate(addresses=("10.0.0.2", "10.0.0.1"))
    assert find_covering_id(certificate, host) == "10.0.0.1"


def test_ipv6_address_needs_an_address_entry() -> None:
    """Its last digit may be a letter; it is an address all the same."""
    certificate = _certificate("*.example", addresses=("2001:db8::a", "::1"))
    assert find_covering_id(certificate, HostName("2001:db8::a")) == "2001:db8::a"
    assert find_covering_id(certificate, HostName("::1")) == "::1"
    assert find_covering_id(certificate, HostName("2001:db8::b")) is None


def test_binding_without_host_is_never_covered() -> None:
    """A caller that forgets to leave such bindings out would notice at once."""
    assert not covers(_certificate("www.example.com"), ANY_HOST)


def test_exact_name_is_told_before_the_wildcard() -> None:
    """`explain` would name a broader entry than the one that counts."""
    certificate = _certificate("*.example.com", "www.example.com")
    host = parse_host_pattern("www.example.com")
    assert find_covering_id(certificate, host) == "www.example.com"


def test_needs_no_cryptography() -> None:
    """Every `bindctl check` would start several times slower."""
    program = (
        "import sys; import bindctl.certificates.coverage; "
        "sys.exit('cryptography' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("names", [["*.example.com"], ["www.example.com", "10.0.0.1"]])
@pytest.mark.parametrize(
    "host",
    [
        "www.example.com",
        "example.com",
        "a.www.example.com",
        "api.example.com",
        "xn--bcher-kva.example.com",
        "10.0.0.1",
        "10.0.0.2",
        "www.example.org",
    ],
)
def test_openssl_agrees(names: list[str], host: str, tmp_path: Path) -> None:
    """Our reading of the RFC would differ from what clients really do."""
    issued = issue_certificate(AUTHORITY.certificate_pem, AUTHORITY.key_pem, names, NOW)
    facts = read_certificate(issued.certificate_pem, issued.key_pem, "MY")
    expected = covers(facts, parse_host_pattern(host))
    chain = tmp_path / "leaf.pem"
    chain.write_bytes(issued.certificate_pem + issued.key_pem)
    assert handshake_succeeds(chain, host, AUTHORITY.certificate_pem) == expected


def test_single_label_wildcard_is_where_openssl_is_stricter(tmp_path: Path) -> None:
    """Whoever uses *.localhost would search the fault in bindctl's rules.

    RFC 9525 §6.3 lets ``*.localhost`` cover ``www.localhost``; OpenSSL wants two
    labels after the asterisk.
    """
    issued = issue_certificate(
        AUTHORITY.certificate_pem, AUTHORITY.key_pem, ["*.localhost"], NOW
    )
    facts = read_certificate(issued.certificate_pem, issued.key_pem, "MY")
    chain = tmp_path / "leaf.pem"
    chain.write_bytes(issued.certificate_pem + issued.key_pem)
    assert covers(facts, parse_host_pattern("www.localhost"))
    assert not handshake_succeeds(chain, "www.localhost", AUTHORITY.certificate_pem)
