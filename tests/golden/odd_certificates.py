"""Certificates of golden cases that `bindctl cert create` does not make."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from bindctl.storage.certificate_store import CertificateStore
from tests import pki
from tests.pki import Draft, Issued, chain_pem, issue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


def store_odd_certificate(
    names: Sequence[str], options: Mapping[str, str], stores: Path, now: datetime
) -> Path:
    """Make a certificate by the options of `tests.golden.runner`, and store it.

    Returns:
        Its file in the store; the key lies beside it.
    """
    draft = make_draft(names, options, now)
    chain = _CHAINS[options.get("chain", "public")](draft)
    if "hash" in options:
        issuer = pki.old_authority()
        chain = [pki.sign_with(options["hash"], issue(draft, issuer), issuer)]
    store = CertificateStore(stores / options.get("store", "my").lower())
    facts = store.add(chain_pem(*chain), chain[0].key_pem)
    return stores / store.directory / f"{facts.certificate_hash}.pem"


def make_draft(
    names: Sequence[str], options: Mapping[str, str], now: datetime
) -> Draft:
    """What the leaf is to be."""
    draft = Draft(names=tuple(names), first=now)
    if options.get("names") == "common":
        draft = replace(draft, names=(), common_name=names[0])
    if options.get("chain") == "self":
        draft = replace(draft, common_name=names[0])
    if "not_before" in options:
        first = datetime.fromisoformat(options["not_before"]).replace(tzinfo=UTC)
        draft = replace(draft, first=first)
    if "days" in options:
        draft = replace(draft, days=int(options["days"]))
    if options.get("key") not in (None, "missing", "other"):
        draft = replace(draft, key=options["key"])
    if "usage" in options:
        draft = replace(draft, usages=tuple(options["usage"].split(",")))
    return replace(draft, is_authority=options.get("authority") == "yes")


def _public(draft: Draft) -> list[Issued]:
    return [issue(draft, pki.intermediate()), pki.intermediate()]


def _missing(draft: Draft) -> list[Issued]:
    return _public(draft)[:1]


def _misordered(draft: Draft) -> list[Issued]:
    leaf, intermediate = _public(draft)
    return [leaf, pki.public_authority(), intermediate]


def _ended(draft: Draft) -> list[Issued]:
    return [issue(draft, pki.ended_intermediate()), pki.ended_intermediate()]


def _self(draft: Draft) -> list[Issued]:
    return [issue(draft, None)]


def _stranger(draft: Draft) -> list[Issued]:
    return [*_open(draft), pki.stranger()]


def _open(draft: Draft) -> list[Issued]:
    issuer = pki.strange_intermediate()
    return [issue(draft, issuer), issuer]


_CHAINS: Final[Mapping[str, Callable[[Draft], list[Issued]]]] = {
    "public": _public,
    "missing": _missing,
    "misordered": _misordered,
    "ended": _ended,
    "self": _self,
    "stranger": _stranger,
    "open": _open,
}
