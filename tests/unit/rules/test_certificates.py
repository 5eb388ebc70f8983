"""Certificate rules: what visitors will see is told before they see it."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from bindctl.bindings.table import BindingEntry, BindingTable, SiteRow
from bindctl.findings.finding import Place, Severity
from bindctl.model.binding import Protocol, SslFlags, parse_binding
from bindctl.model.certificate import (
    Certificate,
    KeyStatus,
    SniKey,
    SslRecord,
    TrustAnchors,
)
from bindctl.model.endpoint import ANY_ADDRESS, Endpoint, parse_ip_address
from bindctl.model.host import parse_host_name
from bindctl.routing.reading import Reading
from bindctl.rules.certificates import certificate_findings
from tests.unit.bindings.tables import NOW, A, B, C, make_entry

if TYPE_CHECKING:
    from bindctl.findings.finding import Finding


def _certificate(
    certificate_hash: str,
    *ids: str,
    days: float = 90,
    age: float = 1,
    key_status: KeyStatus = KeyStatus.MATCHES,
    addresses: tuple[str, ...] = (),
) -> Certificate:
    return Certificate(
        certificate_hash=certificate_hash,
        certificate_store_name="MY",
        subject="",
        issuer="",
        presented_ids=ids,
        presented_addresses=tuple(map(ip_address, addresses)),
        not_before=NOW - timedelta(days=age),
        not_after=NOW + timedelta(days=days),
        key_status=key_status,
        chain_length=1,
    )


def _site(
    identifier: int,
    *bindings: str,
    uses: str | None = None,
    flags: int = 0,
    starts: bool = True,
) -> SiteRow:
    entries = tuple(
        make_entry(identifier, "SecureBindings", index, text)
        for index, text in enumerate(bindings)
    )
    flag_value = SslFlags(flags)
    return SiteRow(identifier, "site", starts, flag_value, uses, "MY", entries)


def _judge(
    *sites: SiteRow,
    store: tuple[Certificate, ...] = (),
    problems: dict[str, str] | None = None,
    records: tuple[SslRecord, ...] = (),
    depth: int = 1,
) -> list[Finding]:
    table = BindingTable(sites, records, wildcard_depth=depth)
    certificates = {item.certificate_hash: item for item in store}
    return list(certificate_findings(Reading(table), certificates, problems or {}, NOW))


def _codes(*findings: Finding) -> list[str]:
    return [item.code for item in findings]


def test_sound_table_has_no_findings() -> None:
    """Every `check` in CI would fail for nothing."""
    assert not _judge(
        _site(1, ":443:www.example.com", ":443:", uses=A),
        _site(2, ":443:*.example.com", uses=A, flags=1),
        store=(_certificate(A, "*.example.com"),),
    )


def test_http_needs_no_certificate() -> None:
    """A site without HTTPS would be told to get a certificate."""
    entry = BindingEntry(
        1, "ServerBindings", 0, ":80:", parse_binding(":80:", Protocol.HTTP)
    )
    row = SiteRow(1, "", True, SslFlags.NONE, "f" * 40, "MY", (entry,))
    assert not _judge(row)


def test_binding_without_certificate() -> None:
    """CRT101: every handshake would fail, and the user would not know where."""
    findings = _judge(_site(1, ":443:a.example", ":444:b.example"))
    assert _codes(*findings) == ["CRT101", "CRT101"]
    assert findings[1].place == Place("/LM/W3SVC/1", "SecureBindings", 1)
    assert findings[1].witness == (
        "openssl s_client -connect 127.0.0.1:444 -servername b.example </dev/null"
    )


def test_binding_for_any_host_is_told_to_get_any_certificate() -> None:
    """No certificate covers it better than another."""
    (finding,) = _judge(_site(1, ":443:"), store=(_certificate(A, "a.example"),))
    assert finding.hint == "bindctl cert assign NAME 1"


def test_shared_record_gives_a_certificate_to_all() -> None:
    """The IIS 6 way, one certificate for many sites, would be called broken."""
    assert not _judge(
        _site(1, ":443:a.example.com", uses=A),
        _site(2, ":443:b.example.com"),
        store=(_certificate(A, "*.example.com"),),
    )


def test_name_without_record_falls_back_to_the_endpoint() -> None:
    """A handshake that succeeds would be reported as failing."""
    assert not _judge(
        _site(1, ":443:", uses=A),
        _site(2, ":443:b.example.com", flags=1),
        store=(_certificate(A, "*.example.com"),),
    )


def test_missing_certificate_is_told_once() -> None:
    """CRT102: a hundred sites with one mistake would give a hundred findings."""
    findings = _judge(
        _site(1, ":443:a.example", uses=A, flags=1),
        _site(2, ":443:b.example", uses=A, flags=1),
    )
    assert _codes(*findings) == ["CRT102"]
    assert findings[0].place == Place("/LM/W3SVC/1", "SSLCertHash")


def test_unreadable_certificate_is_told_with_its_reason() -> None:
    """CRT103: the user would not know which file, or why."""
    (finding,) = _judge(_site(1, ":443:", uses=A), problems={A: "it is cut"})
    assert finding.code == "CRT103"
    assert finding.message == f"certificate {A}: it is cut"


@pytest.mark.parametrize(
    ("age", "days", "codes"),
    [
        (100, -0.00002, ["CRT301"]),
        (100, 0, ["CRT303"]),
        (100, 30, ["CRT303"]),
        (100, 30.001, []),
        (0, 90, []),
        (-0.00002, 90, ["CRT302"]),
        (-1, 20, ["CRT302"]),
    ],
)
def test_dates(age: float, days: float, codes: list[str]) -> None:
    """Visitors would be the first to see that a certificate ended."""
    certificate = _certificate(A, "a.example", age=age, days=days)
    assert _codes(
        *_judge(_site(1, ":443:a.example", uses=A), store=(certificate,))
    ) == (codes)


def test_days_of_the_warning_can_be_chosen() -> None:
    """Certificates of 47 days would always be about to end."""
    table = BindingTable((_site(1, ":443:a.example", uses=A),))
    certificates = {A: _certificate(A, "a.example", days=20)}
    assert not list(certificate_findings(Reading(table), certificates, {}, NOW, 10))


@pytest.mark.parametrize(
    ("key_status", "code"),
    [(KeyStatus.MISSING, "CRT401"), (KeyStatus.MISMATCH, "CRT402")],
)
def test_key(key_status: KeyStatus, code: str) -> None:
    """Every handshake would fail with an alert that says nothing."""
    certificate = _certificate(A, "a.example", key_status=key_status)
    (finding,) = _judge(_site(1, ":443:a.example", uses=A), store=(certificate,))
    assert finding.code == code
    assert "a.example" in finding.message


def test_host_that_is_not_covered() -> None:
    """CRT201: browsers would warn every visitor."""
    (finding,) = _judge(
        _site(1, ":443:www.example.com", ":443:example.com", uses=A),
        store=(_certificate(A, "*.example.com", addresses=("10.0.0.1",)),),
    )
    assert finding.code == "CRT201"
    assert finding.place == Place("/LM/W3SVC/1", "SecureBindings", 1)
    assert finding.message == (
        "the certificate of its site does not cover example.com: it names "
        "*.example.com, 10.0.0.1; *.example.com does not cover example.com itself"
    )
    assert finding.witness == (
        "openssl s_client -connect 127.0.0.1:443 -servername example.com </dev/null"
    )


def test_long_lists_of_names_are_cut() -> None:
    """A certificate of a hundred names would fill the screen."""
    names = [f"{index}.example" for index in range(100)]
    (finding,) = _judge(
        _site(1, ":443:x.example", uses=A), store=(_certificate(A, *names),)
    )
    assert finding.message.endswith(
        "0.example, 1.example, 2.example, 3.example, 4.example and 95 more"
    )


def test_address_as_host_needs_an_address_entry() -> None:
    """A DNS name 10.0.0.1 covers nothing in any browser."""
    site = _site(1, ":443:10.0.0.1", uses=A)
    wrong = _certificate(A, "10.0.0.1")
    right = _certificate(A, addresses=("10.0.0.1",))
    assert _codes(*_judge(site, store=(wrong,))) == ["CRT201"]
    assert not _judge(site, store=(right,))


def test_shown_is_the_record_not_the_wish() -> None:
    """Site 2 names a certificate that fits, yet its visitors see that of site 1."""
    (finding,) = _judge(
        _site(1, ":443:a.example.com", uses=A),
        _site(2, ":443:b.example.org", uses=B),
        store=(_certificate(A, "a.example.com"), _certificate(B, "b.example.org")),
    )
    assert finding.code == "CRT201"
    assert finding.place.path == "/LM/W3SVC/2"
    assert "the certificate of site 1" in finding.message
    assert finding.hint == "bindctl set /w3svc/2/SslFlags 1"


def test_concrete_address_hides_the_server_name() -> None:
    """SNI looks right in the file, but http.sys never comes to it."""
    (finding,) = _judge(
        _site(1, "10.0.0.1:443:", uses=A),
        _site(2, "10.0.0.1:443:b.example", uses=B, flags=1),
        store=(_certificate(A, "a.example"), _certificate(B, "b.example")),
    )
    assert finding.code == "CRT201"
    assert "site 1" in finding.message
    assert finding.hint.startswith("give site 1 any address, or a host and SslFlags 1")


def test_record_of_the_metabase_decides() -> None:
    """An imported IIS 7+ configuration would be judged by the wrong certificate."""
    record = SslRecord(Endpoint(ANY_ADDRESS, 443), A, "MY", None)
    (finding,) = _judge(
        _site(1, ":443:b.example", uses=B),
        store=(_certificate(A, "a.example"), _certificate(B, "b.example")),
        records=(record,),
    )
    assert finding.code == "CRT201"
    assert "the certificate of record 0.0.0.0:443" in finding.message
    assert finding.hint == f"bindctl set /http/sslcert/0.0.0.0:443/CertHash {B}"


def test_defects_of_a_records_certificate_are_told_at_the_record() -> None:
    """The user would look at a site that names no certificate at all."""
    records = (
        SslRecord(Endpoint(parse_ip_address("::1"), 443), A, "MY", None),
        SslRecord(SniKey(parse_host_name("a.example"), 443), B, "MY", None),
        SslRecord(Endpoint(ANY_ADDRESS, 443), C, "MY", None),
    )
    findings = _judge(records=records)
    assert [item.place for item in findings] == [
        Place("/LM/HTTP/SSLCERT/[::1]:443", "CertHash"),
        Place("/LM/HTTP/SSLCERT/A.EXAMPLE:443", "CertHash"),
        Place("/LM/HTTP/SSLCERT/0.0.0.0:443", "CertHash"),
    ]


def test_hash_that_a_record_overrides_is_not_judged() -> None:
    """A leftover SSLCertHash that nothing uses would turn CI red."""
    record = SslRecord(Endpoint(ANY_ADDRESS, 443), A, "MY", None)
    assert not _judge(
        _site(1, ":443:a.example", uses=B),
        store=(_certificate(A, "a.example"),),
        records=(record,),
    )


def test_site_that_does_not_start_is_judged_by_its_own() -> None:
    """A site prepared to replace another could not be checked beforehand."""
    store = (_certificate(A, "a.example"), _certificate(B, "b.example"))
    running = _site(1, ":443:a.example", uses=A)
    waiting = _site(2, ":443:a.example", uses=B, starts=False)
    (finding,) = _judge(running, waiting, store=store)
    assert (finding.code, finding.place.path) == ("CRT201", "/LM/W3SVC/2")
    assert not _judge(running, _site(2, ":443:a.example", starts=False), store=store)


def test_bindings_other_rules_speak_of_are_left_to_them() -> None:
    """BND303, BND314 and BND315 would be repeated in other words."""
    assert not _judge(_site(1, ":443:", flags=1), _site(2, ":444:a.example", flags=2))


def test_store_of_another_name_is_looked_in() -> None:
    """A certificate that lies elsewhere would be said to be missing, or to be there."""
    site = _site(1, ":443:a.example", uses=A)._replace(
        certificate_store_name="WebHosting"
    )
    here = _certificate(A, "a.example")
    (finding,) = _judge(site, store=(here,))
    assert finding.code == "CRT102"
    assert finding.message == f"certificate {A} is not in store WEBHOSTING, but in MY"
    assert finding.hint == "bindctl set /w3svc/1/SSLStoreName MY"
    there = here._replace(certificate_store_name="WEBHOSTING")
    table = BindingTable((site,))
    known = {f"WEBHOSTING/{A}": there}
    assert not list(certificate_findings(Reading(table), known, {}, NOW))
    problems = {f"WEBHOSTING/{A}": "it is cut"}
    (finding,) = certificate_findings(Reading(table), {A: here}, problems, NOW)
    assert finding.code == "CRT103"


def test_trust_is_judged_where_it_is_known() -> None:
    """A missing intermediate would be found by phones; without a bundle all would be."""
    site = _site(1, ":443:a.example", uses=A)
    certificates = {A: _certificate(A, "a.example")._replace(issuer="CN=B")}
    table = BindingTable((site,))
    assert not list(certificate_findings(Reading(table), certificates, {}, NOW))
    anchors = TrustAnchors(frozenset({"CN=Root"}))
    (finding,) = certificate_findings(
        Reading(table), certificates, {}, NOW, 30, anchors
    )
    assert (finding.code, finding.place.property_name) == ("CRT501", "SSLCertHash")
    assert finding.witness.startswith("openssl s_client -connect 127.0.0.1:443 ")
    anchors = TrustAnchors(frozenset({"CN=B"}))
    assert not list(
        certificate_findings(Reading(table), certificates, {}, NOW, 30, anchors)
    )


def test_files_of_the_central_store_are_judged_too() -> None:
    """Only what lies in MY would be judged, and visitors see the other one."""
    table = BindingTable(
        (_site(1, ":443:a.example", ":443:b.example", flags=2),),
        central_store_path="central",
        central_files=frozenset({"a.example.pfx", "b.example.pfx"}),
    )
    central = {
        "a.example.pfx": _certificate("", "a.example", days=-1),
        "b.example.pfx": _certificate("", "x.example"),
    }
    findings = list(
        certificate_findings(Reading(table), {}, {}, NOW, 30, None, central)
    )
    assert _codes(*findings) == ["CRT301", "BND316"]
    assert findings[0].message.startswith("a.example.pfx of the central store (a.exam")
    problems = {"a.example.pfx": "it cannot be opened"}
    findings = list(
        certificate_findings(Reading(table), {}, problems, NOW, 30, None, {})
    )
    assert _codes(*findings) == ["CRT103"]


def test_central_file_is_not_told_twice_of_one_host() -> None:
    """BND316 and CRT201 would name one fault in two words."""
    table = BindingTable(
        (_site(1, ":443:app.localhost", flags=2),),
        central_store_path="central",
        central_files=frozenset({"_.localhost.pfx"}),
    )
    central = {"_.localhost.pfx": _certificate("", "*.localhost")}
    (finding,) = certificate_findings(Reading(table), {}, {}, NOW, 30, None, central)
    assert finding.code == "CRT204"
    assert finding.message.startswith("_.localhost.pfx of the central store covers app")


def test_ten_thousand_hosts_are_judged_quickly() -> None:
    """Looking for alternatives in the whole store for each host takes minutes."""
    count = 10_000
    store = tuple(_certificate(f"{i:040x}", f"{i}.example") for i in range(count))
    sites = [
        _site(i + 1, f":443:{i + 1}.example", uses=f"{i:040x}", flags=1)
        for i in range(count)
    ]
    findings = _judge(*sites, store=store)
    assert _codes(*findings) == ["CRT201"] * count
    assert findings[0].hint == "bindctl cert assign 1.example 1"


@pytest.mark.parametrize(
    ("depth", "codes"), [(1, []), (0, ["CRT205"]), (2, ["CRT205"])]
)
def test_wildcard_of_several_labels_is_not_covered_by_one(
    depth: int, codes: list[str]
) -> None:
    """`check` would call covered what browsers refuse: b.a.example.com."""
    store = (_certificate(A, "*.example.com", "www.example.com"),)
    site = _site(1, ":443:*.example.com", ":443:www.example.com", uses=A)
    found = _judge(site, store=store, depth=depth)
    assert _codes(*found) == codes
    assert all("-servername b.a.example.com" in item.witness for item in found)
    (only,) = _judge(site, store=(_certificate(A, "www.example.com"),), depth=depth)
    assert only.code == "CRT201"  # says more


def test_an_unreadable_store_is_said_once() -> None:
    """Each of its certificates would be said to be missing."""
    sites = _site(1, ":443:a.example", uses=A), _site(2, ":444:b.example", uses=B)
    table = BindingTable(sites)
    unreadable = {"MY": "permission denied", "OTHER": "permission denied"}
    findings = certificate_findings(
        Reading(table), {}, {}, NOW, 30, None, {}, unreadable=unreadable
    )
    mine, other = findings
    assert (mine.code, mine.severity) == ("CRT104", Severity.ERROR)
    assert mine.place == Place("/LM/W3SVC/1", "SSLCertHash")
    assert other.severity is Severity.WARNING
