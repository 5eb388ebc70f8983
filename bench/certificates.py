"""Certificates in any number, without the store's fsync of each file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def make_certificates(folder: Path, names: list[list[str]]) -> list[str]:
    """A store of certificates with those names, in that order; their thumbprints.

    Args:
        folder: Of the metabase.
        names: What each certificate names.
    """
    from datetime import UTC, datetime  # noqa: PLC0415

    from bindctl.certificates.authority import issue_certificate  # noqa: PLC0415
    from bindctl.certificates.facts import read_certificate  # noqa: PLC0415
    from bindctl.storage.authority_store import load_or_create_authority  # noqa: PLC0415

    now = datetime.now(UTC)  # noqa: TID251 - a benchmark's certificates start today
    authority = load_or_create_authority(folder / "certificates" / "authority", now)
    store = folder / "certificates" / "my"
    store.mkdir(mode=0o700, parents=True)
    hashes = []
    for hosts in names:
        issued = issue_certificate(
            authority.certificate_pem, authority.key_pem, hosts, now
        )
        facts = read_certificate(issued.certificate_pem, issued.key_pem, "MY")
        # Without the store's fsync of each file: ten thousand take minutes.
        (store / f"{facts.certificate_hash}.pem").write_bytes(issued.certificate_pem)
        (store / f"{facts.certificate_hash}.key").write_bytes(issued.key_pem)
        hashes.append(facts.certificate_hash)
    return hashes


def make_shared_certificates(folder: Path, hosts: list[str], count: int) -> list[str]:
    """A store of `count` certificates that cover all hosts; a thumbprint a host."""
    count = min(count, len(hosts))
    hashes = make_certificates(folder, [hosts[first::count] for first in range(count)])
    return [hashes[number % count] for number in range(len(hosts))]
