"""Tells what opening a PFX file would cost, before it is opened.

A key is derived from a password in as many rounds as the file says: up to 2^31, which
take a quarter of an hour. The numbers are in clear; only those in a bag that is
encrypted twice, which no program writes, cannot be seen.

Nothing here judges a PFX file: for octets that are not one, the cost is zero.

Source:
    RFC 7292 appendices B and C (PKCS #12), RFC 8018 appendix A (PBES1, PBES2, PBKDF2),
    RFC 7914 §7 (scrypt), RFC 9579 (PBMAC1); X.690 §8 (BER, which RFC 7292 allows).
"""

from __future__ import annotations

from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

# Windows: 2,000 each time; OpenSSL: 2,048; Java: 10,000; NSS: 600,000. A file has three
# or four; so many rounds take three seconds.
MAX_ROUNDS: Final = 1 << 22
_MAX_DEPTH: Final = 48  # an honest file has 12
_INTEGER, _OCTET_STRING, _SEQUENCE = 0x02, 0x04, 0x30
_CONSTRUCTED, _LONG_TAG, _INDEFINITE = 0x20, 0x1F, 0x80
_SCRYPT: Final = bytes.fromhex("2b06010401da47040b")  # 1.3.6.1.4.1.11591.4.11


class _Value(NamedTuple):
    tag: int
    content: bytes
    children: tuple[_Value, ...]


def count_rounds(octets: bytes) -> int:
    """Rounds of key derivation that a PFX file asks for, all together.

    Raises:
        ValueError: It is nested too deeply to be a PFX file.
    """
    return sum(_rounds(_Value(_SEQUENCE, b"", _children(octets, _MAX_DEPTH))))


def _rounds(value: _Value) -> Iterator[int]:
    """The numbers that follow a salt: one, or all of them for scrypt."""
    parts = value.children
    for part, following in pairwise(parts):
        if part.tag & ~_CONSTRUCTED == _OCTET_STRING and following.tag == _INTEGER:
            yield _number(following)
        if part.content == _SCRYPT:
            yield prod(_number(each) for each in following.children[1:4])
    for part in parts:
        yield from _rounds(part)


def _number(value: _Value) -> int:
    return int.from_bytes(value.content)


def _children(octets: bytes, depth: int) -> tuple[_Value, ...]:
    """The values in a row, up to the first octets that are not a value."""
    found, at = [], 0
    while at < len(octets):
        try:
            value, at = _read(octets, at, depth)
        except IndexError:
            break
        found.append(value)
    return tuple(found)


def _read(octets: bytes, at: int, depth: int) -> tuple[_Value, int]:
    """The value at a place, and where it ends.

    Raises:
        IndexError: There is none.
    """
    if depth == 0:
        message = "it is nested too deeply"
        raise ValueError(message)
    tag = octets[at]
    at += 1
    if tag & _LONG_TAG == _LONG_TAG:
        while octets[at] & 0x80:
            at += 1
        at += 1
    length = octets[at]
    at += 1
    if length == _INDEFINITE:
        return _read_to_end(octets, at, tag, depth)
    if length & 0x80:
        width = length & 0x7F
        length = int.from_bytes(octets[at : at + width])
        at += width
    end = at + length
    if end > len(octets):
        raise IndexError
    content = octets[at:end]
    children: tuple[_Value, ...] = ()
    if tag & _CONSTRUCTED:
        children = _children(content, depth - 1)
    return _opened(tag, content, children, depth), end


def _read_to_end(octets: bytes, at: int, tag: int, depth: int) -> tuple[_Value, int]:
    """A value of indefinite length: it ends at two zeros."""
    children = []
    while octets[at] or octets[at + 1]:
        child, at = _read(octets, at, depth - 1)
        children.append(child)
    return _opened(tag, b"", tuple(children), depth), at + 2


def _opened(
    tag: int, content: bytes, children: tuple[_Value, ...], depth: int
) -> _Value:
    """A value; an octet string in pieces is joined and read as well."""
    if tag & ~_CONSTRUCTED != _OCTET_STRING:
        return _Value(tag, content, children)
    if tag & _CONSTRUCTED:
        content = b"".join(child.content for child in children)
    inner = _children(content, depth - 1)[:1] if content[:1] == b"\x30" else ()
    return _Value(tag, content, inner)
