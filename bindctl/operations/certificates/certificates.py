"""cert create, assign, list and remove: the wizard of inetmgr."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.bindings.lowering import lower_table
from bindctl.bindings.records import store_facts_key
from bindctl.certificates.candidates import Candidates
from bindctl.certificates.flaw import maximum_lifetime_days
from bindctl.findings.codes import make_finding
from bindctl.findings.errors import BindctlError
from bindctl.metabase.tree import make_tree
from bindctl.model.host import format_host_pattern
from bindctl.routing.reading import Reading
from bindctl.rules.certificate_use import certificate_dependants, find_losses
from bindctl.storage.certificate_store import MIN_PREFIX, open_store
from bindctl.storage.file_locations import (
    authority_directory,
)
from bindctl.storage.trust_anchors import find_trust_anchors
from bindctl.toml import document
from bindctl.toml.reader import parse_document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bindctl.findings.finding import Finding
    from bindctl.model.certificate import Certificate
    from bindctl.rules.certificate_use import Dependant, Loss
    from bindctl.storage.certificate_store import (
        CertificateStore,
        StoreContents,
        StoreProblem,
    )
    from bindctl.storage.workspace import Workspace

_SHOWN_DIGITS: Final = 8  # of a thumbprint
_MAX_DEPENDANTS: Final = 10  # told one by one when a removal is refused
_MAX_SHOWN: Final = 3  # bindings of each


class CreatedCertificate(NamedTuple):
    """What `cert create` made.

    Attributes:
        certificate: Its facts.
        authority_path: The authority's certificate, for clients to trust.
        is_shortened: Whether it ends with the authority, sooner than was asked for.
    """

    certificate: Certificate
    authority_path: str
    is_shortened: bool


class AssignedCertificate(NamedTuple):
    """What `cert assign` did.

    Attributes:
        certificate: The one assigned.
        sites: Identifiers it was assigned to.
        is_changed: Whether the metabase was written.
        others: How many more certificates have that name.
    """

    certificate: Certificate
    sites: tuple[int, ...]
    is_changed: bool
    others: int


class ShownHost(NamedTuple):
    """A binding whose visitors are shown a certificate.

    Attributes:
        site: Identifier of its site.
        binding: As it is stored, ``:443:www.example.com``.
        host: The host, or empty for any.
    """

    site: int
    binding: str
    host: str


class ListedCertificate(NamedTuple):
    """A certificate of the store, and what it is used for.

    Attributes:
        certificate: Its facts.
        sites: Identifiers of the sites that name it.
        records: Records of http/sslcert that name it, ``0.0.0.0:443``.
        shown: Bindings whose visitors are shown it.
        is_used: Whether anything depends on it. A site that names it, but has no HTTPS
            binding that could show it, does not.
    """

    certificate: Certificate
    sites: tuple[int, ...]
    records: tuple[str, ...]
    shown: tuple[ShownHost, ...]
    is_used: bool


class CertificateList(NamedTuple):
    """What the store holds.

    Attributes:
        certificates: Ordered by their end, the earliest first.
        problems: Files that cannot be used, and why.
    """

    certificates: tuple[ListedCertificate, ...]
    problems: tuple[StoreProblem, ...]


class LostUse(NamedTuple):
    """A site or record that has no certificate now.

    Attributes:
        site: The site's identifier; ``None`` of a record.
        record: The record's key, ``0.0.0.0:443``; empty of a site.
        shown: Bindings whose handshakes fail.
        hint: What mends it.
    """

    site: int | None
    record: str
    shown: tuple[ShownHost, ...]
    hint: str


class RemovedCertificate(NamedTuple):
    """What `cert remove` did.

    Attributes:
        certificate_hash: The thumbprint.
        certificate: Its facts; ``None`` of a file that could not be read.
        losses: What depended on it, and has no certificate now.
    """

    certificate_hash: str
    certificate: Certificate | None
    losses: tuple[LostUse, ...]


def create_certificate(
    workspace: Workspace,
    names: Sequence[str],
    now: datetime,
    environment: Mapping[str, str],
    lifetime_days: int | None = None,
) -> CreatedCertificate:
    """Issue a certificate by the development authority, into the store "MY".

    Args:
        workspace: The metabase the stores lie beside.
        names: DNS names, ``*.example.com``, or IP addresses; at least one.
        now: Aware UTC.
        environment: The process's environment variables.
        lifetime_days: Days of validity; as long as allowed by default.

    Raises:
        BindctlError: CRT002, a name cannot be certified; CRT003; MET005 or MET006.
    """
    # Imported here: they load `cryptography`, which only issuing needs.
    from bindctl.certificates.authority import issue_certificate  # noqa: PLC0415
    from bindctl.storage.authority_store import (  # noqa: PLC0415
        CERTIFICATE_NAME,
        load_or_create_authority,
    )

    directory = authority_directory(workspace.path, environment)
    authority = load_or_create_authority(directory, now, workspace)
    days = lifetime_days or maximum_lifetime_days(now) - 1
    issued = issue_certificate(
        authority.certificate_pem, authority.key_pem, names, now, days
    )
    store = open_store(workspace)
    certificate = store.add(issued.certificate_pem, issued.key_pem)
    asked = timedelta(days=lifetime_days or 0, seconds=-1)
    return CreatedCertificate(
        certificate,
        os.path.join(directory, CERTIFICATE_NAME),
        is_shortened=certificate.not_after - certificate.not_before < asked,
    )


def assign_certificate(
    workspace: Workspace, name: str, sites: Sequence[int], now: datetime
) -> AssignedCertificate:
    """Name a certificate of the store in each site's SSLCertHash.

    Args:
        workspace: The metabase.
        name: A name the certificate presents, or the start of its thumbprint. The best
            of several is taken: without an error, accepted by browsers, valid longest.
        sites: Identifiers; all or none are changed.
        now: Aware UTC: the instant it has to be valid at.

    Raises:
        BindctlError: CRT001, no such certificate; MET101, no such site.
    """
    found = open_store(workspace).find(name)
    if not found:
        raise _not_found(name)
    chosen = found[0]
    if len(found) > 1:
        chosen = Candidates(found, now, find_trust_anchors(workspace)).best(found)

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

    # A site that has it already is meant as well.
    is_changed = workspace.update(change, sites=sites)
    return AssignedCertificate(chosen, tuple(sites), is_changed, len(found) - 1)


def list_certificates(workspace: Workspace) -> CertificateList:
    """Every certificate of the store "MY", with what it is used for.

    Raises:
        BindctlError: MET005 or MET006, its folder cannot be read; as reading the
            metabase.
    """
    reading = Reading(lower_table(make_tree(parse_document(workspace.read()))))
    named: dict[str, list[int]] = {}
    for site in reading.table.sites:
        if site.certificate_hash is not None:
            key = store_facts_key(site.certificate_store_name, site.certificate_hash)
            named.setdefault(key, []).append(site.identifier)
    dependants = certificate_dependants(reading)
    contents = open_store(workspace).load_contents()
    listed = tuple(
        _list(
            item,
            named.get(item.certificate_hash, ()),
            dependants.get(item.certificate_hash, ()),
        )
        for item in sorted(contents.certificates, key=_end)
    )
    return CertificateList(listed, contents.problems)


def remove_certificate(
    workspace: Workspace, name: str, now: datetime, *, force: bool = False
) -> RemovedCertificate:
    """Remove a certificate of the store "MY", and its private key.

    Args:
        workspace: The metabase.
        name: A name that only it presents, or the start of its thumbprint.
        now: Aware UTC: the instant replacements have to be valid at.
        force: Remove it although something depends on it.

    Raises:
        BindctlError: CRT001, no such certificate; CRT005, several; CRT004, it is in
            use, with a finding for each site and record that names it; MET005 or
            MET006, it cannot be removed.
    """
    store = open_store(workspace)
    contents = store.load_contents()
    chosen = find_one(store, contents, name)
    certificates = {item.certificate_hash: item for item in contents.certificates}
    reading = Reading(lower_table(make_tree(parse_document(workspace.read()))))
    anchors = find_trust_anchors(workspace)
    losses = find_losses(reading, certificates, chosen, now, anchors)
    if losses and not force:
        raise _in_use(chosen, losses)
    store.remove(chosen)
    lost = (
        LostUse(
            loss.dependant.site,
            loss.dependant.record,
            _shown_hosts(loss.dependant),
            loss.hint,
        )
        for loss in losses
    )
    return RemovedCertificate(chosen, certificates.get(chosen), tuple(lost))


def _end(certificate: Certificate) -> tuple[datetime, tuple[str, ...]]:
    return certificate.not_after, certificate.presented_ids


def _list(
    certificate: Certificate, sites: Sequence[int], dependants: Sequence[Dependant]
) -> ListedCertificate:
    return ListedCertificate(
        certificate,
        tuple(sites),
        tuple(item.record for item in dependants if item.site is None),
        tuple(shown for item in dependants for shown in _shown_hosts(item)),
        is_used=bool(dependants),
    )


def _shown_hosts(dependant: Dependant) -> tuple[ShownHost, ...]:
    return tuple(
        ShownHost(
            item.site.identifier,
            item.entry.text,
            format_host_pattern(item.binding.host),
        )
        for item in dependant.shown
    )


def find_one(store: CertificateStore, contents: StoreContents, name: str) -> str:
    """The thumbprint of the only certificate with that name, readable or not.

    Raises:
        BindctlError: CRT001, there is none; CRT005, there are several.
    """
    found = [item.certificate_hash for item in store.find(name)]
    if not found and len(name) >= MIN_PREFIX:
        damaged = (item.certificate_hash for item in contents.problems)
        found = [item for item in damaged if item.startswith(name.lower())]
    if not found:
        raise _not_found(name)
    if len(found) > 1:
        shown = ", ".join(item[:_SHOWN_DIGITS] for item in found)
        message = f"{len(found)} certificates answer to {name!r}: {shown}"
        hint = "give the first digits of its thumbprint; bindctl cert list shows more"
        raise BindctlError("CRT005", message, hint)
    return found[0]


def _in_use(certificate_hash: str, losses: Sequence[Loss]) -> BindctlError:
    names = [loss.dependant.name for loss in losses]
    more = len(names) - _MAX_DEPENDANTS
    shown = ", ".join(names[:_MAX_DEPENDANTS])
    shown += f" and {more} more" if more > 0 else ""
    error = BindctlError(
        "CRT004",
        f"certificate {certificate_hash} is in use by {shown}; nothing was removed",
        "assign another one first, or remove it all the same with --force",
    )
    error.findings = tuple(map(_loss_finding, losses[:_MAX_DEPENDANTS]))
    return error


def _loss_finding(loss: Loss) -> Finding:
    dependant = loss.dependant
    texts = [f'"{item.entry.text}"' for item in dependant.shown]
    more = len(texts) - _MAX_SHOWN
    shown = ", ".join(texts[:_MAX_SHOWN]) + (f" and {more} more" if more > 0 else "")
    message = f"{shown} would be left without a certificate"
    if not shown:
        message = "it is named here, but no visitor gets it at present"
    return make_finding("CRT004", dependant.place, message, loss.hint)


def _not_found(name: str) -> BindctlError:
    return BindctlError(
        "CRT001",
        f"no certificate in the store answers to {name!r}",
        f'bindctl cert create "{name}" makes one; bindctl cert list shows all',
    )
