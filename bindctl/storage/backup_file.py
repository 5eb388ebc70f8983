"""A backup as octets: a few lines in clear, then an archive, sealed or not.

::

    bindctl backup 1
    created 2026-11-22T12:00:00Z
    holds certificates              (when it does)
    seal scrypt 131072 SALT NONCE   (hex; when it has a password)
    digest HEX                      (SHA-256 of the above and the archive, if not)
    <an empty line>
    <a gzipped tar: metabase.toml, certificates/STORE/HASH.pem and .key>

With a password the archive is sealed with AES-256-GCM, and all lines above it are
authenticated with it. Without one, the digest detects damage, not forgery: anybody may
have made the file, so that no more than `MAX_OPEN_OCTETS` are read, packed and
unpacked. A backup that could not be read again is not written.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.certificates.encryption import Seal, open_sealed, seal_octets
from bindctl.findings.errors import BindctlError

if TYPE_CHECKING:
    from collections.abc import Mapping

MAGIC: Final = "bindctl backup 1"
METABASE_MEMBER: Final = "metabase.toml"
HOLDS: Final = "certificates"
MAX_HEADER_OCTETS: Final = 1024
MAX_OPEN_OCTETS: Final = 64 << 20  # about three hundred thousand sites
MAX_SEALED_OCTETS: Final = 1 << 30  # ten times the certificates of ten thousand sites
_BLOCK: Final = 512  # of a tar, whose members fill whole ones
_END_OCTETS: Final = tarfile.RECORDSIZE
_MEBIBYTE: Final = 1 << 20
_CERTIFICATES: Final = "certificates"
_STEMS: Final = frozenset("0123456789abcdef")
_HASH_LENGTH: Final = 40
_SEAL_WORDS: Final = 4


class Header(NamedTuple):
    """The part of a backup that can be read without its password.

    Attributes:
        created: ISO 8601 in UTC.
        has_certificates: Whether certificates and keys are in it.
        seal: Salt, nonce and cost; ``None`` without a password.
        digest: SHA-256 of the lines before it and the archive; empty when sealed.
        octets: The header itself, with its empty line.
    """

    created: str
    has_certificates: bool
    seal: Seal | None
    digest: str
    octets: bytes


def encode_backup(
    files: Mapping[str, bytes],
    created: str,
    *,
    has_certificates: bool,
    password: str | None = None,
    seal: Seal | None = None,
) -> bytes:
    """The file of a backup.

    Args:
        files: Content by the member's name.
        created: ISO 8601 in UTC.
        has_certificates: Whether certificates were asked for, even if there are none.
        password: Seals it; ``None`` leaves it in clear.
        seal: New salt and nonce; needed with a password.

    Raises:
        BindctlError: MET011, it would be too large to be read again.
    """
    limit = MAX_OPEN_OCTETS if password is None else MAX_SEALED_OCTETS
    _require_room(files, limit)
    archive = _pack(files)
    lines = [MAGIC, f"created {created}"]
    if has_certificates:
        lines.append(f"holds {HOLDS}")
    if password is None or seal is None:
        lines.append(f"digest {_digest(lines, archive)}")
        return _header(lines) + archive
    salt, nonce = seal.salt.hex(), seal.nonce.hex()
    lines.append(f"seal scrypt {seal.cost} {salt} {nonce}")
    header = _header(lines)
    return header + seal_octets(archive, password, seal, header)


def read_header(octets: bytes) -> Header | None:
    """The header at the start of a file; ``None`` when the file is not a backup."""
    header, gap, _archive = octets[:MAX_HEADER_OCTETS].partition(b"\n\n")
    try:
        first, *lines = header.decode("ascii").split("\n")
        fields = dict(line.split(" ", 1) for line in lines)
        seal = _parse_seal(fields["seal"]) if "seal" in fields else None
    except ValueError:
        return None
    if first != MAGIC or not gap or ("digest" in fields) is (seal is not None):
        return None
    return Header(
        created=fields.get("created", ""),
        has_certificates=fields.get("holds") == HOLDS,
        seal=seal,
        digest=fields.get("digest", ""),
        octets=header + gap,
    )


def decode_backup(octets: bytes, password: str | None) -> dict[str, bytes]:
    """The files of a backup by name, the metabase among them.

    Args:
        octets: The file.
        password: The one it was made with; ignored if it has none.

    Raises:
        BindctlError: MET010, the password is missing or wrong, or the file is damaged.
    """
    header = read_header(octets)
    if header is None:
        raise unusable("it is not a backup of bindctl, or its first lines are damaged")
    archive = octets[len(header.octets) :]
    if header.seal is None:
        lines = header.octets.decode("ascii").splitlines()[:-2]
        if _digest(lines, archive) != header.digest:
            raise unusable("it is damaged: its digest does not match")
        return _unpack(archive, MAX_OPEN_OCTETS)
    if not password:
        hint = "give it with --password or --password-file"
        raise unusable("it has a password", hint)
    opened = open_sealed(archive, password, header.seal, header.octets)
    if opened is None:
        raise unusable("the password is wrong, or the file is damaged")
    return _unpack(opened, MAX_SEALED_OCTETS)


def file_limit(first_octets: bytes) -> int:
    """How large a file with that beginning may be.

    Args:
        first_octets: `MAX_HEADER_OCTETS` of it, or all.
    """
    header = read_header(first_octets)
    is_sealed = header is not None and header.seal is not None
    # Data that cannot be packed gets longer by a ten-thousandth.
    return (MAX_SEALED_OCTETS if is_sealed else MAX_OPEN_OCTETS) + _MEBIBYTE


def require_file_size(size: int, limit: int) -> None:
    """Refuse a file that is larger than `file_limit`.

    Raises:
        BindctlError: MET010.
    """
    if size > limit:
        raise unusable(f"it is larger than {limit // _MEBIBYTE} MiB")


def is_member(name: str) -> bool:
    """Whether a backup may hold a file of that name, which must not lead elsewhere."""
    if name == METABASE_MEMBER:
        return True
    top, _slash, rest = name.partition("/")
    store, _slash, file = rest.partition("/")
    stem, _dot, end = file.partition(".")
    is_store = store.isascii() and store.isalnum() and store == store.lower()
    is_hash = len(stem) == _HASH_LENGTH and _STEMS.issuperset(stem)
    return top == _CERTIFICATES and is_store and is_hash and end in ("pem", "key")


def unusable(cause: str, hint: str = "") -> BindctlError:
    """MET010, for that cause."""
    message = f"the backup cannot be opened: {cause}"
    return BindctlError("MET010", message, hint or "nothing was changed")


def _digest(lines: list[str], archive: bytes) -> str:
    return hashlib.sha256("\n".join(lines).encode("ascii") + archive).hexdigest()


def _header(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n\n").encode("ascii")


def _parse_seal(text: str) -> Seal:
    words = text.split(" ")
    if len(words) != _SEAL_WORDS or words[0] != "scrypt":
        raise ValueError(text)
    return Seal(bytes.fromhex(words[2]), bytes.fromhex(words[3]), int(words[1]))


def _require_room(files: Mapping[str, bytes], limit: int) -> None:
    size = _END_OCTETS
    for octets in files.values():
        size += _BLOCK + -(-len(octets) // _BLOCK) * _BLOCK
    if size > limit:
        message = f"the backup would hold {size // _MEBIBYTE} MiB, "
        message += f"of {limit // _MEBIBYTE} that can be read again"
        hint = f"with --password it may hold {MAX_SEALED_OCTETS // _MEBIBYTE} MiB"
        raise BindctlError("MET011", message, hint)


class _Unpacked(gzip.GzipFile):
    """An archive unpacked as it is read, and no further than a limit."""

    def __init__(self, archive: bytes, limit: int) -> None:
        super().__init__(fileobj=io.BytesIO(archive), mode="rb")
        self._limit = limit

    def read(self, size: int | None = -1) -> bytes:
        """So many octets; nobody asks for all."""
        octets = -1 if size is None else size
        self._require(self.tell() + octets if octets >= 0 else self._limit + 1)
        return super().read(octets)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Unpack as far as that."""
        self._require(offset)
        return super().seek(offset, whence)

    def _require(self, end: int) -> None:
        if end > self._limit:
            mebibytes = self._limit // _MEBIBYTE
            raise unusable(f"it holds more than {mebibytes} MiB")


def _pack(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, octets in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(octets)
            member.mode = 0o600
            archive.addfile(member, io.BytesIO(octets))
    return stream.getvalue()


def _unpack(archive: bytes, limit: int) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    try:
        unpacked = _Unpacked(archive, limit)
        with tarfile.open(fileobj=unpacked, mode="r:") as opened:
            for member in opened:
                file = opened.extractfile(member) if member.isreg() else None
                if file is None or not is_member(member.name):
                    raise unusable(f"{member.name!r} does not belong in it")
                files[member.name] = file.read()
    except (tarfile.TarError, zlib.error, OSError, EOFError, ValueError) as error:
        raise unusable("its archive is damaged") from error
    if METABASE_MEMBER not in files:
        raise unusable("there is no metabase in it")
    return files
