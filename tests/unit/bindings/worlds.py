"""Tables with certificates, for tests of what may mend findings about them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bindctl.model.certificate import Certificate, KeyStatus
from bindctl.routing.reading import Reading
from bindctl.rules.bindings import binding_findings
from bindctl.rules.certificates import certificate_findings
from bindctl.rules.fixes.fix_context import FixContext
from bindctl.rules.fixes.fixes import find_fixes

if TYPE_CHECKING:
    from bindctl.bindings.table import BindingTable
    from bindctl.findings.finding import Finding
    from bindctl.model.fix import Fix

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
AUTHORITY = "CN=bindctl development authority"


def certificate(
    certificate_hash: str,
    *names: str,
    days: int = 90,
    issuer: str = AUTHORITY,
    store: str = "MY",
) -> Certificate:
    """Facts of a certificate that ends in so many days."""
    return Certificate(
        certificate_hash=certificate_hash,
        certificate_store_name=store,
        subject="CN=leaf",
        issuer=issuer,
        presented_ids=names,
        presented_addresses=(),
        not_before=NOW - timedelta(days=100),
        not_after=NOW + timedelta(days=days),
        key_status=KeyStatus.MATCHES,
        chain_length=1,
        chain_issuers=(issuer,),
        chain_subjects=("CN=leaf",),
    )


def world(
    table: BindingTable,
    *certificates: Certificate,
    authority: str | None = AUTHORITY,
) -> FixContext:
    """What is known of a table with those certificates in its stores."""
    known = {
        item.certificate_hash
        if item.certificate_store_name == "MY"
        else f"{item.certificate_store_name}/{item.certificate_hash}": item
        for item in certificates
    }
    return FixContext(Reading(table), known, NOW, None, authority)


def findings(made: FixContext) -> list[Finding]:
    """What the rules report of it."""
    known = made.certificates
    return [
        *binding_findings(Reading(made.table)),
        *certificate_findings(Reading(made.table), known, {}, NOW),
    ]


def fixes(code: str, made: FixContext, number: int = 0) -> list[Fix]:
    """What is proposed for a finding of that code."""
    found = [item for item in findings(made) if item.code == code]
    return find_fixes(found[number], made)


def words(code: str, made: FixContext, number: int = 0) -> list[str]:
    """The same, in words."""
    return [fix.words for fix in fixes(code, made, number)]
