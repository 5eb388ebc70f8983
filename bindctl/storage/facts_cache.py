"""Keeps the facts that were read from certificates, so that no file is read twice.

Importing `cryptography` takes longer than a whole ``bindctl check``, and reading ten
thousand certificates a second. So the facts of every file of a store are kept in the
user's cache folder.

1. The facts of a file are used when it has the same content, by SHA-256, or the same
   stamp: size, inode, times of change of content and of status.
2. A stamp that was younger than `_RACY_NS` when the cache was written is not trusted:
   within one tick of its clock a file system gives two contents the same time. Git's
   index does the same.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from bindctl.model.certificate import Certificate, KeyStatus
from bindctl.model.endpoint import parse_ip_address
from bindctl.storage.user_cache import load_document, save_document

if TYPE_CHECKING:
    from collections.abc import Sequence

# Raise it when facts are read differently, or more of them.
_FORMAT: Final = "bindctl facts 5"
_RACY_NS: Final = 2_000_000_000  # FAT's clock ticks every two seconds
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)
_STATUSES: Final = tuple(KeyStatus)
_STATUS_NUMBERS: Final = {status: number for number, status in enumerate(_STATUSES)}
# Places in a row; after the last come the facts, or the reason why there are none.
_THUMBPRINT, _NEWEST, _STAMP, _DIGEST, _FACTS = range(5)


class FactsCache:
    """The entries of one store, read once."""

    def __init__(self, path: str, store_name: str) -> None:
        """Read the file at `path`, if it can be read; an empty path is none."""
        self._path = path
        self._store_name = store_name
        cached = load_document(path, _FORMAT)
        rows: Any = cached.document or ()  # `save` wrote it: its digest shows that
        self._stored: dict[str, list[Any]] = {row[_THUMBPRINT]: row for row in rows}
        self._trusted_ns = cached.written_ns - _RACY_NS
        self._kept: dict[str, list[Any]] = {}
        self._has_news = False

    def find_unchanged(
        self, thumbprint: str, stamp: list[int]
    ) -> Certificate | str | None:
        """The facts of the files with that stamp.

        Returns:
            Facts, or the reason why there are none; ``None`` when nothing is known, or
            the stamp proves nothing.
        """
        row = self._stored.get(thumbprint)
        if row is None or row[_STAMP] != stamp or row[_NEWEST] >= self._trusted_ns:
            return None
        self._kept[thumbprint] = row
        return _decode(row, self._store_name)

    def find_content(
        self, thumbprint: str, stamp: list[int], digest: str
    ) -> list[Any] | None:
        """The row of files with that content; it gets that stamp from now on."""
        row = self._stored.get(thumbprint)
        if row is None or row[_DIGEST] != digest:
            return None
        return [thumbprint, _newest(stamp), stamp, digest, *row[_FACTS:]]

    def keep(self, row: list[Any]) -> Certificate | str:
        """Remember a row of `find_content` or `make_row`; its facts."""
        self._kept[row[_THUMBPRINT]] = row
        self._has_news = True
        return _decode(row, self._store_name)

    def save(self, *, forget_others: bool) -> None:
        """Write new rows; does nothing if there are none, or if it cannot write.

        Args:
            forget_others: Drop entries that were neither found nor kept: right after
                all files of the store were looked up.
        """
        rows = self._kept if forget_others else self._stored | self._kept
        if self._has_news or len(rows) != len(self._stored):
            save_document(self._path, _FORMAT, list(rows.values()))


def make_row(
    thumbprint: str, stamp: list[int], digest: str, said: Certificate | str
) -> list[Any]:
    """What files with that stamp and content said, as it is kept."""
    plain = [said] if isinstance(said, str) else encode_facts(said)
    return [thumbprint, _newest(stamp), stamp, digest, *plain]


def content_digest(certificate_octets: bytes, key_octets: bytes | None) -> str:
    """SHA-256 over both files, in a form no other pair of files shares."""
    # How long the first part is, and whether there is a second, is hashed as well.
    digest = hashlib.sha256(b"%d %d\n" % (len(certificate_octets), key_octets is None))
    digest.update(certificate_octets)
    digest.update(key_octets or b"")
    return digest.hexdigest()


def encode_facts(facts: Certificate) -> list[object]:
    """Facts as plain data that JSON can hold; without the store's name."""
    flags = (
        facts.has_server_auth,
        facts.is_authority,
        facts.is_self_signed,
        facts.is_chain_ordered,
    )
    return [
        facts.certificate_hash,
        facts.subject,
        facts.issuer,
        facts.presented_ids,
        [str(address) for address in facts.presented_addresses],
        *_encode_period(facts.not_before, facts.not_after),
        _STATUS_NUMBERS[facts.key_status],
        facts.chain_length,
        facts.common_name,
        facts.key_algorithm,
        facts.key_bits,
        facts.signature_hash,
        sum(flag << place for place, flag in enumerate(flags)),
        facts.chain_issuers[1:],
        facts.chain_subjects[1:],
        [_encode_period(*period) for period in facts.chain_periods],
        facts.chain_may_issue,
        facts.chain_hashes,
    ]


def decode_facts(data: Sequence[Any], store_name: str) -> Certificate:
    """The inverse of `encode_facts`, for data that it wrote."""
    (
        certificate_hash, subject, issuer, ids, addresses, first, last, status, length,
        common_name, algorithm, bits, signature_hash, flags, issuers, subjects,
        periods, may_issue, hashes,
    ) = data  # fmt: skip
    return Certificate(
        certificate_hash,
        store_name,
        subject,
        issuer,
        tuple(ids),
        tuple(map(parse_ip_address, addresses)) if addresses else (),
        *_decode_period(first, last),
        _STATUSES[status],
        length,
        common_name,
        algorithm,
        bits,
        signature_hash,
        bool(flags & 1),
        bool(flags & 2),
        bool(flags & 4),
        bool(flags & 8),
        (issuer, *issuers),
        (subject, *subjects),
        tuple(_decode_period(*period) for period in periods) if periods else (),
        tuple(may_issue),
        tuple(hashes),
    )


def _encode_period(first: datetime, last: datetime) -> tuple[int, int]:
    return (first - _EPOCH) // _SECOND, (last - _EPOCH) // _SECOND


def _decode_period(first: int, last: int) -> tuple[datetime, datetime]:
    return _EPOCH + timedelta(0, first), _EPOCH + timedelta(0, last)


def _decode(row: list[Any], store_name: str) -> Certificate | str:
    said = row[_FACTS:]
    if len(said) == 1:
        reason: str = said[0]
        return reason
    return decode_facts(said, store_name)


def _newest(stamp: list[int]) -> int:
    """The youngest time of a stamp; times stand at even places, sizes at odd."""
    return max(stamp[::2])
