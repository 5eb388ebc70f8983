"""Octets that change once a second: the Date line and the time columns of logs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from bindctl.server.http.conditions import format_http_date
from bindctl.server.http.response import status_line

if TYPE_CHECKING:
    from bindctl.server.service.service_log import Clock

SERVER_LINE: Final = b"Server: bindctl\r\n"
HTTP_SYS_LINE: Final = b"Server: Microsoft-HTTPAPI/2.0\r\n"
_NOT_MODIFIED: Final = 304


class Ticker:
    """Octets that stay the same for a second, ready to be sent.

    Attributes:
        second: Whole seconds since 1970, as of the last `advance`.
        ok: Status line 200, Server and Date.
        not_modified: The same for 304.
        log_time: ``2024-01-31 08:00:00`` and a space.
        day: ``240131``, what names a log file.
    """

    __slots__ = (
        "_clock",
        "_date_line",
        "_prefixes",
        "day",
        "log_time",
        "not_modified",
        "ok",
        "second",
    )

    def __init__(self, clock: Clock) -> None:
        """Read the clock for the first time."""
        self._clock = clock
        self.second = -1
        self._date_line = b""
        self._prefixes: dict[tuple[int, bool], bytes] = {}
        self.ok = self.not_modified = self.log_time = b""
        self.day = ""
        self.advance()

    def advance(self) -> None:
        """Read the clock again; called once a second."""
        second = int(self._clock.now())
        if second == self.second:
            return
        self.second = second
        self._date_line = b"Date: %s\r\n" % format_http_date(second)
        self._prefixes.clear()
        self.ok = self.prefix(200)
        self.not_modified = self.prefix(_NOT_MODIFIED)
        moment = time.gmtime(second)
        self.log_time = time.strftime("%Y-%m-%d %H:%M:%S ", moment).encode("ascii")
        self.day = time.strftime("%y%m%d", moment)

    def prefix(self, status: int, *, is_http_sys: bool = False) -> bytes:
        """Status line, Server and Date."""
        key = (status, is_http_sys)
        prefix = self._prefixes.get(key)
        if prefix is None:
            server = HTTP_SYS_LINE if is_http_sys else SERVER_LINE
            prefix = status_line(status) + server + self._date_line
            self._prefixes[key] = prefix
        return prefix
