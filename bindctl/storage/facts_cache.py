"""What was read from certificates before, so that it is not read again.

Importing `cryptography` takes longer than a whole ``bindctl check``. The facts of every
file a store has read are therefore kept in one JSON file, by SHA-256 of the octets they
were read from: a changed file has no entry, so no answer is ever stale. The file is a
convenience: missing, damaged, foreign or not writable, it costs time and nothing else.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Final

from bindctl.findings.errors import BindctlError
from bindctl.model.certificate import Certificate, KeyStatus
from bindctl.model.endpoint import parse_ip_address
from bindctl.storage.atomic import write_atomically

# Part of every entry's name: raise it when facts are read differently, or more of them.
_FORMAT: Final = "bindctl facts 1"
_FIELDS: Final = 9


class FactsCache:
    """The entries of one store, read once."""

    def __init__(self, path: str, store_name: str) -> None:
        """Read the file at `path`, if it can be read."""
        self._path = path
        self._store_name = store_name
        self._stored = _load(path)
        self._kept: dict[str, object] = {}
        self._has_news = False

    def find(self, digest: str) -> Certificate | None:
        """The facts of octets with that digest, or ``None`` when they must be read."""
        entry = self._stored.get(digest)
        if entry is None:
            return None
        facts = _decode(entry, self._store_name)
        if facts is not None:
            self._kept[digest] = entry
        return facts

    def keep(self, digest: str, facts: Certificate) -> None:
        """Remember facts that were read from octets with that digest."""
        self._kept[digest] = _encode(facts)
        self._has_news = True

    def save(self, *, forget_others: bool) -> None:
        """Write what is new; does nothing when nothing is, or when it cannot.

        Args:
            forget_others: Drop entries that were neither found nor kept: right after
                all files of the store were looked up.
        """
        entries = self._kept if forget_others else self._stored | self._kept
        if not self._has_news and len(entries) == len(self._stored):
            return
        text = json.dumps({"format": _FORMAT, "entries": entries})
        try:
            write_atomically(self._path, text.encode("ascii"), 0o600)
        except BindctlError:
            return  # a read-only store: the facts are read again next time


def content_digest(certificate_octets: bytes, key_octets: bytes | None) -> str:
    """SHA-256 over both files, in a form no other pair of files shares."""
    # How long the first part is, and whether there is a second, is hashed as well.
    digest = hashlib.sha256(b"%d %d\n" % (len(certificate_octets), key_octets is None))
    digest.update(certificate_octets)
    digest.update(key_octets or b"")
    return digest.hexdigest()


def _load(path: str) -> dict[str, object]:
    try:
        with open(path, "rb", buffering=0) as file:
            document = json.loads(file.read())
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(document, dict) or document.get("format") != _FORMAT:
        return {}
    entries = document.get("entries")
    return entries if isinstance(entries, dict) else {}


def _encode(facts: Certificate) -> list[object]:
    return [
        facts.certificate_hash,
        facts.subject,
        facts.issuer,
        facts.not_before.isoformat(),
        facts.not_after.isoformat(),
        facts.key_status.value,
        facts.chain_length,
        list(facts.presented_ids),
        [str(address) for address in facts.presented_addresses],
    ]


def _decode(entry: object, store_name: str) -> Certificate | None:
    """The facts of an entry; ``None`` when anything about it is not as written."""
    if not isinstance(entry, list) or len(entry) != _FIELDS:
        return None
    *texts, length, ids, addresses = entry
    if type(length) is not int or not all(map(_are_texts, (texts, ids, addresses))):
        return None
    certificate_hash, subject, issuer, first, last, key_status = texts
    try:
        not_before, not_after = (datetime.fromisoformat(text) for text in (first, last))
        if not_before.tzinfo is None or not_after.tzinfo is None:
            return None
        return Certificate(
            certificate_hash=certificate_hash,
            certificate_store_name=store_name,
            subject=subject,
            issuer=issuer,
            presented_ids=tuple(ids),
            presented_addresses=tuple(map(parse_ip_address, addresses)),
            not_before=not_before,
            not_after=not_after,
            key_status=KeyStatus(key_status),
            chain_length=length,
        )
    except (ValueError, TypeError, AttributeError):
        return None


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(type(item) is str for item in value)
