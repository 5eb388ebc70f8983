"""Facts of certificates for tests: sound ones, with what a test changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from bindctl.model.certificate import Certificate, KeyStatus

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HASH = "ab" * 20
ISSUER = "CN=Intermediate"


def certificate(
    *ids: str, addresses: tuple[str, ...] = (), age: int = 1, days: int = 89
) -> Certificate:
    """One that browsers accept for those names, if they trust its issuer."""
    return Certificate(
        certificate_hash=HASH,
        certificate_store_name="MY",
        subject="CN=leaf",
        issuer=ISSUER,
        presented_ids=ids,
        presented_addresses=tuple(map(ip_address, addresses)),
        not_before=NOW - timedelta(days=age),
        not_after=NOW + timedelta(days=days, seconds=-1),
        key_status=KeyStatus.MATCHES,
        chain_length=1,
        chain_issuers=(ISSUER,),
        chain_subjects=("CN=leaf",),
    )
