"""One request on its way to its answer, and its line in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.server.worker.access_log import request_fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from bindctl.model.site import SiteContent
    from bindctl.server.http.answer import Target
    from bindctl.server.http.request import RequestHead
    from bindctl.server.http.response import Response
    from bindctl.server.worker.access_log import AccessLogs
    from bindctl.server.worker.endpoint_view import EndpointView


class Exchange:
    """One request on its way to its answer.

    Attributes:
        is_cut: It is answered before its body has come: the connection ends.
    """

    __slots__ = ("content", "head", "is_cut", "received", "started", "target")

    def __init__(
        self, head: RequestHead, content: SiteContent, target: Target, started: float
    ) -> None:
        """Start counting octets and time."""
        self.head = head
        self.content = content
        self.target = target
        self.started = started
        self.received = head.octets
        self.is_cut = False

    @property
    def body_octets(self) -> int:
        """Octets of the body that have come."""
        return self.received - self.head.octets

    def is_too_slow(self, now: float, patience_s: float, rate: int) -> bool:
        """Whether its body comes too slowly, all in all.

        Args:
            now: On the clock of `started`.
            patience_s: Judged only after that time, because a pause alone is allowed.
            rate: Octets a second.
        """
        elapsed_s = now - self.started
        return elapsed_s > patience_s and self.body_octets < rate * elapsed_s


def log_exchange(  # noqa: PLR0913, PLR0917 - all that a line of the log tells
    logs: AccessLogs,
    now: Callable[[], float],
    view: EndpointView,
    client: bytes,
    exchange: Exchange,
    response: Response,
    sent: int,
) -> None:
    """Write the exchange's line, if its site keeps a log; `sent` is in octets."""
    content = exchange.content
    if content.log_directory is None:
        return
    log = logs.find(content.log_directory, content.identifier)
    if log is not None:
        log.add(
            log_fields(view, exchange.head, exchange.target),
            client,
            (response.status, response.substatus),
            (sent, exchange.received),
            int((now() - exchange.started) * 1000),
        )


def log_fields(
    view: EndpointView, head: RequestHead, target: Target
) -> tuple[bytes, bytes]:
    """The columns that the request decides."""
    path = target.path
    stem = b"*" if path is None else path.stem
    query = None if path is None else path.query
    return request_fields(
        view.log_place,
        (head.method.encode("ascii"), stem, query),
        head.find(b"user-agent"),
        head.find(b"referer"),
        head.find(b"host"),
    )
