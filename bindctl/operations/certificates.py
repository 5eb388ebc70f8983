"""cert create, cert assign and cert list: the wizard of inetmgr."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from bindctl.bindings.lowering import DEFAULT_STORE
from bindctl.findings.errors import BindctlError
from bindctl.metabase import document
from bindctl.metabase.reader import parse_document
from bindctl.metabase.tree import make_tree, web_sites
from bindctl.storage.certificate_store import CertificateStore
from bindctl.storage.metabase_file import read_octets, update_octets
from bindctl.storage.places import authority_directory, store_directory

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from bindctl.model.certificate import Certificate


class CreatedCertificate(NamedTuple):
    """What `cert create` made.

    Attributes:
        certificate: Its facts.
        authority_path: The authority's certificate, for clients to trust.
    """

    certificate: Certificate
    authority_path: str


class AssignedCertificate(NamedTuple):
    """What `cert assign` did.

    Attributes:
        certificate: The one assigned.
        sites: Identifiers it was assigned to.
        is_changed: Whether the metabase was written.
        others: How many more certificates answer to the name asked for.
    """

    certificate: Certificate
    sites: tuple[int, ...]
    is_changed: bool
    others: int


class ListedCertificate(NamedTuple):
    """A certificate of the store and the sites that name it."""

    certificate: Certificate
    sites: tuple[int, ...]


def open_store(metabase: str, name: str = DEFAULT_STORE) -> CertificateStore:
    """The certificate store of that name, beside the metabase."""
    return CertificateStore(store_directory(metabase, name), name.upper())


def create_certificate(
    metabase: str,
    names: Sequence[str],
    now: datetime,
    environment: Mapping[str, str],
    lifetime_days: int | None = None,
) -> CreatedCertificate:
    """Issue a certificate by the development authority, into the store "MY".

    Args:
        metabase: Absolute path of the file the stores lie beside.
        names: DNS names, ``*.example.com``, or IP addresses; at least one.
        now: Aware UTC.
        environment: The process's environment variables.
        lifetime_days: Days of validity; as long as allowed by default.

    Raises:
        BindctlError: CRT002, a name cannot be certified; CRT003; MET005 or MET006.
    """
    # Imported here: they load `cryptography`, which only issuing needs.
    from bindctl.certificates.authority import (  # noqa: PLC0415
        issue_certificate,
        maximum_lifetime_days,
    )
    from bindctl.storage.authority_store import (  # noqa: PLC0415
        CERTIFICATE_NAME,
        load_or_create_authority,
    )

    directory = authority_directory(metabase, environment)
    authority = load_or_create_authority(directory, now)
    days = lifetime_days or maximum_lifetime_days(now) - 1
    issued = issue_certificate(
        authority.certificate_pem, authority.key_pem, names, now, days
    )
    store = open_store(metabase)
    certificate = store.add(issued.certificate_pem, issued.key_pem)
    return CreatedCertificate(certificate, os.path.join(directory, CERTIFICATE_NAME))


def assign_certificate(
    metabase: str, name: str, sites: Sequence[int]
) -> AssignedCertificate:
    """Name a certificate of the store in each site's SSLCertHash.

    Args:
        metabase: Absolute path of the file.
        name: A name the certificate presents, or the start of its thumbprint; of
            several, the one that ends last is taken.
        sites: Identifiers; all or none are changed.

    Raises:
        BindctlError: CRT001, no such certificate; MET101, no such site.
    """
    found = open_store(metabase).find(name)
    if not found:
        raise BindctlError(
            "CRT001",
            f"no certificate in the store answers to {name!r}",
            f'bindctl cert create "{name}" makes one; bindctl cert list shows all',
        )
    chosen = found[0]

    def change(octets: bytes) -> bytes:
        for site in sites:
            path = ("w3svc", str(site))
            if document.read_key(octets, path) is None:
                raise document.path_not_found(path)
            octets = document.set_property(
                octets, path, "SSLCertHash", chosen.certificate_hash
            )
            octets = document.set_property(
                octets, path, "SSLStoreName", chosen.certificate_store_name
            )
        return octets

    is_changed = update_octets(metabase, change)
    return AssignedCertificate(chosen, tuple(sites), is_changed, len(found) - 1)


def list_certificates(metabase: str) -> tuple[ListedCertificate, ...]:
    """Every certificate of the store "MY", with the sites that name it."""
    users: dict[str, list[int]] = {}
    root = make_tree(parse_document(read_octets(metabase)))
    for identifier, key in web_sites(root):
        users.setdefault(key.text("SSLCertHash").lower(), []).append(identifier)
    return tuple(
        ListedCertificate(item, tuple(users.get(item.certificate_hash, ())))
        for item in open_store(metabase).load_all()
    )


def find_facts(metabase: str, hashes: Collection[str]) -> dict[str, Certificate]:
    """Facts of those certificates of the store "MY" that can be read."""
    store = open_store(metabase)
    facts: dict[str, Certificate] = {}
    for certificate_hash in hashes:
        try:
            facts[certificate_hash] = store.load(certificate_hash)
        except BindctlError:
            continue  # `check` reports it; here it is simply not known
    return facts
