"""What opening a PFX file would cost, told before it is opened."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bindctl.certificates.authority import create_authority, issue_certificate
from bindctl.certificates.rounds import MAX_ROUNDS, count_rounds
from tests.pfx_files import make_pfx

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
AUTHORITY = create_authority(NOW)
LEAF = issue_certificate(
    AUTHORITY.certificate_pem, AUTHORITY.key_pem, ["a.example"], NOW
)


def value(tag: int, content: bytes) -> bytes:
    """A value of DER."""
    if len(content) < 128:
        return bytes([tag, len(content)]) + content
    return bytes([tag, 0x82]) + len(content).to_bytes(2) + content


def endless(tag: int, *contents: bytes) -> bytes:
    """The same in BER, without a length."""
    return bytes([tag | 0x20, 0x80]) + b"".join(contents) + b"\0\0"


def rounds(number: int) -> bytes:
    """A salt and a number."""
    return value(0x30, value(4, b"salt") + value(2, number.to_bytes(5)))


def test_all_rounds_of_a_file_are_counted() -> None:
    """Of three derivations one would go unseen."""
    octets = make_pfx(LEAF.certificate_pem, LEAF.key_pem, "geheim", rounds=3000)
    assert count_rounds(octets) == 2 * 3000 + 2048
    assert count_rounds(make_pfx(LEAF.certificate_pem, LEAF.key_pem)) <= 2048


@pytest.mark.engine
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["-iter", "5000"], 3 * 5000),
        (["-legacy", "-iter", "5000"], 3 * 5000),
        (["-nomac", "-iter", "5000"], 2 * 5000),
        (["-maciter", "-keypbe", "NONE", "-certpbe", "NONE"], 2048),
    ],
)
def test_files_of_openssl_are_counted(
    tmp_path: Path, program: Callable[[str], str], options: list[str], expected: int
) -> None:
    """What another program writes has another shape."""
    openssl = program("openssl")
    (tmp_path / "leaf.pem").write_bytes(LEAF.certificate_pem + LEAF.key_pem)
    subprocess.run(
        [
            *(openssl, "pkcs12", "-export", *options, "-in", "leaf.pem"),
            *("-out", "leaf.pfx", "-passout", "pass:geheim"),
        ],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    assert count_rounds((tmp_path / "leaf.pfx").read_bytes()) == expected


def test_octet_strings_are_opened_however_they_are_cut() -> None:
    """Bouncy Castle writes them so; a number could be hidden in a seam."""
    inner = value(0x30, rounds(7) + rounds(1 << 31))
    assert count_rounds(value(0x30, value(4, inner))) == 7 + (1 << 31)
    pieces = [value(4, inner[at : at + 5]) for at in range(0, len(inner), 5)]
    assert count_rounds(endless(0x30, endless(4, *pieces))) == 7 + (1 << 31)
    assert count_rounds(value(0x30, value(0x24, b"".join(pieces)))) == 7 + (1 << 31)
    assert count_rounds(value(0x30, value(4, inner + b"junk"))) == 7 + (1 << 31)


def test_scrypt_costs_its_three_numbers() -> None:
    """A large second or third one takes as long as a large first."""
    numbers = b"".join(value(2, n.to_bytes(3)) for n in (1 << 14, 8, 1 << 10))
    scrypt = value(6, bytes.fromhex("2b06010401da47040b"))
    octets = value(0x30, scrypt + value(0x30, value(4, b"salt") + numbers))
    assert count_rounds(octets) >= 1 << 27


def test_what_is_damaged_hides_nothing_beside_it() -> None:
    """OpenSSL does not look into attributes either."""
    damaged = value(0x31, b"\x30\x7f\x01")
    assert count_rounds(value(0x30, damaged + rounds(1 << 31))) == 1 << 31
    assert count_rounds(value(0x5F, b"")[:1] + b"\x81\x01\x00" + rounds(9)) == 9


def test_deep_nesting_is_refused() -> None:
    """It would end in a traceback, or hide a number."""
    octets = rounds(1)
    for _each in range(60):
        octets = value(0x30, octets)
    with pytest.raises(ValueError, match="nested too deeply"):
        count_rounds(octets)


def test_what_programs_write_is_below_the_limit() -> None:
    """Firefox's files, the dearest, would be refused."""
    assert MAX_ROUNDS > 4 * 600_000
