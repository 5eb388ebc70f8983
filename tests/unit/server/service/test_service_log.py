"""The service log: what repeats is told rarely, whoever brings it about."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
from typing import TYPE_CHECKING

import pytest

from bindctl.server.service import service_log
from bindctl.server.service.service_log import (
    MAX_CHARACTERS,
    MAX_KEYS,
    QUIET_S,
    log_service,
    log_service_rarely,
    tell_surprises_rarely,
)
from tests.unit.server.serving import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterator


class Written:
    """The lines that were written."""

    def __init__(self) -> None:
        """None yet."""
        self.lines: list[str] = []

    def write(self, _descriptor: int, octets: bytes) -> int:
        """In place of the system's."""
        self.lines.append(octets.decode())
        return len(octets)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What a fresh service log writes; hooks are put back."""
    to = Written()
    monkeypatch.setattr(os, "write", to.write)
    monkeypatch.setattr(service_log, "_last_told", {})
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    yield to.lines
    gc.collect()


def test_what_repeats_is_told_once_in_a_while(written: list[str]) -> None:
    """A scanner would fill the disk; silence for ever would hide a fault."""
    clock = FakeClock(0.0)
    for _each in range(3):
        for _again in range(100):
            log_service_rarely("key", "text", clock=clock)
        clock.seconds += QUIET_S
    assert [line.endswith("] text\n") for line in written] == [True] * 3


def test_a_key_that_varies_cannot_defeat_it(written: list[str]) -> None:
    """Whoever could choose the key would fill the disk all the same."""
    clock = FakeClock(0.0)
    for number in range(20 * MAX_KEYS):
        log_service_rarely(f"key {number}", "text", clock=clock)
    assert len(written) == MAX_KEYS
    clock.seconds += QUIET_S
    log_service_rarely("another", "text", clock=clock)
    assert len(written) == MAX_KEYS + 1


def test_a_line_has_an_end(written: list[str]) -> None:
    """What is told may be a peer's: its length, and its line ends."""
    log_service("x\ny" + "z" * (2 * MAX_CHARACTERS), clock=FakeClock(0.0))
    (line,) = written
    assert "x\\ny" in line
    assert line.count("\n") == 1
    assert len(line) < MAX_CHARACTERS + 100


def test_exceptions_without_a_home_are_told_rarely(written: list[str]) -> None:
    """OpenSSL's callbacks raise for whatever a client sends."""

    class Ending:
        def __del__(self) -> None:
            raise LookupError

    tell_surprises_rarely()
    for _each in range(50):
        Ending()
    (line,) = written
    assert "LookupError" in line


def test_exceptions_of_the_event_loop_are_told_rarely(written: list[str]) -> None:
    """An exception in a callback of each connection would fill the disk."""

    def fail(number: int) -> None:
        message = f"connection {number}"
        raise LookupError(message)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        for number in range(50):
            loop.call_soon(fail, number)
        await asyncio.sleep(0)

    tell_surprises_rarely()
    asyncio.run(main())
    (line,) = written
    assert "connection 0" in line
    for number in range(50):
        logging.getLogger("asyncio").warning("socket.send() raised: %d", number)
    assert len(written) == 2


def test_a_message_is_one_line_that_nobody_obeys(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A peer's words must not clear the screen of whoever watches the log."""
    log_service("handshake of \x1b[2J\u202e\n##[error]x \udc80")
    (line,) = capfd.readouterr().err.splitlines()
    shown = "handshake of \\u001b[2J\\u202e\\n\\u0023#[error]x \\udc80"
    assert line.endswith(f"] {shown}")
