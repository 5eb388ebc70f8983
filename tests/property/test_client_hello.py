"""Law: any octets give a name, none, or a wish for more, and never an exception."""

from __future__ import annotations

import ssl
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from bindctl.server.client_hello import NEED_HELLO, find_server_name


@cache
def _hello(name: str) -> bytes:
    context = ssl.create_default_context()
    outgoing = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name)
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        return outgoing.read()
    message = "a client waits for its server"
    raise AssertionError(message)


@given(st.binary(max_size=300))
def test_any_octets_are_borne(octets: bytes) -> None:
    """A scanner's octets would end a worker."""
    for text in (octets, b"\x16\x03\x01" + len(octets).to_bytes(2) + octets):
        found = find_server_name(text)
        assert found is None or found is NEED_HELLO or isinstance(found, str)


@given(st.data())
def test_a_damaged_hello_is_borne(data: st.DataObject) -> None:
    """Every field may be longer than what is left."""
    octets = bytearray(_hello("a.example"))
    place = data.draw(st.integers(0, len(octets) - 1))
    octets[place] = data.draw(st.integers(0, 255))
    found = find_server_name(bytes(octets))
    assert found is None or found is NEED_HELLO or isinstance(found, str)


_LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)


@given(st.lists(_LABELS, min_size=1, max_size=5).map(".".join), st.data())
def test_openssl_and_this_read_the_same_name(name: str, data: st.DataObject) -> None:
    """Two readings of one ClientHello would choose two records."""
    octets = _hello(name)
    assert find_server_name(octets) == _server_name_of(octets)
    cut = data.draw(st.integers(0, len(octets) - 1))
    assert find_server_name(octets[:cut]) is NEED_HELLO


def _server_name_of(octets: bytes) -> str | None:
    """What OpenSSL's own callback is told."""
    told: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)

    def remember(_object: object, name: str | None, _context: object) -> int:
        told.append(name)
        return int(ssl.AlertDescription.ALERT_DESCRIPTION_HANDSHAKE_FAILURE)

    context.sni_callback = remember
    incoming = ssl.MemoryBIO()
    incoming.write(octets)
    server = context.wrap_bio(incoming, ssl.MemoryBIO(), server_side=True)
    try:
        server.do_handshake()
    except ssl.SSLError:
        return told[0]
    message = "the callback ends every handshake"
    raise AssertionError(message)
