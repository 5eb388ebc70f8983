"""Shared work: as if one process had done it, whatever becomes of the others."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

import pytest

from bindctl.storage.shared_work import WorkBeside, share_work

if TYPE_CHECKING:
    from collections.abc import Sequence

ITEMS = list(range(2001))
PARENT = os.getpid()


@pytest.fixture(autouse=True)
def _several_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three, whatever this machine has."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1, 2}, raising=False)


def _double(items: Sequence[int]) -> list[object]:
    return [[item * 2, os.getpid()] for item in items]


def test_results_stand_in_order() -> None:
    """A certificate would be judged by the facts of another."""
    found = share_work(_double, ITEMS)
    assert [number for number, _pid in found] == [item * 2 for item in ITEMS]
    assert len({pid for _number, pid in found}) == 3


def test_little_work_is_done_here() -> None:
    """A store of three certificates would pay for processes it does not need."""
    found = share_work(_double, ITEMS[:499])
    assert {pid for _number, pid in found} == {PARENT}
    assert share_work(_double, []) == []


def test_thread_beside_keeps_it_here() -> None:
    """A lock that another thread holds is never released in a child."""
    is_done = threading.Event()
    thread = threading.Thread(target=is_done.wait, args=(30,))
    thread.start()
    try:
        found = share_work(_double, ITEMS)
    finally:
        is_done.set()
        thread.join()
    assert {pid for _number, pid in found} == {PARENT}


def _killed(items: Sequence[int]) -> list[object]:
    if os.getpid() != PARENT:
        os.kill(os.getpid(), signal.SIGKILL)
    return _double(items)


def _raising(items: Sequence[int]) -> list[object]:
    if os.getpid() != PARENT:
        raise KeyboardInterrupt
    return _double(items)


def _short(items: Sequence[int]) -> list[object]:
    return _double(items if os.getpid() == PARENT else items[1:])


def _unspeakable(items: Sequence[int]) -> list[object]:
    return _double(items) if os.getpid() == PARENT else [object()]


@pytest.mark.parametrize("work", [_killed, _raising, _short, _unspeakable])
def test_share_that_does_not_come_back_is_done_here(work: object) -> None:
    """Certificates would be missing because a machine ran out of memory."""
    found = share_work(work, ITEMS)  # type: ignore[arg-type]  # one of the four above
    assert [number for number, _pid in found] == [item * 2 for item in ITEMS]
    assert {pid for _number, pid in found} == {PARENT}


def test_children_are_waited_for() -> None:
    """They would stay as zombies while a long-lived program runs."""
    share_work(_killed, ITEMS)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_error_of_the_work_is_told() -> None:
    """A bug would be taken for a share that got lost, and hidden."""

    def work(_items: Sequence[int]) -> list[object]:
        message = "a bug"
        raise LookupError(message)

    with pytest.raises(LookupError, match="a bug"):
        share_work(work, ITEMS)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_machine_without_affinity_counts_its_processors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Elsewhere than on Linux it would fail."""
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    found = share_work(_double, ITEMS)
    assert {pid for _number, pid in found} == {PARENT}


def _own_pid() -> list[object]:
    return ["found", os.getpid()]


def test_work_beside_is_done_by_another_process() -> None:
    """Otherwise it would only be put off."""
    with WorkBeside(_own_pid, is_large=True) as beside:
        word, pid = beside.result()
    assert word == "found"
    assert pid != PARENT


def test_little_work_beside_is_done_here() -> None:
    """A child costs more than it saves."""
    with WorkBeside(_own_pid, is_large=False) as beside:
        assert beside.result() == ["found", PARENT]


def test_work_beside_that_dies_is_done_here() -> None:
    """The system may end any process when memory is short."""

    def work() -> list[object]:
        if os.getpid() != PARENT:
            os.kill(os.getpid(), signal.SIGKILL)
        return _own_pid()

    with WorkBeside(work, is_large=True) as beside:
        assert beside.result() == ["found", PARENT]


def test_work_beside_that_fails_fails_here() -> None:
    """What is wrong has to be told by who asks, not lost with a child."""

    def work() -> list[object]:
        raise LookupError

    with WorkBeside(work, is_large=True) as beside, pytest.raises(LookupError):
        beside.result()
