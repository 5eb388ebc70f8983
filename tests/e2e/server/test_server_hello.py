"""What becomes of ClientHellos that no honest client sends, or few."""

from __future__ import annotations

import ssl
from typing import Any

import pytest

from bindctl.model.binding import SslFlags
from bindctl.server.tls.client_hello import Alert
from tests.client_hellos import (
    GROUPS,
    KEY_SHARE,
    SUPPORTED_VERSIONS,
    TLS13,
    extension,
    hello_message,
    in_records,
    server_name,
    vector,
)
from tests.e2e.server.test_server_sessions import client_of
from tests.e2e.server.test_server_tls import get, sni_sites

pytestmark = pytest.mark.e2e

OLD_PARTS = (  # of a client of TLS 1.2
    extension(10, vector(2, b"\x00\x1d\x00\x17")),  # supported_groups
    extension(13, vector(2, b"\x04\x03\x08\x04")),  # signature_algorithms
    extension(0xFF01, b"\x00"),  # renegotiation_info
)


def alert_for(service: Any, port: int, octets: bytes) -> bytes:
    """What is answered to those octets until the connection ends."""
    with service.connect(port) as channel:
        answer: bytes = service.exchange(channel, octets)
        return answer


def test_a_name_beyond_ascii_is_refused_and_told_once(service: Any) -> None:
    """Anybody could fill the disk: a traceback for each handshake."""
    port = service.free_port()
    service.site(1, https=(f":{port}:",), certificate=service.issue("a.test"))
    service.start()
    for number in range(30):
        name = b"\xc3\xa4%d.test" % number
        octets = in_records(hello_message(server_name(name)))
        assert alert_for(service, port, octets) == Alert.UNRECOGNIZED_NAME.record
    log = service.log()
    assert "Traceback" not in log
    assert "Exception ignored" not in log
    assert log.count("\n") == 1
    assert "a server name that is not ASCII" in log


def test_a_second_hello_with_an_odd_name_does_no_more(service: Any) -> None:
    """The first is read here, the second by OpenSSL alone."""
    port = service.free_port()
    service.site(1, https=(f":{port}:",), certificate=service.issue("a.test"))
    service.start()
    parts = (extension(SUPPORTED_VERSIONS, TLS13), *OLD_PARTS[:2])
    first = hello_message(*parts, extension(51, b"\x00\x00"))  # no key share
    share = extension(51, vector(2, b"\x00\x1d" + vector(2, bytes([9]) + bytes(31))))
    second = hello_message(*parts, share, server_name(b"\xff"))
    for _each in range(5):
        with service.connect(port) as channel:
            channel.sendall(in_records(first))
            retry = channel.recv(65536)
            assert retry[:1] == b"\x16"
            service.exchange(channel, in_records(second))
    assert service.log().count("Traceback") <= 1
    with service.secure(port, "a.test") as channel:
        assert get(channel, service, "a.test").endswith(b"home")


def test_the_name_is_acknowledged(service: Any) -> None:
    """RFC 6066 section 3: a server that uses it includes the extension."""
    port = service.free_port()
    sni_sites(service, port)
    service.start()
    hello = in_records(hello_message(*OLD_PARTS, server_name(b"a.test")))
    with service.connect(port) as channel:
        channel.sendall(hello)
        answer = channel.recv(65536)
    assert b"\xff\x01\x00\x01\x00\x00\x00\x00\x00" in answer


@pytest.mark.parametrize("flags", [SslFlags.SNI, SslFlags.SNI | SslFlags.DISABLE_TLS13])
def test_a_version_that_somebody_took_away_is_marked(
    service: Any, flags: SslFlags
) -> None:
    """RFC 8446 section 4.1.3: a client that did offer TLS 1.3 would not notice."""
    port = service.free_port()
    certificate = service.issue("a.test")
    service.site(1, https=(f":{port}:a.test",), certificate=certificate, flags=flags)
    service.start()
    hello = in_records(hello_message(*OLD_PARTS, server_name(b"a.test")))
    with service.connect(port) as channel:
        channel.sendall(hello)
        answer = channel.recv(65536)
    assert answer[:1] == b"\x16"
    assert (b"DOWNGRD\x01" in answer) == (flags is SslFlags.SNI)


def test_empty_records_end_the_connection(service: Any) -> None:
    """Five octets at a time would keep a worker busy until the handshake's deadline."""
    port = service.free_port()
    sni_sites(service, port)
    service.start()
    answer = alert_for(service, port, b"\x16\x03\x01\x00\x00")
    assert answer == Alert.UNEXPECTED_MESSAGE.record


def test_protocols_without_ours_are_refused(service: Any) -> None:
    """RFC 7301 section 3.2: a client that speaks h2 alone would be sent HTTP/1.1."""
    port = service.free_port()
    sni_sites(service, port)
    service.start()
    for offered in (["h2"], ["acme-tls/1", "http/1.0"]):
        context = client_of(service, ssl.TLSVersion.TLSv1_3)
        context.set_alpn_protocols(offered)
        with (
            service.connect(port) as raw,
            pytest.raises(ssl.SSLError, match=r"(?i)no.application.protocol"),
        ):
            context.wrap_socket(raw, server_hostname="a.test")
    context.set_alpn_protocols(["h2", "http/1.1"])
    with context.wrap_socket(service.connect(port), server_hostname="a.test") as both:
        assert both.selected_alpn_protocol() == "http/1.1"
    with service.secure(port, "a.test") as channel:
        assert channel.selected_alpn_protocol() is None


@pytest.mark.parametrize("groups", [b"\x01\x04", b"\x01\x04\x00\x1d"])
def test_no_finite_field_is_computed_with(service: Any, groups: bytes) -> None:
    """A handshake over 8192 bits takes the worker as long as a hundred others."""
    port = service.free_port()
    sni_sites(service, port)
    service.start()
    key = b"\x01\x04" + vector(2, b"\x7f" * 1024)
    parts = (
        server_name(b"a.test"),
        extension(GROUPS, vector(2, groups)),
        *OLD_PARTS[1:],
        extension(SUPPORTED_VERSIONS, TLS13),
        extension(KEY_SHARE, vector(2, key)),
    )
    octets = in_records(hello_message(*parts))
    assert alert_for(service, port, octets) == Alert.HANDSHAKE_FAILURE.record
    with service.secure(port, "a.test") as channel:
        assert get(channel, service, "a.test").startswith(b"HTTP/1.1 200 ")


def test_requests_in_thousands_of_records_are_all_answered(service: Any) -> None:
    """They are read a few at a time: none may be left behind when no more comes."""
    port = service.free_port()
    sni_sites(service, port)
    service.start()
    count = 1000
    context = client_of(service, ssl.TLSVersion.TLSv1_3)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(incoming, outgoing, server_hostname="a.test")
    with service.connect(port) as raw:
        while True:
            try:
                client.do_handshake()
                break
            except ssl.SSLWantReadError:
                raw.sendall(outgoing.read())
                incoming.write(raw.recv(65536))
        for _each in range(count):
            client.write(b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")
        raw.sendall(outgoing.read())
        answers = b""
        while answers.count(b"HTTP/1.1 200 ") < count:
            try:
                answers += client.read(65536)
            except ssl.SSLWantReadError:
                received = raw.recv(65536)
                assert received
                incoming.write(received)
