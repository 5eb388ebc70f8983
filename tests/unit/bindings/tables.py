"""Binding tables for tests, from the texts a metabase would hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bindctl.bindings.lowering import parse_record_key
from bindctl.bindings.table import BindingEntry, BindingTable, SiteRow
from bindctl.model.binding import EmulatedVersion, Protocol, SslFlags, parse_binding
from bindctl.model.certificate import Certificate, KeyStatus, SslRecord

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bindctl.findings.finding import Finding, Place

A, B, C = "a" * 40, "b" * 40, "c" * 40
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def make_entry(identifier: int, name: str, index: int, text: str) -> BindingEntry:
    protocol = Protocol.HTTP if name == "ServerBindings" else Protocol.HTTPS
    try:
        binding, problem = parse_binding(text, protocol), ""
    except ValueError as error:
        binding, problem = None, str(error)
    return BindingEntry(identifier, name, index, text, binding, problem)


def site(
    identifier: int,
    *server: str,
    secure: tuple[str, ...] = (),
    certificate_hash: str | None = None,
    flags: int = 0,
    auto_start: bool = True,
) -> SiteRow:
    """A site with those bindings."""
    entries = [
        make_entry(identifier, name, index, text)
        for name, texts in (("ServerBindings", server), ("SecureBindings", secure))
        for index, text in enumerate(texts)
    ]
    return SiteRow(
        identifier,
        f"S{identifier}",
        auto_start,
        SslFlags(flags),
        certificate_hash,
        "MY",
        tuple(entries),
    )


def table(
    *sites: SiteRow,
    records: dict[str, str] | None = None,
    depth: int = 1,
    version: int = 10,
    files: tuple[str, ...] = (),
) -> BindingTable:
    """A table of those sites and explicit records, by netsh's key.

    Args:
        sites: By ascending identifier.
        records: Key of a record to its certificate.
        depth: WildcardHostDepth.
        version: EmulatedVersion.
        files: Names in the central store; there is one when there are any.
    """
    explicit = tuple(
        SslRecord(parse_record_key(key), value, "MY", None)
        for key, value in (records or {}).items()
    )
    return BindingTable(
        sites,
        explicit,
        wildcard_depth=depth,
        emulated_version=EmulatedVersion(version),
        central_store_path="ccs" if files else "",
        central_files=frozenset(files),
    )


def spots(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    """Code and place of each, below /LM: ``("BND201", "W3SVC/2 ServerBindings 1")``."""
    return [(finding.code, _spot(finding.place)) for finding in findings]


def _spot(place: Place) -> str:
    parts = [place.path.removeprefix("/LM/")]
    if place.property_name is not None:
        parts.append(place.property_name)
    if place.index is not None:
        parts.append(str(place.index))
    return " ".join(parts)


def certificate(certificate_hash: str, *ids: str, days: int = 90) -> Certificate:
    """A sound certificate with those names, valid at `NOW` and for so many days."""
    return Certificate(
        certificate_hash=certificate_hash,
        certificate_store_name="MY",
        subject="",
        issuer="CN=B",
        presented_ids=ids,
        presented_addresses=(),
        not_before=NOW - timedelta(days=1),
        not_after=NOW + timedelta(days=days),
        key_status=KeyStatus.MATCHES,
        chain_length=1,
    )
