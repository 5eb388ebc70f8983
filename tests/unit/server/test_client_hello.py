"""The server name in a ClientHello, before OpenSSL sees it."""

from __future__ import annotations

import ssl

import pytest

from bindctl.server.client_hello import (
    MAX_HELLO_OCTETS,
    NEED_HELLO,
    find_server_name,
)


def hello(server_name: str | None) -> bytes:
    """What a client of OpenSSL sends first."""
    context = ssl.create_default_context()
    context.check_hostname = False
    outgoing = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=server_name)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


def in_records(message: bytes, size: int) -> bytes:
    """The same message in records of that size."""
    parts = [message[at : at + size] for at in range(0, len(message), size)]
    return b"".join(b"\x16\x03\x01" + len(part).to_bytes(2) + part for part in parts)


@pytest.mark.parametrize("name", [None, "a.example", "x" * 60 + ".example"])
def test_the_name_is_found(name: str | None) -> None:
    """A record that forbids TLS 1.3 would not be honoured."""
    assert find_server_name(hello(name)) == name


def test_every_beginning_asks_for_more() -> None:
    """A ClientHello cut by the network would be taken for one without a name."""
    octets = hello("a.example")
    for end in range(len(octets)):
        assert find_server_name(octets[:end]) is NEED_HELLO
    assert find_server_name(octets + b"more") == "a.example"


def test_a_message_may_be_spread_over_records() -> None:
    """RFC 8446 section 5.1 allows it, and large key shares make it common."""
    octets = hello("a.example")
    assert find_server_name(in_records(octets[5:], 7)) == "a.example"


@pytest.mark.parametrize(
    "octets",
    [
        b"\x16\x03\x01\x00\x05hello",
        b"\x16\x03\x01\x00\x04\x01\x00\x00\x00",
        b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00",
        b"\x16\x03\x01\x00\x01\x01\x15\x03\x01\x00\x02\x01\x00",
        b"\x16\x03\x01\x00\x00" * 2 + b"\x17\x03\x03\x00\x00",
    ],
)
def test_what_is_none_has_no_name(octets: bytes) -> None:
    """OpenSSL refuses it; nobody may wait for more of it."""
    assert find_server_name(octets) is None


def test_nobody_is_waited_for_without_end() -> None:
    """A client could make a worker hold, and search, octets for ever."""
    head = b"\x16\x03\x01\xff\xff\x01\xff\xff\xff"
    assert find_server_name(head) is NEED_HELLO
    assert find_server_name(head + bytes(MAX_HELLO_OCTETS)) is None
