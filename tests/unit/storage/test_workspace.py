"""A metabase, the files beside it and the clock, as an operation sees them."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.certificates.certificates import (
    create_certificate,
    remove_certificate,
)
from bindctl.operations.editing.properties import get_property, set_property
from bindctl.operations.versions.backup import (
    create_backup,
    delete_backup,
    list_backups,
    restore_backup,
)
from bindctl.storage.certificate_store import open_store
from bindctl.storage.workspace import (
    Captured,
    DiskWorkspace,
    Gated,
    may_be_gated,
)

if TYPE_CHECKING:
    from pathlib import Path

    from bindctl.storage.workspace import Workspace

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TEXT = b'[w3svc.1]\nServerComment = "old"\n'
_EDITS = 20  # of a thread


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    path = tmp_path / "metabase.toml"
    path.write_bytes(TEXT)
    return path


def refuse(*_write: object) -> None:
    raise BindctlError("BND003", "no")


def add_two(octets: bytes) -> bytes:
    return octets + b"# two\n"


def test_a_judge_sees_each_write_and_may_refuse_it(metabase: Path) -> None:
    """Nothing is written then, and no version is made."""
    seen: list[tuple[str, bytes | None, bytes, frozenset[int]]] = []

    def judge(
        inner: Workspace, before: bytes | None, after: bytes, sites: frozenset[int]
    ) -> None:
        seen.append((inner.path, before, after, sites))
        refuse()

    disk = DiskWorkspace(str(metabase))
    with pytest.raises(BindctlError):
        Gated(disk, judge).update(add_two, sites=[1, 2])
    assert seen == [(disk.path, TEXT, add_two(TEXT), frozenset({1, 2}))]
    assert metabase.read_bytes() == TEXT
    assert not list(metabase.parent.rglob("history"))
    disk.update(add_two)  # nobody is asked
    assert len(seen) == 1


@pytest.mark.parametrize("name", ["gate", "GATE", r'"\u0067ate"', r'"g\U00000061te"'])
def test_a_gate_is_seen_in_every_spelling(name: str) -> None:
    """Else a face that says nothing of impact would judge no write."""
    assert may_be_gated(f"[check]\n{name} = true\n".encode())
    assert not may_be_gated(TEXT)
    assert not may_be_gated(None)


def test_a_refused_write_leaves_no_folder(metabase: Path) -> None:
    """It was made for what is not there; one that was there before stays."""
    (metabase.parent / "old").mkdir()
    refuses = [False, True]

    def judge(*_write: object) -> None:
        if refuses.pop():
            refuse()

    gated = Gated(DiskWorkspace(str(metabase)), judge)
    for name in ("new/deep", "old/deep"):
        gated.make_folder(str(metabase.parent / name))
    with pytest.raises(BindctlError):
        gated.update(add_two)
    folders = [item.name for item in metabase.parent.rglob("*") if item.is_dir()]
    assert sorted(folders) == [".bindctl", metabase.name, "old"]
    gated.make_folder(str(metabase.parent / "new"))
    gated.update(add_two)
    refuses.append(True)
    with pytest.raises(BindctlError):
        gated.update(add_two)
    assert (metabase.parent / "new").exists()  # what it was made for was written


def test_nobody_is_asked_about_what_is_no_change(metabase: Path) -> None:
    """A write of what is there already writes nothing."""
    gated = Gated(DiskWorkspace(str(metabase)), refuse)
    assert not gated.update(lambda octets: octets)
    assert not gated.captured().update(lambda octets: octets)


def test_a_file_that_is_gone_has_no_octets_before(metabase: Path) -> None:
    """Whoever judges a restored metabase has nothing to compare it with."""
    seen: list[bytes | None] = []
    metabase.unlink()
    gated = Gated(
        DiskWorkspace(str(metabase)),
        lambda _inner, before, _after, _sites: seen.append(before),
    )
    gated.restore(b"# back\n")
    assert seen == [None]
    assert metabase.read_bytes() == b"# back\n"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"schema_version = 99\n", TEXT, "MET008"),
        (TEXT, b"[w3svc.1\n", "MET108"),
        (b"[w3svc.1\n", b"[w3svc.2\n", "MET002"),
    ],
)
def test_no_command_writes_what_none_could_read(
    metabase: Path, old: bytes, new: bytes, code: str
) -> None:
    """Nor does one edit a file whose meaning it does not know."""
    metabase.write_bytes(old)
    with pytest.raises(BindctlError) as caught:
        DiskWorkspace(str(metabase)).update(lambda _octets: new)
    assert caught.value.code == code
    assert metabase.read_bytes() == old


def test_what_somebody_else_has_written_is_not_replaced(metabase: Path) -> None:
    """It was never seen by who replaces it."""
    disk = DiskWorkspace(str(metabase))
    with pytest.raises(BindctlError) as caught:
        disk.replace(TEXT + b"# other", add_two(TEXT))
    assert caught.value.code == "MET007"
    assert metabase.read_bytes() == TEXT
    assert disk.replace(TEXT, add_two(TEXT))


def test_a_file_is_restored_whatever_stands_there(metabase: Path) -> None:
    """It may be gone, or of another version; what is restored may not."""
    disk = DiskWorkspace(str(metabase))
    metabase.write_bytes(b"schema_version = 99\n")
    assert disk.restore(TEXT)
    metabase.unlink()
    assert disk.restore(TEXT)
    assert metabase.read_bytes() == TEXT
    with pytest.raises(BindctlError) as caught:
        disk.restore(b"schema_version = 99\n")
    assert caught.value.code == "MET008"
    assert metabase.read_bytes() == TEXT


def test_folders_that_were_missing_are_named_upwards(tmp_path: Path) -> None:
    """They are removed in that order."""
    disk = DiskWorkspace(str(tmp_path / "metabase.toml"))
    deep = tmp_path / "a" / "b"
    assert disk.make_folder(f"{deep}/") == (str(deep), str(deep.parent))
    assert disk.make_folder(str(deep)) == ()


def test_captured_writes_add_up(metabase: Path) -> None:
    """One command may write several times, and each reads the one before."""
    captured = DiskWorkspace(str(metabase)).captured()
    assert captured.captured() is captured
    assert not captured.update(lambda octets: octets, sites=[1])
    assert captured.update(add_two, sites=[2])
    assert captured.update(add_two)
    assert captured.octets == add_two(add_two(TEXT))
    assert captured.sites == {1, 2}
    file = str(metabase.parent / "file")
    assert not captured.remove_file(file)
    captured.write_file(file, b"x", 0o600)
    assert Captured(captured).find_file(file) == b"x"
    assert captured.remove_file(file)
    assert not captured.remove_file(file)


def test_a_judge_is_told_the_sites_of_a_captured_write(metabase: Path) -> None:
    """Sites that a command means are no impact, in a dry run either."""
    seen: list[frozenset[int]] = []
    gated = Gated(DiskWorkspace(str(metabase)), lambda *write: seen.append(write[3]))
    gated.captured().update(add_two, sites=[1])
    assert seen == [{1}]


def test_what_is_captured_does_not_reach_the_disk(metabase: Path) -> None:
    """Not the file, not its lock, not a version; a second write sees the first."""
    captured = Captured(DiskWorkspace(str(metabase)))
    assert captured.octets is None
    assert captured.update(add_two, sites=[1])
    assert captured.update(lambda octets: octets + b"# three\n", sites=[2])
    assert not captured.update(lambda octets: octets)
    captured.write_file(str(metabase.parent / "other"), b"x", 0o600)
    assert captured.make_folder(str(metabase.parent / "folder")) == ()
    assert captured.octets == captured.read() == TEXT + b"# two\n# three\n"
    assert captured.sites == {1, 2}
    assert captured.captured() is captured
    assert [item.name for item in metabase.parent.iterdir()] == ["metabase.toml"]
    assert DiskWorkspace(str(metabase)).read() == TEXT


def test_a_gate_also_judges_what_is_captured(metabase: Path) -> None:
    """A dry run is refused where the write would be."""
    with pytest.raises(BindctlError):
        Gated(DiskWorkspace(str(metabase)), refuse).captured().update(add_two)


def test_certificates_are_captured_and_read_back(metabase: Path) -> None:
    """What would be served is judged with them; the authority, too, is not made."""
    disk = DiskWorkspace(str(metabase))
    captured = Captured(disk)
    made = create_certificate(captured, ["a.example"], NOW, {}).certificate
    other = create_certificate(captured, ["b.example"], NOW, {}).certificate
    assert made.issuer == other.issuer
    assert [item.name for item in metabase.parent.iterdir()] == ["metabase.toml"]
    hashes = sorted([made.certificate_hash, other.certificate_hash])
    assert list(open_store(captured).hashes()) == hashes
    assert made in open_store(captured).load_all()
    assert open_store(captured, "OTHER").hashes() == open_store(disk).hashes() == ()
    remove_certificate(captured, "b.example", NOW)
    assert open_store(captured).load_all() == (made,)
    captured.write_file(
        f"{open_store(captured).directory}/{made.certificate_hash}.pem", b"x", 0o644
    )
    (problem,) = open_store(captured).load_contents().problems
    assert problem.certificate_hash == made.certificate_hash


def test_a_certificate_of_the_disk_is_gone_where_it_was_removed(metabase: Path) -> None:
    """It is no more in the store, and still on the disk."""
    disk = DiskWorkspace(str(metabase))
    made = create_certificate(disk, ["a.example"], NOW, {}).certificate
    captured = Captured(disk)
    assert captured.remove_file(
        f"{open_store(disk).directory}/{made.certificate_hash}.pem"
    )
    assert open_store(captured).load_all() == ()
    assert open_store(captured).hashes() == ()
    with pytest.raises(BindctlError):
        open_store(captured).load(made.certificate_hash)
    assert open_store(disk).load_all() == (made,)


def test_backups_are_captured_and_read_back(metabase: Path) -> None:
    """One that would be made can be restored; one of the disk is gone where deleted."""
    disk = DiskWorkspace(str(metabase))
    create_backup(disk, "a", NOW)
    before = sorted(metabase.parent.rglob("*"))
    captured = Captured(disk)
    captured.update(add_two)
    made = create_backup(captured, "b", NOW)
    delete_backup(captured, "a")
    assert list_backups(captured) == (made,)
    captured.update(lambda _octets: b"# other\n")
    assert restore_backup(captured, "b").is_changed
    assert captured.octets == add_two(TEXT)
    assert [item.name for item in list_backups(disk)] == ["a"]
    assert sorted(metabase.parent.rglob("*")) == before
    assert metabase.read_bytes() == TEXT


class _Editor:
    """Writes one comment again and again, and knows what its judge was asked."""

    def __init__(self, disk: DiskWorkspace, site: int, *, is_dry_run: bool) -> None:
        self.disk = disk
        self.path = f"/w3svc/{site}/ServerComment"
        self.name = f"{site}{'dry' if is_dry_run else 'gated'}"
        self.judged: list[tuple[str, bytes]] = []
        gated = Gated(disk, self._judge)
        self.workspace = gated.captured() if is_dry_run else gated

    def _judge(
        self, inner: Workspace, _before: bytes | None, after: bytes, _sites: object
    ) -> None:
        self.judged.append((inner.path, after))

    def edit(self, begun: threading.Barrier) -> None:
        begun.wait()
        for number in range(_EDITS):
            set_property(self.workspace, self.path, [f"{self.name} {number}"])


@pytest.mark.parametrize("names", [("one", "one"), ("one", "two")])
def test_threads_see_no_other_judge_and_nothing_captured_by_others(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    """Two gated and two dry-run edits at once, on one metabase or on two."""
    text = "".join(f'[w3svc.{n}]\nServerComment = "old"\n' for n in (1, 2))
    disks = [DiskWorkspace(str(tmp_path / name)) for name in names]
    for name in names:
        (tmp_path / name).write_text(text)
    editors = [
        _Editor(disk, site, is_dry_run=is_dry_run)
        for site, disk in enumerate(disks, 1)
        for is_dry_run in (False, True)
    ]
    begun = threading.Barrier(len(editors), timeout=10)
    threads = [threading.Thread(target=item.edit, args=(begun,)) for item in editors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    for item in editors:
        # Each judge saw its own writes, and all of them.
        assert [path for path, _after in item.judged] == [item.disk.path] * _EDITS
        for number, (_path, after) in zip(range(_EDITS), item.judged, strict=True):
            assert f'"{item.name} {number}"'.encode() in after
        last = get_property(item.workspace, item.path).value
        assert last == f"{item.name} {_EDITS - 1}"
    for site, disk in enumerate(disks, 1):
        assert b"dry" not in disk.read()
        last = get_property(disk, f"/w3svc/{site}/ServerComment").value
        assert last == f"{site}gated {_EDITS - 1}"
