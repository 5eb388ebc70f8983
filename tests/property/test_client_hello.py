"""Laws: any octets give a ClientHello, a wish for more or a refusal; cuts change nothing."""

from __future__ import annotations

import itertools
import ssl
import sys
from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bindctl.server.tls.client_hello import (
    NEED_HELLO,
    ClientHello,
    HelloError,
    HelloReader,
    NeedHello,
)
from tests.client_hellos import (
    alpn,
    extension,
    hello_message,
    in_records,
    read_hello,
    server_name,
)


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


def _outcome(octets: bytes) -> ClientHello | NeedHello | int:
    try:
        found = read_hello(octets)
    except HelloError as error:
        return int(error.alert)
    assert isinstance(found, ClientHello | NeedHello)
    return found


@st.composite
def _damaged(draw: st.DrawFn) -> bytes:
    octets = bytearray(_hello("a.example"))
    for _each in range(draw(st.integers(1, 3))):
        octets[draw(st.integers(0, len(octets) - 1))] = draw(st.integers(0, 255))
    return bytes(octets)


_PARTS = st.one_of(
    st.binary(max_size=40).map(server_name),
    st.lists(st.binary(max_size=9), max_size=4).map(lambda names: alpn(*names)),
    st.tuples(st.sampled_from([0, 10, 16, 35, 43]), st.binary(max_size=20)).map(
        lambda part: extension(*part)
    ),
)
_MADE = st.lists(_PARTS, max_size=4).map(lambda parts: hello_message(*parts))
_OCTETS = st.one_of(
    st.binary(max_size=300),
    st.binary(max_size=300).map(in_records),
    st.builds(in_records, _MADE, st.integers(1, 400)),
    _damaged(),
)


@given(_OCTETS, st.lists(st.integers(0, 600), max_size=12))
def test_octets_cut_anywhere_give_the_same_answer(
    octets: bytes, places: list[int]
) -> None:
    """Whether a client is refused would depend on the network; or a worker would end."""
    cuts = [0, *sorted(min(place, len(octets)) for place in places), len(octets)]
    reader = HelloReader()
    found: ClientHello | NeedHello | int = NEED_HELLO
    for start, end in itertools.pairwise(cuts):
        try:
            found = reader.receive(octets[start:end])
        except HelloError as error:
            found = int(error.alert)
        if found is not NEED_HELLO:
            break
    assert found == _outcome(octets)


# Python tells of a name that is not ASCII and goes on.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@given(st.builds(in_records, _MADE) | _damaged())
@example(in_records(hello_message(server_name(b"\xff"))))
def test_openssl_reads_no_other_name(octets: bytes) -> None:
    """Two readings of one ClientHello would choose two records."""
    found = _outcome(octets)
    told = _server_names_of(octets)
    if told:
        assert isinstance(found, ClientHello)
        assert told == [found.server_name]


_LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)


@given(st.lists(_LABELS, min_size=1, max_size=5).map(".".join), st.data())
def test_openssl_and_this_read_the_same_name(name: str, data: st.DataObject) -> None:
    """A client would be refused, or shown another's certificate."""
    octets = _hello(name)
    found = read_hello(octets)
    assert isinstance(found, ClientHello)
    assert [found.server_name] == _server_names_of(octets)
    cut = data.draw(st.integers(0, len(octets) - 1))
    assert read_hello(octets[:cut]) is NEED_HELLO


def _server_names_of(octets: bytes) -> list[str | None]:
    """What OpenSSL's own callback is told, when it comes to that."""
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
        return told
    message = "the callback ends every handshake"
    raise AssertionError(message)


def _calls(octets: int) -> int:
    """Calls it takes to read so much of a ClientHello, in records of one octet."""
    message = hello_message(extension(21, bytes(octets)))
    records = [in_records(message[at : at + 1]) for at in range(len(message))]
    reader, seen = HelloReader(), [0]

    def count(_frame: object, _event: str, _argument: object) -> None:
        seen[0] += 1

    sys.setprofile(count)
    try:
        for record in records:
            reader.receive(record)
    finally:
        sys.setprofile(None)
    return seen[0]


def test_work_grows_with_the_octets_and_no_faster() -> None:
    """Few octets a second would keep a worker busy."""
    assert _calls(2000) < 2.5 * _calls(1000)
