"""Signals that are noted at once and obeyed later."""

from __future__ import annotations

import select
import signal
from typing import TYPE_CHECKING

import pytest

from bindctl.server.service.signal_mailbox import SignalMailbox

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def mailbox() -> Iterator[SignalMailbox]:
    """Signals come here until the test ends."""
    made = SignalMailbox()
    yield made
    made.close()


def is_readable(mailbox: SignalMailbox) -> bool:
    """Whether a selector would wake up."""
    return bool(select.select([mailbox], [], [], 0)[0])


def test_a_signal_wakes_a_selector_and_waits(mailbox: SignalMailbox) -> None:
    """A reset would be lost while another goes on."""
    assert not is_readable(mailbox)
    mailbox.collect()  # nothing came, and nothing waits for it
    signal.raise_signal(signal.SIGHUP)
    signal.raise_signal(signal.SIGCHLD)
    assert is_readable(mailbox)
    assert not mailbox.pending
    mailbox.collect()
    assert not is_readable(mailbox)
    assert mailbox.pending == {signal.SIGHUP, signal.SIGCHLD}


def test_one_kind_is_obeyed_once(mailbox: SignalMailbox) -> None:
    """Ten resets asked for meanwhile would be ten, and a dead worker reaped twice."""
    for number in (signal.SIGHUP, signal.SIGHUP, signal.SIGCHLD):
        signal.raise_signal(number)
    mailbox.collect()
    assert mailbox.take_one(signal.SIGCHLD)
    assert not mailbox.take_one(signal.SIGCHLD)
    assert mailbox.take() == {signal.SIGHUP}
    assert mailbox.take() == set()


@pytest.mark.parametrize(
    ("number", "stops"),
    [
        (signal.SIGTERM, True),
        (signal.SIGINT, True),
        (signal.SIGHUP, False),
        (signal.SIGCHLD, False),
    ],
)
def test_which_signals_end_the_service(
    mailbox: SignalMailbox, number: int, *, stops: bool
) -> None:
    """Whoever stops it would wait for a reset to end."""
    signal.raise_signal(number)
    assert not mailbox.asks_to_stop
    mailbox.collect()
    assert mailbox.asks_to_stop is stops


def test_a_flood_of_signals_ends_nothing(mailbox: SignalMailbox) -> None:
    """The pair is full then: who writes must not wait, and nothing may be printed."""
    for _each in range(10_000):
        signal.raise_signal(signal.SIGHUP)
    while is_readable(mailbox):
        mailbox.collect()
    assert mailbox.take() == {signal.SIGHUP}


def test_who_had_the_signals_has_them_again() -> None:
    """A program that serves and goes on could not be interrupted any more."""
    before = {number: signal.getsignal(number) for number in range(1, 32)}
    mailbox = SignalMailbox()
    changed = {
        number for number in before if signal.getsignal(number) != before[number]
    }
    assert changed == {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD}
    mailbox.close()
    assert {number: signal.getsignal(number) for number in before} == before
    assert signal.set_wakeup_fd(-1) == -1
