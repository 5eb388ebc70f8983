"""Law: the verdict on a certificate is that of a client's own verifier."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bindctl.certificates.facts import read_certificate, read_subjects
from bindctl.certificates.verdict import judge
from bindctl.model.certificate import TrustAnchors
from bindctl.model.endpoint import parse_ip_address
from bindctl.model.host import parse_host_pattern
from tests import pki
from tests.pki import BEGINNING, Draft, Issued, chain_pem, issue

NOW = BEGINNING + timedelta(days=400)
HOSTS = ("a.example", "www.a.example", "x.www.a.example", "10.0.0.1")
NAMES = (*HOSTS, "*.a.example", "*.www.a.example", "*a.example", "10.0.0.2", "example")


@dataclass(frozen=True)
class Handshake:
    """What a server sends, and what its client asks for and trusts.

    Attributes:
        draft: The leaf.
        issuer: By name; empty for itself.
        sent: What follows the leaf in the file, by name.
        host: What the client asks for.
    """

    draft: Draft
    issuer: str
    sent: tuple[str, ...]
    host: str


_AUTHORITIES = {
    "root": pki.public_authority,
    "intermediate": pki.intermediate,
    "stranger": pki.stranger,
    "strange intermediate": pki.strange_intermediate,
    "ended": pki.ended_intermediate,
    "forbidden": pki.forbidden_intermediate,
    "false": pki.false_intermediate,
}
_SOUND = Draft(names=("*.a.example", "10.0.0.1"), first=NOW, days=1)
_HANDSHAKE = Handshake(_SOUND, "intermediate", ("intermediate",), "www.a.example")
_LEAF_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "names": st.lists(st.sampled_from(NAMES), max_size=3, unique=True).map(tuple),
    # An empty subject makes subjectAltName critical; both are seen in the wild.
    "common_name": st.sampled_from(("", "a.example")),
    "first": st.integers(-3, 2).map(lambda days: NOW + timedelta(days=days)),
    "days": st.integers(1, 5),
    # Of the leaf's key `cryptography` asks nothing: no weak one is among them.
    "key": st.sampled_from(("p256", "p384", "p521", "rsa2048")),
    "usages": st.sampled_from((("server",), ("server", "client"), None, ("client",))),
    "is_authority": st.booleans(),
}
_OTHER_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "issuer": st.sampled_from((*_AUTHORITIES, "")),
    "sent": st.lists(
        st.sampled_from(sorted(_AUTHORITIES)), max_size=3, unique=True
    ).map(tuple),
    "host": st.sampled_from(HOSTS),
}


@st.composite
def _handshakes(draw: st.DrawFn) -> Handshake:
    """A sound one with up to three things drawn anew: most are near the border."""
    names = sorted((*_LEAF_FIELDS, *_OTHER_FIELDS))
    chosen = draw(st.lists(st.sampled_from(names), max_size=3, unique=True))
    leaf = {name: draw(_LEAF_FIELDS[name]) for name in chosen if name in _LEAF_FIELDS}
    other = {name: draw(_OTHER_FIELDS[name]) for name in chosen if name not in leaf}
    return replace(_HANDSHAKE, draft=replace(_SOUND, **leaf), **other)


@settings(max_examples=300)
@given(_handshakes())
@example(_HANDSHAKE)
@example(Handshake(_SOUND, "intermediate", ("root", "intermediate"), "www.a.example"))
@example(Handshake(_SOUND, "intermediate", (), "www.a.example"))
@example(Handshake(_SOUND, "intermediate", ("intermediate",), "a.example"))
@example(Handshake(_SOUND, "stranger", ("stranger",), "www.a.example"))
@example(Handshake(_SOUND, "ended", ("ended",), "www.a.example"))
@example(Handshake(_SOUND, "forbidden", ("forbidden",), "www.a.example"))
@example(Handshake(_SOUND, "false", ("false",), "www.a.example"))
@example(Handshake(_SOUND, "intermediate", ("ended", "intermediate"), "www.a.example"))
def test_verdict_is_the_verifiers(handshake: Handshake) -> None:
    """`check` and `explain` would praise what clients refuse, or the other way round."""
    issuer = _AUTHORITIES[handshake.issuer]() if handshake.issuer else None
    leaf = issue(handshake.draft, issuer)
    sent = [_AUTHORITIES[name]() for name in handshake.sent]
    facts = read_certificate(chain_pem(leaf, *sent), leaf.key_pem, "MY")
    anchors = TrustAnchors(frozenset(read_subjects(pki.bundle())))
    flaws = judge(facts, parse_host_pattern(handshake.host), NOW, anchors)
    assert (not flaws) == _accepts(leaf, sent, handshake.host), flaws


def _accepts(leaf: Issued, sent: list[Issued], host: str) -> bool:
    """Whether `cryptography`, as a client, accepts the chain for the host."""
    store = Store(x509.load_pem_x509_certificates(pki.bundle()))
    subject: x509.DNSName | x509.IPAddress = x509.DNSName(host)
    if host[-1].isdigit():
        subject = x509.IPAddress(parse_ip_address(host))
    verifier = PolicyBuilder().store(store).time(NOW).build_server_verifier(subject)
    try:
        verifier.verify(leaf.certificate, [item.certificate for item in sent])
    except VerificationError:
        return False
    return True
