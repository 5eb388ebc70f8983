"""The ClientHello, read before OpenSSL sees it."""

from __future__ import annotations

import ssl

import pytest

from bindctl.server.tls.client_hello import (
    MAX_HELLO_OCTETS,
    NEED_HELLO,
    Alert,
    ClientHello,
    HelloError,
    HelloReader,
)
from tests.client_hellos import (
    ALPN,
    GROUPS,
    KEY_SHARE,
    SERVER_NAME,
    SESSION_TICKET,
    SUPPORTED_VERSIONS,
    TLS13,
    alpn,
    extension,
    hello_message,
    in_records,
    read_hello,
    server_name,
    vector,
)


def hello(name: str | None, *protocols: str) -> bytes:
    """What a client of OpenSSL sends first."""
    context = ssl.create_default_context()
    context.check_hostname = False
    if protocols:
        context.set_alpn_protocols(protocols)
    outgoing = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


@pytest.mark.parametrize("name", [None, "a.example", "x" * 60 + ".example"])
def test_what_a_client_asks_for_is_found(name: str | None) -> None:
    """It would be shown another's certificate."""
    assert read_hello(hello(name)) == ClientHello(name, None, True, True)


def test_protocols_are_found_in_order() -> None:
    """A client that speaks nothing of ours would not be told."""
    found = read_hello(hello("a.example", "h2", "http/1.1"))
    assert isinstance(found, ClientHello)
    assert found.protocols == (b"h2", b"http/1.1")


def test_an_old_hello_without_extensions_asks_for_nothing() -> None:
    """RFC 5246 section 7.4.1.2 lets them be absent."""
    message = hello_message()
    bare = b"\x01" + vector(3, message[4:-2])
    assert read_hello(in_records(bare)) == ClientHello()
    assert read_hello(in_records(message)) == ClientHello()


def test_versions_are_read_in_pairs() -> None:
    """A pair that only looks like TLS 1.3 across two others would be taken for it."""
    across = extension(SUPPORTED_VERSIONS, b"\x04\x03\x03\x04\x02")
    beside = extension(SUPPORTED_VERSIONS, b"\x04\x03\x03\x03\x04")
    assert read_hello(in_records(hello_message(across))) == ClientHello()
    assert read_hello(in_records(hello_message(beside))) == ClientHello(
        offers_tls13=True
    )


@pytest.mark.parametrize(
    ("groups", "shares", "wants"),
    [
        ("001d 0017 0100 0104", "001d", False),  # Firefox, curl
        ("0a0a 11ec 001d 0104", "0a0a 11ec 001d", False),  # GREASE (RFC 8701)
        ("001d 0104", "", False),
        ("0104", "", True),  # a HelloRetryRequest would ask for it
        ("0a0a 0013 0100 001d", "", True),
        ("001d 0104", "0104", True),
        ("001d 0104", "001d 0104", True),
        ("0104 001d", "001d", True),
        ("", "", False),
    ],
)
def test_a_finite_field_is_told(groups: str, shares: str, *, wants: bool) -> None:
    """OpenSSL would compute with 8192 bits for whoever asks for it."""
    keys = b"".join(
        bytes.fromhex(group) + vector(2, bytes(33)) for group in shares.split()
    )
    found = read_hello(
        in_records(
            hello_message(
                extension(GROUPS, vector(2, bytes.fromhex(groups))),
                extension(KEY_SHARE, vector(2, keys)),
            )
        )
    )
    assert found == ClientHello(wants_finite_field=wants)


def test_every_beginning_asks_for_more() -> None:
    """A ClientHello cut by the network would be taken for one without a name."""
    octets = hello("a.example")
    whole = read_hello(octets)
    reader = HelloReader()
    for end in range(len(octets)):
        assert read_hello(octets[:end]) is NEED_HELLO
        assert (reader.receive(octets[end : end + 1]) is NEED_HELLO) == (
            end + 1 < len(octets)
        )
    assert read_hello(octets + b"more") == whole


def test_a_message_may_be_spread_over_records() -> None:
    """RFC 8446 section 5.1 allows it, and large key shares make it common."""
    octets = hello("a.example")
    spread = in_records(octets[5:], 7)
    assert read_hello(spread) == read_hello(octets)
    change_cipher_spec = b"\x14\x03\x03\x00\x01\x01"  # browsers send it at once
    assert read_hello(spread + change_cipher_spec) == read_hello(octets)


