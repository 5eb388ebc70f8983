"""Sealing: nobody reads it without the password, nobody changes it unnoticed."""

from __future__ import annotations

import pytest

from bindctl.certificates.encryption import Seal, is_usable, open_sealed, seal_octets

CHEAP = Seal(b"s" * 16, b"n" * 12, 2**4)
SECRET, BESIDE = b"the metabase " * 50, b"bindctl backup 1\n\n"


def _sealed() -> bytes:
    return seal_octets(SECRET, "pässword", CHEAP, BESIDE)


def test_what_is_sealed_is_opened_by_the_password() -> None:
    """A backup nobody can open is none."""
    sealed = _sealed()
    assert b"metabase" not in sealed
    assert open_sealed(sealed, "pässword", CHEAP, BESIDE) == SECRET
    # The same letters, composed by another keyboard.
    assert open_sealed(sealed, "pa\u0308ssword", CHEAP, BESIDE) == SECRET


@pytest.mark.parametrize("password", ["", "password", "pässword ", "Pässword"])
def test_another_password_opens_nothing(password: str) -> None:
    """It protects private keys."""
    assert open_sealed(_sealed(), password, CHEAP, BESIDE) is None


def test_a_changed_bit_anywhere_is_noticed() -> None:
    """A damaged backup must not become a damaged metabase."""
    sealed = _sealed()
    for index in (0, 7, len(sealed) // 2, len(sealed) - 1):
        changed = bytearray(sealed)
        changed[index] ^= 1
        assert open_sealed(bytes(changed), "pässword", CHEAP, BESIDE) is None
    assert open_sealed(sealed[:-1], "pässword", CHEAP, BESIDE) is None
    assert open_sealed(b"", "pässword", CHEAP, BESIDE) is None
    assert open_sealed(sealed, "pässword", CHEAP, BESIDE + b" ") is None


@pytest.mark.parametrize(
    "seal",
    [
        CHEAP._replace(cost=0),
        CHEAP._replace(cost=1),
        CHEAP._replace(cost=17),
        CHEAP._replace(cost=2**30),
        CHEAP._replace(salt=b""),
        CHEAP._replace(nonce=b"n" * 11),
    ],
)
def test_a_seal_that_none_makes_is_refused(seal: Seal) -> None:
    """A forged header could ask for all the machine's memory."""
    assert not is_usable(seal)
    assert open_sealed(_sealed(), "pässword", seal, BESIDE) is None


def test_the_seal_of_a_backup_is_dear() -> None:
    """Guessing passwords costs 128 MiB and a good part of a second each."""
    assert Seal(b"", b"").cost == 2**17
    assert is_usable(Seal(b"s" * 16, b"n" * 12))
