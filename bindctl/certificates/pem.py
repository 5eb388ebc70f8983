"""PEM as OpenSSL reads it, which serves what is in the files.

A marker stands on a line of its own, from its first column. What other readers forgive,
two markers on one line above all, makes a handshake fail.

Source:
    RFC 7468 §2; OpenSSL's PEM_read_bio, and SSL_CTX_use_certificate_chain_file for the
    labels.
"""

from __future__ import annotations

import binascii
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_BOM: Final = b"\xef\xbb\xbf"  # passed over where a block is looked for
_BEGIN: Final = b"-----BEGIN "
_END: Final = b"-----END "
_DASHES: Final = b"-----"
_LEAF: Final = frozenset({b"CERTIFICATE", b"X509 CERTIFICATE", b"TRUSTED CERTIFICATE"})
_ABOVE: Final = frozenset({b"CERTIFICATE", b"X509 CERTIFICATE"})
_KEY: Final = b"PRIVATE KEY"
_WIDTH: Final = 64  # of each line but the last, where there is a header
_BLANKS: Final = bytes(range(0x21))  # which do not count at the end of a line
_SEQUENCE: Final = 0x30
_QUANTUM: Final = 4  # characters of base64 that stand together
_LONG_FORM: Final = 0x80  # of a DER length


def read_blocks(octets: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The label and the octets of each block; text outside of blocks is skipped.

    Raises:
        ValueError: A block is not ended as it begins, is empty or not base64; the
            message names the line.
    """
    for label, body, first in _find_blocks(octets):
        yield label, _decode(body, first)


def _find_blocks(
    octets: bytes, *, passes_over: bool = False
) -> Iterator[tuple[bytes, list[bytes], int]]:
    """Label and lines of each block, and the number of the line that begins it.

    Args:
        octets: PEM.
        passes_over: Whether blocks that do not end as they begin are left out.
    """
    label: bytes | None = None
    first, body = 0, list[bytes]()
    may_be_marked = True
    for number, raw in enumerate(octets.split(b"\n"), 1):
        line = raw.rstrip(_BLANKS)
        if label is None:
            line = line.removeprefix(_BOM) if may_be_marked else line
            may_be_marked = False
            if line.startswith(_BEGIN) and line.endswith(_DASHES):
                label, first, body = line[len(_BEGIN) : -len(_DASHES)], number, []
        elif line.startswith(_END):
            if line == _END + label + _DASHES:
                yield label, body, first
            elif not passes_over:
                message = f"line {number}: it does not end the block of line {first}"
                raise ValueError(message)
            label, may_be_marked = None, True
        else:
            body.append(line)
    if label is not None and not passes_over:
        message = f"line {first}: the block that begins there does not end"
        raise ValueError(message)


def certificate_blocks(octets: bytes) -> list[bytes]:
    """DER of the leaf, and of the certificates that are sent along.

    Raises:
        ValueError: As `read_blocks`; or there is no certificate.
    """
    found: list[bytes] = []
    for label, der in read_blocks(octets):
        if label in (_ABOVE if found else _LEAF):
            first = _first_value(der)
            if not found and not _is_trust(der[len(first) :]):
                message = "there is more in the first certificate's block"
                raise ValueError(message)
            found.append(first)
    if not found:
        hint = "" if _BEGIN in octets else ": there is no PEM in it"
        message = f"the octets are not a certificate{hint}"
        raise ValueError(message)
    return found


def find_key(octets: bytes) -> bytes:
    """PEM of the private key alone; empty where none is found.

    Where it looks for a key, OpenSSL passes over blocks that it cannot read.
    """
    for label, body, first in _find_blocks(octets, passes_over=True):
        if label.endswith(_KEY):
            with suppress(ValueError):
                text = binascii.b2a_base64(_decode(body, first))
                begin, end = (mark + label + _DASHES for mark in (_BEGIN, _END))
                return b"\n".join((begin, text + end, b""))
    return b""


def _decode(lines: list[bytes], first: int) -> bytes:
    if b"" in lines:  # what stands before is a header (RFC 1421 §4.4)
        header, lines = lines[: lines.index(b"")], lines[lines.index(b"") + 1 :]
        is_short = any(len(line) != _WIDTH for line in lines[:-1])
        if header or is_short or any(len(line) > _WIDTH for line in lines):
            message = f"line {first}: the block that begins there has empty lines in it"
            raise ValueError(message)
    text = b"".join(lines).translate(None, b" \t\r")
    # A block whose end is missing has the next one's first marker in it: OpenSSL's base64
    # ends at a dash.
    text = text.partition(b"-")[0]
    message = f"line {first}: the block that begins there is not base64"
    if not text or len(text) % _QUANTUM:
        raise ValueError(message)
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error as error:
        raise ValueError(message) from error


def _first_value(der: bytes) -> bytes:
    """A certificate without OpenSSL's notes about trust, which may follow it."""
    length, octets = der[1] if len(der) > 1 else 0, 0
    if length >= _LONG_FORM:
        octets = length - _LONG_FORM
        length = int.from_bytes(der[2 : 2 + octets])
    return der[: 2 + octets + length]


def _is_trust(rest: bytes) -> bool:
    """Whether what follows a certificate is nothing or such notes."""
    return not rest or (rest[0] == _SEQUENCE and _first_value(rest) == rest)
