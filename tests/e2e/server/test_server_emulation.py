"""Older versions of IIS, and bits of SslFlags, as real TLS clients meet them."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING, Any

import pytest

from bindctl.bindings.lowering import parse_record_key
from bindctl.model.binding import EmulatedVersion, SslFlags
from bindctl.model.certificate import SslRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.e2e

DEADLINE_S = 20.0


def shown(service: Any, port: int, name: str | None, address: str = "127.0.0.1") -> str:
    """The first DNS name of the certificate a client is shown."""
    context = ssl.create_default_context()
    service.authority.configure_trust(context)
    context.check_hostname = False  # whose it is, is the question
    with (
        service.connect(port, address) as raw,
        context.wrap_socket(raw, server_hostname=name) as channel,
    ):
        alternatives: Any = channel.getpeercert()["subjectAltName"]
        first: str = alternatives[0][1]
        return first


def two_names(service: Any, port: int, flags: SslFlags = SslFlags.SNI) -> None:
    """Two sites on one port, each with a certificate and flags of its own."""
    for identifier, host in ((1, "a.test"), (2, "b.test")):
        certificate = service.issue(host)
        binding = f":{port}:{host}"
        more = flags if identifier == 1 else SslFlags.SNI
        service.site(identifier, https=(binding,), certificate=certificate, flags=more)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (EmulatedVersion.IIS6, "a.test"),
        (EmulatedVersion.IIS7, "a.test"),
        (EmulatedVersion.IIS8, "b.test"),
        (EmulatedVersion.IIS10, "b.test"),
    ],
)
def test_versions_without_sni_have_one_certificate_a_port(
    service: Any, version: EmulatedVersion, expected: str
) -> None:
    """A rehearsal would promise a certificate that the old server never shows."""
    port = service.free_port()
    two_names(service, port)
    service.service_properties["emulated_version"] = version
    service.start()
    assert shown(service, port, "a.test") == "a.test"
    assert shown(service, port, "b.test") == expected
    if not version.has_sni:
        assert shown(service, port, None) == "a.test"


def test_what_a_version_does_not_know_does_not_start(service: Any) -> None:
    """The old server refuses the site; one that runs here proves nothing."""
    port, other = service.free_port(), service.free_port()
    service.site(1, http=(f":{port}:*.a.test",))
    service.site(2, http=(f"[::1]:{other}:",))
    service.site(3, http=(f":{port}:b.test",))
    service.service_properties["emulated_version"] = EmulatedVersion.IIS6
    service.start()
    states = service.states().splitlines()
    assert states == ["1 4 87", "2 4 87", "3 2 0"]
    details = [site["detail"] for site in service.control("status")["sites"]]
    assert details[0] == 'IIS 6 knows no host like "*.a.test"'
    assert details[1] == "IIS 6 knows no IPv6 address"


def test_a_wildcard_host_stands_for_as_many_labels_as_asked(service: Any) -> None:
    """`WildcardHostDepth` would be stored and change nothing."""
    port = service.free_port()
    service.site(1, http=(f":{port}:*.a.test",))
    service.start()
    assert service.get(port, "x.a.test").startswith(b"HTTP/1.1 200 ")
    assert service.get(port, "y.x.a.test").startswith(b"HTTP/1.1 400 ")
    service.service_properties["wildcard_depth"] = 0
    service.reset()
    assert service.get(port, "y.x.a.test").startswith(b"HTTP/1.1 200 ")


def test_every_ipv6_address_can_have_a_record_of_its_own(service: Any) -> None:
    """http.sys looks at ``[::]:port`` before ``0.0.0.0:port``, on IPv6 alone."""
    port = service.free_port()
    four, six = service.issue("four.test"), service.issue("six.test")
    service.site(1, https=(f":{port}:",))
    service.service_properties["records"] = tuple(
        SslRecord(parse_record_key(f"{address}:{port}"), certificate, "MY", None)
        for address, certificate in (("0.0.0.0", four), ("[::]", six))  # noqa: S104 - a key
    )
    service.listen = ["127.0.0.1", "::1"]
    service.start()
    assert shown(service, port, "x.test", "127.0.0.1") == "four.test"
    assert shown(service, port, "x.test", "::1") == "six.test"


@pytest.fixture
def without_tls13(service: Any) -> Iterator[int]:
    """A port where a.test forbids TLS 1.3 and b.test does not."""
    port = service.free_port()
    two_names(service, port, SslFlags.SNI | SslFlags.DISABLE_TLS13)
    service.start()
    return port


def agreed(service: Any, port: int, name: str, lowest: ssl.TLSVersion) -> str | None:
    """The version that a client, which takes `lowest` at least, ends up with."""
    context = ssl.create_default_context()
    service.authority.configure_trust(context)
    context.minimum_version = lowest
    with (
        service.connect(port) as raw,
        context.wrap_socket(raw, server_hostname=name) as channel,
    ):
        return channel.version()


def test_a_record_can_forbid_tls13(service: Any, without_tls13: int) -> None:
    """The bit 32 would be stored, shown and without effect."""
    port, lowest = without_tls13, ssl.TLSVersion.TLSv1_2
    assert agreed(service, port, "a.test", lowest) == "TLSv1.2"
    assert agreed(service, port, "b.test", lowest) == "TLSv1.3"
    assert agreed(service, port, "b.test", ssl.TLSVersion.TLSv1_3) == "TLSv1.3"
    with pytest.raises(ssl.SSLError, match=r"(?i)protocol.version"):
        agreed(service, port, "a.test", ssl.TLSVersion.TLSv1_3)


def test_a_client_hello_in_pieces_is_waited_for(
    service: Any, without_tls13: int
) -> None:
    """On a slow link the name comes late: TLS 1.3 would be spoken meanwhile."""
    with service.connect(without_tls13) as channel:
        client, _incoming, _outgoing = service.secure_slowly(channel, "a.test")
        assert client.version() == "TLSv1.2"


def test_garbage_in_place_of_a_client_hello_ends_that_connection_alone(
    service: Any, without_tls13: int
) -> None:
    """Looking ahead must not open a way to hold or to end a worker."""
    for octets in (
        b"\x16\x03\x01\x00\x05hello",
        b"\x16\x03\x01\xff\xff" + b"\0" * 70000,
    ):
        with service.connect(without_tls13) as channel:
            channel.sendall(octets)
            channel.shutdown(socket.SHUT_WR)
            try:
                service.read_all(channel)
            except ConnectionResetError:
                continue
    lowest = ssl.TLSVersion.TLSv1_2
    assert agreed(service, without_tls13, "a.test", lowest) == "TLSv1.2"


def test_versions_before_the_bit_do_not_look_at_it(service: Any) -> None:
    """IIS 8 knows no 32 in sslFlags: it would be a setting without effect there."""
    port = service.free_port()
    two_names(service, port, SslFlags.SNI | SslFlags.DISABLE_TLS13)
    service.service_properties["emulated_version"] = EmulatedVersion.IIS8
    service.start()
    assert agreed(service, port, "a.test", ssl.TLSVersion.TLSv1_3) == "TLSv1.3"
