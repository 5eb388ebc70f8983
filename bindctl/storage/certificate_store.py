"""The certificate store "MY" on disk.

A folder with ``<hash>.pem``, the chain with the leaf first, and ``<hash>.key``, its
private key, for each certificate; the hash is the leaf's thumbprint. Other files in the
folder do not belong to the store.

1. A private key is readable by its owner alone from its first octet on.
2. A certificate is written after its key, and removed before it.
3. `cryptography` is imported only when a file has changed since it was last read; the
   facts that were read are kept elsewhere (`facts_cache`), so that reading changes
   nothing here.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.bindings.records import DEFAULT_STORE
from bindctl.findings.errors import BindctlError, file_error
from bindctl.metabase.values import clean_hex
from bindctl.model.certificate import Certificate, KeyStatus
from bindctl.model.endpoint import parse_ip_address
from bindctl.model.host import format_host_pattern, parse_host_pattern
from bindctl.storage.file_locations import store_directory, user_cache_directory
from bindctl.storage.shared_work import share_work
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bindctl.storage.workspace import Workspace

MIN_PREFIX: Final = 6  # digits of a thumbprint; fewer would fit too many of 10,000
_HASH_LENGTH: Final = 40
_HEX: Final = frozenset("0123456789abcdef")


class StoreProblem(NamedTuple):
    """A certificate of the store that cannot be used.

    Attributes:
        certificate_hash: The thumbprint its file is named after.
        reason: Why, as a clause for a message.
    """

    certificate_hash: str
    reason: str


class StoreContents(NamedTuple):
    """All of a store, both parts in the order of thumbprints."""

    certificates: tuple[Certificate, ...]
    problems: tuple[StoreProblem, ...]


class CertificateStore:
    """One store; holds no state but its place, so it is never out of date."""

    def __init__(
        self,
        directory: str | os.PathLike[str],
        name: str = "MY",
        cache_directory: str = "",
        workspace: Workspace | None = None,
    ) -> None:
        """Name the store.

        Args:
            directory: Its folder; made by the first `add`.
            name: SSLStoreName.
            cache_directory: Where facts that were read are kept; empty for nowhere.
            workspace: What its files are read and written by; the disk by default.
        """
        self.directory = os.fspath(directory)
        self.name = name
        self._cache_directory = cache_directory
        self._workspace = workspace or DiskWorkspace("")

    def add(self, certificate_pem: bytes, key_pem: bytes | None) -> Certificate:
        """Store a certificate; it replaces one with the same thumbprint.

        Args:
            certificate_pem: The chain, leaf first; only its certificates are stored.
            key_pem: Its private key, not encrypted. With ``None`` a key that is
                already in the store stays.

        Raises:
            BindctlError: CRT103, it is not a certificate; CRT402, the key cannot be
                used with it; MET005 or MET006, it cannot be written.
        """
        # Imported here: commands that only read do not pay for it.
        from bindctl.certificates.facts import (  # noqa: PLC0415
            encode_chain,
            read_certificate,
        )

        facts = read_certificate(certificate_pem, key_pem, self.name)
        if facts.key_status is KeyStatus.MISMATCH:
            message = f"the private key does not open certificate {facts.subject}: it "
            message += "belongs to another certificate, or is encrypted or damaged"
            hint = "nothing was stored; give the key of this certificate, decrypted"
            raise BindctlError("CRT402", message, hint)
        self._workspace.make_folder(self.directory, is_private=True)
        thumbprint = facts.certificate_hash
        if key_pem is not None:
            self._workspace.write_file(self._path(thumbprint, "key"), key_pem, 0o600)
        chain = encode_chain(certificate_pem)
        self._workspace.write_file(self._path(thumbprint, "pem"), chain, 0o644)
        if key_pem is None:
            return self.load(thumbprint)
        return facts

    def hashes(self) -> tuple[str, ...]:
        """Thumbprints of all certificates, ascending; empty without the folder.

        Raises:
            BindctlError: MET005 or MET006, the folder cannot be read.
        """
        try:
            names = os.listdir(self.directory)
        except FileNotFoundError:
            names = []
        except OSError as error:
            raise file_error(self.directory, error) from error
        stems = {name[:-4] for name in names if name.endswith(".pem")}
        for path, octets in self._workspace.kept.items():
            folder, _slash, name = path.rpartition("/")
            if folder == self.directory and name.endswith(".pem"):
                (stems.discard if octets is None else stems.add)(name[:-4])
        return tuple(sorted(stem for stem in stems if _is_thumbprint(stem)))

    def load(self, certificate_hash: str) -> Certificate:
        """The facts of one certificate.

        Raises:
            BindctlError: CRT001, it is not in the store; CRT103, it cannot be read.
        """
        thumbprint = certificate_hash.lower()
        contents = self._load([thumbprint] if _is_thumbprint(thumbprint) else [])
        for problem in contents.problems:
            message = f"certificate {thumbprint}: {problem.reason}"
            raise BindctlError("CRT103", message)
        for facts in contents.certificates:
            return facts
        raise self._not_found(certificate_hash)

    def load_all(self) -> tuple[Certificate, ...]:
        """The facts of every readable certificate, in the order of thumbprints."""
        return self.load_contents().certificates

    def load_contents(self) -> StoreContents:
        """Every certificate: its facts, or why it cannot be used."""
        return self._load(self.hashes(), is_all=True)

    def find(self, name_or_thumbprint: str) -> tuple[Certificate, ...]:
        """Certificates with that name, the one valid longest first.

        Args:
            name_or_thumbprint: A name or address exactly as the certificate presents
                it, ``*.example.com`` included, in any case or in Unicode. Otherwise a
                thumbprint or its first digits, `MIN_PREFIX` at least, with or without
                the marks, colons and blanks that dialogs show.
        """
        text = name_or_thumbprint.strip()
        everything = self.load_all()
        presents = _presents(text)
        found = [item for item in everything if presents(item)]
        prefix = clean_hex(text).lower()
        if not found and len(prefix) >= MIN_PREFIX and _HEX.issuperset(prefix):
            found = [c for c in everything if c.certificate_hash.startswith(prefix)]
        return tuple(sorted(found, key=lambda item: item.not_after, reverse=True))

    def remove(self, certificate_hash: str) -> None:
        """Remove a certificate and its private key.

        Raises:
            BindctlError: CRT001, it is not in the store; MET005 or MET006, it cannot
                be removed.
        """
        thumbprint = certificate_hash.lower()
        if not _is_thumbprint(thumbprint):
            raise self._not_found(certificate_hash)
        if not self._workspace.remove_file(self._path(thumbprint, "pem")):
            raise self._not_found(certificate_hash)
        self._workspace.remove_file(self._path(thumbprint, "key"))

    def _load(
        self, thumbprints: Sequence[str], *, is_all: bool = False
    ) -> StoreContents:
        """Those that are there, in that order."""
        if not thumbprints:
            return StoreContents((), ())
        return _sort_out(thumbprints, self._read(thumbprints, is_all=is_all))

    def _read(
        self, thumbprints: Sequence[str], *, is_all: bool
    ) -> Mapping[str, Certificate | str]:
        """Facts, or why there are none, by thumbprint."""
        # Imported here: a store that is empty needs no hashes and no JSON.
        from bindctl.storage.certificate_reading import (  # noqa: PLC0415
            CertificateFiles,
            describe_failure,
            open_cache,
            read_rows,
            read_stamp,
        )

        cache = open_cache(self._cache_directory, self.directory, self.name)
        found: dict[str, Certificate | str] = {}
        unread: list[CertificateFiles] = []
        for thumbprint in thumbprints:
            path = self._path(thumbprint, "")
            if f"{path}pem" in self._workspace.kept:
                self._read_kept(thumbprint, found)
                continue
            try:
                stamp = read_stamp(path)
            except FileNotFoundError:
                continue  # it was removed a moment ago
            except OSError as error:
                found[thumbprint] = describe_failure(error)
                continue
            known = cache.find_unchanged(thumbprint, stamp)
            if known is None:
                unread.append(CertificateFiles(thumbprint, path, stamp))
            else:
                found[thumbprint] = known
        rows = share_work(lambda files: read_rows(files, cache), unread)
        for files, row in zip(unread, rows, strict=True):
            if row is not None:
                said = row if isinstance(row, str) else cache.keep(row)
                found[files.thumbprint] = said
        cache.save(forget_others=is_all)
        return found

    def _read_kept(self, thumbprint: str, found: dict[str, Certificate | str]) -> None:
        """The facts of a certificate that is kept in memory, if there is one."""
        from bindctl.storage.certificate_reading import read_facts  # noqa: PLC0415

        certificate, key = (
            self._workspace.find_file(self._path(thumbprint, ending))
            for ending in ("pem", "key")
        )
        if certificate is not None:
            found[thumbprint] = read_facts(certificate, key, self.name)

    def _path(self, thumbprint: str, ending: str) -> str:
        return f"{self.directory}/{thumbprint}.{ending}"

    def _not_found(self, asked: str) -> BindctlError:
        message = f"store {self.name} has no certificate {asked}"
        return BindctlError("CRT001", message, "bindctl cert list shows them")


def _presents(text: str) -> Callable[[Certificate], bool]:
    try:
        address = parse_ip_address(text)
    except ValueError:
        pass
    else:
        return lambda item: address in item.presented_addresses
    try:
        name = format_host_pattern(parse_host_pattern(text))
    except ValueError:
        name = text.lower()  # presented names are kept unfiltered, wrong ones too
    return lambda item: name in item.presented_ids


def _sort_out(
    thumbprints: Sequence[str], found: Mapping[str, Certificate | str]
) -> StoreContents:
    certificates: list[Certificate] = []
    problems: list[StoreProblem] = []
    for thumbprint in thumbprints:
        item = found.get(thumbprint)
        if isinstance(item, str):
            problems.append(StoreProblem(thumbprint, item))
        elif item is None:
            continue
        elif item.certificate_hash == thumbprint:
            certificates.append(item)
        else:
            reason = f"its file holds another one, {item.certificate_hash}"
            problems.append(StoreProblem(thumbprint, reason))
    return StoreContents(tuple(certificates), tuple(problems))


def _is_thumbprint(text: str) -> bool:
    return len(text) == _HASH_LENGTH and _HEX.issuperset(text)


def open_store(workspace: Workspace, name: str = DEFAULT_STORE) -> CertificateStore:
    """The certificate store of that name, beside the metabase.

    What is read of it is kept in the cache folder of this process's user.
    """
    directory = store_directory(workspace.path, name)
    cache = user_cache_directory(os.environ)
    return CertificateStore(directory, name.upper(), cache, workspace)
