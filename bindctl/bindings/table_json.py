"""A binding table as plain data and back: a service reports so what it serves.

Bindings travel as their texts and are parsed again, so what is read is what the same
metabase would give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bindctl.bindings.lowering import (
    SECURE_BINDINGS,
    SERVER_BINDINGS,
    parse_record_key,
)
from bindctl.bindings.table import BindingEntry, BindingTable, InvalidRecord, SiteRow
from bindctl.model.binding import EmulatedVersion, Protocol, SslFlags, parse_binding
from bindctl.model.certificate import SslRecord
from bindctl.model.endpoint import ANY_ADDRESS, Endpoint, format_endpoint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_PROPERTIES = ((SERVER_BINDINGS, Protocol.HTTP), (SECURE_BINDINGS, Protocol.HTTPS))


def plain_table(table: BindingTable) -> dict[str, object]:
    """`table` as lists, texts and numbers; the inverse of `parse_plain_table`.

    All of it but the central store's password, which no reader of it needs.
    """
    return {
        "sites": [_plain_site(site) for site in table.sites],
        "records": [
            [
                _plain_key(record),
                record.certificate_hash,
                record.certificate_store_name,
                int(record.flags),
            ]
            for record in table.records
        ],
        "invalid_records": [list(record) for record in table.invalid_records],
        "wildcard_depth": table.wildcard_depth,
        "emulated_version": int(table.emulated_version),
        "central_store_path": table.central_store_path,
        "central_files": sorted(table.central_files),
        "central_problem": table.central_problem,
        "unknown_version": table.unknown_version,
    }


def parse_plain_table(
    value: Mapping[str, Any],  # Any: JSON, whose shape `plain_table` gives
) -> BindingTable:
    """The table that `plain_table` made `value` of.

    Raises:
        ValueError, KeyError, TypeError: It was not made from a table.
    """
    return BindingTable(
        sites=tuple(_parse_site(item) for item in value["sites"]),
        records=tuple(_parse_record(*item) for item in value["records"]),
        invalid_records=tuple(
            InvalidRecord(*item) for item in value["invalid_records"]
        ),
        wildcard_depth=int(value["wildcard_depth"]),
        emulated_version=EmulatedVersion(value["emulated_version"]),
        central_store_path=str(value["central_store_path"]),
        central_files=frozenset(value["central_files"]),
        central_problem=str(value["central_problem"]),
        unknown_version=value["unknown_version"],
    )


def _plain_site(site: SiteRow) -> list[object]:
    texts: dict[str, list[str]] = {name: [] for name, _protocol in _PROPERTIES}
    for entry in site.entries:
        texts[entry.property_name].append(entry.text)
    return [
        site.identifier,
        site.comment,
        site.auto_start,
        int(site.ssl_flags),
        site.certificate_hash,
        site.certificate_store_name,
        site.misdirected_request,
        *texts.values(),
    ]


def _parse_site(
    item: Sequence[Any],  # Any: as above
) -> SiteRow:
    identifier, comment, auto_start, flags, certificate_hash, store, refuses, *lists = (
        item
    )
    return SiteRow(
        identifier=identifier,
        comment=comment,
        auto_start=auto_start,
        ssl_flags=SslFlags(flags),
        certificate_hash=certificate_hash,
        certificate_store_name=store,
        entries=tuple(_parse_entries(identifier, lists)),
        misdirected_request=refuses,
    )


def _parse_entries(
    identifier: int, lists: Sequence[Sequence[str]]
) -> Iterator[BindingEntry]:
    for (name, protocol), texts in zip(_PROPERTIES, lists, strict=True):
        for index, text in enumerate(texts):
            try:
                binding, problem = parse_binding(text, protocol), ""
            except ValueError as error:
                binding, problem = None, str(error)
            yield BindingEntry(identifier, name, index, text, binding, problem)


def _plain_key(record: SslRecord) -> str:
    key = record.key
    if not isinstance(key, Endpoint):
        return str(key)
    if key.address is ANY_ADDRESS:  # `*:443` is the central store's
        return f"0.0.0.0:{key.port}"
    return format_endpoint(key)


def _parse_record(key: str, digest: str, store: str, flags: int) -> SslRecord:
    return SslRecord(parse_record_key(key), digest, store, None, SslFlags(flags))
