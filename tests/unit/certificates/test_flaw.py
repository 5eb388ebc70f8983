"""Flaws: each is one of the table, and none contradicts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.certificates.verdict import certificate_flaws, host_flaws
from bindctl.findings.codes import RULES_BY_CODE
from bindctl.findings.finding import Severity
from bindctl.model.certificate import KeyStatus
from bindctl.model.host import parse_host_pattern
from bindctl.model.trust_anchors import TrustAnchors
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
