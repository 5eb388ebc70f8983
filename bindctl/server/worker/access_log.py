"""W3C extended logs, a folder a site, whole lines shared by all workers.

1. Octets of a client never end a line: everything but printable ASCII is escaped.
2. If the disk is full or the folder cannot be written, log lines are lost, but answers
   are not.
"""

from __future__ import annotations

import contextlib
import os
import re
from typing import TYPE_CHECKING, Final

from bindctl.server.service.service_log import log_service_rarely

if TYPE_CHECKING:
    from bindctl.server.worker.second_cache import Ticker

FLUSH_OCTETS: Final = 64 * 1024
FIELDS: Final = (
    "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip "
    "cs(User-Agent) cs(Referer) cs-host sc-status sc-substatus sc-win32-status "
    "sc-bytes cs-bytes time-taken"
)
_UNPRINTABLE: Final = re.compile(rb"[\x00-\x1f\x7f-\xff]")

# A link that somebody put into the folder of logs is not followed, and a pipe there
# must not make the worker wait.
_OPEN_FLAGS: Final = (
    os.O_WRONLY
    | os.O_CREAT
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
)


def log_field(octets: bytes | None) -> bytes:
    """A value as one column: ``-`` when empty, a space as ``+``, the rest escaped."""
    return _UNPRINTABLE.sub(_escape, octets.replace(b" ", b"+")) if octets else b"-"


def request_fields(
    place: tuple[bytes, int],
    line: tuple[bytes, bytes, bytes | None],
    agent: bytes | None,
    referer: bytes | None,
    host: bytes | None,
) -> tuple[bytes, bytes]:
    """The columns that depend on the request: those before c-ip, and those after it.

    Args:
        place: The connection's local address and real port.
        line: Method, path as sent, and what follows the question mark.
        agent: User-Agent.
        referer: Referer.
        host: Host.
    """
    address, port = place
    method, stem, query = line
    before = b"%s %s %s %s %d - " % (
        address,
        method,
        log_field(stem),
        log_field(query),
        port,
    )
    after = b" %s %s %s " % (log_field(agent), log_field(referer), log_field(host))
    return before, after


class SiteLog:
    """The log of one site, as one worker writes it."""

    __slots__ = (
        "_day",
        "_descriptor",
        "_directory",
        "_is_torn",
        "_lines",
        "_octets",
        "_ticker",
    )

    def __init__(self, log_directory: str, identifier: int, ticker: Ticker) -> None:
        """Nothing is opened before the first line."""
        self._directory = os.path.join(log_directory, f"W3SVC{identifier}")
        self._ticker = ticker
        self._lines: list[bytes] = []
        self._octets = 0
        self._day = ""
        self._descriptor: int | None = None
        self._is_torn = False

    def add(
        self,
        fields: tuple[bytes, bytes],
        client: bytes,
        status: tuple[int, int],
        octets: tuple[int, int],
        taken_ms: int,
    ) -> None:
        """One line.

        Args:
            fields: Of `request_fields`.
            client: The client's address.
            status: Status and substatus.
            octets: Sent and received.
            taken_ms: Milliseconds.
        """
        before, after = fields
        line = b"%s%s%s%s%d %d 0 %d %d %d\r\n" % (
            self._ticker.log_time,
            before,
            client,
            after,
            *status,
            *octets,
            taken_ms,
        )
        self._lines.append(line)
        self._octets += len(line)
        if self._octets >= FLUSH_OCTETS:
            self.flush()

    def flush(self) -> None:
        """Write the buffered lines to the file of their day.

        Called before the ticker reaches another day, so a line never changes files.
        """
        if not self._lines:
            return
        data = b"".join(self._lines)
        self._lines.clear()
        self._octets = 0
        try:
            self._write(data)
        except OSError as error:
            log_service_rarely(
                self._directory,
                f"{self._directory}: access log lines are lost: {error.strerror}",
            )
            self.close_file()

    def close_file(self) -> None:
        """Close the file; the next line opens it again."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = None

    def _write(self, data: bytes) -> None:
        if self._descriptor is None or self._day != self._ticker.day:
            self.close_file()
            self._day = self._ticker.day
            self._descriptor = self._open()
        if self._is_torn:
            data = b"\r\n" + data
        self._is_torn = True
        while data:
            data = data[os.write(self._descriptor, data) :]
        self._is_torn = False

    def _open(self) -> int:
        os.makedirs(self._directory, exist_ok=True)
        path = os.path.join(self._directory, f"ex{self._day}.log")
        if not os.path.exists(path):
            self._create(path)
        return os.open(path, _OPEN_FLAGS | os.O_APPEND, 0o640)

    def _create(self, path: str) -> None:
        # The header must be the first octets although several workers may come here at
        # once: it is written elsewhere and linked in, which only one of them can do.
        stamp = self._ticker.log_time.decode("ascii").strip()
        header = (
            "#Software: bindctl\r\n#Version: 1.0\r\n"
            f"#Date: {stamp}\r\n#Fields: {FIELDS}\r\n"
        ).encode("ascii")
        draft = f"{path}.{os.getpid()}.new"
        with contextlib.suppress(FileNotFoundError):
            os.unlink(draft)  # left by a worker that died, or put there by somebody
        descriptor = os.open(draft, _OPEN_FLAGS | os.O_EXCL, 0o640)
        try:
            os.write(descriptor, header)
        finally:
            os.close(descriptor)
        try:
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
        finally:
            os.unlink(draft)


class AccessLogs:
    """The logs of all sites of one worker."""

    __slots__ = ("_logs", "_ticker")

    def __init__(self, ticker: Ticker) -> None:
        """Start without logs."""
        self._logs: dict[tuple[str, int], SiteLog] = {}
        self._ticker = ticker

    def find(self, log_directory: str | None, identifier: int) -> SiteLog | None:
        """The log of a site; ``None`` when it keeps none."""
        if log_directory is None:
            return None
        key = (log_directory, identifier)
        log = self._logs.get(key)
        if log is None:
            log = self._logs[key] = SiteLog(log_directory, identifier, self._ticker)
        return log

    def flush(self) -> None:
        """Write all buffered lines; called once a second and at stop."""
        for log in self._logs.values():
            log.flush()

    def keep_only(self, keys: set[tuple[str, int]]) -> None:
        """Write and close the logs of sites that are gone."""
        for key in self._logs.keys() - keys:
            log = self._logs.pop(key)
            log.flush()
            log.close_file()


def _escape(match: re.Match[bytes]) -> bytes:
    return b"%%%02X" % match.group()[0]
