"""Who is asked before a write, and whether anything is written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.certificates.certificates import create_certificate, open_store
from bindctl.storage.atomic import write_atomically
from bindctl.storage.metabase_file import read_octets, restore_octets, update_octets
from bindctl.storage.write_watch import (
    HeldBack,
    JudgedBy,
    Supposed,
    held_back,
    judge_write,
    name_sites,
    named_sites,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    path = tmp_path / "metabase.toml"
    path.write_bytes(b"# one\n")
    return path


def test_a_judge_sees_each_write_and_may_refuse_it(metabase: Path) -> None:
    """Nothing is written then, and no version is made."""
    seen: list[tuple[str, bytes | None, bytes]] = []

    def judge(path: str, before: bytes | None, after: bytes) -> None:
        seen.append((path, before, after))
        raise BindctlError("BND003", "no")

    path = str(metabase)
    with JudgedBy(judge), pytest.raises(BindctlError):
        update_octets(path, lambda octets: octets + b"# two\n")
    assert seen == [(path, b"# one\n", b"# one\n# two\n")]
    assert metabase.read_bytes() == b"# one\n"
    assert not list(metabase.parent.rglob("history"))
    update_octets(path, lambda octets: octets + b"# two\n")  # nobody is asked any more
    assert len(seen) == 1


def test_nobody_is_asked_about_what_is_no_change(metabase: Path) -> None:
    """A write of what is there already writes nothing."""

    def judge(path: str, before: bytes | None, after: bytes) -> None:
        raise AssertionError((path, before, after))

    with JudgedBy(judge):
        assert not update_octets(str(metabase), lambda octets: octets)
        judge_write(str(metabase), b"same", b"same")


def test_a_file_that_is_gone_has_no_octets_before(metabase: Path) -> None:
    """Whoever judges a restored metabase has nothing to compare it with."""
    seen: list[bytes | None] = []
    metabase.unlink()
    with JudgedBy(lambda _path, before, _after: seen.append(before)):
        restore_octets(str(metabase), b"# back\n")
    assert seen == [None]
    assert metabase.read_bytes() == b"# back\n"


def test_held_back_nothing_reaches_the_disk(metabase: Path) -> None:
    """Not the file, not its lock, not a version; a second write sees the first."""
    path = str(metabase)
    with HeldBack() as held:
        assert update_octets(path, lambda octets: octets + b"# two\n")
        assert update_octets(path, lambda octets: octets + b"# three\n")
        assert not update_octets(path, lambda octets: octets)
        assert read_octets(path) == b"# one\n# two\n# three\n"
        write_atomically(metabase.parent / "other", b"x")
        assert held_back() is held.octets
    assert held.octets == {path: b"# one\n# two\n# three\n"}
    assert held_back() is None
    assert [item.name for item in metabase.parent.iterdir()] == ["metabase.toml"]
    assert read_octets(path) == b"# one\n"


def test_held_back_nobody_is_asked(metabase: Path) -> None:
    """A gate refuses writes, and there is none."""

    def judge(path: str, before: bytes | None, after: bytes) -> None:
        raise AssertionError((path, before, after))

    with HeldBack(), JudgedBy(judge):
        assert update_octets(str(metabase), lambda octets: octets + b"# two\n")


def test_what_was_set_before_holds_again_after_an_error(metabase: Path) -> None:
    """A command that fails must not leave others unable to write."""
    with pytest.raises(ZeroDivisionError), HeldBack():
        raise ZeroDivisionError
    assert held_back() is None
    outer: list[bytes] = []
    with JudgedBy(lambda _path, _before, after: outer.append(after)):
        with pytest.raises(ZeroDivisionError), JudgedBy(lambda *_words: None):
            raise ZeroDivisionError
        update_octets(str(metabase), lambda _octets: b"# new\n")
    assert outer == [b"# new\n"]


def test_sites_that_a_command_names_are_known_until_the_next(metabase: Path) -> None:
    """A site is meant by one command, not by all that follow in the process."""
    seen: list[frozenset[int]] = []

    def judge(_path: str, _before: bytes | None, _after: bytes) -> None:
        seen.append(named_sites())

    with JudgedBy(judge):
        name_sites([1])
        name_sites([2, 1])
        judge_write(str(metabase), b"", b"# new\n")
    assert named_sites() == {1, 2}  # for a judge that is asked afterwards
    with JudgedBy(judge):
        judge_write(str(metabase), b"", b"# new\n")
    assert seen == [{1, 2}, frozenset()]


def test_what_was_held_back_can_be_supposed(metabase: Path) -> None:
    """A certificate that would be restored is judged as if it were there."""
    path = str(metabase)
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    made = create_certificate(path, ["a.example"], now, {}).certificate
    store = open_store(path)
    with HeldBack() as held:
        for file in (metabase.parent / "certificates/my").glob("*.[kp]e[ym]"):
            write_atomically(file, file.read_bytes())
            file.unlink()
    assert sorted(name[-4:] for name in held.files) == [".key", ".pem"]
    assert store.hashes() == ()
    with Supposed(held.files):
        assert store.hashes() == (made.certificate_hash,)
        assert store.load_all() == (made,)
        assert open_store(path, "OTHER").hashes() == ()
    with Supposed(dict.fromkeys(held.files, b"damaged")):
        assert [item.certificate_hash for item in store.load_contents().problems] == [
            made.certificate_hash
        ]
    assert store.load_all() == ()
