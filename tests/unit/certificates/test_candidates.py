"""Candidates: which certificate of a store to take for a host."""

from __future__ import annotations

from datetime import timedelta

from bindctl.certificates.candidates import Candidates
from bindctl.model.certificate import Certificate, KeyStatus, TrustAnchors
from bindctl.model.host import parse_host_pattern
from tests.unit.certificates.made import ISSUER, NOW, certificate

TRUSTED = TrustAnchors(frozenset({ISSUER}))
A, B, C, D = (digit * 40 for digit in "abcd")


def _named(
    certificate_hash: str, *ids: str, days: int = 89, addresses: tuple[str, ...] = ()
) -> Certificate:
    made = certificate(*ids, days=days, addresses=addresses)
    return made._replace(certificate_hash=certificate_hash)


def _choose(
    *hosts: str, store: tuple[Certificate, ...], anchors: TrustAnchors | None = TRUSTED
) -> str | None:
    candidates = Candidates(store, NOW, anchors)
    found = candidates.choose([*map(parse_host_pattern, hosts)])
    return None if found is None else found.certificate_hash


def test_longest_valid_one_is_taken() -> None:
    """Every week another certificate would have to be assigned."""
    store = (_named(A, "a.example", days=5), _named(B, "*.example", "a.example"))
    assert _choose("a.example", store=store) == B
    store = (_named(A, "a.example"), _named(B, "*.b.example", days=5))
    assert _choose("a.b.example", store=store) == B
    assert _choose("c.example", store=store) is None
    assert _choose(store=store) is None


def test_one_with_an_error_is_none() -> None:
    """Following a hint would bring the next finding."""
    broken = (
        _named(A, "a.example", days=-1),
        _named(B, "a.example")._replace(key_status=KeyStatus.MISSING),
        _named(C, "a.example")._replace(signature_hash="sha1"),
        _named(D, "a.example")._replace(issuer="CN=Nobody"),
    )
    assert _choose("a.example", store=broken) is None
    assert _choose("a.example", store=broken, anchors=None) == D


def test_one_that_browsers_accept_goes_before_one_that_lives_longer() -> None:
    """A self-signed certificate of ten years would win over a real one."""
    own = _named(A, "a.example", days=800)
    own = own._replace(
        issuer=own.subject, is_self_signed=True, chain_issuers=(own.subject,)
    )
    assert _choose("a.example", store=(own, _named(B, "a.example"))) == B
    assert _choose("a.example", store=(own,)) == A


def test_all_hosts_are_covered() -> None:
    """Assigning it would break the site's other host."""
    store = (
        _named(A, "a.example", days=300),
        _named(B, "a.example", "b.example"),
        _named(C, "*.example"),
    )
    assert _choose("a.example", "b.example", store=store) == B
    assert _choose("a.example", "x.y.example", store=store) is None


def test_addresses_are_found_by_address() -> None:
    """A host that is an address would never have a candidate."""
    store = (_named(A, "10.0.0.1"), _named(B, addresses=("10.0.0.1",)))
    assert _choose("10.0.0.1", store=store) == B


def test_many_bad_ones_do_not_hide_a_good_one() -> None:
    """After years of renewals the store is full of certificates that have ended."""
    old = tuple(
        _named(f"{number:040x}", "a.example", days=-number - 1) for number in range(99)
    )
    assert _choose("a.example", store=(*old, _named(A, "a.example"))) == A


def test_name_is_given_where_cert_assign_takes_the_same() -> None:
    """The command of the hint would assign another certificate than was meant."""
    host = parse_host_pattern("a.example")
    store = (
        _named(A, "a.example", "b.example", days=5),
        _named(B, "a.example", days=6),
        _named(C, "a.example", days=900)._replace(key_status=KeyStatus.MISSING),
        _named(D, "*.example", days=7),
    )
    candidates = Candidates(store, NOW, TRUSTED)
    assert candidates.name_for_assign(store[1], host) == "a.example"
    assert candidates.name_for_assign(store[0], host) == A[:12]
    both = candidates.choose([host, parse_host_pattern("b.example")])
    assert both is store[0]
    assert candidates.best(store[:3]) is store[1]


def test_judged_at_the_instant_given() -> None:
    """`what-if --at` would offer a certificate that has ended by then."""
    host = parse_host_pattern("a.example")
    later = NOW + timedelta(days=100)
    assert Candidates((_named(A, "a.example"),), later, TRUSTED).choose([host]) is None
