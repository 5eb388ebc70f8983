"""The ClientHello, read before OpenSSL sees it.

Its content decides which certificate, which version of TLS and which session keys a
handshake gets (ADR 0023). OpenSSL gets the same octets afterwards and checks everything
that is not read here.

1. Work and memory are linear in the octets of one ClientHello, however they are cut.
2. Any octets give a `ClientHello`, a request for more, or a `HelloError`.

Source:
    RFC 8446 §4.1.2, §4.2.1, §4.2.7, §4.2.8 and §5.1; RFC 6066 §3; RFC 7301 §3; RFC 5077 §3.2; RFC 7919.
"""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import Final, NamedTuple

HANDSHAKE_RECORD: Final = 0x16  # RFC 8446 §5.1, ContentType handshake
MAX_HELLO_OCTETS: Final = 1 << 15  # OpenSSL takes 128 KiB; browsers send 2
_MAX_RECORD_OCTETS: Final = 1 << 14
_CLIENT_HELLO: Final = 1
_RECORD_HEAD: Final = 5
_MESSAGE_HEAD: Final = 4
_HEADS: Final = struct.Struct("!BHHHH")  # of the record and, in two halves, the message
_VERSION_AND_RANDOM: Final = 34
_EXTENSION_HEAD: Final = struct.Struct("!HH")
_SERVER_NAME, _GROUPS, _ALPN, _SESSION_TICKET = 0, 10, 16, 35
_SUPPORTED_VERSIONS, _KEY_SHARE = 43, 51
_WANTED: Final = frozenset(
    {_SERVER_NAME, _GROUPS, _ALPN, _SESSION_TICKET, _SUPPORTED_VERSIONS, _KEY_SHARE}
)
_FINITE_FIELDS: Final = 0x01  # first octet of the groups ffdhe2048 to ffdhe8192
_USUAL_CURVES: Final = frozenset({0x17, 0x18, 0x1D})  # P-256, P-384, X25519
_HOST_NAME_HEAD: Final = struct.Struct("!HBH")
_TLS13: Final = b"\x03\x04"


class NeedHello:
    """The ClientHello goes on; one instance."""

    def __repr__(self) -> str:
        """As code names it."""
        return "NEED_HELLO"


NEED_HELLO: Final = NeedHello()


class ClientHello(NamedTuple):
    """What a client asks for.

    Attributes:
        server_name: As sent; ``None`` for none.
        protocols: The protocols it offers by ALPN; ``None`` without ALPN.
        offers_tls13: Whether TLS 1.3 is among its versions.
        takes_tickets: Whether it takes the session tickets of TLS 1.2.
        wants_finite_field: Whether it prefers a finite field to the usual curves for
            the key exchange of TLS 1.3, or has a key of one at hand.
    """

    server_name: str | None = None
    protocols: tuple[bytes, ...] | None = None
    offers_tls13: bool = False
    takes_tickets: bool = False
    wants_finite_field: bool = False


class Alert(IntEnum):
    """Why a handshake is refused (RFC 8446 §6.2)."""

    UNEXPECTED_MESSAGE = 10
    RECORD_OVERFLOW = 22
    HANDSHAKE_FAILURE = 40
    ILLEGAL_PARAMETER = 47
    DECODE_ERROR = 50
    UNRECOGNIZED_NAME = 112
    NO_APPLICATION_PROTOCOL = 120

    @property
    def record(self) -> bytes:
        """The fatal alert, in the form used before encryption."""
        return b"\x15\x03\x03\x00\x02\x02" + bytes([self])


class HelloError(Exception):
    """A ClientHello that is refused.

    Attributes:
        alert: The alert to send.
    """

    def __init__(self, alert: Alert, reason: str) -> None:
        """Keep the alert; `reason` is a clause for the service log."""
        super().__init__(reason)
        self.alert = alert


class HelloReader:
    """The octets of one client until its ClientHello is whole."""

    __slots__ = ("_held", "_message")

    def __init__(self) -> None:
        """Nothing has come yet."""
        self._held = bytearray()  # of a record that is not whole
        self._message: bytearray | None = None  # what whole records held; at first none

    @property
    def is_fresh(self) -> bool:
        """Whether nothing has come yet."""
        return self._message is None

    def receive(self, octets: bytes) -> ClientHello | NeedHello:
        """Take what came next.

        Raises:
            HelloError: It is not a ClientHello.
        """
        if self._message is None:
            # The usual one: a message in a record in a segment.
            if len(octets) > _HEADS.size:
                record, _version, size, message, length = _HEADS.unpack_from(octets)
                if (
                    (record, message) == (HANDSHAKE_RECORD, _CLIENT_HELLO << 8)
                    and len(octets) >= size + _RECORD_HEAD
                    and size == length + _MESSAGE_HEAD <= _MAX_RECORD_OCTETS
                ):
                    return _parse(octets[_HEADS.size : size + _RECORD_HEAD])
            self._message = bytearray()
        self._held += octets
        self._take_records(self._message)
        if not _is_whole(self._message):
            return NEED_HELLO
        message, self._message = self._message, bytearray()
        self._held.clear()
        length = int.from_bytes(message[1:_MESSAGE_HEAD])
        return _parse(bytes(message[_MESSAGE_HEAD : _MESSAGE_HEAD + length]))

    def _take_records(self, message: bytearray) -> None:
        held, at = self._held, 0
        while len(held) >= at + _RECORD_HEAD:
            length = int.from_bytes(held[at + 3 : at + _RECORD_HEAD])
            _require_record(held[at], length)
            end = at + _RECORD_HEAD + length
            if len(held) < end:
                break
            message += held[at + _RECORD_HEAD : end]
            at = end
            if _is_whole(message):
                break  # the rest is for OpenSSL
        del held[:at]


