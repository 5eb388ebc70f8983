"""The central certificate store: a folder of PFX files, each named after its host.

1. Names are compared in lower case, as on Windows; the folder keeps its own spelling.
2. Nothing is ever written there.
3. A file is opened only when somebody asks for it: listing costs one look at the folder.

Source:
    IIS, "Central Certificates": ``www.example.com.pfx``, ``_.example.com.pfx``, and one
    password for all of them, or none.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bindctl.findings.errors import BindctlError
from bindctl.model.certificate import CENTRAL_STORE_NAME, Certificate
from bindctl.model.secret import NO_SECRET
from bindctl.storage.certificate_reading import describe_failure, read_facts
from bindctl.storage.facts_cache import FactsCache, content_digest, make_row
from bindctl.storage.file_reading import read_small_file
from bindctl.storage.shared_work import share_work

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bindctl.model.secret import Secret

PFX_ENDING: Final = ".pfx"
_NAME_DIGITS: Final = 32  # of a cache's file, as in `certificate_store`
# Guessing the password from the name of the cache costs as much as guessing it from a
# PFX file, whose key OpenSSL derives in as many rounds.
_PASSWORD_ROUNDS: Final = 2048


class CentralFolder(NamedTuple):
    """What can be seen of the folder without opening its files.

    Attributes:
        files: Names of the PFX files, lower case.
        spellings: The name on disk, for files whose name there is not in lower case.
        problem: Why the folder cannot be read, as a clause; empty when it can.
    """

    files: frozenset[str] = frozenset()
    spellings: Mapping[str, str] = {}
    problem: str = ""


class CentralContents(NamedTuple):
    """The content of some files of the store.

    Attributes:
        certificates: Facts by name of the file.
        problems: Why a file cannot be used, as a clause, by its name.
    """

    certificates: dict[str, Certificate]
    problems: dict[str, str]


class CentralStore:
    """One folder with its password; holds no state, so it is never out of date."""

    def __init__(
        self, directory: str, password: Secret = NO_SECRET, cache_directory: str = ""
    ) -> None:
        """Name the store.

        Args:
            directory: Absolute path of the folder.
            password: Of every file; empty for none.
            cache_directory: Where facts that were read are kept; empty for nowhere.
        """
        self.directory = directory
        self._password = password
        self._cache_directory = cache_directory

    def list_folder(self) -> CentralFolder:
        """The names of its files; if two differ only in letter case, the first."""
        try:
            names = sorted(os.listdir(self.directory))
        except FileNotFoundError:
            return CentralFolder(problem="there is no such folder")
        except NotADirectoryError:
            return CentralFolder(problem="it is not a folder")
        except OSError as error:
            cause = (error.strerror or str(error)).lower()
            return CentralFolder(problem=f"it cannot be read: {cause}")
        spellings: dict[str, str] = {}
        for name in names:
            folded = name.lower()
            if folded.endswith(PFX_ENDING):
                spellings.setdefault(folded, name)
        odd = {folded: name for folded, name in spellings.items() if folded != name}
        return CentralFolder(frozenset(spellings), odd)

    def load(self, files: Iterable[str]) -> CentralContents:
        """The content of those files, each once.

        Args:
            files: Names in lower case. A name that the folder lacks is among the
                problems.
        """
        names = tuple(dict.fromkeys(files))
        if not names:
            return CentralContents({}, {})
        folder = self.list_folder()
        cache = self._open_cache()
        found: dict[str, Certificate | str] = {}
        unread: list[_File] = []
        for name in names:
            path = os.path.join(self.directory, folder.spellings.get(name, name))
            try:
                stamp = _read_stamp(path)
            except OSError as error:
                found[name] = describe_failure(error)
                continue
            known = cache.find_unchanged(name, stamp)
            if known is None:
                unread.append(_File(name, path, stamp))
            else:
                found[name] = known
        rows = share_work(lambda share: self._read_rows(share, cache), unread)
        for file, row in zip(unread, rows, strict=True):
            found[file.name] = row if isinstance(row, str) else cache.keep(row)
        cache.save(forget_others=False)
        return _sort_out(found)

    def _read_rows(
        self, files: Sequence[_File], cache: FactsCache
    ) -> list[list[Any] | str]:  # Any: rows of the cache, plain data
        return [self._read_row(file, cache) for file in files]

    def _read_row(
        self, file: _File, cache: FactsCache
    ) -> list[Any] | str:  # Any: as above
        try:
            octets = read_small_file(file.path)
        except OSError as error:
            return describe_failure(error)
        digest = content_digest(octets, None)
        known = cache.find_content(file.name, file.stamp, digest)
        if known is not None:
            return known
        said = _read_facts(octets, self._password)
        return make_row(file.name, file.stamp, digest, said)

    def _open_cache(self) -> FactsCache:
        """The cache of this folder and password; another password opens other files."""
        path = ""
        if self._cache_directory:
            place = os.fsencode(os.path.realpath(self.directory))
            name = hashlib.pbkdf2_hmac(
                "sha256", self._password.value.encode(), place, _PASSWORD_ROUNDS
            ).hex()[:_NAME_DIGITS]
            path = os.path.join(self._cache_directory, f"central-{name}.json")
        return FactsCache(path, CENTRAL_STORE_NAME)


class _File(NamedTuple):
    name: str
    path: str
    stamp: list[int]


def _read_stamp(path: str) -> list[int]:
    """The stamp by which `facts_cache` recognises a file.

    Raises:
        OSError: The system tells nothing about it.
    """
    status = os.stat(path)
    return [status.st_mtime_ns, status.st_size, status.st_ctime_ns, status.st_ino]


def _read_facts(octets: bytes, password: Secret) -> Certificate | str:
    # Imported here: files that have not changed since need no `cryptography`.
    from bindctl.certificates.pfx import read_pfx  # noqa: PLC0415

    try:
        pfx = read_pfx(octets, password.value)
    except BindctlError as error:
        return error.message
    return read_facts(pfx.certificate_pem, pfx.key_pem, CENTRAL_STORE_NAME)


def _sort_out(found: Mapping[str, Certificate | str]) -> CentralContents:
    contents = CentralContents({}, {})
    for name, item in found.items():
        if isinstance(item, str):
            contents.problems[name] = item
        else:
            contents.certificates[name] = item
    return contents
