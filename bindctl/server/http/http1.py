"""HTTP/1.1 framing, sans I/O: octets in, events out, however they are cut.

1. Any octets give events or `PeerProtocolError`; nothing else is raised.
2. The way the octets are cut does not change the events, except how body octets are
   counted up.
3. At most `MAX_HEAD_OCTETS` of a head and one line of a chunk are ever looked at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from bindctl.server.http.peer_error import PeerProtocolError, bad_request
from bindctl.server.http.request import MAX_HEAD_OCTETS, RequestHead, parse_head
from bindctl.server.tls.client_hello import HANDSHAKE_RECORD

_MAX_CHUNK_LINE: Final = 4096  # chunk extensions and each trailer line
_MAX_TRAILERS: Final = MAX_HEAD_OCTETS
_MAX_CHUNK_DIGITS: Final = 15
_HEX: Final = frozenset(b"0123456789abcdefABCDEF")
_EMPTY_LINES: Final = re.compile(rb"(?:\r\n)++")


class Marker(Enum):
    """Events that carry nothing."""

    NEED_DATA = "need data"
    END_OF_REQUEST = "end of request"


NEED_DATA: Final = Marker.NEED_DATA
END_OF_REQUEST: Final = Marker.END_OF_REQUEST


@dataclass(frozen=True, slots=True)
class BodyOctets:
    """That many octets of a body came and were dropped."""

    count: int


Event: TypeAlias = RequestHead | BodyOctets | Marker


class _Part(Enum):
    HEAD = 0
    FIXED = 1
    CHUNK_SIZE = 2
    CHUNK_DATA = 3
    CHUNK_END = 4
    TRAILERS = 5
    END = 6


class RequestReader:
    """The requests of one connection, one after another."""

    __slots__ = ("_buffer", "_left", "_part", "_scanned", "_taken", "_trailers")

    def __init__(self) -> None:
        """Nothing has come yet."""
        self._buffer = bytearray()
        self._part = _Part.HEAD
        self._left = 0
        self._scanned = 0
        self._trailers = 0
        self._taken: RequestHead | None = None

    @property
    def is_idle(self) -> bool:
        """Between two requests, with nothing of the next one."""
        return self._part is _Part.HEAD and not self._buffer and self._taken is None

    @property
    def buffered(self) -> int:
        """Octets received and not yet read."""
        return len(self._buffer)

    def receive(self, data: bytes) -> None:
        """Take octets from the peer."""
        self._buffer += data

    def take(self, head: RequestHead) -> None:
        """Account for a request without a body that was read elsewhere, while idle."""
        self._taken = head

    def next_event(self) -> Event:
        """What comes next, or `NEED_DATA`.

        Raises:
            PeerProtocolError: The octets are not HTTP; nothing more can be read.
        """
        match self._part:
            case _Part.HEAD:
                return self._read_head()
            case _Part.FIXED | _Part.CHUNK_DATA:
                return self._read_octets()
            case _Part.CHUNK_SIZE:
                return self._read_chunk_size()
            case _Part.CHUNK_END:
                return self._read_chunk_end()
            case _Part.TRAILERS:
                return self._read_trailers()
            case _Part.END:
                self._part = _Part.HEAD
                return END_OF_REQUEST

    def _read_head(self) -> Event:
        if self._taken is not None:
            head, self._taken = self._taken, None
            self._part = _Part.END
            return head
        buffer = self._buffer
        # RFC 9112 §2.2: empty lines before a request line are skipped.
        empty = _EMPTY_LINES.match(buffer)
        if empty is not None:
            del buffer[: empty.end()]
            self._scanned = 0
        if buffer and buffer[0] == HANDSHAKE_RECORD:
            # The client waits for a ServerHello and would never end a head (nginx: 400).
            raise bad_request("TLS was sent where plain HTTP is spoken.")
        end = buffer.find(b"\r\n\r\n", self._scanned)
        stop = min(len(buffer) if end < 0 else end + 4, MAX_HEAD_OCTETS)
        if buffer.count(b"\n", 0, stop) != buffer.count(b"\r\n", 0, stop):
            # The client may think that its head has ended, and wait.
            raise bad_request("A line of the request has no proper end.")
        if end < 0 or end + 4 > MAX_HEAD_OCTETS:
            self._refuse_long_head(end)
            self._scanned = max(0, len(buffer) - 3)
            return NEED_DATA
        octets = bytes(buffer[: end + 4])
        del buffer[: end + 4]
        self._scanned = 0
        head = parse_head(octets)
        self._left = head.content_length
        if head.is_chunked:
            self._part = _Part.CHUNK_SIZE
            self._trailers = 0
        else:
            self._part = _Part.FIXED if head.content_length else _Part.END
        return head

    def _refuse_long_head(self, end: int) -> None:
        if end < 0 and len(self._buffer) < MAX_HEAD_OCTETS:
            return
        if self._buffer.find(b"\r\n", 0, MAX_HEAD_OCTETS) < 0:
            raise PeerProtocolError(414, "The request URL is too long.", "URL Too Long")
        reason = "The size of the request headers is too long."
        raise PeerProtocolError(400, reason, "Request Too Long")

    def _read_octets(self) -> Event:
        if not self._buffer:
            return NEED_DATA
        count = min(self._left, len(self._buffer))
        del self._buffer[:count]
        self._left -= count
        if not self._left:
            is_fixed = self._part is _Part.FIXED
            self._part = _Part.END if is_fixed else _Part.CHUNK_END
        return BodyOctets(count)

    def _read_chunk_size(self) -> Event:
        line = self._take_line()
        if line is None:
            return NEED_DATA
        digits, _semicolon, _extension = line.partition(b";")
        digits = digits.rstrip(b" \t")
        if not 0 < len(digits) <= _MAX_CHUNK_DIGITS or not _HEX.issuperset(digits):
            raise bad_request("The size of a chunk is not a number.")
        self._left = int(digits, 16)
        self._part = _Part.CHUNK_DATA if self._left else _Part.TRAILERS
        return self.next_event()

    def _read_chunk_end(self) -> Event:
        # Both octets must be CR LF; a wrong first one is refused at once.
        if not b"\r\n".startswith(self._buffer[:2]):
            raise bad_request("A chunk does not end with its line end.")
        if len(self._buffer) < 2:  # noqa: PLR2004 - CR and LF
            return NEED_DATA
        del self._buffer[:2]
        self._part = _Part.CHUNK_SIZE
        return self.next_event()

    def _read_trailers(self) -> Event:
        while True:
            line = self._take_line()
            if line is None:
                return NEED_DATA
            if not line:
                self._part = _Part.HEAD
                return END_OF_REQUEST
            self._trailers += len(line)
            if b":" not in line or self._trailers > _MAX_TRAILERS:
                raise bad_request("The trailers of the request are badly formed.")

    def _take_line(self) -> bytes | None:
        end = self._buffer.find(b"\n", 0, _MAX_CHUNK_LINE)
        if end < 0:
            if len(self._buffer) >= _MAX_CHUNK_LINE:
                raise bad_request("A line of the body is too long.")
            return None
        line = bytes(self._buffer[: end + 1])
        if not line.endswith(b"\r\n") or b"\r" in line[:-2]:
            raise bad_request("A line of the body has no proper end.")
        del self._buffer[: end + 1]
        return line[:-2]
