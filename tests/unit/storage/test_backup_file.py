"""A backup's octets: whole and known to be, or refused."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import tracemalloc

import pytest

from bindctl.certificates.encryption import Seal
from bindctl.findings.errors import BindctlError
from bindctl.storage.backup_file import (
    MAX_HEADER_OCTETS,
    MAX_OPEN_OCTETS,
    MAX_SEALED_OCTETS,
    decode_backup,
    encode_backup,
    file_limit,
    is_member,
    read_header,
    require_file_size,
)

HASH = "ab" * 20
WORD = "horse"
FILES = {
    "metabase.toml": b"[w3svc]\n",
    f"certificates/my/{HASH}.pem": b"PEM",
    f"certificates/my/{HASH}.key": b"KEY",
}
SEAL = Seal(b"s" * 16, b"n" * 12, 2**4)
CREATED = "2026-11-22T12:00:00Z"


def _plain() -> bytes:
    return encode_backup(FILES, CREATED, has_certificates=True)


def _sealed() -> bytes:
    return encode_backup(
        FILES, CREATED, has_certificates=False, password=WORD, seal=SEAL
    )


def test_what_goes_in_comes_out() -> None:
    """That is what it is for."""
    assert decode_backup(_plain(), None) == FILES
    assert decode_backup(_plain(), "not needed") == FILES
    assert decode_backup(_sealed(), WORD) == FILES
    assert b"KEY" not in _sealed()


def test_the_header_tells_what_a_list_shows() -> None:
    """`backup list` asks for no password."""
    plain, sealed = read_header(_plain()), read_header(_sealed())
    assert plain is not None
    assert sealed is not None
    assert (plain.created, plain.has_certificates, plain.seal) == (CREATED, True, None)
    assert (sealed.has_certificates, sealed.seal) == (False, SEAL)


def test_any_changed_octet_is_noticed() -> None:
    """A disk that rots must not bring other sites back."""
    for octets in (_plain(), _sealed()):
        for index in range(0, len(octets), 7):
            changed = bytearray(octets)
            changed[index] ^= 0x20
            with pytest.raises(BindctlError) as caught:
                decode_backup(bytes(changed), WORD)
            assert caught.value.code == "MET010"
        with pytest.raises(BindctlError, match="cannot be opened"):
            decode_backup(octets[:-1], WORD)


@pytest.mark.parametrize("password", [None, "", "Horse"])
def test_without_its_password_nothing_comes_out(password: str | None) -> None:
    """Neither by leaving it out nor by guessing."""
    with pytest.raises(BindctlError) as caught:
        decode_backup(_sealed(), password)
    assert (caught.value.code, caught.value.exit_status) == ("MET010", 3)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"bindctl backup 1\n",
        b"bindctl backup 2\ndigest x\n\n",
        b"bindctl backup 1\ncreated x\n\n",
        b"bindctl backup 1\nseal scrypt 16 zz zz\n\n",
        b"bindctl backup 1\nseal none 16 00 00\n\n",
        b"bindctl backup 1\nseal scrypt 16 00 00\ndigest x\n\n",
        b"\xff\xfe\n\n",
        b"word\n\n",
    ],
)
def test_other_files_are_no_backups(octets: bytes) -> None:
    """Whatever lies in the folder must not stop the list."""
    assert read_header(octets) is None
    with pytest.raises(BindctlError, match="not a backup"):
        decode_backup(octets, WORD)


def _archive(name: str, kind: bytes = tarfile.REGTYPE) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, "elsewhere"
        archive.addfile(member)
    return stream.getvalue()


@pytest.mark.parametrize(
    "archive",
    [
        _archive("../metabase.toml"),
        _archive("/etc/passwd"),
        _archive("certificates/../x.key"),
        _archive(f"certificates/my/../{HASH}.key"),
        _archive("metabase.toml", tarfile.SYMTYPE),
        _archive(f"certificates/my/{HASH}.pem"),
        b"no archive",
        _archive("metabase.toml")[:30],
    ],
    ids=range(8),
)
def test_an_archive_made_by_somebody_else_is_refused(archive: bytes) -> None:
    """A backup from a stranger must not write where it likes."""
    lines = b"bindctl backup 1\ncreated x"
    digest = hashlib.sha256(lines + archive).hexdigest()
    octets = lines + f"\ndigest {digest}\n\n".encode() + archive
    with pytest.raises(BindctlError) as caught:
        decode_backup(octets, None)
    assert caught.value.code == "MET010"


def test_names_that_belong() -> None:
    """Certificates, keys and the metabase; nothing else, and nowhere else."""
    assert all(map(is_member, FILES))
    for name in (
        "x", f"certificates/{HASH}.pem", f"certificates/my/{HASH}.txt",
        f"certificates/my/{HASH}.pem/x", f"certificates/MY/{HASH}.pem",
        "certificates/my/facts.json", f"other/my/{HASH}.pem",
    ):  # fmt: skip
        assert not is_member(name)


def _bomb(kind: bytes, size: int) -> bytes:
    """A backup of few octets whose one member claims that many, and has them."""
    member = tarfile.TarInfo("metabase.toml")
    member.type, member.size = kind, size
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=1) as packed:
        packed.write(member.tobuf(tarfile.GNU_FORMAT))
        for _piece in range(size >> 20):
            packed.write(bytes(1 << 20))
        packed.write(bytes(tarfile.RECORDSIZE))
    archive = stream.getvalue()
    lines = ["bindctl backup 1", f"created {CREATED}"]
    digest = hashlib.sha256("\n".join(lines).encode() + archive).hexdigest()
    return "\n".join([*lines, f"digest {digest}", "", ""]).encode() + archive


@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.XHDTYPE, b"L"])
def test_a_backup_that_anybody_made_fills_no_memory(kind: bytes) -> None:
    """A megabyte that unpacks to gigabytes would take the machine down."""
    octets = _bomb(kind, MAX_OPEN_OCTETS + (1 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(BindctlError, match="holds more than 64 MiB") as caught:
            decode_backup(octets, None)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.code == "MET010"
    assert peak < 4 << 20


def test_a_backup_that_could_not_be_read_again_is_not_made() -> None:
    """It would be found out on the day it is needed."""
    files = {"metabase.toml": bytes(MAX_OPEN_OCTETS)}
    with pytest.raises(BindctlError, match="64 that can be read again") as caught:
        encode_backup(files, CREATED, has_certificates=False)
    assert caught.value.code == "MET011"
    sealed = encode_backup(
        files, CREATED, has_certificates=False, password=WORD, seal=SEAL
    )
    assert decode_backup(sealed, WORD) == files


@pytest.mark.parametrize(
    ("octets", "limit"),
    [
        (_plain(), MAX_OPEN_OCTETS),
        (_sealed(), MAX_SEALED_OCTETS),
        (b"x", MAX_OPEN_OCTETS),
    ],
)
def test_how_large_a_file_may_be_is_told_by_its_first_lines(
    octets: bytes, limit: int
) -> None:
    """A file without end is not read to it."""
    assert file_limit(octets[:MAX_HEADER_OCTETS]) == limit + (1 << 20)
    require_file_size(limit, file_limit(octets))
    with pytest.raises(BindctlError, match="is larger than"):
        require_file_size(limit + (1 << 20) + 1, file_limit(octets))
