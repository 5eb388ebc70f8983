"""Certificates as handshakes use them: what is loaded, when, and what is refused."""

from __future__ import annotations

import asyncio
import os
import ssl
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bindctl.certificates.authority import create_authority, issue_certificate
from bindctl.certificates.pfx import encrypt_key
from bindctl.model.certificate import CentralKey, SniKey, SslRecord
from bindctl.model.host import parse_host_name
from bindctl.model.secret import NO_SECRET
from bindctl.server.service.service_plan import CentralFiles
from bindctl.server.tls import certificate_contexts
from bindctl.server.tls.certificate_contexts import (
    MAX_KEY_OCTETS,
    MAX_OCTETS,
    CertificateContexts,
    load_into,
)
from bindctl.server.tls.handshake import Leaf, make_context
from bindctl.server.tls.pfx_opener import SealedPem
from bindctl.server.worker.second_cache import Ticker
from tests.unit.server.serving import FakeClock

if TYPE_CHECKING:
    from bindctl.model.secret import Secret
    from bindctl.server.tls.pfx_opener import PfxOpener

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
AUTHORITY = create_authority(NOW)
LEAF = issue_certificate(
    AUTHORITY.certificate_pem, AUTHORITY.key_pem, ["a.example"], NOW
)
HASH = "a" * 40
RECORD = SslRecord(SniKey(parse_host_name("a.example"), 443), HASH, "MY", 1)
SEALED = SealedPem(LEAF.certificate_pem + encrypt_key(LEAF.key_pem, b"words"), "words")
CENTRAL = SslRecord(CentralKey(443), "a.example.pfx", "", 1)


class Store:
    """A store with one certificate, and the contexts that look into it."""

    def __init__(self, folder: Path) -> None:
        """The certificate and its key are there."""
        self.folder = folder
        self.certificate = folder / f"{HASH}.pem"
        self.key = folder / f"{HASH}.key"
        self.pfx = folder / "a.example.pfx"
        self.certificate.write_bytes(LEAF.certificate_pem)
        self.key.write_bytes(LEAF.key_pem)
        self._clock = FakeClock(1e9)
        self._ticker = Ticker(self._clock)
        central = CentralFiles(str(folder), NO_SECRET, {})
        self.contexts = CertificateContexts({"MY": str(folder)}, central, self._ticker)

    def pass_second(self) -> None:
        """As the worker's tick."""
        self._clock.seconds += 1
        self._ticker.advance()

    def swap(self) -> None:
        """As the worker, when it gets another plan with these stores."""
        central = CentralFiles(str(self.folder), NO_SECRET, {})
        self.contexts.replace_stores({"MY": str(self.folder)}, central)

    def loaded(self, record: SslRecord = RECORD) -> Leaf:
        """What a handshake gets, once it is there."""

        async def wait() -> Leaf:
            leaf = self.contexts.find(record)
            async with asyncio.timeout(20):
                while leaf.loading is not None:
                    await leaf.loading
                    leaf = self.contexts.find(record)
            return leaf

        return asyncio.run(wait())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with a certificate."""
    return Store(tmp_path)


def test_a_certificate_is_loaded_once_and_looked_at_once_a_second(
    store: Store,
) -> None:
    """Every handshake would pay for reading files; or a renewal would stay unseen."""
    first = store.loaded()
    assert isinstance(first.context, ssl.SSLContext)
    context = first.context
    store.pass_second()
    assert store.loaded().context is context
    store.certificate.write_bytes(LEAF.certificate_pem + AUTHORITY.certificate_pem)
    assert store.loaded().context is context
    store.pass_second()
    assert store.loaded().context is not context


def test_a_plan_with_the_same_stores_keeps_what_is_loaded(store: Store) -> None:
    """Each reset would load ten thousand certificates again."""
    context = store.loaded().context
    store.swap()
    assert store.loaded().context is context


def test_a_plan_looks_at_files_again_in_the_same_second(store: Store) -> None:
    """Who mends a file and resets at once would be told that it is served, and not."""
    key = store.key.read_bytes()
    store.key.unlink()
    assert store.loaded().context is None
    store.key.write_bytes(key)
    assert store.loaded().context is None
    store.swap()
    assert store.loaded().context is not None


def test_what_is_read_during_a_swap_is_read_again(store: Store) -> None:
    """The thread may have seen the file as it was before."""

    async def meet() -> None:
        before = store.contexts.find(RECORD)
        reading = before.loading
        assert reading is not None
        store.swap()
        after = store.contexts.find(RECORD)
        assert after.loading not in (None, reading)
        await asyncio.gather(reading, after.loading)
        assert store.contexts.find(RECORD) is after
        assert after.context is not None

    asyncio.run(meet())


def test_two_handshakes_wait_for_one_reading(store: Store) -> None:
    """A crowd at the first moment would load the same file a thousand times."""

    async def meet() -> None:
        first, second = store.contexts.find(RECORD), store.contexts.find(RECORD)
        assert first.loading is not None
        assert first.loading is second.loading
        await first.loading

    asyncio.run(meet())


@pytest.mark.parametrize("ending", ["pem", "key"])
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no FIFOs")
def test_a_fifo_is_no_file(store: Store, ending: str) -> None:
    """Opening one waits for ever: the worker would serve nobody any more."""
    path = store.folder / f"{HASH}.{ending}"
    path.unlink()
    os.mkfifo(path)
    leaf = store.loaded()
    assert leaf.context is None
    assert leaf.problem == f"{HASH}.{ending} is not a regular file"
    os.mkfifo(store.pfx)
    assert store.loaded(CENTRAL).problem == "a.example.pfx is not a regular file"


def test_an_encrypted_key_is_not_even_tried(store: Store) -> None:
    """OpenSSL tries the empty password, in as many rounds as the file asks for."""
    store.key.write_bytes(encrypt_key(LEAF.key_pem, b"words"))
    leaf = store.loaded()
    assert (leaf.context, leaf.problem) == (None, "its private key is encrypted")


def test_what_cannot_be_used_is_tried_again_when_it_changes(store: Store) -> None:
    """A mended file would need a restart; an unmended one would cost each handshake."""
    store.key.write_bytes(AUTHORITY.key_pem)
    leaf = store.loaded()
    assert leaf.context is None
    assert "KEY_VALUES_MISMATCH" in leaf.problem.upper().replace(" ", "_")
    mark = leaf.mark
    assert mark is not None
    store.key.write_bytes(LEAF.key_pem)
    store.pass_second()
    assert store.loaded().context is not None
    store.key.unlink()
    store.pass_second()
    gone = store.loaded()
    assert (gone.context, gone.mark) == (None, None)


def test_what_is_loaded_waits_for_no_other_pfx(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One slow file would stop every site of the central store for seconds."""
    store.pfx.write_bytes(b"good")
    (store.folder / "slow.pfx").write_bytes(b"slow")
    is_over = threading.Event()

    def fake(_secret: Secret, _opener: PfxOpener, path: str) -> tuple[Any, int]:
        if path.endswith("slow.pfx"):
            is_over.wait(20)
        return make_context(), 1

    monkeypatch.setattr(certificate_contexts, "_open_pfx", fake)
    context = store.loaded(CENTRAL).context
    assert context is not None

    async def meet() -> None:
        slow = store.contexts.find(CENTRAL._replace(certificate_hash="slow.pfx"))
        store.pass_second()
        leaf = store.contexts.find(CENTRAL)
        async with asyncio.timeout(10):
            while leaf.loading is not None:
                await leaf.loading
        assert leaf.context is context
        assert slow.loading is not None
        is_over.set()
        await slow.loading

    asyncio.run(meet())


