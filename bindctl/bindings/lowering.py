"""From the metabase's tree to the binding table."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from bindctl.bindings.listen_list import lower_listen_list
from bindctl.bindings.records import DEFAULT_STORE
from bindctl.bindings.table import (
    BindingEntry,
    BindingTable,
    InvalidRecord,
    SiteRow,
)
from bindctl.metabase.tree import require_row, web_sites
from bindctl.model.binding import EmulatedVersion, Protocol, SslFlags, parse_binding
from bindctl.model.certificate import (
    CENTRAL_STORE_NAME,
    CentralKey,
    SniKey,
    SslRecord,
)
from bindctl.model.endpoint import Endpoint, parse_local_address, parse_port
from bindctl.model.host import AnyHost, parse_host_pattern
from bindctl.model.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.bindings.records import RecordKey
    from bindctl.metabase.tree import Key

SERVER_BINDINGS = "ServerBindings"
SECURE_BINDINGS = "SecureBindings"
_PROTOCOLS = {SERVER_BINDINGS: Protocol.HTTP, SECURE_BINDINGS: Protocol.HTTPS}


def lower_table(root: Key) -> BindingTable:
    """Every site's bindings, and the explicit certificate records.

    Args:
        root: The key /LM.
    """
    records: list[SslRecord] = []
    invalid: list[InvalidRecord] = []
    for record in _lower_records(root):
        if isinstance(record, SslRecord):
            records.append(record)
        else:
            invalid.append(record)
    sites = tuple(_lower_site(identifier, key) for identifier, key in web_sites(root))
    listen = lower_listen_list(root)
    table = BindingTable(sites, tuple(records), tuple(invalid), listen=listen)
    service = root.child("w3svc")
    return table if service is None else _with_service(table, service)


def _with_service(table: BindingTable, service: Key) -> BindingTable:
    """The table under the properties of /w3svc."""
    number = service.number("EmulatedVersion")
    try:
        version, unknown = EmulatedVersion(number), None
    except ValueError:
        version, unknown = table.emulated_version, number
    listen = table.listen if version.has_ipv6 else table.listen.without_ipv6()
    return table._replace(
        listen=listen,
        wildcard_depth=service.number("WildcardHostDepth"),
        emulated_version=version,
        unknown_version=unknown,
        central_store_path=service.text("CentralCertStorePath"),
        central_store_password=Secret(service.text("CentralCertStorePassword")),
    )


def _lower_site(identifier: int, key: Key) -> SiteRow:
    certificate_hash = key.text("SSLCertHash").lower() or None
    return SiteRow(
        identifier=identifier,
        comment=key.text("ServerComment"),
        auto_start=key.is_true("ServerAutoStart"),
        ssl_flags=_ssl_flags(key.number("SslFlags")),
        certificate_hash=certificate_hash,
        certificate_store_name=key.text("SSLStoreName") or DEFAULT_STORE,
        entries=tuple(_lower_entries(identifier, key)),
        misdirected_request=key.is_true("MisdirectedRequest"),
    )


@lru_cache(maxsize=256)  # a metabase has a few, and IntFlag takes its time
def _ssl_flags(number: int) -> SslFlags:
    return SslFlags(number)


def _lower_entries(identifier: int, key: Key) -> Iterator[BindingEntry]:
    for property_name, protocol in _PROTOCOLS.items():
        value = key.own(require_row(property_name))
        items = value if isinstance(value, tuple) else ()
        for index, text in enumerate(items):
            try:
                binding, problem = parse_binding(text, protocol), ""
            except ValueError as error:
                binding, problem = None, str(error)
            yield BindingEntry(identifier, property_name, index, text, binding, problem)


def _lower_records(root: Key) -> Iterator[SslRecord | InvalidRecord]:
    key = root.find("http", "sslcert")
    for record in () if key is None else key.children():
        name = record.path[-1]
        certificate_hash = record.text("CertHash").lower()
        try:
            record_key = parse_record_key(name)
        except ValueError as error:
            yield InvalidRecord(name, str(error))
            continue
        store = record.text("StoreName") or DEFAULT_STORE
        if isinstance(record_key, CentralKey):
            certificate_hash, store = "", CENTRAL_STORE_NAME
        elif not certificate_hash:
            yield InvalidRecord(name, "it has no CertHash")
            continue
        yield SslRecord(record_key, certificate_hash, store, None)


def parse_record_key(text: str) -> RecordKey:
    """A record's key as ``netsh http show sslcert`` prints it.

    ``0.0.0.0:443`` and ``[::]:443`` are endpoints, ``www.example.com:443`` is a
    server name, and ``*:443`` asks the central store.

    Raises:
        ValueError: `text` is not one of these.
    """
    host, colon, port_text = text.rpartition(":")
    if not colon:
        message = "it is neither IP:port nor host:port"
        raise ValueError(message)
    port = parse_port(port_text)
    if host == "*":
        return CentralKey(port)
    try:
        return Endpoint(parse_local_address(host), port)
    except ValueError:
        pattern = parse_host_pattern(host)
    if isinstance(pattern, AnyHost):
        message = "a record needs an address or a host"
        raise ValueError(message)  # noqa: TRY004 - the text is wrong, not its type
    return SniKey(pattern, port)
