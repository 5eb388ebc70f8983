"""Answers by the exact octets of their request: the shortest way through the server.

1. An entry depends on nothing but the plan and the state of one file; the plan's tables
   are dropped with the plan, the file is asked by `stat` before every use.
2. All tables of a worker together are bounded; when the bound is met all are emptied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.server.exchange import log_fields

if TYPE_CHECKING:
    import os

    from bindctl.server.access_log import SiteLog
    from bindctl.server.answer import Answer
    from bindctl.server.endpoint_view import EndpointView
    from bindctl.server.request import RequestHead
    from bindctl.server.worker_state import WorkerState

MAX_KEY_OCTETS: Final = 2048
MAX_BODY_OCTETS: Final = 32 * 1024
MAX_TOTAL_OCTETS: Final = 32 * 1024 * 1024
MAX_ENTRIES: Final = 16384


class HotAnswer:
    """One ready answer.

    Attributes:
        path: What to `stat`.
        mtime_ns: With the next four, what it must say.
        tail: Everything after the Date line, body included.
        is_ok: 200 rather than 304.
        closes: The connection ends after it.
        log: The site's log, or ``None`` when it keeps none.
        log_fields: The columns that the request decides.
    """

    __slots__ = (
        "closes",
        "ctime_ns",
        "device",
        "inode",
        "is_ok",
        "log",
        "log_fields",
        "mtime_ns",
        "path",
        "size",
        "tail",
    )

    def __init__(  # noqa: PLR0913 - made in one place
        self,
        path: str,
        status: os.stat_result,
        tail: bytes,
        *,
        is_ok: bool,
        closes: bool,
        log: SiteLog | None,
        log_fields: tuple[bytes, bytes],
    ) -> None:
        """Keep what the hot path needs as plain attributes."""
        self.path = path
        self.mtime_ns = status.st_mtime_ns
        self.ctime_ns = status.st_ctime_ns
        self.size = status.st_size
        self.inode = status.st_ino
        self.device = status.st_dev
        self.tail = tail
        self.is_ok = is_ok
        self.closes = closes
        self.log = log
        self.log_fields = log_fields


class HotTables:
    """All tables of one worker, under one bound."""

    __slots__ = ("_entries", "_octets", "_tables")

    def __init__(self) -> None:
        """Start without tables."""
        self._tables: list[dict[bytes, HotAnswer]] = []
        self._entries = 0
        self._octets = 0

    def new_table(self) -> dict[bytes, HotAnswer]:
        """A table of one endpoint under one plan."""
        table: dict[bytes, HotAnswer] = {}
        self._tables.append(table)
        return table

    def put(
        self, table: dict[bytes, HotAnswer], request: bytes, hot: HotAnswer
    ) -> None:
        """Remember an answer."""
        self._entries += 1
        self._octets += len(request) + len(hot.tail)
        if self._octets > MAX_TOTAL_OCTETS or self._entries > MAX_ENTRIES:
            for each in self._tables:
                each.clear()
            self._entries = 1
            self._octets = len(request) + len(hot.tail)
        table[request] = hot

    def forget(self) -> None:
        """Drop all tables: the plan has changed."""
        for table in self._tables:
            table.clear()
        self._tables.clear()
        self._entries = self._octets = 0


def remember_answer(
    state: WorkerState,
    view: EndpointView,
    server_name: str | None,
    request: bytes,
    latest: tuple[RequestHead, Answer, bytes],
) -> None:
    """Keep an answer that the same octets would get again.

    Args:
        state: The worker.
        view: Where the connection arrived.
        server_name: Of the connection's ClientHello.
        request: All octets of the request.
        latest: Its head, its answer, and what was sent after the Date line.
    """
    head, answered, tail = latest
    response, found = answered.response, answered.found
    is_ok = response.status == 200  # noqa: PLR2004 - OK
    if (
        found is None
        or head.octets != len(request)
        or len(request) > MAX_KEY_OCTETS
        or not (is_ok or response.status == 304)  # noqa: PLR2004 - Not Modified
        or not head.is_http11
    ):
        return
    content, target = view.route(head, server_name)
    if content.misdirected_request and view.is_tls:
        return  # depends on the connection's server name
    hot = HotAnswer(
        found.path,
        found.status,
        tail,
        is_ok=is_ok,
        closes=not (head.keep_alive and content.allow_keep_alive),
        log=state.logs.find(content.log_directory, content.identifier),
        log_fields=log_fields(view, head, target),
    )
    state.hot_tables.put(view.hot, request, hot)
