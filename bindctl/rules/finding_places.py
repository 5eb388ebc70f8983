"""Where a finding about bindings points, and how sites are named in its message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.bindings.records import format_record_key
from bindctl.findings.finding import Place
from bindctl.model.binding import Protocol
from bindctl.model.host import HostName, WildcardHost
from bindctl.model.witness import UNNAMED_HOST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bindctl.bindings.records import RecordKey
    from bindctl.bindings.table import BindingEntry, BindingTable, SiteRow
    from bindctl.model.host import HostPattern

SERVICE_LOCATION = "/LM/W3SVC"
_UNNAMED: Final = UNNAMED_HOST.partition(".")[0]


def site_location(identifier: int) -> str:
    """``/LM/W3SVC/2``."""
    return f"{SERVICE_LOCATION}/{identifier}"


def place_of(entry: BindingEntry) -> Place:
    """The item of the site's binding property."""
    return Place(site_location(entry.site), entry.property_name, entry.index)


def service_place(property_name: str) -> Place:
    """A property of /w3svc."""
    return Place(SERVICE_LOCATION, property_name)


def flags_place(site: SiteRow) -> Place:
    """SslFlags of a site, which may have inherited it."""
    return Place(site_location(site.identifier), "SslFlags")


def record_place(key: RecordKey) -> Place:
    """A certificate record of the metabase."""
    return Place(f"/LM/HTTP/SSLCERT/{format_record_key(key).upper()}")


def visitor_host(host: HostPattern) -> str | None:
    """A host that visitors of a binding may name; ``None`` if any host will do.

    Below a wildcard it is not ``www``, which often has a binding of its own.
    """
    if isinstance(host, HostName):
        return host.name
    return f"{_UNNAMED}.{host.suffix}" if isinstance(host, WildcardHost) else None


def secure_sites(table: BindingTable) -> Iterator[SiteRow]:
    """Sites with an HTTPS binding; only for these SslFlags matters."""
    for site in table.sites:
        if any(
            entry.binding is not None and entry.binding.protocol is Protocol.HTTPS
            for entry in site.entries
        ):
            yield site


def name_of(site: SiteRow) -> str:
    """``site 2 "Shop"``, or ``site 2`` where it has no comment."""
    return f"site {site.identifier}" + (f' "{site.comment}"' if site.comment else "")


def name_all(sites: Sequence[SiteRow]) -> str:
    """``site 2 "Shop" and 3 more``, for a finding that is reported once for all."""
    more = len(sites) - 1
    return name_of(sites[0]) + (f" and {more} more" if more else "")
