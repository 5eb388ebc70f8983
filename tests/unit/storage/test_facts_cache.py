"""The facts cache: saves time, and can do nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bindctl.certificates.authority import create_authority, issue_certificate
from bindctl.model.certificate import Certificate, KeyStatus
from bindctl.storage.certificate_store import CertificateStore
from bindctl.storage.facts_cache import (
    FactsCache,
    content_digest,
    decode_facts,
    encode_facts,
    make_row,
)

if TYPE_CHECKING:
    from bindctl.certificates.authority import IssuedCertificate

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
AUTHORITY = create_authority(NOW)
READ_WITHOUT_CRYPTOGRAPHY = """
import sys
from bindctl.storage.certificate_store import CertificateStore
found = CertificateStore(sys.argv[1], cache_directory=sys.argv[2]).load_all()
print(len(found), "cryptography" in sys.modules)
"""
THUMBPRINT = "ab" * 20
FACTS = Certificate(
    certificate_hash=THUMBPRINT,
    certificate_store_name="MY",
    subject='O="Bücher, \\2a"',
    issuer="CN=Intermediate",
    presented_ids=("*.example.com", "w*.x"),
    presented_addresses=(ip_address("10.0.0.1"), ip_address("2001:db8::1")),
    not_before=datetime(1950, 1, 1, tzinfo=UTC),
    not_after=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    key_status=KeyStatus.MISMATCH,
    chain_length=3,
    common_name="Bücher",
    key_algorithm="RSA",
    key_bits=2050,
    signature_hash="",
    has_server_auth=False,
    is_authority=True,
    is_self_signed=False,
    is_chain_ordered=False,
    chain_issuers=("CN=Intermediate", "CN=Root", "CN=Root"),
    chain_subjects=('O="Bücher, \\2a"', "CN=Intermediate", "CN=Root"),
    chain_periods=(
        (datetime(1960, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)),
        (datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)),
    ),
    chain_may_issue=(True, False),
    chain_hashes=("sha1", ""),
)
DIGEST = content_digest(b"certificate", b"key")
# Times of change of content and of status, sizes and inodes, of both files.
STAMP = [1_000_000_000, 11, 1_000_000_001, 12, 999_999_999, 3, 1_000_000_002, 13]
LATER = 2_000_000_000 * 10**9


def _saved(path: Path, said: Certificate | str = FACTS) -> FactsCache:
    cache = FactsCache(str(path), "MY")
    cache.keep(make_row(THUMBPRINT, STAMP, DIGEST, said))
    cache.save(forget_others=False)
    return FactsCache(str(path), "MY")


@pytest.mark.parametrize("said", [FACTS, "the octets are not a certificate"])
def test_facts_come_back_as_they_were(tmp_path: Path, said: Certificate | str) -> None:
    """The second `check` would say something else than the first."""
    cache = _saved(tmp_path / "facts.json", said)
    assert cache.find_unchanged(THUMBPRINT, STAMP) == said
    row = cache.find_content(THUMBPRINT, [LATER, *STAMP[1:]], DIGEST)
    assert row is not None
    assert cache.keep(row) == said


@pytest.mark.parametrize("field", Certificate._fields)
def test_no_fact_is_forgotten(field: str) -> None:
    """A fact left out comes back as its default: a weak key as a strong one."""
    back = decode_facts(encode_facts(FACTS), "MY")
    assert getattr(back, field) == getattr(FACTS, field)


@pytest.mark.parametrize("place", range(len(STAMP)))
def test_anything_that_changed_is_read_again(tmp_path: Path, place: int) -> None:
    """A certificate swapped for another of one size and one time would stay unseen."""
    cache = _saved(tmp_path / "facts.json")
    stamp = list(STAMP)
    stamp[place] += 1
    assert cache.find_unchanged(THUMBPRINT, stamp) is None
    assert cache.find_unchanged(THUMBPRINT, STAMP[:4]) is None  # the key is gone
    assert cache.find_unchanged("cd" * 20, STAMP) is None
    assert cache.find_content(THUMBPRINT, stamp, content_digest(b"", None)) is None


def test_stamp_of_a_moment_ago_proves_nothing(tmp_path: Path) -> None:
    """Two contents written within one tick of the clock have one time."""
    path = tmp_path / "facts.json"
    _saved(path)
    newest = max(STAMP)
    for age, is_believed in ((0, False), (2 * 10**9, False), (2 * 10**9 + 1, True)):
        os.utime(path, ns=(newest + age, newest + age))
        found = FactsCache(str(path), "MY").find_unchanged(THUMBPRINT, STAMP)
        assert (found == FACTS) is is_believed


def test_stamp_of_the_future_is_never_believed(tmp_path: Path) -> None:
    """A machine whose clock was set back would show what was there before."""
    path = tmp_path / "facts.json"
    cache = FactsCache(str(path), "MY")
    stamp = [LATER, *STAMP[1:]]
    cache.keep(make_row(THUMBPRINT, stamp, DIGEST, FACTS))
    cache.save(forget_others=False)
    assert FactsCache(str(path), "MY").find_unchanged(THUMBPRINT, stamp) is None


def test_store_name_is_that_of_the_store(tmp_path: Path) -> None:
    """A store copied under another name would answer for the old one."""
    path = tmp_path / "facts.json"
    _saved(path)
    found = FactsCache(str(path), "WebHosting").find_unchanged(THUMBPRINT, STAMP)
    assert isinstance(found, Certificate)
    assert found.certificate_store_name == "WebHosting"


def test_each_pair_of_files_has_its_own_digest() -> None:
    """A key glued to a certificate would pass for a key in its own file."""
    pairs = [(b"ab", b"c"), (b"a", b"bc"), (b"abc", b""), (b"abc", None), (b"", b"abc")]
    assert len({content_digest(*pair) for pair in pairs}) == len(pairs)


def test_nothing_is_written_without_news(tmp_path: Path) -> None:
    """Every `check` would write to the disk."""
    path = tmp_path / "facts.json"
    cache = _saved(path)
    before = path.stat().st_ino
    cache.find_unchanged(THUMBPRINT, STAMP)
    cache.save(forget_others=True)
    assert path.stat().st_ino == before


def test_what_is_gone_is_forgotten(tmp_path: Path) -> None:
    """The cache would grow with every renewal."""
    path = tmp_path / "facts.json"
    _saved(path).save(forget_others=True)
    assert FactsCache(str(path), "MY").find_unchanged(THUMBPRINT, STAMP) is None


def test_one_certificate_alone_leaves_the_others(tmp_path: Path) -> None:
    """`explain` of one host would make the next `check` read everything again."""
    path = tmp_path / "facts.json"
    cache = _saved(path)
    cache.keep(make_row("cd" * 20, STAMP, DIGEST, "it is cut"))
    cache.save(forget_others=False)
    again = FactsCache(str(path), "MY")
    assert again.find_unchanged(THUMBPRINT, STAMP) == FACTS
    assert again.find_unchanged("cd" * 20, STAMP) == "it is cut"


def test_without_a_file_nothing_is_kept() -> None:
    """A user without a home folder could not run `check`."""
    cache = FactsCache("", "MY")
    assert cache.keep(make_row(THUMBPRINT, STAMP, DIGEST, FACTS)) == FACTS
    cache.save(forget_others=True)
    assert FactsCache("", "MY").find_unchanged(THUMBPRINT, STAMP) is None


# --- a store that is read through it -----------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> CertificateStore:
    """An empty store; its cache is in the folder ``cache``."""
    cache = str(tmp_path / "cache")
    return CertificateStore(tmp_path / "my", cache_directory=cache)


def _issue(*names: str) -> IssuedCertificate:
    return issue_certificate(AUTHORITY.certificate_pem, AUTHORITY.key_pem, names, NOW)


def _age(store: CertificateStore, cache: Path) -> None:
    """As if it had lain there for an hour: a stamp of a moment ago is not believed."""
    store.load_all()
    (file,) = cache.iterdir()
    later = file.stat().st_mtime_ns + 3600 * 10**9
    os.utime(file, ns=(later, later))


def test_unchanged_store_is_read_without_cryptography(
    store: CertificateStore, tmp_path: Path
) -> None:
    """`bindctl check` and `explain` would start several times slower."""
    for index in range(3):
        issued = _issue(f"{index}.example", "10.0.0.1")
        store.add(issued.certificate_pem, issued.key_pem)
    expected = store.load_all()
    cache = tmp_path / "cache"
    for is_aged in (False, True):
        if is_aged:
            _age(store, cache)
        command = [sys.executable, "-c", READ_WITHOUT_CRYPTOGRAPHY, store.directory]
        command.append(str(cache))
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        assert done.stdout.split() == ["3", "False"]
    assert store.load_all() == expected


def _write_as_before(path: Path, octets: bytes) -> None:
    """Other octets, of the same size and with the same time of change."""
    before = path.stat()
    assert len(octets) == before.st_size
    path.write_bytes(octets)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _of_one_size() -> tuple[IssuedCertificate, IssuedCertificate]:
    """Two pairs whose certificates have as many octets; signatures differ in length."""
    first = _issue("a.example")
    while True:
        second = _issue("b.example")
        if len(first.certificate_pem) == len(second.certificate_pem):
            return first, second


@pytest.mark.parametrize("is_aged", [False, True])
def test_content_of_same_size_and_time_is_seen(
    store: CertificateStore, tmp_path: Path, *, is_aged: bool
) -> None:
    """`touch -r` and `cp -p` would hide a certificate that was swapped."""
    first, second = _of_one_size()
    name = store.add(first.certificate_pem, first.key_pem).certificate_hash
    if is_aged:
        _age(store, tmp_path / "cache")
    assert store.load(name).presented_ids == ("a.example",)
    _write_as_before(Path(f"{store.directory}/{name}.pem"), second.certificate_pem)
    (problem,) = store.load_contents().problems
    assert "its file holds another one" in problem.reason
    _write_as_before(Path(f"{store.directory}/{name}.pem"), first.certificate_pem)
    assert store.load(name).key_status is KeyStatus.MATCHES


@pytest.mark.parametrize("is_aged", [False, True])
def test_swapped_key_is_seen(
    store: CertificateStore, tmp_path: Path, *, is_aged: bool
) -> None:
    """Handshakes would fail while `check` has nothing to report."""
    first, second = _issue("a.example"), _issue("b.example")
    for item in (first, second):
        store.add(item.certificate_pem, item.key_pem)
    if is_aged:
        _age(store, tmp_path / "cache")
    names = [item.certificate_hash for item in store.load_all()]
    keys = [Path(f"{store.directory}/{name}.key") for name in names]
    octets = [key.read_bytes() for key in keys]
    assert len(octets[0]) == len(octets[1])
    _write_as_before(keys[0], octets[1])
    _write_as_before(keys[1], octets[0])
    statuses = {item.key_status for item in store.load_all()}
    assert statuses == {KeyStatus.MISMATCH}


@pytest.mark.parametrize("is_aged", [False, True])
def test_replaced_file_is_seen(
    store: CertificateStore, tmp_path: Path, *, is_aged: bool
) -> None:
    """`mv` of a prepared file, as renewal scripts do, would go unnoticed."""
    first, second = _of_one_size()
    name = store.add(first.certificate_pem, first.key_pem).certificate_hash
    if is_aged:
        _age(store, tmp_path / "cache")
    store.load_all()
    target = Path(f"{store.directory}/{name}.pem")
    prepared = tmp_path / "new.pem"
    prepared.write_bytes(second.certificate_pem)
    stamp = target.stat()
    os.utime(prepared, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    prepared.replace(target)
    assert store.load_all() == ()


def test_damaged_cache_costs_time_alone(
    store: CertificateStore, tmp_path: Path
) -> None:
    """A cut file would turn into wrong facts, or into a traceback."""
    issued = _issue("a.example", "10.0.0.1")
    added = store.add(issued.certificate_pem, issued.key_pem)
    _age(store, tmp_path / "cache")
    (file,) = (tmp_path / "cache").iterdir()
    octets = file.read_bytes()
    for damaged in (b"", octets[:-1], octets.replace(b"a.example", b"b.example")):
        file.write_bytes(damaged)
        assert store.load_all() == (added,)
