"""Chains: whether a client finds its way from the leaf to somebody it trusts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.certificates.chain import ChainEnd, chain_end, order_flaws, trust_flaws
from bindctl.findings.finding import Severity
from bindctl.model.trust_anchors import TrustAnchors
from tests.unit.certificates.made import ISSUER, certificate

if TYPE_CHECKING:
    from bindctl.model.certificate import Certificate

ROOT, ROOTS_ISSUER = "CN=Root", "CN=Older Root"
TRUSTED = TrustAnchors(frozenset({ROOT}))
LEAF = certificate("a.example")


def _chain(*names: str, issuer: str | None = None) -> Certificate:
    """A leaf and those above it, each issued by the next, the last by `issuer`."""
    subjects = (LEAF.subject, *names)
    last = subjects[-1] if issuer is None else issuer
    issuers = (*names, last)
    return LEAF._replace(
        issuer=issuers[0],
        chain_length=len(subjects),
        is_self_signed=issuers[0] == LEAF.subject,
        chain_subjects=subjects,
        chain_issuers=issuers,
    )


@pytest.mark.parametrize(
    ("names", "issuer", "end"),
    [
        ((), ROOT, ChainEnd(ROOT, is_root=False)),
        ((ISSUER,), ROOT, ChainEnd(ROOT, is_root=False)),
        ((ISSUER, ROOT), ROOT, ChainEnd(ROOT, is_root=False)),
        ((ISSUER, ROOT), ROOTS_ISSUER, ChainEnd(ROOT, is_root=False)),
        ((), ISSUER, ChainEnd(ISSUER, is_root=False)),
        ((ISSUER,), "CN=Nobody", ChainEnd("CN=Nobody", is_root=False)),
        ((ISSUER, "CN=Own"), "CN=Own", ChainEnd("CN=Own", is_root=True)),
        ((), None, ChainEnd(LEAF.subject, is_root=True)),
        ((ISSUER, "CN=B"), ISSUER, ChainEnd("CN=B", is_root=True)),
        ((), "", ChainEnd("", is_root=False)),
    ],
    ids=[
        "issued by a root",
        "the root left out",
        "the root sent too",
        "cross-signed by one who is no longer trusted",
        "no intermediate",
        "the root unknown",
        "an own root, whole",
        "self-signed",
        "a ring",
        "an issuer without a name",
    ],
)
def test_path_ends_where_a_client_ends(
    names: tuple[str, ...], issuer: str | None, end: ChainEnd
) -> None:
    """A complete chain would be called incomplete, or the other way round."""
    assert chain_end(_chain(*names, issuer=issuer), TRUSTED) == end


def test_order_of_the_file_does_not_matter_to_the_path() -> None:
    """Clients sort what they are sent: CRT501 would be told of a whole chain."""
    given = LEAF._replace(
        is_chain_ordered=False,
        chain_subjects=(LEAF.subject, "CN=Unrelated", "CN=Upper", ISSUER),
        chain_issuers=(ISSUER, "CN=Unrelated", ROOT, "CN=Upper"),
    )
    assert chain_end(given, TRUSTED) == ChainEnd(ROOT, is_root=False)


def test_facts_without_a_chain_are_of_a_leaf_alone() -> None:
    """Whoever judges facts of another source would get a traceback."""
    given = LEAF._replace(chain_issuers=(), chain_subjects=())
    assert chain_end(given, TRUSTED) == ChainEnd(ISSUER, is_root=False)


@pytest.mark.parametrize(
    ("names", "issuer", "expected"),
    [
        ((ISSUER,), ROOT, None),
        ((), ISSUER, ("CRT501", None, "is issued by CN=Intermediate, who is neither")),
        ((), "", ("CRT501", None, "is issued by nobody, who is neither")),
        (
            (ISSUER,),
            "CN=Own",
            ("CRT501", Severity.WARNING, "has a chain that ends below CN=Own, who"),
        ),
        ((ISSUER, "CN=Own"), "CN=Own", ("CRT503", None, "is issued below CN=Own, who")),
        ((), None, ("CRT503", None, "is signed by itself alone, and not trusted")),
    ],
    ids=["whole", "missing", "nameless", "root unknown", "own root", "self-signed"],
)
def test_what_is_said_of_trust(
    names: tuple[str, ...],
    issuer: str | None,
    expected: tuple[str, Severity | None, str] | None,
) -> None:
    """A missing intermediate breaks phones; an own root breaks nobody it was given."""
    given = _chain(*names, issuer=issuer)
    flaws = [*trust_flaws(given, chain_end(given, TRUSTED), TRUSTED)]
    assert len(flaws) == (expected is not None)
    if expected is not None:
        code, severity, words = expected
        assert (flaws[0].code, flaws[0].severity) == (code, severity)
        assert flaws[0].words.startswith(words)
        assert flaws[0].is_refused


def test_one_out_of_order_is_named() -> None:
    """Of a file of five nobody would know which one to move."""
    assert not list(order_flaws(LEAF))
    given = LEAF._replace(
        is_chain_ordered=False,
        chain_subjects=(LEAF.subject, ISSUER, "CN=Other"),
        chain_issuers=(ISSUER, ROOT, "CN=Other"),
    )
    (flaw,) = order_flaws(given)
    assert flaw.words == (
        "has a file in which CN=Other follows CN=Intermediate, whose issuer is CN=Root"
    )
    assert not flaw.is_refused
    (flaw,) = order_flaws(given._replace(chain_issuers=("", ROOT, ROOT)))
    assert "CN=Intermediate follows the certificate, whose issuer is nobody" in (
        flaw.words
    )


def test_right_name_with_a_wrong_key_is_told() -> None:
    """An intermediate that was renewed with a new key looks right to the eye."""
    given = LEAF._replace(
        is_chain_ordered=False,
        chain_subjects=(LEAF.subject, ISSUER),
        chain_issuers=(ISSUER, ROOT),
    )
    (flaw,) = order_flaws(given)
    assert "whose key made no signature" in flaw.words
