"""Binding tables for tests, from the texts a metabase would hold."""

from __future__ import annotations

from bindctl.bindings.lowering import parse_record_key
from bindctl.bindings.table import BindingEntry, BindingTable, SiteRow
from bindctl.model.binding import Protocol, SslFlags, parse_binding
from bindctl.model.certificate import SslRecord

A, B, C = "a" * 40, "b" * 40, "c" * 40


def _entry(identifier: int, name: str, index: int, text: str) -> BindingEntry:
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
        _entry(identifier, name, index, text)
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
    *sites: SiteRow, records: dict[str, str] | None = None, depth: int = 1
) -> BindingTable:
    """A table of those sites and explicit records, by netsh's key."""
    explicit = tuple(
        SslRecord(parse_record_key(key), value, "MY", None)
        for key, value in (records or {}).items()
    )
    return BindingTable(sites, explicit, (), depth)
