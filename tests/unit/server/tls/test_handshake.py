"""What a handshake starts with."""

from __future__ import annotations

import ssl
from ipaddress import ip_address

import pytest

from bindctl.model.binding import SslFlags
from bindctl.routing.plan import PortPlan, compile_plan
from bindctl.server.tls.client_hello import Alert, ClientHello, HelloError
from bindctl.server.tls.handshake import (
    Leaf,
    NamedSessions,
    choose_base,
    choose_record,
    make_base_contexts,
    make_context,
)
from tests.unit.bindings.tables import A, site, table

ADDRESS = ip_address("127.0.0.1")
MODERN = ClientHello(offers_tls13=True, takes_tickets=True)
OLD = ClientHello(takes_tickets=True)
SHARED = tuple(make_context() for _each in range(3))


def port_plan() -> PortPlan:
    """One site, found by SNI alone."""
    sites = table(site(1, secure=(":443:a.test",), certificate_hash=A, flags=1))
    return compile_plan(sites, {1}).ports[443]


@pytest.mark.parametrize(
    "hello",
    [
        ClientHello(),
        ClientHello(protocols=(b"http/1.1",)),
        ClientHello(protocols=(b"h2", b"http/1.1")),
        ClientHello(wants_finite_field=True),
        MODERN,
    ],
)
def test_a_record_is_found_for_who_can_use_it(hello: ClientHello) -> None:
    """A client that we could serve would be sent away."""
    record = choose_record(port_plan(), ADDRESS, "a.test", hello)
    assert record.certificate_hash == A


@pytest.mark.parametrize(
    ("name", "hello", "alert", "words"),
    [
        ("b.test", MODERN, Alert.UNRECOGNIZED_NAME, "for b.test"),
        (None, MODERN, Alert.UNRECOGNIZED_NAME, "for no name"),
        (
            "b.test",
            MODERN._replace(protocols=(b"h2",)),
            Alert.UNRECOGNIZED_NAME,
            "for b.test",
        ),
        (
            "a.test",
            MODERN._replace(protocols=(b"h2", b"HTTP/1.1")),
            Alert.NO_APPLICATION_PROTOCOL,
            "none of http/1.1",
        ),
        (
            "a.test",
            MODERN._replace(protocols=()),
            Alert.NO_APPLICATION_PROTOCOL,
            "none of http/1.1",
        ),
        (
            "a.test",
            MODERN._replace(wants_finite_field=True),
            Alert.HANDSHAKE_FAILURE,
            "finite field",
        ),
    ],
)
def test_every_refusal_has_its_alert(
    name: str | None, hello: ClientHello, alert: Alert, words: str
) -> None:
    """A client would be shown another site's certificate, or not know why it failed."""
    with pytest.raises(HelloError, match=words) as caught:
        choose_record(port_plan(), ADDRESS, name, hello)
    assert caught.value.alert is alert


def base(
    hello: ClientHello,
    sessions: NamedSessions,
    *,
    name: str = "a.test",
    leaf: Leaf | None = None,
    flags: SslFlags = SslFlags.SNI,
) -> ssl.SSLContext:
    """The context of a handshake."""
    record = choose_record(port_plan(), ADDRESS, "a.test", OLD)._replace(flags=flags)
    return choose_base(SHARED, sessions, hello, (name, record, leaf or Leaf()))


def test_tls13_resumes_in_every_worker() -> None:
    """Each connection to another worker would be a full handshake."""
    leaf = Leaf()
    for fingerprint in range(7):
        leaf.fingerprint = fingerprint
        for name in ("a.test", "b.test"):
            found = base(MODERN, NamedSessions(), name=name, leaf=leaf)
            assert found is SHARED[fingerprint % 3]


def test_a_session_of_tls12_is_of_one_name_and_one_certificate() -> None:
    """A visitor would resume into a site whose certificate it never saw."""
    sessions, leaf = NamedSessions(), Leaf()
    first = base(OLD, sessions, leaf=leaf)
    assert base(OLD, sessions, leaf=leaf) is first
    assert base(OLD, sessions, leaf=leaf, name="b.test") is not first
    leaf.context = make_context()  # renewed
    assert base(OLD, sessions, leaf=leaf) is not first
    assert first.maximum_version is ssl.TLSVersion.MAXIMUM_SUPPORTED


@pytest.mark.parametrize("hello", [MODERN, OLD])
def test_what_a_record_forbids_is_not_spoken(hello: ClientHello) -> None:
    """Another record of that name may allow it: their sessions must not meet."""
    sessions, leaf = NamedSessions(), Leaf()
    allowed = base(OLD, sessions, leaf=leaf)
    flags = SslFlags.SNI | SslFlags.DISABLE_TLS13
    found = base(hello, sessions, leaf=leaf, flags=flags)
    assert found not in (*SHARED, allowed)
    assert found.maximum_version is ssl.TLSVersion.TLSv1_2
    assert base(hello, sessions, leaf=leaf, flags=flags) is found


def test_sessions_without_tickets_are_not_kept() -> None:
    """They would be held in memory, and found by number under any name."""
    sessions, leaf = NamedSessions(), Leaf()
    first = base(ClientHello(), sessions, leaf=leaf)
    assert base(ClientHello(), sessions, leaf=leaf) is not first
    assert base(OLD, sessions, leaf=leaf) is not first


def test_the_name_least_recently_used_is_forgotten() -> None:
    """A client that asks for ever new names would cost the others their sessions."""
    sessions, leaf = NamedSessions(2), Leaf()

    def find(name: str) -> ssl.SSLContext:
        return sessions.find(name, leaf, forbids_tls13=False)

    first, second = find("a"), find("b")
    assert find("a") is first
    third = find("c")
    assert (find("a"), find("c")) == (first, third)
    assert find("b") is not second


def test_contexts_say_what_they_must() -> None:
    """A downgrade, a renegotiation or a name left unacknowledged: each breaks clients."""
    made = make_base_contexts()
    assert len(set(made)) == len(made) > 1
    for context in made:
        assert context.minimum_version is ssl.TLSVersion.TLSv1_3
        assert context.num_tickets == 1
        assert context.sni_callback is not None
    plain = make_context()
    assert plain.minimum_version is ssl.TLSVersion.TLSv1_2
    assert plain.options & ssl.OP_NO_RENEGOTIATION
    assert base(OLD, NamedSessions()).sni_callback is not None
