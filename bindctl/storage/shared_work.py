"""Does much work of one kind on every processor.

Where a process may fork, each child does a share and sends back its results as plain
data; a share that does not come back whole is done here.
"""

from __future__ import annotations

import marshal
import os
import sys
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    T = TypeVar("T")

_WORTH_FORKING: Final = 500  # items; below, a child costs more than it saves
_MAX_PROCESSES: Final = 8
_CHUNK: Final = 1 << 20


def share_work(
    work: Callable[[Sequence[T]], list[Any]], items: Sequence[T]
) -> list[Any]:
    """What `work` makes of the items, in order; one result an item.

    Args:
        work: Has no side effects, because it may run in another process. Its results
            are plain data: lists, tuples, texts, numbers, ``None``.
        items: Any number.
    """
    count = _processes(len(items))
    if count == 1:
        return work(items)
    size = -(-len(items) // count)
    shares = [items[start : start + size] for start in range(0, len(items), size)]
    children = [_start_child(work, share) for share in shares[1:]]
    try:
        found = work(shares[0])
    except BaseException:  # an interrupt, too, leaves no child behind
        for process, descriptor in children:
            os.close(descriptor)
            os.waitpid(process, 0)
        raise
    for share, (process, descriptor) in zip(shares[1:], children, strict=True):
        answer = _collect(process, descriptor)
        found += answer if len(answer) == len(share) else work(share)
    return found


class WorkBeside:
    """Work that another process does meanwhile, if that is possible.

    A context: its end always waits for the other process.
    """

    def __init__(self, work: Callable[[], list[Any]], *, is_large: bool) -> None:
        """Begin.

        Args:
            work: Gives plain data, and has no side effects, as in `share_work`.
            is_large: Whether it is worth another process; if not, it is done when asked
                for.
        """
        self._work = work
        self._child: tuple[int, int] | None = None
        if is_large and _processes(_WORTH_FORKING) > 1:
            self._child = _start_child(lambda _items: [work()], ())

    def __enter__(self) -> Self:
        """The work itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Wait for the other process if nobody has asked for its answer."""
        self._take()

    def result(self) -> list[Any]:
        """The result of the work."""
        found = self._take()
        return found[0] if found else self._work()

    def _take(self) -> list[list[Any]]:
        child, self._child = self._child, None
        return [] if child is None else _collect(*child)


def _processes(count: int) -> int:
    """How many processes are worth it, and safe: a thread's locks do not survive."""
    if count < _WORTH_FORKING or sys.platform == "darwin" or not hasattr(os, "fork"):
        return 1
    threading = sys.modules.get("threading")
    if threading is not None and threading.active_count() > 1:
        return 1
    available = getattr(os, "sched_getaffinity", None)
    processors = len(available(0)) if available else os.cpu_count() or 1
    return min(processors, _MAX_PROCESSES)


def _start_child(
    work: Callable[[Sequence[T]], list[Any]], share: Sequence[T]
) -> tuple[int, int]:
    """The child's process and its pipe; in the child this does not return."""
    descriptor, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, descriptor
    try:
        rest = memoryview(marshal.dumps(work(share)))
        while rest:
            rest = rest[os.write(writing, rest) :]
    except BaseException:  # noqa: BLE001 - whatever it is, the parent does the share
        os._exit(1)
    os._exit(0)  # the parent's buffers and clean-up are not the child's


def _collect(process: int, descriptor: int) -> list[Any]:
    """The result of a child; empty when it did not end well."""
    octets = bytearray()
    try:
        while chunk := os.read(descriptor, _CHUNK):
            octets += chunk
    finally:
        os.close(descriptor)
        _pid, status = os.waitpid(process, 0)
    found: list[Any] = [] if status else marshal.loads(octets)  # noqa: S302 - a child of this process wrote them
    return found
