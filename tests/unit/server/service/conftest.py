"""Sockets for plans."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from bindctl.server.worker.listeners import ListenerSet

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def listeners() -> Iterator[ListenerSet]:
    """Sockets that are closed after the test."""
    made = ListenerSet()
    yield made
    made.close()


@pytest.fixture
def ports() -> tuple[int, int]:
    """Two ports nobody listens on."""
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]
