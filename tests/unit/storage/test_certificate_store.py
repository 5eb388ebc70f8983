"""The certificate store: keys stay private, facts stay true, reading stays quick."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bindctl.certificates.authority import create_authority, issue_certificate
from bindctl.findings.errors import BindctlError, ExitStatus
from bindctl.model.certificate import KeyStatus
from bindctl.storage.certificate_store import CertificateStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.certificates.authority import IssuedCertificate
    from bindctl.model.certificate import Certificate

NOW = datetime(2026, 6, 1, 12, 0, 0, tzinfo=UTC)
AUTHORITY = create_authority(NOW)
NOBODY = 65534


def _issue(*names: str, days: int | None = None) -> IssuedCertificate:
    return issue_certificate(
        AUTHORITY.certificate_pem, AUTHORITY.key_pem, names, NOW, days
    )


def _add(store: CertificateStore, *names: str, days: int | None = None) -> Certificate:
    issued = _issue(*names, days=days)
    return store.add(issued.certificate_pem, issued.key_pem)


@pytest.fixture
def store(tmp_path: Path) -> CertificateStore:
    """An empty store whose folder does not exist yet, and the folder of its cache."""
    cache = str(tmp_path / "cache")
    return CertificateStore(tmp_path / "certificates" / "my", cache_directory=cache)


def _mode(path: str) -> int:
    return stat.S_IMODE(os.stat(path).st_mode)


def test_what_is_added_can_be_loaded(store: CertificateStore) -> None:
    """`cert create` would make certificates nobody finds."""
    added = _add(store, "www.example.com", "10.0.0.1")
    assert store.hashes() == (added.certificate_hash,)
    assert store.load(added.certificate_hash.upper()) == added
    assert store.load_all() == (added,)
    assert added.key_status is KeyStatus.MATCHES


def test_missing_folder_is_an_empty_store(store: CertificateStore) -> None:
    """`check` of a fresh metabase would fail."""
    assert store.hashes() == ()
    assert store.load_all() == ()
    assert not os.path.exists(store.directory)


def test_keys_and_folders_are_private(store: CertificateStore) -> None:
    """Any user of the machine could take the keys."""
    before = os.umask(0)
    try:
        name = _add(store, "www.example.com").certificate_hash
    finally:
        os.umask(before)
    assert _mode(f"{store.directory}/{name}.key") == 0o600
    assert _mode(f"{store.directory}/{name}.pem") == 0o644
    assert _mode(store.directory) == 0o700
    assert _mode(os.path.dirname(store.directory)) == 0o700


def test_reading_writes_nothing_into_the_store(
    store: CertificateStore, tmp_path: Path
) -> None:
    """A store under version control would change because somebody looked at it."""
    name = _add(store, "www.example.com").certificate_hash
    store.load_all()
    names = {".gitignore", f"{name}.pem", f"{name}.key"}
    assert set(os.listdir(store.directory)) == names
    assert len(os.listdir(tmp_path / "cache")) == 1


def test_stores_do_not_share_what_is_kept(tmp_path: Path) -> None:
    """One metabase's certificates would be told of another's."""
    cache = str(tmp_path / "cache")
    for name in ("a", "b"):
        store = CertificateStore(tmp_path / name, cache_directory=cache)
        _add(store, f"{name}.example")
        store.load_all()
    assert len(os.listdir(cache)) == 2


@pytest.mark.skipif(shutil.which("git") is None, reason="no git command here")
def test_git_ignores_the_store(store: CertificateStore, tmp_path: Path) -> None:
    """`git add .` beside the metabase would publish the keys."""
    _add(store, "www.example.com")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    status = ["git", "-C", str(tmp_path), "status", "--porcelain", "-uall"]
    done = subprocess.run(status, check=True, capture_output=True, text=True)
    assert done.stdout == ""


def test_folder_with_something_in_it_gets_no_ignore_file(tmp_path: Path) -> None:
    """All of a repository would vanish from git."""
    (tmp_path / "readme").write_text("mine")
    _add(CertificateStore(tmp_path), "www.example.com")
    assert not (tmp_path / ".gitignore").exists()


def test_key_in_the_certificate_file_is_not_stored_there(
    store: CertificateStore,
) -> None:
    """A combined file would put the key where everybody may read it."""
    issued = _issue("www.example.com")
    combined = issued.key_pem + issued.certificate_pem
    name = store.add(combined, issued.key_pem).certificate_hash
    assert b"PRIVATE" not in Path(f"{store.directory}/{name}.pem").read_bytes()


def test_wrong_key_is_refused(store: CertificateStore) -> None:
    """A key that opens nothing would replace one that does."""
    issued = _issue("www.example.com")
    store.add(issued.certificate_pem, issued.key_pem)
    with pytest.raises(BindctlError) as caught:
        store.add(issued.certificate_pem, _issue("x.example").key_pem)
    assert caught.value.code == "CRT402"
    assert caught.value.exit_status == ExitStatus.REFUSED
    assert store.load_all()[0].key_status is KeyStatus.MATCHES


def test_refused_certificate_writes_nothing(store: CertificateStore) -> None:
    """A typo would leave a folder behind."""
    with pytest.raises(BindctlError) as caught:
        store.add(b"nonsense", None)
    assert caught.value.code == "CRT103"
    assert not os.path.exists(store.directory)


def test_adding_without_key_keeps_the_key(store: CertificateStore) -> None:
    """Adding a longer chain would cost the key."""
    issued = _issue("www.example.com")
    store.add(issued.certificate_pem, issued.key_pem)
    chain = issued.certificate_pem + AUTHORITY.certificate_pem
    again = store.add(chain, None)
    assert again.key_status is KeyStatus.MATCHES
    assert again.chain_length == 2


def test_certificate_without_key_is_told(store: CertificateStore) -> None:
    """The handshakes would fail and `check` would not say why."""
    store.add(_issue("www.example.com").certificate_pem, None)
    assert store.load_all()[0].key_status is KeyStatus.MISSING


def test_remove_takes_the_key_too(store: CertificateStore) -> None:
    """Keys of certificates long gone would pile up."""
    name = _add(store, "www.example.com").certificate_hash
    store.remove(name)
    assert store.hashes() == ()
    assert not any(item.endswith(".key") for item in os.listdir(store.directory))
    with pytest.raises(BindctlError) as caught:
        store.remove(name)
    assert caught.value.code == "CRT001"


@pytest.mark.parametrize("name", ["../../etc/passwd", "ab" * 20, "", "zz" * 20])
def test_unknown_thumbprint_is_told(store: CertificateStore, name: str) -> None:
    """A wrong SSLCertHash would end in a traceback, or leave the store's folder."""
    for method in (store.load, store.remove):
        with pytest.raises(BindctlError) as caught:
            method(name)
        assert caught.value.code == "CRT001"


