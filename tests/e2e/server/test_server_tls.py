"""Which certificate a real TLS client gets, and what happens without one."""

from __future__ import annotations

import os
import ssl
from typing import TYPE_CHECKING, Any

import pytest

from bindctl.model.binding import SslFlags

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.e2e

GET = "GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"


def get(channel: ssl.SSLSocket, service: Any, host: str, target: str = "/") -> bytes:
    """One request."""
    answer: bytes = service.exchange(
        channel, GET.format(host=host, target=target).encode()
    )
    return answer


def names(channel: ssl.SSLSocket) -> set[str]:
    """The DNS names of the certificate the server presented."""
    certificate = channel.getpeercert()
    assert certificate is not None
    alternatives: Any = certificate["subjectAltName"]
    return {value for _kind, value in alternatives}


def sni_sites(service: Any, port: int) -> None:
    """Two sites, each with its own certificate by SNI."""
    for identifier, host in ((1, "a.test"), (2, "b.test")):
        root = service.folder / host
        root.mkdir()
        (root / "index.html").write_text(host)
        service.site(
            identifier,
            https=(f":{port}:{host}",),
            certificate=service.issue(host),
            flags=SslFlags.SNI,
            root=root,
        )


def test_each_name_gets_its_certificate_and_site(service: Any) -> None:
    """Visitors would see a certificate warning, or someone else's site."""
    port = service.free_port()
    sni_sites(service, port)
    service.start()
    for host in ("a.test", "b.test"):
        with service.secure(port, host) as channel:
            assert names(channel) == {host}
            assert channel.version() == "TLSv1.3"
            assert get(channel, service, host).endswith(host.encode())


def test_no_record_refuses_with_unrecognized_name(service: Any) -> None:
    """A client without SNI, or with another name, must not get just any certificate."""
    port = service.free_port()
    sni_sites(service, port)
    service.start()
    for name in (None, "c.test"):
        with pytest.raises(ssl.SSLError, match=r"(?i)unrecognized.name"):
            service.secure(port, name)
    assert "handshake refused: no certificate record" in service.log()


def test_name_that_is_no_name_counts_as_none(service: Any) -> None:
    """A record for every name must answer clients that send odd names."""
    port = service.free_port()
    service.site(1, https=(f":{port}:",), certificate=service.issue("a.test"))
    service.start()
    context = ssl.create_default_context()
    service.authority.configure_trust(context)
    context.check_hostname = False
    raw = service.connect(port)
    with context.wrap_socket(raw, server_hostname="a!b") as channel:
        assert names(channel) == {"a.test"}


def test_concrete_address_hides_sni(service: Any) -> None:
    """http.sys's trap must be reproduced, or a migration would change certificates."""
    port = service.free_port()
    sni_sites(service, port)
    service.site(3, https=(f"127.0.0.2:{port}:",), certificate=service.issue("ip.test"))
    service.listen = ["127.0.0.1", "127.0.0.2"]
    service.start()
    with service.secure(port, "a.test") as channel:
        assert names(channel) == {"a.test"}
    with service.secure(port, "ip.test", "127.0.0.2") as channel:
        assert names(channel) == {"ip.test"}
    with pytest.raises(ssl.SSLCertVerificationError):
        service.secure(port, "a.test", "127.0.0.2")


def test_plain_http_is_told_so_in_clear(service: Any) -> None:
    """A mistyped scheme would end in an unexplained reset."""
    port = service.free_port()
    sni_sites(service, port)
    service.start()
    answer = service.get(port, "a.test")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"Plain HTTP was sent to a port that speaks HTTPS" in answer


def test_tls_to_a_plain_port_is_refused_at_once(service: Any) -> None:
    """A client sent to https:// on an HTTP port would wait for its own timeout."""
    port = service.free_port()
    service.site(1, http=(f":{port}:",))
    service.start()
    with pytest.raises(ssl.SSLError, match=r"(?i)wrong.version.number"):
        service.secure(port, "a.test")
    with service.connect(port) as channel:
        channel.sendall(b"\x16")
        answer = service.read_all(channel)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"TLS was sent where plain HTTP is spoken" in answer
    assert service.get(port, "a.test").endswith(b"home")


