"""The verdict: what a browser would say, in one place for all who ask."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bindctl.certificates.facts import read_certificate, read_subjects
from bindctl.certificates.verdict import (
    certificate_flaws,
    format_names,
    host_flaws,
    judge,
)
from bindctl.model.certificate import Certificate, KeyStatus, TrustAnchors
from bindctl.model.host import ANY_HOST, parse_host_pattern
from tests import pki
from tests.pki import Draft, Issued, issue
from tests.unit.certificates.made import ISSUER, NOW, certificate
from tests.unit.certificates.openssl import handshake_succeeds

if TYPE_CHECKING:
    from pathlib import Path

TRUSTED = TrustAnchors(frozenset({ISSUER}))


def _codes(
    given: Certificate, host: str, anchors: TrustAnchors | None = TRUSTED
) -> list[str]:
    return [flaw.code for flaw in judge(given, parse_host_pattern(host), NOW, anchors)]


def test_sound_certificate_is_accepted() -> None:
    """Every site would be reported."""
    given = certificate("a.example", "*.b.example", addresses=("10.0.0.1",))
    for host in ("a.example", "A.EXAMPLE.", "www.b.example", "*.b.example", "10.0.0.1"):
        assert _codes(given, host) == []


def test_everything_wrong_is_told_at_once() -> None:
    """One fault after another would be mended, each with a renewal."""
    given = certificate("x.example", days=-1)._replace(
        key_status=KeyStatus.MISSING,
        key_algorithm="RSA",
        key_bits=1024,
        signature_hash="sha1",
        has_server_auth=False,
        is_authority=True,
        issuer="CN=Nobody",
    )
    assert _codes(given, "a.example") == [
        "CRT201",
        "CRT301",
        "CRT401",
        "CRT403",
        "CRT404",
        "CRT405",
        "CRT406",
        "CRT501",
    ]


def test_what_browsers_accept_is_no_reason_to_refuse() -> None:
    """A long life or a disordered chain would be shown as a broken site."""
    given = certificate("a.example", age=1000)._replace(is_chain_ordered=False)
    assert _codes(given, "a.example") == []
    codes = [flaw.code for flaw in certificate_flaws(given, NOW, TRUSTED)]
    assert codes == ["CRT304", "CRT502"]


def test_coming_end_is_told_when_it_is_asked_for() -> None:
    """The gate asks for days to spare; the browser does not."""
    given = certificate("a.example", days=5)
    host = parse_host_pattern("a.example")
    assert judge(given, host, NOW, TRUSTED) == ()
    assert [flaw.code for flaw in judge(given, host, NOW, TRUSTED, 30)] == ["CRT303"]


def test_unknown_trust_is_not_spoken_of() -> None:
    """Without a bundle every certificate would be called untrusted."""
    given = certificate("a.example", age=1000)
    assert [flaw.code for flaw in certificate_flaws(given, NOW, None)] == ["CRT304"]
    young = certificate("a.example", age=400)
    assert not list(certificate_flaws(young, NOW, None))
    assert [flaw.code for flaw in certificate_flaws(young, NOW, TRUSTED)] == ["CRT304"]
    own = TrustAnchors(frozenset({"CN=Other"}), frozenset({ISSUER}))
    assert not list(certificate_flaws(young, NOW, own))


@pytest.mark.parametrize(
    ("names", "host", "code", "words"),
    [
        (("x.example",), "a.example", "CRT201", "does not cover a.example: it names x"),
        ((), "a.example", "CRT201", "does not cover a.example: it names nothing"),
        (
            ("*.b.example",),
            "b.example",
            "CRT201",
            "it names *.b.example; *.b.example does not cover b.example itself",
        ),
        (
            ("*.example",),
            "x.b.example",
            "CRT201",
            "it names *.example; *.example stands for one label, not for several",
        ),
        (
            ("w*.b.example",),
            "www.b.example",
            "CRT201",
            "w*.b.example is not a valid wildcard: * is a whole label",
        ),
        (
            ("a.b.example",),
            "*.b.example",
            "CRT201",
            "only *.b.example itself covers every name of it",
        ),
        (
            ("10.0.0.1",),
            "10.0.0.1",
            "CRT201",
            "10.0.0.1 stands there as a host name, and addresses need an IP entry",
        ),
        (
            ("*.localhost",),
            "app.localhost",
            "CRT204",
            "covers app.localhost by *.localhost alone, a wildcard browsers refuse",
        ),
    ],
)
def test_names(names: tuple[str, ...], host: str, code: str, words: str) -> None:
    """An administrator would not see why a name that looks right is none."""
    (flaw,) = host_flaws(certificate(*names), parse_host_pattern(host))
    assert flaw.code == code
    assert words in flaw.words
    assert flaw.is_refused


def test_exact_name_beside_the_wildcard_is_enough() -> None:
    """The certificate that every development tool makes would be refused."""
    given = certificate("*.localhost", "app.localhost", "localhost")
    for host in ("app.localhost", "localhost"):
        assert not list(host_flaws(given, parse_host_pattern(host)))


@pytest.mark.parametrize(
    ("common_name", "host", "code"),
    [
        ("a.example", "a.example", "CRT202"),
        ("A.Example.", "a.example", "CRT202"),
        ("*.example", "a.example", "CRT202"),
        ("10.0.0.1", "10.0.0.1", "CRT202"),
        ("b.example", "a.example", "CRT201"),
        ("", "a.example", "CRT201"),
    ],
)
def test_common_name_is_told_apart(common_name: str, host: str, code: str) -> None:
    """Who sees the name in the certificate would not believe that it is not there."""
    given = certificate()._replace(common_name=common_name)
    assert _codes(given, host) == [code]


def test_common_name_beside_other_names_never_counted() -> None:
    """Even clients of old read it only where there was nothing else (RFC 2818)."""
    given = certificate("b.example")._replace(common_name="a.example")
    assert _codes(given, "a.example") == ["CRT201"]


def test_binding_for_any_host_has_no_name_to_cover() -> None:
    """A default site would be told that no certificate covers it."""
    assert not list(host_flaws(certificate(), ANY_HOST))
    assert judge(certificate(), ANY_HOST, NOW, TRUSTED) == ()


def test_long_lists_of_names_are_cut() -> None:
    """A certificate of a hundred names would fill the screen."""
    names = [f"{number}.example" for number in range(7)]
    assert format_names(certificate(*names, addresses=("::1",))) == (
        "0.example, 1.example, 2.example, 3.example, 4.example and 3 more"
    )
    assert format_names(certificate(addresses=("::1",))) == "::1"


def test_verdict_is_of_one_instant() -> None:
    """`--as-of` would judge one fault today and another then."""
    given = certificate("a.example", days=10)
    later = NOW + timedelta(days=11)
    assert [flaw.code for flaw in certificate_flaws(given, later, TRUSTED)] == [
        "CRT301"
    ]


def test_needs_no_cryptography() -> None:
    """Every `bindctl check` would start several times slower."""
    program = (
        "import sys; import bindctl.certificates.verdict; "
        "import bindctl.certificates.candidates; "
        "sys.exit('cryptography' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def _sent(leaf: Draft, *chain: Issued) -> tuple[Issued, ...]:
    return (issue(leaf, pki.intermediate()), *chain)


_SOUND = Draft(names=("a.example",))
_WHOLE = (pki.intermediate(),)


@pytest.mark.parametrize(
    ("sent", "is_accepted"),
    [
        (_sent(_SOUND, *_WHOLE), True),
        (_sent(replace(_SOUND, key="rsa2048"), *_WHOLE), True),
        (_sent(replace(_SOUND, usages=None), *_WHOLE), True),
        (_sent(_SOUND, pki.public_authority(), *_WHOLE), True),
        (_sent(_SOUND), False),
        (_sent(replace(_SOUND, key="rsa1024"), *_WHOLE), False),
        (_sent(replace(_SOUND, usages=("client",)), *_WHOLE), False),
        (_sent(replace(_SOUND, names=("*.example",)), *_WHOLE), False),
        (_sent(replace(_SOUND, names=()), *_WHOLE), False),
        ((issue(_SOUND, pki.stranger()), pki.stranger()), False),
        ((issue(replace(_SOUND, common_name="a.example"), None),), False),
        (
            (
                pki.sign_with(
                    "sha1", issue(_SOUND, pki.old_authority()), pki.old_authority()
                ),
            ),
            False,
        ),
    ],
    ids=[
        "sound",
        "RSA",
        "for any purpose",
        "out of order",
        "intermediate missing",
        "weak key",
        "for clients",
        "a wildcard below a top-level domain",
        "no names",
        "untrusted root",
        "self-signed",
        "SHA-1",
    ],
)
def test_openssl_agrees(
    sent: tuple[Issued, ...], tmp_path: Path, *, is_accepted: bool
) -> None:
    """The judge would be right by the book, and wrong about what visitors meet."""
    facts = read_certificate(pki.chain_pem(*sent), sent[0].key_pem, "MY")
    anchors = TrustAnchors(frozenset(read_subjects(pki.bundle())))
    host = parse_host_pattern("a.example")
    assert (not judge(facts, host, facts.not_before, anchors)) is is_accepted
    file = tmp_path / "sent.pem"
    file.write_bytes(pki.chain_pem(*sent) + sent[0].key_pem)
    assert handshake_succeeds(file, "a.example", pki.bundle()) is is_accepted


def test_a_refusal_of_the_library_is_told_where_nothing_else_explains_it() -> None:
    """A weak leaf says it more exactly; a weak key above it is seen in no other way."""
    given = certificate()._replace(key_status=KeyStatus.REFUSED)
    codes = [flaw.code for flaw in certificate_flaws(given, NOW, None)]
    assert codes.count("CRT103") == 1
    weak = given._replace(signature_hash="sha1")
    codes = [flaw.code for flaw in certificate_flaws(weak, NOW, None)]
    assert "CRT404" in codes
    assert "CRT103" not in codes