def test_finds_by_name_address_and_thumbprint(store: CertificateStore) -> None:
    """`cert assign` would not find what `cert list` shows."""
    wildcard = _add(store, "*.example.com", "10.0.0.1", "::1")
    other = _add(store, "bücher.example", "www.example.com")
    thumbprint = wildcard.certificate_hash
    spaced = " ".join(thumbprint[i : i + 2] for i in range(0, 40, 2)).upper()
    for text in ("*.EXAMPLE.com", "10.0.0.1", "[::1]", thumbprint[:6], spaced):
        assert store.find(text) == (wildcard,)
    for text in ("Bücher.example", "xn--bcher-kva.example", "www.example.com"):
        assert store.find(text) == (other,)
    for text in ("a.example.com", "example.com", thumbprint[:5], "10.0.0.2", ""):
        assert store.find(text) == ()


def test_finds_the_longest_valid_first(store: CertificateStore) -> None:
    """`cert assign` would pick the certificate about to end."""
    for days in (1, 90, 30):
        _add(store, "www.example.com", days=days)
    ends = [item.not_after for item in store.find("www.example.com")]
    assert ends == sorted(ends, reverse=True)


def test_problems_do_not_hide_the_others(store: CertificateStore) -> None:
    """One bad file would make `check` useless for a thousand good ones."""
    good = _add(store, "www.example.com")
    issued = _issue("x.example")
    bad, renamed, folder = "0" * 40, "1" * 40, "2" * 40
    Path(f"{store.directory}/{bad}.pem").write_bytes(b"nonsense")
    Path(f"{store.directory}/{renamed}.pem").write_bytes(issued.certificate_pem)
    Path(f"{store.directory}/{folder}.pem").mkdir()
    Path(f"{store.directory}/readme.pem").write_bytes(b"not ours")
    for _pass in ("cold", "warm"):
        contents = store.load_contents()
        assert contents.certificates == (good,)
        reasons = {item.certificate_hash: item.reason for item in contents.problems}
        assert set(reasons) == {bad, renamed, folder}
        assert "not a certificate" in reasons[bad]
        assert "another" in reasons[renamed]
        assert f"{folder}.pem" in reasons[folder]
    with pytest.raises(BindctlError) as caught:
        store.load(bad)
    assert caught.value.code == "CRT103"


