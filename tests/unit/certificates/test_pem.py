"""PEM as OpenSSL reads it; a law holds the verdicts to OpenSSL's."""

from __future__ import annotations

import pytest

from bindctl.certificates.pem import certificate_blocks, find_key, read_blocks

BLOCK = b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"


def test_text_around_blocks_is_skipped() -> None:
    """`openssl x509 -text` and comments stand above a certificate."""
    octets = b"subject=a\n" + BLOCK + b"\n# next\n" + BLOCK.replace(b"\n", b"\r\n")
    assert list(read_blocks(octets)) == [(b"CERTIFICATE", b"0\0")] * 2


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (BLOCK[:-1] + BLOCK, "line 3: it does not end the block of line 1"),
        (BLOCK[:30], "line 1: the block that begins there does not end"),
        (BLOCK.replace(b"MAA=", b"!"), "line 1: the block that begins there is not"),
        (BLOCK.replace(b"MAA=", b"x: y\n\nMAA="), "line 1: .* has empty lines in it"),
        (b"", "not a certificate: there is no PEM in it"),
        (b" " + BLOCK, "not a certificate$"),
        (BLOCK.replace(b"CERTIFICATE", b"CERTIFICATE REQUEST"), "not a certificate$"),
    ],
)
def test_the_line_that_is_wrong_is_named(octets: bytes, words: str) -> None:
    """Two files joined without a line break look well at first sight."""
    with pytest.raises(ValueError, match=words):
        certificate_blocks(octets)


def test_notes_about_trust_are_no_part_of_the_certificate() -> None:
    """OpenSSL writes them behind it; only the first certificate may have them."""
    trusted = BLOCK.replace(b"CERTIFICATE", b"TRUSTED CERTIFICATE")
    trusted = trusted.replace(b"MAA=", b"MAAwAA==")
    assert certificate_blocks(trusted + BLOCK) == [b"0\0", b"0\0"]
    assert certificate_blocks(BLOCK + trusted) == [b"0\0"]


@pytest.mark.parametrize(
    ("octets", "is_there"),
    [
        (BLOCK.replace(b"CERTIFICATE", b"EC PRIVATE KEY"), True),
        (BLOCK.replace(b"CERTIFICATE", b"PRIVATE KEY") + b"-----BEGIN x-----", True),
        (b"-----BEGIN x-----\n" + BLOCK.replace(b"CERTIFICATE", b"PRIVATE KEY"), False),
        (BLOCK, False),
        (b"", False),
    ],
)
def test_a_key_is_looked_for_from_the_top(octets: bytes, *, is_there: bool) -> None:
    """What stands behind it is not read; what stands before it has to be sound."""
    assert bool(find_key(octets)) is is_there