def test_tls_garbage_closes_and_serving_goes_on(service: Any) -> None:
    """One scanner could take the port down."""
    port = service.free_port()
    sni_sites(service, port)
    service.start()
    with service.connect(port) as channel:
        channel.sendall(b"\x16\x03\x01\x00\x05hello")
        service.read_all(channel)
    with service.connect(port):
        pass
    with service.secure(port, "a.test") as channel:
        assert get(channel, service, "a.test").endswith(b"a.test")


def test_handshake_cut_anywhere_succeeds(service: Any) -> None:
    """Slow links deliver a ClientHello in pieces."""
    port = service.free_port()
    sni_sites(service, port)
    service.start()
    with service.connect(port) as channel:
        client, incoming, outgoing = service.secure_slowly(channel, "a.test")
        client.write(GET.format(host="a.test", target="/").encode())
        channel.sendall(outgoing.read())
        incoming.write(service.read_all(channel))
        answer = b""
        while not answer.endswith(b"\r\n\r\na.test"):
            answer += client.read(65536)


def test_large_file_over_tls(service: Any) -> None:
    """Downloads over HTTPS would be cut or damaged."""
    port = service.free_port()
    sni_sites(service, port)
    octets = os.urandom(5 << 20)
    (service.folder / "a.test" / "big.bin").write_bytes(octets)
    service.start()
    with service.secure(port, "a.test") as channel:
        answer = get(channel, service, "a.test", "/big.bin")
    assert answer.partition(b"\r\n\r\n")[2] == octets


def test_replaced_certificate_file_is_picked_up(
    service: Any, waiting: Callable[..., Any]
) -> None:
    """A renewal that keeps the name of the file would need a restart."""
    port = service.free_port()
    sni_sites(service, port)
    service.start()
    with service.secure(port, "a.test") as channel:
        assert names(channel) == {"a.test"}
    old = service.sites[1][0].certificate_hash
    new = service.issue("a.test", "more.test")
    for suffix in ("pem", "key"):
        (service.store / f"{new}.{suffix}").replace(service.store / f"{old}.{suffix}")

    def is_new() -> bool:
        with service.secure(port, "a.test") as channel:
            return names(channel) == {"a.test", "more.test"}

    waiting(is_new, "the new certificate")


def test_unusable_certificate_refuses_and_says_so(service: Any) -> None:
    """Another site's certificate in its place would be a silent exposure."""
    port = service.free_port()
    sni_sites(service, port)
    (service.store / f"{service.sites[1][0].certificate_hash}.key").write_text("x")
    service.start()
    with pytest.raises(ssl.SSLError, match=r"(?i)handshake.failure"):
        service.secure(port, "a.test")
    assert "cannot be used" in service.log()
    with service.secure(port, "b.test") as channel:
        assert get(channel, service, "b.test").endswith(b"b.test")


def test_host_of_another_certificate(service: Any) -> None:
    """IIS serves it; 421 only where the site asks for it."""
    port = service.free_port()
    sni_sites(service, port)
    service.start()
    with service.secure(port, "a.test") as channel:
        assert get(channel, service, "b.test").endswith(b"b.test")
    row, content = service.sites[2]
    root = content.directories[0].physical_path
    service.site(
        2,
        https=(f":{port}:b.test",),
        certificate=row.certificate_hash,
        flags=SslFlags.SNI,
        root=root,
        misdirected_request=True,
    )
    service.reset()
    with service.secure(port, "a.test") as channel:
        assert get(channel, service, "b.test").startswith(b"HTTP/1.1 421 ")
    with service.secure(port, "b.test") as channel:
        assert get(channel, service, "b.test").endswith(b"b.test")


def test_old_protocol_versions_are_refused(service: Any) -> None:
    """TLS 1.0 and 1.1 are forbidden (RFC 8996)."""
    port = service.free_port()
    sni_sites(service, port)
    service.start()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="deprecated"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with service.connect(port) as raw, pytest.raises((ssl.SSLError, OSError)):
        context.wrap_socket(raw, server_hostname="a.test")