def _require_record(kind: int, length: int) -> None:
    if kind != HANDSHAKE_RECORD or length == 0:  # RFC 8446 §5.1: none may be empty
        raise HelloError(
            Alert.UNEXPECTED_MESSAGE,
            "the client sent a record that is not part of a ClientHello",
        )
    if length > _MAX_RECORD_OCTETS:
        raise HelloError(
            Alert.RECORD_OVERFLOW,
            f"the client sent a record of more than {_MAX_RECORD_OCTETS} octets",
        )


def _is_whole(message: bytearray) -> bool:
    if message and message[0] != _CLIENT_HELLO:
        raise HelloError(
            Alert.UNEXPECTED_MESSAGE,
            "the client began with another message than a ClientHello",
        )
    if len(message) < _MESSAGE_HEAD:
        return False
    length = int.from_bytes(message[1:_MESSAGE_HEAD])
    if length > MAX_HELLO_OCTETS:
        raise HelloError(
            Alert.ILLEGAL_PARAMETER,
            f"the client sent a ClientHello of more than {MAX_HELLO_OCTETS} octets",
        )
    return len(message) >= _MESSAGE_HEAD + length


def _parse(hello: bytes) -> ClientHello:
    try:
        found = _find_extensions(hello)
        return ClientHello(
            _server_name(found.get(_SERVER_NAME)),
            _protocols(found.get(_ALPN)),
            _offers_tls13(found.get(_SUPPORTED_VERSIONS, b"")),
            _SESSION_TICKET in found,
            _prefers_finite_field(found.get(_GROUPS, b""))
            or _has_finite_field_key(found.get(_KEY_SHARE, b"")),
        )
    except (IndexError, struct.error) as error:
        raise _unreadable() from error
    except UnicodeDecodeError as error:  # RFC 6066 §3: host names are ASCII
        raise HelloError(
            Alert.UNRECOGNIZED_NAME,
            "the client sent a server name that is not ASCII",
        ) from error


def _find_extensions(hello: bytes) -> dict[int, bytes]:
    at = _VERSION_AND_RANDOM
    at += 1 + hello[at]  # legacy_session_id
    at += 2 + (hello[at] << 8 | hello[at + 1])  # cipher_suites
    at += 1 + hello[at]  # legacy_compression_methods
    found: dict[int, bytes] = {}
    end = len(hello)
    if at == end:
        return found
    if at + 2 + (hello[at] << 8 | hello[at + 1]) != end:
        raise _unreadable()
    at += 2
    read_head = _EXTENSION_HEAD.unpack_from
    while at < end:
        kind, length = read_head(hello, at)
        at += 4
        if kind in _WANTED:
            found[kind] = hello[at : at + length]
        at += length
    if at != end:
        raise _unreadable()
    return found


def _server_name(body: bytes | None) -> str | None:
    """The only name; like OpenSSL, this refuses a list of several names."""
    if body is None:
        return None
    list_length, kind, length = _HOST_NAME_HEAD.unpack_from(body)
    if (list_length, kind, length) != (len(body) - 2, 0, len(body) - 5):
        raise _unreadable()
    return body[_HOST_NAME_HEAD.size :].decode("ascii")


def _protocols(body: bytes | None) -> tuple[bytes, ...] | None:
    if body is None:
        return None
    if (body[0] << 8 | body[1]) != len(body) - 2:
        raise _unreadable()
    names, at = [], 2
    while at < len(body):
        end = at + 1 + body[at]
        names.append(body[at + 1 : end])
        at = end
    if at != len(body) or not all(names):
        raise _unreadable()
    return tuple(names)


def _offers_tls13(versions: bytes) -> bool:
    """Whether it is one of the pairs that follow the length."""
    at = versions.find(_TLS13)
    while at >= 0 and at % 2 == 0:
        at = versions.find(_TLS13, at + 1)
    return at >= 0


def _prefers_finite_field(groups: bytes) -> bool:
    for at in range(2, len(groups) - 1, 2):  # after their length
        if groups[at] == _FINITE_FIELDS:
            return True
        if groups[at] == 0 and groups[at + 1] in _USUAL_CURVES:
            return False
    return False


def _has_finite_field_key(shares: bytes) -> bool:
    at = 2  # after their length; OpenSSL refuses what does not fit
    while at + 4 <= len(shares):
        group, length = _EXTENSION_HEAD.unpack_from(shares, at)
        if group >> 8 == _FINITE_FIELDS:
            return True
        at += 4 + length
    return False


def _unreadable() -> HelloError:
    return HelloError(
        Alert.DECODE_ERROR,
        "the client sent a ClientHello that cannot be read",
    )
