"""Laws: rounds are found however they are wrapped; any octets give a number or ValueError."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from bindctl.certificates.authority import create_authority, issue_certificate
from bindctl.certificates.rounds import count_rounds
from tests.pfx_files import make_pfx

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def _value(tag: int, content: bytes) -> bytes:
    return bytes([tag, 0x83]) + len(content).to_bytes(3) + content


def _endless(tag: int, content: bytes) -> bytes:
    return bytes([tag | 0x20, 0x80]) + content + b"\0\0"


def _in_pieces(content: bytes, size: int) -> bytes:
    pieces = [content[at : at + size] for at in range(0, len(content), size)]
    return b"".join(_value(4, piece) for piece in pieces)


@st.composite
def _wrapped(draw: st.DrawFn) -> tuple[bytes, int]:
    """A sequence with rounds somewhere in it, and how many."""
    octets, total = b"", 0
    for _each in range(draw(st.integers(1, 4))):
        number = draw(st.integers(0, 1 << 40))
        pair = _value(4, draw(st.sampled_from([b"", b"salt"])))
        octets += _value(0x30, pair + _value(2, number.to_bytes(6)))
        total += number
        octets = draw(st.sampled_from([_value, _endless]))(0x30, octets)
        match draw(st.integers(0, 4)):
            case 0:
                octets = _value(0x30, _value(4, octets))
            case 1:
                octets = _value(0x30, _endless(4, _in_pieces(octets, 9)))
            case 2:
                octets = _value(0x30, _value(0x24, _in_pieces(octets, 30)))
            case 3:
                octets = _endless(0xA0, octets)
    return octets, total


@given(_wrapped())
def test_rounds_are_found_however_they_are_wrapped(made: tuple[bytes, int]) -> None:
    """A file could hide what it costs."""
    octets, total = made
    assert count_rounds(octets) == total


@cache
def _pfx() -> bytes:
    authority = create_authority(NOW)
    leaf = issue_certificate(
        authority.certificate_pem, authority.key_pem, ["a.example"], NOW
    )
    return make_pfx(leaf.certificate_pem, leaf.key_pem, "geheim")


@given(st.data())
def test_any_octets_are_borne(data: st.DataObject) -> None:
    """A damaged file would end in a traceback."""
    octets = bytearray(_pfx())
    for _each in range(data.draw(st.integers(0, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(
            st.integers(0, 255)
        )
    octets += data.draw(st.binary(max_size=20))
    cut = data.draw(st.integers(0, len(octets)))
    for text in (bytes(octets), bytes(octets[:cut]), bytes(octets[cut:])):
        with contextlib.suppress(ValueError):
            assert count_rounds(text) >= 0
