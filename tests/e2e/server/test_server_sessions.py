"""Which sessions real clients resume, and what they are told then."""

from __future__ import annotations

import ssl
import subprocess
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from bindctl.model.binding import SslFlags
from tests.e2e.server.test_server_tls import get, sni_sites

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.e2e


def reconnect(
    service: Any,
    port: int,
    name: str | None,
    context: ssl.SSLContext,
    session: Any = None,
) -> tuple[bool, Any, bytes]:
    """Whether a connection is resumed, its session, and the answer for a.test."""
    raw = service.connect(port)
    with context.wrap_socket(raw, server_hostname=name, session=session) as channel:
        answer = get(channel, service, "a.test")
        return bool(channel.session_reused), channel.session, answer


def client_of(service: Any, version: ssl.TLSVersion) -> ssl.SSLContext:
    """A client of one version, which does not look whose certificate it is shown."""
    context = ssl.create_default_context()
    service.authority.configure_trust(context)
    context.check_hostname = False
    context.minimum_version = context.maximum_version = version
    return context


@pytest.mark.parametrize(
    ("version", "workers"), [(ssl.TLSVersion.TLSv1_2, 1), (ssl.TLSVersion.TLSv1_3, 2)]
)
def test_sessions_are_resumed(
    service: Any, version: ssl.TLSVersion, workers: int
) -> None:
    """Every connection would pay for a full handshake; of TLS 1.3 all workers resume."""
    port = service.free_port()
    sni_sites(service, port)
    service.workers = workers
    service.start()
    context = client_of(service, version)
    session = None
    reused = []
    for _connection in range(6):
        is_reused, session, _answer = reconnect(
            service, port, "a.test", context, session
        )
        reused.append(is_reused)
    assert reused == [False, True, True, True, True, True]


def one_certificate(service: Any, port: int) -> str:
    """Two sites that ask for 421, with one certificate, and another for c.test."""
    shared: str = service.issue("a.test", "b.test")
    for identifier, host, certificate in (
        (1, "a.test", shared),
        (2, "b.test", shared),
        (3, "c.test", service.issue("c.test")),
    ):
        service.site(
            identifier,
            https=(f":{port}:{host}",),
            certificate=certificate,
            flags=SslFlags.SNI,
            misdirected_request=True,
        )
    service.site(4, https=(f":{port}:",), certificate=service.issue("none.test"))
    return shared


@pytest.mark.parametrize("other", ["b.test", "c.test", None])
def test_a_session_of_tls12_is_not_resumed_under_another_name(
    service: Any, other: str | None
) -> None:
    """RFC 6066 section 3 forbids it, with one certificate or with two."""
    port = service.free_port()
    one_certificate(service, port)
    service.start()
    context = client_of(service, ssl.TLSVersion.TLSv1_2)
    _reused, session, _answer = reconnect(service, port, "a.test", context)
    assert reconnect(service, port, other, context, session)[0] is False
    assert reconnect(service, port, "a.test", context, session)[0] is True
    _reused, session, _answer = reconnect(service, port, other, context)
    assert reconnect(service, port, "a.test", context, session)[0] is False


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_the_name_of_this_connection_decides_not_the_sessions(
    service: Any, version: ssl.TLSVersion
) -> None:
    """The wrong clients would get 421, and the right ones would not."""
    port = service.free_port()
    one_certificate(service, port)
    service.start()
    context = client_of(service, version)
    _reused, session, answer = reconnect(service, port, "c.test", context)
    assert answer.startswith(b"HTTP/1.1 421 ")
    _reused, session, answer = reconnect(service, port, "b.test", context, session)
    assert answer.startswith(b"HTTP/1.1 200 ")
    _reused, session, answer = reconnect(service, port, "c.test", context, session)
    assert answer.startswith(b"HTTP/1.1 421 ")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_session_ends_with_its_certificate(
    service: Any, version: ssl.TLSVersion
) -> None:
    """Clients that come again and again would never see the new one."""
    port = service.free_port()
    old = one_certificate(service, port)
    service.start()
    context = client_of(service, version)
    _reused, session, _answer = reconnect(service, port, "a.test", context)
    old_keys = zlib.crc32((service.store / f"{old}.pem").read_bytes())
    new = service.issue("a.test")
    while not (zlib.crc32((service.store / f"{new}.pem").read_bytes()) - old_keys) % 32:
        new = service.issue("a.test")  # of TLS 1.3, one in 32 shares the keys
    service.site(1, https=(f":{port}:a.test",), certificate=new, flags=SslFlags.SNI)
    service.reset()
    is_reused, session, _answer = reconnect(service, port, "a.test", context, session)
    assert not is_reused
    assert reconnect(service, port, "a.test", context, session)[0] is True


def test_a_session_held_by_number_is_not_resumed(service: Any) -> None:
    """A client of TLS 1.2 without tickets could fill the memory, or change its name."""
    port = service.free_port()
    one_certificate(service, port)
    service.start()
    context = client_of(service, ssl.TLSVersion.TLSv1_2)
    context.options |= ssl.OP_NO_TICKET
    _reused, session, _answer = reconnect(service, port, "a.test", context)
    assert reconnect(service, port, "b.test", context, session)[0] is False
    assert reconnect(service, port, "a.test", context, session)[0] is False


@pytest.mark.engine
@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_openssl_resumes_under_the_same_name(
    service: Any, program: Callable[[str], str], version: str
) -> None:
    """What a client of Python's does says little of others."""
    port = service.free_port()
    one_certificate(service, port)
    service.start()
    openssl = program("openssl")
    kept = str(service.folder / "session")

    def run(name: str, *more: str) -> str:
        return subprocess.run(
            [
                *(openssl, "s_client", "-connect", f"127.0.0.1:{port}", version),
                *("-servername", name, "-ign_eof", *more),
            ],
            input="GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n",
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        ).stdout

    assert "\nNew, TLSv1" in run("a.test", "-sess_out", kept)
    assert "\nReused, TLSv1" in run("a.test", "-sess_in", kept)
    if version == "-tls1_2":
        assert "\nNew, TLSv1" in run("b.test", "-sess_in", kept)
