"""ClientHellos, made of their parts: what no library would send."""

from __future__ import annotations

from bindctl.server.tls.client_hello import ClientHello, HelloReader, NeedHello

SERVER_NAME, ALPN, SESSION_TICKET, SUPPORTED_VERSIONS = 0, 16, 35, 43
GROUPS, KEY_SHARE = 10, 51
TLS13 = b"\x02\x03\x04"


def read_hello(octets: bytes) -> ClientHello | NeedHello:
    """What a client that has sent those octets, and no others, asks for."""
    return HelloReader().receive(octets)


def vector(width: int, octets: bytes) -> bytes:
    """The octets with their length before them."""
    return len(octets).to_bytes(width) + octets


def extension(kind: int, body: bytes) -> bytes:
    """One extension."""
    return kind.to_bytes(2) + vector(2, body)


def server_name(name: bytes) -> bytes:
    """The extension that carries a host name."""
    return extension(SERVER_NAME, vector(2, b"\x00" + vector(2, name)))


def alpn(*names: bytes) -> bytes:
    """The extension that offers those protocols."""
    offered = b"".join(vector(1, name) for name in names)
    return extension(ALPN, vector(2, offered))


def hello_message(*extensions: bytes) -> bytes:
    """A ClientHello that wants ECDHE-ECDSA or ECDHE-RSA with AES-128-GCM."""
    body = b"\x03\x03" + bytes(32) + b"\x00"
    body += vector(2, b"\xc0\x2b\xc0\x2f\x13\x01") + vector(1, b"\x00")
    return b"\x01" + vector(3, body + vector(2, b"".join(extensions)))


def in_records(message: bytes, size: int = 1 << 14) -> bytes:
    """The message in records of that size."""
    parts = [message[at : at + size] for at in range(0, len(message), size)]
    return b"".join(b"\x16\x03\x01" + vector(2, part) for part in parts)