def test_changed_files_are_read_again(store: CertificateStore) -> None:
    """`check` would praise a key that is no longer there."""
    name = _add(store, "www.example.com").certificate_hash
    key = Path(f"{store.directory}/{name}.key")
    pem = Path(f"{store.directory}/{name}.pem")
    assert store.load_all()[0].key_status is KeyStatus.MATCHES
    times = (key.stat().st_atime_ns, key.stat().st_mtime_ns)
    octets = key.read_bytes()
    key.write_bytes(octets[:60] + b"A" * 20 + octets[80:])
    os.utime(key, ns=times)  # same size, same time: only the octets differ
    assert store.load_all()[0].key_status is KeyStatus.MISMATCH
    key.write_bytes(b"")
    assert store.load_all()[0].key_status is KeyStatus.MISMATCH
    key.unlink()
    assert store.load_all()[0].key_status is KeyStatus.MISSING
    pem.write_bytes(pem.read_bytes() + AUTHORITY.certificate_pem)
    assert store.load_all()[0].chain_length == 2


def test_cache_that_cannot_be_written_costs_time_alone(
    store: CertificateStore, tmp_path: Path
) -> None:
    """`check` would fail where the home folder is read-only."""
    added = _add(store, "a.example")
    (tmp_path / "cache").write_text("a file in its place")
    assert store.load_all() == (added,)


def test_large_store_is_read_as_a_small_one(
    store: CertificateStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What several processes read would differ from what one reads."""
    issued = _issue("a.example")
    facts = store.add(issued.certificate_pem, issued.key_pem)
    for number in range(600):
        path = Path(f"{store.directory}/{number:040x}.pem")
        path.write_bytes(issued.certificate_pem)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1, 2}, raising=False)
    contents = store.load_contents()
    assert contents.certificates == (facts,)
    assert [item.certificate_hash for item in contents.problems] == [
        f"{number:040x}" for number in range(600)
    ]


@contextmanager
def _read_only_store() -> Iterator[CertificateStore]:
    """A store whose folder the process may not write to, even where root runs this."""
    folder = tempfile.mkdtemp()
    store = CertificateStore(folder)
    _add(store, "www.example.com")
    for item in os.listdir(folder):
        os.chmod(os.path.join(folder, item), 0o444)
    os.chmod(folder, 0o555)  # noqa: S103 - the unprivileged user has to get in
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield store
    finally:
        if is_root:
            os.seteuid(0)
        os.chmod(folder, 0o755)  # noqa: S103 - about to be removed
        shutil.rmtree(folder)


def test_read_only_store_can_be_read() -> None:
    """A store mounted read-only in a container would be of no use."""
    with _read_only_store() as store:
        assert len(store.load_all()) == 1
        issued = _issue("x.example")
        with pytest.raises(BindctlError) as caught:
            store.add(issued.certificate_pem, issued.key_pem)
        assert caught.value.exit_status == ExitStatus.PERMISSION
        with pytest.raises(BindctlError) as caught:
            store.remove(store.hashes()[0])
        assert caught.value.exit_status == ExitStatus.PERMISSION


def test_store_under_a_file_is_told(tmp_path: Path) -> None:
    """The user would see a traceback."""
    (tmp_path / "file").write_text("")
    store = CertificateStore(tmp_path / "file")
    for action in (store.hashes, lambda: _add(store, "www.example.com")):
        with pytest.raises(BindctlError) as caught:
            action()
        assert caught.value.code == "MET006"


def test_expired_certificates_are_facts_too(store: CertificateStore) -> None:
    """Reading knows no clock: judging dates is for the rules."""
    past = NOW - timedelta(days=3000)
    authority = create_authority(past)
    issued = issue_certificate(
        authority.certificate_pem, authority.key_pem, ["x.example"], past
    )
    assert store.add(issued.certificate_pem, issued.key_pem).not_after < NOW