@pytest.mark.parametrize("step", [-1, 1])
def test_extensions_end_where_the_message_does(step: int) -> None:
    """What stands behind them would be read here and not by OpenSSL, or the reverse."""
    body = hello_message(server_name(b"a.example"))[4:]
    at = 34 + 1 + 8 + 2  # the length of all extensions
    length = int.from_bytes(body[at : at + 2]) + step
    message = b"\x01" + vector(3, body[:at] + length.to_bytes(2) + body[at + 2 :])
    with pytest.raises(HelloError) as caught:
        read_hello(in_records(message))
    assert caught.value.alert is Alert.DECODE_ERROR


@pytest.mark.parametrize(
    ("octets", "alert"),
    [
        (b"\x16\x03\x01\x00\x05hello", Alert.UNEXPECTED_MESSAGE),
        (b"\x16\x03\x01\x00\x04\x01\x00\x00\x00", Alert.DECODE_ERROR),
        (b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", Alert.DECODE_ERROR),
        (b"\x16\x03\x01\x00\x01\x01\x15\x03\x01\x00\x02", Alert.UNEXPECTED_MESSAGE),
        (b"\x16\x03\x01\x00\x00", Alert.UNEXPECTED_MESSAGE),
        (b"\x16\x03\x01\x40\x01", Alert.RECORD_OVERFLOW),
        (b"\x16\x03\x01\x00\x04\x01\xff\xff\xff", Alert.ILLEGAL_PARAMETER),
    ],
)
def test_what_is_none_is_refused_at_once(octets: bytes, alert: Alert) -> None:
    """Nobody may wait for more of it."""
    with pytest.raises(HelloError) as caught:
        read_hello(octets)
    assert caught.value.alert is alert


@pytest.mark.parametrize(
    ("part", "alert"),
    [
        (server_name(b"a\xff.example"), Alert.UNRECOGNIZED_NAME),
        (extension(SERVER_NAME, b""), Alert.DECODE_ERROR),
        (extension(SERVER_NAME, b"\x00\x04\x00\x00\x02a"), Alert.DECODE_ERROR),
        (extension(SERVER_NAME, b"\x00\x04\x01\x00\x01a"), Alert.DECODE_ERROR),
        (extension(ALPN, b""), Alert.DECODE_ERROR),
        (extension(ALPN, b"\x00\x03\x02h2h2"), Alert.DECODE_ERROR),
        (extension(ALPN, b"\x00\x02\x02h"), Alert.DECODE_ERROR),
        (alpn(b""), Alert.DECODE_ERROR),
        (b"\x00\x00\x00\x09a", Alert.DECODE_ERROR),
        (b"\x00\x00\x00", Alert.DECODE_ERROR),
    ],
)
def test_a_field_that_cannot_be_read_is_refused(part: bytes, alert: Alert) -> None:
    """OpenSSL and this would read two names out of one ClientHello."""
    with pytest.raises(HelloError) as caught:
        read_hello(in_records(hello_message(part)))
    assert caught.value.alert is alert


def test_nobody_is_waited_for_without_end() -> None:
    """A client could make a worker hold, and search, octets for ever."""
    reader = HelloReader()
    record = b"\x16\x03\x01" + vector(2, bytes(1 << 12))
    head = b"\x16\x03\x01" + vector(2, b"\x01" + MAX_HELLO_OCTETS.to_bytes(3))
    assert reader.receive(head) is NEED_HELLO
    for _each in range(MAX_HELLO_OCTETS // (1 << 12) - 1):
        assert reader.receive(record) is NEED_HELLO
    with pytest.raises(HelloError):
        reader.receive(record)


def test_all_parts_are_told_apart() -> None:
    """A client without tickets would get a session that is held in memory."""
    parts = [
        extension(23, b""),
        server_name(b"a.example"),
        extension(SUPPORTED_VERSIONS, TLS13),
    ]
    octets = in_records(hello_message(*parts))
    assert read_hello(octets) == ClientHello("a.example", None, True, False)
    octets = in_records(hello_message(*parts, extension(SESSION_TICKET, b"x")))
    assert read_hello(octets) == ClientHello("a.example", None, True, True)


def test_alerts_have_the_numbers_of_the_standard() -> None:
    """A client would show another reason than the one there is."""
    known = {item.name: item.value for item in ssl.AlertDescription}
    known["ALERT_DESCRIPTION_NO_APPLICATION_PROTOCOL"] = 120  # RFC 7301 §3.2
    for alert in Alert:
        assert known[f"ALERT_DESCRIPTION_{alert.name}"] == alert


def test_an_alert_is_sent_in_clear_as_fatal() -> None:
    """The client would wait, or show a reset connection."""
    assert Alert.UNRECOGNIZED_NAME.record == b"\x15\x03\x03\x00\x02\x02\x70"
