"""The binding table: every site of a metabase with its bindings, typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.bindings.listen_list import EVERYWHERE, ListenList
from bindctl.model.binding import EmulatedVersion
from bindctl.model.secret import NO_SECRET, Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.model.binding import Binding, SslFlags
    from bindctl.model.certificate import SslRecord

# A wildcard host matches this many labels unless the metabase says otherwise: what a
# certificate's wildcard covers (RFC 9525 §6.3). 0 is any number, as nginx matches.
DEFAULT_WILDCARD_DEPTH = 1


class BindingEntry(NamedTuple):
    """One item of a site's ServerBindings or SecureBindings.

    Attributes:
        site: The site's identifier.
        property_name: ``ServerBindings`` or ``SecureBindings``.
        index: Its place in the list, from 0.
        text: As it is stored.
        binding: What it means, or ``None`` when it is not a binding.
        problem: Why it is not a binding; empty if it is.
    """

    site: int
    property_name: str
    index: int  # type: ignore[assignment]  # in place of a method nobody asks for
    text: str
    binding: Binding | None
    problem: str = ""


class SiteRow(NamedTuple):
    """One site as far as bindings and certificates go.

    Attributes:
        identifier: The site's number.
        comment: ServerComment.
        auto_start: ServerAutoStart.
        ssl_flags: SslFlags, inherited or its own.
        certificate_hash: SSLCertHash in lower-case hex, or ``None``.
        certificate_store_name: SSLStoreName, ``MY`` when it is not set.
        entries: Items of both properties, HTTP first.
        misdirected_request: Whether it answers 421 on a connection that was made for
            another certificate's name.
    """

    identifier: int
    comment: str
    auto_start: bool
    ssl_flags: SslFlags
    certificate_hash: str | None
    certificate_store_name: str
    entries: tuple[BindingEntry, ...]
    misdirected_request: bool = False


class InvalidRecord(NamedTuple):
    """A key under http/sslcert that is not a certificate record, and why."""

    name: str
    problem: str


class BindingTable(NamedTuple):
    """Everything a metabase says of bindings.

    Attributes:
        sites: All sites by ascending identifier.
        records: The explicit certificate records.
        invalid_records: Keys among them that cannot be used.
        wildcard_depth: Labels a wildcard host matches; 0 is any number.
        emulated_version: Which IIS is rehearsed.
        listen: Where listening is allowed: ListenAddresses.
        central_store_path: CentralCertStorePath as stored; empty for none.
        central_files: Names of the files there, ``www.example.com.pfx``, lower case;
            given by whoever can read the folder.
        central_problem: Why the folder could not be read; empty otherwise.
        unknown_version: A stored EmulatedVersion that is not known; `emulated_version`
            then has the default.
        central_store_password: CentralCertStorePassword.
    """

    sites: tuple[SiteRow, ...]
    records: tuple[SslRecord, ...] = ()
    invalid_records: tuple[InvalidRecord, ...] = ()
    wildcard_depth: int = DEFAULT_WILDCARD_DEPTH
    emulated_version: EmulatedVersion = EmulatedVersion.IIS10
    listen: ListenList = EVERYWHERE
    central_store_path: str = ""
    central_files: frozenset[str] = frozenset()
    central_problem: str = ""
    unknown_version: int | None = None
    central_store_password: Secret = NO_SECRET

    def entries(self) -> Iterator[tuple[SiteRow, BindingEntry, Binding]]:
        """Every valid binding with its site, in the order of the table."""
        for site in self.sites:
            for entry in site.entries:
                if entry.binding is not None:
                    yield site, entry, entry.binding
