"""The server name in a ClientHello, before OpenSSL sees it.

OpenSSL agrees on a version of TLS before it asks which certificate to show. Where the
version depends on the certificate's record, somebody has to look first.

Nothing here judges a ClientHello: octets that are none give no name, and OpenSSL, which
gets the same octets, refuses them.

Source:
    RFC 8446 §4.1.2 and §5.1; RFC 6066 §3.
"""

from __future__ import annotations

from typing import Final

HANDSHAKE_RECORD: Final = 0x16  # RFC 8446 §5.1, ContentType handshake
MAX_HELLO_OCTETS: Final = 1 << 15  # OpenSSL takes 128 KiB; browsers send 2
_CLIENT_HELLO: Final = 1
_SERVER_NAME: Final = 0  # both the extension's number and the kind "host_name"
_RECORD_HEAD: Final = 5
_MESSAGE_HEAD: Final = 4
_VERSION_AND_RANDOM: Final = 34


class NeedHello:
    """The ClientHello goes on; one instance."""

    def __repr__(self) -> str:
        """As code names it."""
        return "NEED_HELLO"


NEED_HELLO: Final = NeedHello()


def find_server_name(octets: bytes) -> str | NeedHello | None:
    """The name a ClientHello asks for.

    Args:
        octets: All that a client has sent so far.

    Returns:
        The name as sent; ``None`` when there is none to be found; `NEED_HELLO` when more
        octets may bring one.
    """
    message, is_over = _first_message(octets)
    if message[:1] not in {b"", bytes([_CLIENT_HELLO])}:
        return None
    length = int.from_bytes(message[1:_MESSAGE_HEAD])
    if len(message) < _MESSAGE_HEAD or len(message) < _MESSAGE_HEAD + length:
        is_lost = is_over or len(octets) > MAX_HELLO_OCTETS
        return None if is_lost else NEED_HELLO
    try:
        return _read_hello(_Reader(message[_MESSAGE_HEAD : _MESSAGE_HEAD + length]))
    except (EOFError, UnicodeDecodeError):
        return None


def _first_message(octets: bytes) -> tuple[bytes, bool]:
    """What the first records hold together; whether no record of a handshake follows."""
    message = bytearray()
    at = 0
    while at + _RECORD_HEAD <= len(octets):
        if octets[at] != HANDSHAKE_RECORD:
            return bytes(message), True
        length = int.from_bytes(octets[at + 3 : at + _RECORD_HEAD])
        at += _RECORD_HEAD
        message += octets[at : at + length]
        at += length
    return bytes(message), False


class _Reader:
    """Vectors of TLS, one after another."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._at = 0

    @property
    def is_at_end(self) -> bool:
        return self._at >= len(self._octets)

    def take(self, count: int) -> bytes:
        """That many octets.

        Raises:
            EOFError: There are fewer.
        """
        taken = self._octets[self._at : self._at + count]
        if len(taken) < count:
            raise EOFError
        self._at += count
        return taken

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width))

    def vector(self, width: int) -> bytes:
        """A vector whose length stands before it in `width` octets."""
        return self.take(self.number(width))


def _read_hello(hello: _Reader) -> str | None:
    hello.take(_VERSION_AND_RANDOM)
    hello.vector(1)  # legacy_session_id
    hello.vector(2)  # cipher_suites
    hello.vector(1)  # legacy_compression_methods
    if hello.is_at_end:
        return None
    extensions = _Reader(hello.vector(2))
    while not extensions.is_at_end:
        kind, body = extensions.number(2), extensions.vector(2)
        if kind == _SERVER_NAME:
            names = _Reader(_Reader(body).vector(2))
            if names.number(1) == _SERVER_NAME:
                return names.vector(2).decode("ascii")
            return None
    return None
