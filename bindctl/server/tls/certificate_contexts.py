"""Certificates for handshakes: loaded at first use, checked for changes once a second.

1. Files are read and opened in a thread, so that other connections go on.
2. Files that cannot be used refuse the handshakes that need them, and are not tried
   again until they change: trying a password costs as much as many handshakes.
3. A private key is never written in clear: a TLS context takes keys from files alone, so
   the key of a PFX file goes there sealed with a passphrase that was made for it and is
   forgotten.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import stat
import tempfile
import zlib
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Final

from bindctl.findings.errors import BindctlError
from bindctl.model.certificate import MAX_KEY_OCTETS, CentralKey
from bindctl.server.service.service_log import log_service_rarely
from bindctl.server.tls.handshake import (
    FileMark,
    Leaf,
    LoadedFiles,
    NamedSessions,
    make_context,
)
from bindctl.server.tls.pfx_opener import PfxOpener

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from bindctl.model.certificate import SslRecord
    from bindctl.model.secret import Secret
    from bindctl.server.service.service_plan import CentralFiles
    from bindctl.server.tls.pfx_opener import SealedPem
    from bindctl.server.worker.second_cache import Ticker

    _Open: TypeAlias = Callable[..., tuple[ssl.SSLContext, int]]

MAX_CONTEXTS: Final = 16384  # about 20 KiB each
MAX_OCTETS: Final = 1 << 20  # of a file; a chain of four with its key is 10 KiB
_CENTRAL: Final = ""  # the central store's place among stores, which all have names


class CertificateContexts:
    """The certificates of one worker, least recently used first out.

    Attributes:
        sessions: Keys of the sessions made with them.
    """

    __slots__ = (
        "_central",
        "_leaves",
        "_limit",
        "_opener",
        "_pfx_thread",
        "_stores",
        "_threads",
        "_ticker",
        "sessions",
    )

    def __init__(
        self,
        stores: Mapping[str, str],
        central: CentralFiles | None,
        ticker: Ticker,
        limit: int = MAX_CONTEXTS,
    ) -> None:
        """Find certificates in `stores`, by upper-case store name, and in `central`."""
        self.sessions = NamedSessions()
        self._stores = stores
        self._central = central
        self._ticker = ticker
        self._limit = limit
        self._leaves: OrderedDict[tuple[str, str], Leaf] = OrderedDict()
        self._threads = ThreadPoolExecutor(2, "certificates")
        # PFX files are opened one after another; nothing else waits for them.
        self._pfx_thread = ThreadPoolExecutor(1, "pfx")
        self._opener = PfxOpener()

    def replace_stores(
        self, stores: Mapping[str, str], central: CentralFiles | None
    ) -> None:
        """Take the stores of a new plan; contexts of unchanged files stay.

        All files are looked at again before their next use: whoever swaps a plan may
        have mended one in this very second.
        """
        if (stores, central) != (self._stores, self._central):
            self._stores, self._central = stores, central
            self._leaves.clear()
        for key, leaf in self._leaves.items():
            self._leaves[key] = leaf.unchecked()

    def find(self, record: SslRecord) -> Leaf:
        """The certificate of a record; while it is `Leaf.loading`, ask again later.

        Files are looked at again at most once a second.
        """
        is_central = isinstance(record.key, CentralKey)
        store = _CENTRAL if is_central else record.certificate_store_name.upper()
        key = (store, record.certificate_hash)
        leaf = self._leaves.get(key)
        if leaf is None:
            leaf = self._leaves[key] = Leaf()
            if len(self._leaves) > self._limit:
                self._leaves.popitem(last=False)
        else:
            self._leaves.move_to_end(key)
        if leaf.loading is None and leaf.checked != self._ticker.second:
            self._look(leaf, *key)
        if leaf.loading is None and leaf.context is None:
            _complain(store, record.certificate_hash, leaf.problem)
        return leaf

    def _look(self, leaf: Leaf, store: str, name: str) -> None:
        thread = self._threads
        paths: tuple[str, ...] = ()
        open_files: _Open = _open_nothing
        if store == _CENTRAL and self._central is not None:
            thread, paths = self._pfx_thread, (self._central.path(name),)
            open_files = partial(_open_pfx, self._central.password, self._opener)
        elif store in self._stores:
            stem = os.path.join(self._stores[store], name)
            paths, open_files = (f"{stem}.pem", f"{stem}.key"), _open_pair
        if leaf.mark is not None and not _is_changed(paths, leaf.mark):
            # Checked here: a thread would cost a handshake more than the check itself,
            # and a loaded certificate need not wait while another PFX file is opened.
            leaf.checked = self._ticker.second
            return
        look = partial(_look_again, paths, open_files, leaf.mark)
        leaf.loading = asyncio.get_running_loop().run_in_executor(thread, look)
        leaf.loading.add_done_callback(partial(self._take, leaf))

    def _take(self, leaf: Leaf, done: asyncio.Future[LoadedFiles | None]) -> None:
        leaf.loading = None
        leaf.checked = self._ticker.second
        loaded = done.result()
        if loaded is not None:
            leaf.mark, leaf.context, leaf.fingerprint, leaf.problem = loaded


def _look_again(
    paths: tuple[str, ...], open_files: _Open, seen: tuple[FileMark, ...] | None
) -> LoadedFiles | None:
    """The certificate that its files give now; ``None`` when they have not changed."""
    marks: tuple[FileMark, ...] | None = None
    try:
        marks = tuple(map(_mark, paths))
        if marks == seen:
            return None
        context, fingerprint = open_files(*paths)
    except (BindctlError, ssl.SSLError) as error:
        return LoadedFiles(marks, None, 0, str(error))
    except OSError as error:  # the next attempt may fail for another reason
        return LoadedFiles(None, None, 0, str(error))
    return LoadedFiles(marks, context, fingerprint, "")


def _is_changed(paths: tuple[str, ...], seen: tuple[FileMark, ...]) -> bool:
    try:
        return tuple(map(_mark, paths)) != seen
    except OSError:
        return True


def _open_nothing() -> tuple[ssl.SSLContext, int]:
    raise BindctlError("CRT001", "there is no such store")


def _open_pair(certificate_path: str, key_path: str) -> tuple[ssl.SSLContext, int]:
    certificate, key = _read(certificate_path), _read(key_path, MAX_KEY_OCTETS)
    if b"ENCRYPTED" in key:
        # OpenSSL would derive a key from the empty password, in as many rounds as the
        # file says.
        raise BindctlError("CRT402", "its private key is encrypted")
    context = make_context()
    # OpenSSL must never ask for a password at a terminal.
    context.load_cert_chain(certificate_path, key_path, password=lambda: b"")
    return context, zlib.crc32(certificate)


def _open_pfx(
    password: Secret, opener: PfxOpener, path: str
) -> tuple[ssl.SSLContext, int]:
    octets = _read(path)
    context = make_context()
    load_into(context, opener.open(octets, password))
    return context, zlib.crc32(octets)


def load_into(context: ssl.SSLContext, sealed: SealedPem) -> None:
    """Give a context a certificate, its chain and its key.

    Raises:
        OSError: They do not belong together, or the file cannot be written.
    """
    descriptor, draft = tempfile.mkstemp(prefix="bindctl-")  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(sealed.pem)
        context.load_cert_chain(draft, password=sealed.passphrase)
    finally:
        os.unlink(draft)


def _read(path: str, limit: int = MAX_OCTETS) -> bytes:
    """The octets of a file of a store.

    Raises:
        BindctlError: It is not a regular file, or larger than `limit`.
        OSError: It cannot be read.
    """
    # Opening a FIFO waits for its other end unless told not to.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(path, "rb", opener=lambda name, _flags: os.open(name, flags)) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise BindctlError(
                "CRT103", f"{os.path.basename(path)} is not a regular file"
            )
        octets = file.read(limit + 1)
    if len(octets) > limit:
        message = f"{os.path.basename(path)} is larger than {limit} octets"
        raise BindctlError("CRT103", message)
    return octets


def _complain(store: str, name: str, problem: str) -> None:
    where = "the central store" if store == _CENTRAL else f"store {store}"
    log_service_rarely(
        f"certificate {store} {name}",
        f"certificate {name} of {where} cannot be used: {problem}; "
        "handshakes that need it are refused",
    )


def _mark(path: str) -> FileMark:
    status = os.stat(path)
    return (status.st_mtime_ns, status.st_size, status.st_ino, status.st_ctime_ns)
