"""The certificate store "MY" on disk.

A folder with ``<hash>.pem``, the chain with the leaf first, and ``<hash>.key``, its
private key, for each certificate; the hash is the leaf's thumbprint. Whatever else lies
there is not the store's.

1. A private key is readable by its owner alone from its first octet on.
2. A certificate is written after its key, and removed before it.
3. `cryptography` is imported only when a file has changed since it was last read.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.findings.errors import BindctlError
from bindctl.model.certificate import Certificate, KeyStatus
from bindctl.model.endpoint import parse_ip_address
from bindctl.model.host import format_host_pattern, parse_host_pattern
from bindctl.storage.atomic import file_error, write_atomically
from bindctl.storage.facts_cache import FactsCache, content_digest
from bindctl.storage.private_directory import create_private_directory

if TYPE_CHECKING:
    from collections.abc import Callable

CACHE_NAME: Final = "facts.json"
MIN_PREFIX: Final = 6  # digits of a thumbprint; fewer name too many of 10,000
_HASH_LENGTH: Final = 40
_HEX: Final = frozenset("0123456789abcdef")
_MAX_OCTETS: Final = 1 << 20  # a chain of four is 8 KiB; more than this is a mistake


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

    def __init__(self, directory: str | os.PathLike[str], name: str = "MY") -> None:
        """Name the store.

        Args:
            directory: Its folder; made by the first `add`.
            name: SSLStoreName.
        """
        self.directory = os.fspath(directory)
        self.name = name

    def add(self, certificate_pem: bytes, key_pem: bytes | None) -> Certificate:
        """Store a certificate, in place of one with the same thumbprint.

        Args:
            certificate_pem: The chain, leaf first; only certificates are stored of it.
            key_pem: Its private key, not encrypted. With ``None`` a key that is
                already in the store stays.

        Raises:
            BindctlError: CRT103, it is no certificate; CRT402, the key cannot be used
                with it; MET005 or MET006, it cannot be written.
        """
        # Imported here: commands that only read do not pay for it.
        from bindctl.certificates.facts import (  # noqa: PLC0415
            encode_chain,
            read_certificate,
        )

        facts = read_certificate(certificate_pem, key_pem, self.name)
        if facts.key_status is KeyStatus.MISMATCH:
            message = f"the private key does not open certificate {facts.subject}: it "
            message += "is another's, encrypted or damaged"
            hint = "nothing was stored; give the key of this certificate, decrypted"
            raise BindctlError("CRT402", message, hint)
        create_private_directory(self.directory)
        thumbprint = facts.certificate_hash
        if key_pem is not None:
            write_atomically(self._path(thumbprint, "key"), key_pem, 0o600)
        chain = encode_chain(certificate_pem)
        write_atomically(self._path(thumbprint, "pem"), chain, 0o644)
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
            return ()
        except OSError as error:
            raise file_error(self.directory, error) from error
        stems = (name[:-4] for name in names if name.endswith(".pem"))
        return tuple(sorted(stem for stem in stems if _is_thumbprint(stem)))

    def load(self, certificate_hash: str) -> Certificate:
        """The facts of one certificate.

        Raises:
            BindctlError: CRT001, it is not in the store; CRT103, it cannot be read.
        """
        thumbprint = certificate_hash.lower()
        cache = self._open_cache()
        found = self._read(thumbprint, cache) if _is_thumbprint(thumbprint) else None
        if found is None:
            raise self._not_found(certificate_hash)
        if isinstance(found, StoreProblem):
            message = f"certificate {thumbprint}: {found.reason}"
            raise BindctlError("CRT103", message)
        cache.save(forget_others=False)
        return found

    def load_all(self) -> tuple[Certificate, ...]:
        """The facts of every readable certificate, in the order of thumbprints."""
        return self.load_contents().certificates

    def load_contents(self) -> StoreContents:
        """Every certificate: its facts, or why it cannot be used."""
        cache = self._open_cache()
        certificates: list[Certificate] = []
        problems: list[StoreProblem] = []
        for thumbprint in self.hashes():
            found = self._read(thumbprint, cache)
            if isinstance(found, Certificate):
                certificates.append(found)
            elif found is not None:  # else it was removed a moment ago
                problems.append(found)
        cache.save(forget_others=True)
        return StoreContents(tuple(certificates), tuple(problems))

    def find(self, name_or_thumbprint: str) -> tuple[Certificate, ...]:
        """Certificates that answer to that name, the one valid longest first.

        Args:
            name_or_thumbprint: A name or address exactly as the certificate presents
                it, ``*.example.com`` included, in any case or in Unicode. Otherwise a
                thumbprint or its first digits, `MIN_PREFIX` at least, with or without
                colons and spaces.
        """
        text = name_or_thumbprint.strip()
        everything = self.load_all()
        presents = _presents(text)
        found = [item for item in everything if presents(item)]
        prefix = text.replace(":", "").replace(" ", "").lower()
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
        if not _unlink(self._path(thumbprint, "pem")):
            raise self._not_found(certificate_hash)
        _unlink(self._path(thumbprint, "key"))

    def _read(
        self, thumbprint: str, cache: FactsCache
    ) -> Certificate | StoreProblem | None:
        try:
            certificate_octets = _read_octets(self._path(thumbprint, "pem"))
            key_octets = _read_octets(self._path(thumbprint, "key"))
        except OSError as error:
            cause = (error.strerror or str(error)).lower()
            name = os.path.basename(error.filename or "its file")
            return StoreProblem(thumbprint, f"{name} cannot be read: {cause}")
        if certificate_octets is None:
            return None
        digest = content_digest(certificate_octets, key_octets)
        facts = cache.find(digest)
        if facts is None:
            try:
                facts = _read_facts(certificate_octets, key_octets, self.name)
            except BindctlError as error:
                return StoreProblem(thumbprint, error.message)
            cache.keep(digest, facts)
        if facts.certificate_hash != thumbprint:
            other = facts.certificate_hash
            return StoreProblem(thumbprint, f"its file holds another one, {other}")
        return facts

    def _open_cache(self) -> FactsCache:
        return FactsCache(os.path.join(self.directory, CACHE_NAME), self.name)

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


def _read_facts(
    certificate_octets: bytes, key_octets: bytes | None, store_name: str
) -> Certificate:
    # Imported here: a store that has not changed since never needs it.
    from bindctl.certificates.facts import read_certificate  # noqa: PLC0415

    return read_certificate(certificate_octets, key_octets, store_name)


def _read_octets(path: str) -> bytes | None:
    """The file's octets, ``None`` without a file. Twice as quick as `open`."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        return None
    try:
        octets = os.read(descriptor, _MAX_OCTETS)
    except OSError as error:
        error.filename = path
        raise
    finally:
        os.close(descriptor)
    return octets


def _is_thumbprint(text: str) -> bool:
    return len(text) == _HASH_LENGTH and _HEX.issuperset(text)


def _unlink(path: str) -> bool:
    """Whether there was such a file; it is gone now."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise file_error(path, error) from error
    return True
