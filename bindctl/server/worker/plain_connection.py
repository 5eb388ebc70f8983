"""Connections without TLS, and the endpoint of any connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from bindctl.server.worker.connection import Connection

if TYPE_CHECKING:
    import asyncio

    from bindctl.server.worker.endpoint_view import EndpointView
    from bindctl.server.worker.worker_state import WorkerState


class PlainConnection(Connection):
    """A connection without TLS."""

    __slots__ = ("_port",)

    def __init__(self, state: WorkerState, port: int) -> None:
        """A connection that arrives at `port` of the bindings."""
        super().__init__(state)
        self._port = port

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Find out where it arrived."""
        stream = cast("asyncio.Transport", transport)  # create_server makes these
        view, client = find_place(self.state, stream, self._port, is_tls=False)
        if view is None:
            stream.abort()
            return
        self.attach(stream, view, client, view.idle_timeout_s)


def find_place(
    state: WorkerState, transport: asyncio.Transport, port: int, *, is_tls: bool
) -> tuple[EndpointView | None, bytes]:
    """The endpoint a connection arrived at, and the client's address for logs.

    There is none when the plan has changed between the connection and its acceptance.
    """
    local = transport.get_extra_info("sockname")
    peer = transport.get_extra_info("peername")
    if not local or not peer:
        return None, b"-"
    client = peer[0].partition("%")[0].encode("ascii")
    view = state.view(local[0], port)
    return (view if view is not None and view.is_tls is is_tls else None), client
