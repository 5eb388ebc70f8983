"""TLS between a socket and a connection, as far as no handshake is needed."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from bindctl.server.worker.tls_pipe import TlsPipe
from tests.client_hellos import hello_message, in_records, server_name

HELLO = in_records(hello_message(server_name(b"a.example")))


class Peer(asyncio.Transport):
    """Has sent records that never end; counts what becomes of them."""

    def __init__(self) -> None:
        super().__init__()
        self.taken = 0
        self.is_paused = False

    def read(self, _octets: int) -> bytes:
        """As the TLS object."""
        return b"x"

    def pending(self) -> int:
        """As the TLS object."""
        return 1

    def data_received(self, _data: bytes) -> None:
        """As the connection."""
        self.taken += 1

    def pause_reading(self) -> None:
        """As the socket's transport."""
        self.is_paused = True

    def resume_reading(self) -> None:
        """As the socket's transport."""
        self.is_paused = False

    def is_closing(self) -> bool:
        """As the socket's transport."""
        return False


def test_records_sent_all_at_once_wait_for_other_connections() -> None:
    """A client that puts a request in each would stop everybody for their number."""
    peer, later = Peer(), []
    loop = SimpleNamespace(call_soon=later.append)
    state: Any = SimpleNamespace(names=None, loop=loop)
    pipe: Any = TlsPipe(state, 443)
    peer.state = state  # type: ignore[attr-defined] # the connection's
    pipe._object = pipe._connection = pipe._raw = peer
    pipe._is_ready = True
    pipe.data_received(b"record")
    assert 0 < peer.taken < 50
    assert peer.is_paused
    first = peer.taken
    pipe.data_received(b"record")
    pipe.resume_reading()
    assert (peer.taken, peer.is_paused) == (first, True)
    later.pop()()
    assert peer.taken == 2 * first
    assert len(later) == 1
    peer.pending = lambda: 0  # type: ignore[method-assign] # all are read
    pipe._incoming.read()
    later.pop()()
    assert (peer.taken, peer.is_paused) == (2 * first + 1, False)


class FakeSocketTransport:
    """Notes what the pipe wants of it."""

    def __init__(self) -> None:
        """Nothing is wanted yet."""
        self.done: list[str] = []

    def __getattr__(self, name: str) -> Any:
        """Any method of a transport."""
        return lambda *_words: self.done.append(name)

    def is_closing(self) -> bool:
        """It is open."""
        return False

    def get_extra_info(self, _name: str) -> tuple[str, int]:
        """Both ends are the same."""
        return ("127.0.0.1", 443)


def test_a_client_that_has_gone_does_not_begin(caplog: Any) -> None:
    """Each would write a traceback into the log once its certificate is there."""

    async def main() -> list[str]:
        loading = asyncio.get_running_loop().create_future()
        leaf = SimpleNamespace(loading=loading, context=None)
        view = SimpleNamespace(
            is_tls=True,
            idle_timeout_s=1.0,
            address=None,
            names=SimpleNamespace(server_name=str),
            contexts=SimpleNamespace(find=lambda _record: leaf),
            port_plan=SimpleNamespace(select_certificate=lambda *_words: "a record"),
        )
        state: Any = SimpleNamespace(
            view=lambda _address, _port: view,
            options=SimpleNamespace(tls_handshake_timeout_s=10.0),
            monotonic=0.0,
            connections=set(),
            emptied=asyncio.Event(),
        )
        pipe, raw = TlsPipe(state, 443), FakeSocketTransport()
        pipe.connection_made(raw)  # type: ignore[arg-type]
        pipe.data_received(HELLO)
        pipe.connection_lost(None)
        leaf.loading = None
        loading.set_result(None)
        await asyncio.sleep(0)
        return raw.done

    assert asyncio.run(main()) == ["pause_reading"]
    assert not caplog.records
