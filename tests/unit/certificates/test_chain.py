"""Chains: whether a client finds its way from the leaf to somebody it trusts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bindctl.certificates.chain import (
    ChainEnd,
    ChainExpiry,
    chain_end,
    chain_expiry,
    link_flaws,
    order_flaws,
    trust_flaws,
)
from bindctl.findings.finding import Severity
from bindctl.model.certificate import TrustAnchors
from tests.unit.certificates.made import ISSUER, NOW, certificate

if TYPE_CHECKING:
    from datetime import datetime

    from bindctl.model.certificate import Certificate

ROOT, ROOTS_ISSUER = "CN=Root", "CN=Older Root"
TRUSTED = TrustAnchors(frozenset({ROOT}))
LEAF = certificate("a.example")
DAY = timedelta(days=1)


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
        (
            (),
            ISSUER,
            ("CRT501", None, "is issued by CN=Intermediate, which is neither"),
        ),
        (
            (),
            "",
            (
                "CRT501",
                None,
                "is issued by an authority without a name, which is neither",
            ),
        ),
        (
            (ISSUER,),
            "CN=Own",
            ("CRT501", Severity.WARNING, "has a chain that ends below CN=Own, which"),
        ),
        (
            (ISSUER, "CN=Own"),
            "CN=Own",
            ("CRT503", None, "is issued below CN=Own, which"),
        ),
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
    assert "whose key did not sign it" in flaw.words


SOUND = ((NOW - DAY, NOW + 900 * DAY), True, "sha256")


def _links(
    *links: tuple[tuple[datetime, datetime], bool, str], names: tuple[str, ...] = ()
) -> Certificate:
    """A leaf with those above it, of its issuer's name if no other is given."""
    given = _chain(*(names or (ISSUER,) * len(links)), issuer=ROOT)
    periods, may_issue, hashes = zip(*links, strict=True)
    return given._replace(
        chain_issuers=(*given.chain_subjects[1:], ROOT)
        if names
        else (ISSUER, *(ROOT for _link in links)),
        chain_periods=periods,
        chain_may_issue=may_issue,
        chain_hashes=hashes,
    )


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (SOUND, None),
        (((NOW - DAY, NOW), True, "sha256"), None),
        (((NOW, NOW + 90 * DAY), True, "sha256"), None),
        (
            ((NOW - DAY, NOW - timedelta(seconds=1)), True, "sha256"),
            "ended on 2026-06-01 11:59 UTC",
        ),
        (((NOW + DAY, NOW + 9 * DAY), True, "sha256"), "begins on 2026-06-02 12:00 UTC"),
        ((SOUND[0], False, "sha256"), "may not issue certificates"),
        ((SOUND[0], True, "sha1"), "is signed with SHA-1"),
        ((SOUND[0], True, ""), None),
    ],
    ids=[
        "sound", "last instant", "first instant", "ended", "not begun", "no authority",
        "SHA-1", "no hash",
    ],
)  # fmt: skip
def test_an_intermediate_that_clients_refuse_is_told(
    link: tuple[tuple[datetime, datetime], bool, str], words: str | None
) -> None:
    """The leaf is renewed by a script; the file's intermediate ends unseen."""
    found = [flaw.words for flaw in link_flaws(_links(link), NOW, TRUSTED)]
    whole = f"has a chain through {ISSUER}, which {words}"
    assert found == ([] if words is None else [whole])


def test_one_sound_intermediate_of_a_name_is_enough() -> None:
    """Files that hold the old and the new one work, in either order."""
    ended = ((NOW - 9 * DAY, NOW - DAY), True, "sha256")
    assert not list(link_flaws(_links(ended, SOUND), NOW, TRUSTED))
    assert not list(link_flaws(_links(SOUND, ended), NOW, TRUSTED))
    assert list(link_flaws(_links(ended, ended), NOW, TRUSTED))


def test_nothing_above_a_trusted_one_matters() -> None:
    """A root sent along, or an old cross-signature, is looked at by nobody."""
    ended = ((NOW - 9 * DAY, NOW - DAY), True, "sha1")
    given = _links(SOUND, ended, names=(ISSUER, ROOT))
    assert not list(link_flaws(given, NOW, TRUSTED))
    own_root = given._replace(chain_issuers=(ISSUER, ROOT, ROOT))
    nobody = TrustAnchors()
    assert not list(link_flaws(own_root, NOW, nobody))
    cross_signed = given._replace(chain_issuers=(ISSUER, ROOT, "CN=Older"))
    assert len(list(link_flaws(cross_signed, NOW, nobody))) == 1
    assert not list(link_flaws(cross_signed, NOW, None))
    ring = _links(SOUND, SOUND, names=(ISSUER, ROOT))
    ring = ring._replace(chain_issuers=(ISSUER, ROOT, ISSUER))
    assert not list(link_flaws(ring, NOW, nobody))


def test_an_intermediate_that_ends_before_its_leaf_is_told_in_time() -> None:
    """Every client would refuse on a day that nobody has in the calendar."""
    soon = ((NOW - DAY, NOW + 10 * DAY), True, "sha256")
    (flaw,) = link_flaws(_links(soon), NOW, TRUSTED, 30)
    assert flaw.code == "CRT303"
    assert flaw.words.endswith("which ends on 2026-06-11 12:00 UTC, in 10 day(s)")
    assert not flaw.is_refused
    assert not list(link_flaws(_links(soon), NOW, TRUSTED, 9))
    brief = _links(soon)._replace(not_after=NOW + 10 * DAY)
    assert not list(link_flaws(brief, NOW, TRUSTED, 30))  # CRT303 of its own


@pytest.mark.parametrize(
    ("lasts", "at", "name"),
    [
        ((10,), NOW + 10 * DAY, ISSUER),
        ((99_999,), LEAF.not_after, ""),
        ((10, 20), NOW + 20 * DAY, ISSUER),  # the newer of two with one name
        ((-10,), NOW - 10 * DAY, ISSUER),  # it is over
    ],
)
def test_a_chain_ends_with_the_first_of_its_links(
    lasts: tuple[int, ...], at: datetime, name: str
) -> None:
    """Just then, and no earlier, clients begin to refuse it."""
    links = [((NOW - 99 * DAY, NOW + last * DAY), True, "sha256") for last in lasts]
    given = _links(*links)
    assert chain_expiry(given, TRUSTED) == ChainExpiry(at, name)
    if name:
        assert not list(link_flaws(given, at, TRUSTED))
        (flaw,) = link_flaws(given, at + timedelta(seconds=1), TRUSTED)
        assert flaw.code == "CRT504"


def test_what_nobody_looks_at_ends_nothing() -> None:
    """A trusted root's dates, one that may not issue, and what is unknown."""
    brief = ((NOW - DAY, NOW + DAY), True, "sha256")
    long = ((NOW - DAY, NOW + 5 * DAY), True, "sha256")
    above = _links(long, brief, names=(ISSUER, ROOT))
    assert chain_expiry(above, TRUSTED) == ChainExpiry(NOW + 5 * DAY, ISSUER)
    nobody = above._replace(chain_issuers=(ISSUER, ROOT, "CN=Older"))
    assert chain_expiry(nobody, TrustAnchors()) == ChainExpiry(NOW + DAY, ROOT)
    assert chain_expiry(nobody, None) == ChainExpiry(NOW + 5 * DAY, ISSUER)
    unfit = _links(((NOW - DAY, NOW + DAY), False, "sha256"))
    assert chain_expiry(unfit, TRUSTED) == ChainExpiry(LEAF.not_after, "")
