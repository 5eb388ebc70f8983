"""Reading the files of a store: each says one thing, or why it says none."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bindctl.certificates.authority import create_authority, issue_certificate
from bindctl.model.certificate import MAX_KEY_OCTETS, Certificate, KeyStatus
from bindctl.storage.certificate_reading import (
    CertificateFiles,
    describe_failure,
    read_facts,
    read_rows,
    read_stamp,
)
from bindctl.storage.facts_cache import FactsCache
from tests import pki

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 6, 1, 12, 0, 0, tzinfo=UTC)
AUTHORITY = create_authority(NOW)
LEAF = issue_certificate(
    AUTHORITY.certificate_pem, AUTHORITY.key_pem, ["a.example"], NOW
)
NAME = "ab" * 20
PAIR, ALONE = 8, 4  # parts of a stamp, with a key and without


@pytest.fixture
def stem(tmp_path: Path) -> str:
    """A certificate and its key; the common path of both."""
    (tmp_path / f"{NAME}.pem").write_bytes(LEAF.certificate_pem)
    (tmp_path / f"{NAME}.key").write_bytes(LEAF.key_pem)
    return f"{tmp_path}/{NAME}."


def _read(stem: str, cache: FactsCache | None = None) -> Certificate | str | None:
    used = cache or FactsCache("", "MY")
    files = CertificateFiles(NAME, stem, [1] * PAIR)
    (row,) = read_rows([files], used)
    return row if row is None or isinstance(row, str) else used.keep(row)


def test_both_files_are_read(stem: str) -> None:
    """Every certificate would be said to have no key."""
    found = _read(stem)
    assert isinstance(found, Certificate)
    assert found.presented_ids == ("a.example",)
    assert found.key_status is KeyStatus.MATCHES


def test_stamp_is_of_both_files(stem: str) -> None:
    """A key that was swapped would stay unseen."""
    both = read_stamp(stem)
    assert len(both) == PAIR
    assert both[1] == len(LEAF.certificate_pem)
    os.unlink(f"{stem}key")
    assert read_stamp(stem) == both[:ALONE]
    os.unlink(f"{stem}pem")
    with pytest.raises(FileNotFoundError):
        read_stamp(stem)


def test_one_that_vanishes_meanwhile_is_left_out(stem: str) -> None:
    """`check` beside a `cert remove` would report a fault that is none."""
    os.unlink(f"{stem}pem")
    assert _read(stem) is None


def test_what_the_system_forbids_is_told_and_not_kept(
    stem: str, tmp_path: Path
) -> None:
    """A folder in a key's place would be remembered after it was mended."""
    os.unlink(f"{stem}key")
    os.mkdir(f"{stem}key")
    found = _read(stem)
    assert found == f"{NAME}.key cannot be read: is a directory"
    assert not list(tmp_path.glob("*.json"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no FIFOs")
@pytest.mark.parametrize("ending", ["pem", "key"])
def test_a_fifo_is_told_and_nobody_waits_for_it(stem: str, ending: str) -> None:
    """`check` and `cert list` would hang until somebody writes into it."""
    os.unlink(f"{stem}{ending}")
    os.mkfifo(f"{stem}{ending}")
    assert _read(stem) == f"{NAME}.{ending} cannot be read: not a regular file"


def test_nonsense_is_a_reason_that_is_kept(stem: str) -> None:
    """A damaged file would be parsed anew by each `check`."""
    cache = FactsCache("", "MY")
    with open(f"{stem}pem", "wb") as file:
        file.write(b"nonsense")
    assert _read(stem, cache) == (
        "the octets are not a certificate: there is no PEM in it"
    )


def test_long_chain_is_read_whole(stem: str) -> None:
    """Of a file larger than one block the rest would be missing."""
    with open(f"{stem}pem", "ab") as file:
        file.writelines(AUTHORITY.certificate_pem for _each in range(40))
    assert os.path.getsize(f"{stem}pem") > 1 << 14
    found = _read(stem)
    assert isinstance(found, Certificate)
    assert found.chain_length == 41


def test_known_content_is_not_parsed_again(
    stem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`touch` of ten thousand files would cost a second of parsing."""
    cache = FactsCache(str(tmp_path / "facts.json"), "MY")
    first = _read(stem, cache)
    cache.save(forget_others=True)

    def fail(*_arguments: object) -> None:
        message = "it was parsed again"
        raise AssertionError(message)

    monkeypatch.setattr("bindctl.certificates.facts.read_certificate", fail)
    assert _read(stem, FactsCache(str(tmp_path / "facts.json"), "MY")) == first


def test_failure_without_a_name_is_told() -> None:
    """The words would begin with nothing."""
    assert describe_failure(OSError(5, "Input/output error")) == (
        "its file cannot be read: input/output error"
    )


@pytest.mark.parametrize(
    ("leaf", "intermediate", "status"),
    [
        ("ed25519", "p256", KeyStatus.MATCHES),
        ("rsa1024", "p256", KeyStatus.REFUSED),
        ("secp256k1", "p256", KeyStatus.REFUSED),
        ("p256", "rsa1024", KeyStatus.REFUSED),
    ],
)
def test_unusual_keys_are_tried_in_a_handshake(
    leaf: str, intermediate: str, status: KeyStatus
) -> None:
    """A weak key above the leaf makes every handshake fail, which no name shows."""
    issuer = pki.make_authority("Between", pki.public_authority(), intermediate)
    issued = pki.issue(pki.Draft(key=leaf), issuer)
    facts = read_facts(pki.chain_pem(issued, issuer), issued.key_pem)
    assert isinstance(facts, Certificate)
    assert facts.key_status is status


def test_a_key_that_the_server_does_not_read_is_told() -> None:
    """It bounds the file, because such keys sign for minutes."""
    said = read_facts(LEAF.certificate_pem, LEAF.key_pem + b"#" * MAX_KEY_OCTETS)
    assert said == "its key's file is larger than 16384 octets"
