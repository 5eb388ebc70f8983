"""Flaws: each is one of the table, and none contradicts it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bindctl.certificates.flaw import (
    LONGEST_LIFETIME,
    MAXIMUM_LIFETIMES,
    date_flaws,
    handshake_flaws,
    key_flaws,
    lifetime_flaws,
    maximum_lifetime_days,
    purpose_flaws,
    signature_flaws,
)
from bindctl.certificates.verdict import certificate_flaws, host_flaws
from bindctl.findings.codes import RULES_BY_CODE
from bindctl.findings.finding import Severity
from bindctl.model.certificate import KeyStatus, TrustAnchors
from bindctl.model.host import parse_host_pattern
from tests.unit.certificates.made import ISSUER, NOW, certificate

if TYPE_CHECKING:
    from bindctl.certificates.flaw import Flaw


def _one_of_each() -> list[Flaw]:
    sound = certificate("*.localhost")
    worst = sound._replace(
        key_status=KeyStatus.MISSING,
        key_bits=1,
        signature_hash="md5",
        has_server_auth=False,
        is_authority=True,
        is_chain_ordered=False,
        not_before=NOW.replace(year=2000),
    )
    self_signed = sound._replace(
        key_status=KeyStatus.MISMATCH, issuer=sound.subject, is_self_signed=True
    )
    anchors = TrustAnchors(frozenset({"CN=Other"}))
    late, early = NOW.replace(year=2030), NOW.replace(year=1990)
    unnamed = certificate()._replace(common_name="a.localhost")
    host = parse_host_pattern("a.localhost")
    chained = sound._replace(
        chain_subjects=(sound.subject, ISSUER),
        chain_issuers=(ISSUER, "CN=Other"),
        chain_periods=((early, early),),
        chain_may_issue=(True,),
        chain_hashes=("sha256",),
    )
    return [
        *certificate_flaws(chained, NOW, anchors),
        *certificate_flaws(worst, late, anchors),
        *certificate_flaws(sound, early, anchors),
        *certificate_flaws(sound, NOW, anchors, 1000),
        *certificate_flaws(
            self_signed._replace(chain_issuers=(sound.subject,)), NOW, anchors
        ),
        *host_flaws(sound, host),
        *host_flaws(unnamed, host),
        *host_flaws(certificate("b.example"), host),
    ]


def test_every_code_of_a_flaw_has_its_row() -> None:
    """A finding would end in a traceback when its code is looked up."""
    flaws = _one_of_each()
    codes = {flaw.code for flaw in flaws}
    beside = {"CRT001", "CRT002", "CRT003", "CRT004", "CRT005"}
    of_the_store = {"CRT101", "CRT102", "CRT103", "CRT104", "CRT205"}
    expected = {code for code in RULES_BY_CODE if code.startswith("CRT")}
    assert codes == expected - beside - of_the_store


def test_what_is_no_error_is_not_refused_by_all() -> None:
    """An exit status of 1 would mean something else than a browser's refusal."""
    for flaw in _one_of_each():
        severity = flaw.severity or RULES_BY_CODE[flaw.code].severity
        if severity is Severity.ERROR:
            assert flaw.is_refused


def test_words_are_a_predicate() -> None:
    """They follow a certificate's name, and a code of another row."""
    for flaw in _one_of_each():
        verb = flaw.words.split()[0]
        assert verb in {
            "begins", "covers", "does", "ended", "ends", "has", "is", "lives",
        }  # fmt: skip
        assert not flaw.words.endswith(".")


GIVEN = certificate("a.example")


@pytest.mark.parametrize(
    ("algorithm", "bits", "words"),
    [
        ("RSA", 2048, None),
        ("RSA", 4096, None),
        ("RSA", 1024, "has an RSA key of 1024 bits; browsers take 2048 and more"),
        ("RSA", 2047, "has an RSA key of 2047 bits; browsers take 2048 and more"),
        ("RSA", 2049, "has an RSA key of 2049 bits, which 8 does not divide"),
        ("EC", 256, None),
        ("EC", 384, None),
        ("EC", 521, None),
        ("EC", 224, "has a key on a curve of 224 bits; browsers take P-256, P-384"),
        ("secp256k1", 256, "has a key of kind secp256k1, which no browser takes"),
        ("Ed25519", 256, "has a key of kind Ed25519, which no browser takes"),
        ("DSA", 2048, "has a key of kind DSA, which no browser takes"),
        ("1.2.3", 0, "has a key of kind 1.2.3, which no browser takes"),
    ],
)
def test_kinds_of_keys(algorithm: str, bits: int, words: str | None) -> None:
    """Handshakes would fail in browsers that curl on the same machine makes."""
    flaws = [*key_flaws(GIVEN._replace(key_algorithm=algorithm, key_bits=bits))]
    assert len(flaws) == (words is not None)
    if words is not None:
        assert flaws[0].code == "CRT403"
        assert flaws[0].words.startswith(words)


def test_odd_size_is_a_warning() -> None:
    """Browsers take it; only an authority would refuse to sign it."""
    (flaw,) = key_flaws(GIVEN._replace(key_algorithm="RSA", key_bits=2050))
    assert flaw.severity is Severity.WARNING
    assert not flaw.is_refused


@pytest.mark.parametrize(
    ("status", "codes"),
    [
        (KeyStatus.MATCHES, []),
        (KeyStatus.MISSING, ["CRT401"]),
        (KeyStatus.MISMATCH, ["CRT402"]),
        (KeyStatus.REFUSED, ["CRT103"]),
    ],
)
def test_key_beside_it(status: KeyStatus, codes: list[str]) -> None:
    """Every handshake would fail, and the file looks right."""
    flaws = handshake_flaws(GIVEN._replace(key_status=status))
    assert [flaw.code for flaw in flaws] == codes


