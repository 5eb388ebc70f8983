"""Everything that is known of the certificates that a metabase names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.bindings.records import DEFAULT_STORE, store_facts_key
from bindctl.findings.errors import BindctlError
from bindctl.model.certificate import CentralKey
from bindctl.storage.certificate_store import open_store

if TYPE_CHECKING:
    from bindctl.bindings.table import BindingTable
    from bindctl.model.certificate import Certificate, TrustAnchors
    from bindctl.storage.workspace import Workspace

_NO_FOLDERS: Final = frozenset({"", ".", ".."})


class KnownCertificates(NamedTuple):
    """The certificates in the stores that a table names, and whom clients trust.

    Attributes:
        certificates: Facts, as `bindings.records.facts_key` finds them.
        problems: Why others cannot be used, by the same keys.
        anchors: Whom this machine trusts; ``None`` when that is not known.
        central: Facts by name of the file, of the central store.
        unreadable: Why a store's folder cannot be read, by its name in upper case.
    """

    certificates: dict[str, Certificate]
    problems: dict[str, str]
    anchors: TrustAnchors | None
    central: dict[str, Certificate]
    unreadable: dict[str, str]


def load_known_certificates(
    workspace: Workspace, table: BindingTable
) -> KnownCertificates:
    """Read the store MY, and every other one that a site or a record names.

    Args:
        workspace: The metabase the stores lie beside.
        table: Its sites and records.
    """
    known = KnownCertificates({}, {}, None, {}, {})
    for name in _store_names(table):
        try:
            contents = open_store(workspace, name).load_contents()
        except BindctlError as error:
            known.unreadable[name] = error.message
            continue
        for item in contents.certificates:
            key = store_facts_key(name, item.certificate_hash)
            known.certificates[key] = item
        for problem in contents.problems:
            key = store_facts_key(name, problem.certificate_hash)
            known.problems[key] = problem.reason
    if table.central_store_path:
        # Imported here: few metabases have such a store.
        from bindctl.operations.load.central_store import (  # noqa: PLC0415
            load_central_certificates,
        )

        found = load_central_certificates(workspace.path, table)
        known.central.update(found.certificates)
        known.problems.update(found.problems)
    if not known.certificates and not known.central:
        return known  # there is nothing whose trust matters
    # Imported here: it is slow, with hashes and JSON.
    from bindctl.storage.trust_anchors import find_trust_anchors  # noqa: PLC0415

    return known._replace(anchors=find_trust_anchors(workspace))


def _store_names(table: BindingTable) -> list[str]:
    """Names of stores in upper case, MY first; invalid ones are empty."""
    named = {
        site.certificate_store_name.upper()
        for site in table.sites
        if site.certificate_hash is not None
    }
    named |= {
        record.certificate_store_name.upper()
        for record in table.records
        if not isinstance(record.key, CentralKey)
    }
    return [DEFAULT_STORE, *sorted(filter(_is_folder_name, named - {DEFAULT_STORE}))]


def _is_folder_name(name: str) -> bool:
    is_plain = "\0" not in name and os.path.basename(name) == name
    return is_plain and name not in _NO_FOLDERS