def test_a_file_that_is_too_large_is_not_read(store: Store) -> None:
    """A log that was copied to the wrong place would fill the memory."""
    store.certificate.write_bytes(b"x" * (MAX_OCTETS + 1))
    store.pfx.write_bytes(b"x" * (MAX_OCTETS + 1))
    reason = f"is larger than {MAX_OCTETS} octets"
    assert store.loaded().problem == f"{HASH}.pem {reason}"
    assert store.loaded(CENTRAL).problem == f"a.example.pfx {reason}"


def test_a_key_that_signs_for_minutes_is_not_loaded(store: Store) -> None:
    """One handshake would stop the worker."""
    store.key.write_bytes(LEAF.key_pem + b"#" * MAX_KEY_OCTETS)
    reason = f"is larger than {MAX_KEY_OCTETS} octets"
    assert store.loaded().problem == f"{HASH}.key {reason}"


def test_a_store_that_is_not_there_refuses(store: Store) -> None:
    """A file of that name in the working directory would be taken."""
    store.contexts.replace_stores({}, None)
    assert store.loaded().problem == "there is no such store"
    assert store.loaded(CENTRAL).problem == "there is no such store"


class ReadingContext:
    """Remembers what lay in the file it was given, and who could read it."""

    def __init__(self, error: Exception | None = None) -> None:
        """Fail with `error` when there is one."""
        self.error = error
        self.seen: list[tuple[bytes, int]] = []

    def load_cert_chain(self, path: str, **_more: Any) -> None:
        """As `ssl.SSLContext`."""
        file = Path(path)
        self.seen.append((file.read_bytes(), file.stat().st_mode & 0o777))
        if self.error is not None:
            raise self.error


@pytest.fixture
def drafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    folder = tmp_path / "drafts"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_a_context_gets_certificate_and_key() -> None:
    """No handshake could be made."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    load_into(context, SEALED)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.load_verify_locations(cadata=AUTHORITY.certificate_pem.decode())
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = context.wrap_bio(to_server, to_client, server_side=True)
    theirs = client.wrap_bio(to_client, to_server)
    for side in (theirs, ours, theirs, ours):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    assert theirs.getpeercert(binary_form=True) is not None
    assert theirs.version() == "TLSv1.3"


@pytest.mark.parametrize("error", [None, ssl.SSLError("no"), OSError("full")])
def test_no_key_is_left_on_the_disk(drafts: Path, error: Exception | None) -> None:
    """Whoever reads the temporary folder, or its backup, would have the key."""
    context = ReadingContext(error)
    if error is None:
        load_into(context, SEALED)  # type: ignore[arg-type]  # one method is used
    else:
        with pytest.raises(type(error)):
            load_into(context, SEALED)  # type: ignore[arg-type]  # as above
    ((octets, mode),) = context.seen
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in octets
    assert b"BEGIN PRIVATE KEY" not in octets
    assert mode == 0o600
    assert list(drafts.iterdir()) == []