@pytest.mark.parametrize(
    ("name", "shown"),
    [("sha1", "SHA-1"), ("md5", "MD5"), ("md2", "MD2"), ("md4", "MD4")],
)
def test_signature_that_can_be_forged(name: str, shown: str) -> None:
    """Browsers have refused it since 2017, whoever signed."""
    (flaw,) = signature_flaws(GIVEN._replace(signature_hash=name))
    assert (flaw.code, flaw.is_refused) == ("CRT404", True)
    assert flaw.words == f"is signed with {shown}, which browsers refuse"


@pytest.mark.parametrize("name", ["sha256", "sha384", "sha512", ""])
def test_signature_of_today(name: str) -> None:
    """A sound certificate would be called broken; Ed25519 names no hash at all."""
    assert not list(signature_flaws(GIVEN._replace(signature_hash=name)))


def test_purposes() -> None:
    """A certificate for clients, or an authority's, would pass as a server's."""
    assert not list(purpose_flaws(GIVEN))
    flaws = purpose_flaws(GIVEN._replace(has_server_auth=False, is_authority=True))
    assert [flaw.code for flaw in flaws] == ["CRT405", "CRT406"]


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("day", "days"),
    [
        ("2020-08-31", 825),
        ("2020-09-01", 398),
        ("2026-03-14", 398),
        ("2026-03-15", 200),
        ("2027-03-14", 200),
        ("2027-03-15", 100),
        ("2029-03-14", 100),
        ("2029-03-15", 47),
        ("2040-01-01", 47),
    ],
)
def test_longest_life_on_a_day(day: str, days: int) -> None:
    """Certificates would be made that browsers refuse on their first day."""
    assert maximum_lifetime_days(datetime.fromisoformat(day).replace(tzinfo=UTC)) == (
        days
    )


def test_newest_limit_stands_first() -> None:
    """The first that fits is taken: an older one in front would hide it."""
    begins = [since for since, _days in MAXIMUM_LIFETIMES]
    assert begins == sorted(begins, reverse=True)
    days = [limit for _since, limit in MAXIMUM_LIFETIMES]
    assert [*days, LONGEST_LIFETIME] == sorted([*days, LONGEST_LIFETIME])


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (NOW, NOW, "CRT303"),
        (NOW - SECOND, NOW - SECOND, "CRT301"),
        (NOW + SECOND, NOW + timedelta(days=90), "CRT302"),
        (NOW, NOW + timedelta(days=30), "CRT303"),
        (NOW, NOW + timedelta(days=30) + SECOND, None),
    ],
)
def test_dates(first: datetime, last: datetime, code: str | None) -> None:
    """Both ends belong to the period: a second more or less is a wrong alarm."""
    given = certificate("a.example")._replace(not_before=first, not_after=last)
    codes = [flaw.code for flaw in date_flaws(given, NOW, 30)]
    assert codes == ([] if code is None else [code])


def test_zero_days_warn_of_nothing() -> None:
    """Who asks only whether it is valid now would be told of its end."""
    given = certificate("a.example")._replace(not_after=NOW)
    assert not list(date_flaws(given, NOW, 0))


def test_end_is_told_with_what_is_left() -> None:
    """An administrator would have to count the days."""
    given = certificate("a.example", days=20)
    (flaw,) = date_flaws(given, NOW, 30)
    assert flaw.words == "ends on 2026-06-21 11:59 UTC, in 19 days"
    assert not flaw.is_refused
    for days, words in ((2, "in 1 day"), (1, "within a day")):
        (flaw,) = date_flaws(certificate("a.example", days=days), NOW, 30)
        assert flaw.words.endswith(f" UTC, {words}")


@pytest.mark.parametrize(
    ("days", "is_public", "expected"),
    [
        (200, True, None),
        (201, True, (None, "lives 201 days; issued on 2026-05-31 and publicly")),
        (825, False, None),
        (826, False, (Severity.INFO, "lives 826 days; Apple's clients accept 825")),
    ],
)
def test_life_that_clients_do_not_bear(
    days: int, *, is_public: bool, expected: tuple[Severity | None, str] | None
) -> None:
    """A certificate of ten years works in one browser and not in the next."""
    given = certificate("a.example", age=1, days=days - 1)
    flaws = [*lifetime_flaws(given, is_public=is_public)]
    assert len(flaws) == (expected is not None)
    if expected is not None:
        assert flaws[0].severity is expected[0]
        assert flaws[0].words.startswith(expected[1])
        assert not flaws[0].is_refused


def test_last_second_belongs_to_the_life() -> None:
    """One of 200 days and a second is one too long."""
    given = certificate("a.example", age=1, days=199)
    longer = given._replace(not_after=given.not_after + SECOND)
    assert not list(lifetime_flaws(given, is_public=True))
    assert list(lifetime_flaws(longer, is_public=True))


def test_a_second_too_much_is_a_day_too_much() -> None:
    """It lives 398 days and may live 398, it would say: BR count begun days."""
    given = certificate("a.example", age=1, days=199)
    longer = given._replace(not_after=given.not_after + SECOND)
    (flaw,) = lifetime_flaws(longer, is_public=True)
    assert flaw.words.startswith("lives 201 days;")
    assert flaw.words.endswith("may live 200")
