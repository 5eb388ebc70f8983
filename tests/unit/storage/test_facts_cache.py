"""The facts cache: saves time, and can do nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from bindctl.model.certificate import Certificate, KeyStatus
from bindctl.storage.facts_cache import FactsCache, content_digest

if TYPE_CHECKING:
    from pathlib import Path

FACTS = Certificate(
    certificate_hash="ab" * 20,
    certificate_store_name="MY",
    subject='O="Bücher, \\2a"',
    issuer="",
    presented_ids=("*.example.com", "w*.x"),
    presented_addresses=(ip_address("10.0.0.1"), ip_address("2001:db8::1")),
    not_before=datetime(1950, 1, 1, tzinfo=UTC),
    not_after=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    key_status=KeyStatus.MISMATCH,
    chain_length=3,
)
DIGEST = content_digest(b"certificate", b"key")


def _saved(path: Path) -> FactsCache:
    cache = FactsCache(str(path), "MY")
    cache.keep(DIGEST, FACTS)
    cache.save(forget_others=False)
    return FactsCache(str(path), "MY")


def test_facts_come_back_as_they_were(tmp_path: Path) -> None:
    """The second `check` would say something else than the first."""
    assert _saved(tmp_path / "facts.json").find(DIGEST) == FACTS


def test_store_name_is_that_of_the_store(tmp_path: Path) -> None:
    """A store copied under another name would answer for the old one."""
    _saved(tmp_path / "facts.json")
    found = FactsCache(str(tmp_path / "facts.json"), "WebHosting").find(DIGEST)
    assert found is not None
    assert found.certificate_store_name == "WebHosting"


def test_each_pair_of_files_has_its_own_digest() -> None:
    """A key glued to a certificate would pass for a key in its own file."""
    pairs = [(b"ab", b"c"), (b"a", b"bc"), (b"abc", b""), (b"abc", None), (b"", b"abc")]
    assert len({content_digest(*pair) for pair in pairs}) == len(pairs)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"{}",
        b'{"format": "bindctl facts 1"}',
        b'{"format": "bindctl facts 1", "entries": []}',
        b'{"format": "bindctl facts 0", "entries": {}}',
        b"[" * 200_000,
    ],
)
def test_foreign_file_is_replaced(tmp_path: Path, octets: bytes) -> None:
    """A cut or foreign file would stop every command."""
    path = tmp_path / "facts.json"
    path.write_bytes(octets)
    assert FactsCache(str(path), "MY").find(DIGEST) is None
    assert _saved(path).find(DIGEST) == FACTS


@pytest.mark.parametrize(
    ("index", "value"),
    [
        (0, None),
        (3, "yesterday"),
        (3, "2026-01-01T00:00:00"),
        (4, 7),
        (5, "perhaps"),
        (6, "3"),
        (6, True),
        (7, "*.example.com"),
        (7, [1]),
        (8, ["10.0.0.256"]),
        (8, {}),
        (8, [1]),
        (None, None),
    ],
)
def test_damaged_entry_is_read_again(
    tmp_path: Path, index: int | None, value: object
) -> None:
    """A damaged entry would become a wrong finding, or a traceback."""
    path = tmp_path / "facts.json"
    _saved(path)
    document = json.loads(path.read_text())
    if index is None:
        document["entries"][DIGEST].pop()
    else:
        document["entries"][DIGEST][index] = value
    path.write_text(json.dumps(document))
    assert FactsCache(str(path), "MY").find(DIGEST) is None


def test_nothing_is_written_without_news(tmp_path: Path) -> None:
    """Every `check` would write to the disk."""
    path = tmp_path / "facts.json"
    cache = _saved(path)
    before = path.stat().st_ino
    cache.find(DIGEST)
    cache.save(forget_others=True)
    assert path.stat().st_ino == before


def test_file_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    """Reading a read-only store would fail."""
    path = tmp_path / "facts.json"
    path.mkdir()
    assert _saved(path).find(DIGEST) is None
