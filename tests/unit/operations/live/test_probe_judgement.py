"""What an answer says of a promise."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from bindctl.model.binding import Protocol
from bindctl.model.certificate import CentralKey, SslRecord
from bindctl.model.endpoint import ANY_ADDRESS, Endpoint
from bindctl.operations.live.live_client import LiveAnswer, Stage
from bindctl.operations.live.live_place import Target
from bindctl.operations.live.probe_judgement import (
    Judgement,
    Promise,
    Proof,
    SitePage,
    judge_answer,
)
from bindctl.operations.live.probe_question import ProbeQuestion
from tests.unit.bindings.tables import A, B

HERE = ip_address("127.0.0.1")
RECORD = SslRecord(Endpoint(ANY_ADDRESS, 443), A, "MY", 1)
CENTRAL = SslRecord(CentralKey(443), "a.pfx", "CENTRAL", 1)
OWN = Promise({}, {}, is_own=True)
PAGES = {1: SitePage(200, "one"), 2: SitePage(200, "two"), 3: SitePage(200, "two")}
PAGES |= {4: SitePage(404, "")}
FOREIGN = Promise({}, PAGES, is_own=False)


def question(
    site: int | None, record: SslRecord | None = None, *, https: bool = False
) -> ProbeQuestion:
    """A request for which the plan promises that."""
    protocol = Protocol.HTTPS if https or record else Protocol.HTTP
    place = Target(HERE, 1)
    return ProbeQuestion(protocol, HERE, 443, None, "a", place, record, site)


def told(site: int | None, shown: str | None = None, status: int = 200) -> LiveAnswer:
    """What our own service answers."""
    fields = {} if site is None else {"x-bindctl-site": str(site)}
    return LiveAnswer(Stage.ANSWERED, shown, status, fields)


def judge(asked: ProbeQuestion, answer: LiveAnswer, digest: str = "") -> Judgement:
    """Of our own service where it told a site, else of another server."""
    promise = OWN if "x-bindctl-site" in answer.fields else FOREIGN
    return judge_answer(asked, answer, digest, promise)


def words(found: Judgement) -> tuple[str, ...]:
    """What differs, as people are told."""
    return tuple(map(str, found.differences))


def test_our_own_service_tells_the_site() -> None:
    """Two sites with one page could not be told apart."""
    good = judge(question(1, RECORD), told(1, A))
    assert (good.differences, good.proof, good.site) == ((), Proof.TOLD, 1)
    bad = judge(question(1, RECORD), told(2, A))
    assert words(bad) == ("site 2, not site 1",)
    none = judge(question(None), told(2))
    assert words(none) == ("site 2, where no site should answer",)


@pytest.mark.parametrize("status", [400, 404, 421])
def test_no_site_is_an_answer_as_well(status: int) -> None:
    """Every unknown host would be told to differ."""
    answer = LiveAnswer(Stage.ANSWERED, None, status)
    for promise in (OWN, FOREIGN):
        found = judge_answer(question(None), answer, "", promise)
        assert (found.differences, found.proof) == ((), Proof.REFUSAL)
    lost = judge_answer(question(1), answer, "", OWN)
    assert words(lost) == (f"status {status}, not site 1",)


def test_a_paused_site_differs() -> None:
    """The plan promises a site, and visitors get 503."""
    answer = LiveAnswer(Stage.ANSWERED, None, 503)
    found = judge_answer(question(1), answer, "", OWN)
    assert words(found) == ("status 503, not site 1",)


@pytest.mark.parametrize(
    ("record", "answer", "text"),
    [
        (RECORD, told(1, B), f"certificate {B}, not {A}"),
        (
            RECORD,
            LiveAnswer(Stage.HANDSHAKE, problem="handshake failure"),
            f"the handshake is refused (handshake failure), not certificate {A}",
        ),
        (
            None,
            told(1, B),
            f"the handshake should be refused, and shows certificate {B}",
        ),
        (
            RECORD,
            LiveAnswer(Stage.CONNECT, problem="connection refused"),
            "no connection: connection refused",
        ),
    ],
)
def test_certificates_are_compared(
    record: SslRecord | None, answer: LiveAnswer, text: str
) -> None:
    """The commonest mistake, and the one that visitors see first."""
    found = judge_answer(question(1, record, https=True), answer, "", OWN)
    assert str(found.differences[0]) == text


def test_a_refused_handshake_can_be_promised() -> None:
    """Without a record nothing may be shown, and nothing more is asked."""
    answer = LiveAnswer(Stage.HANDSHAKE, problem="unrecognized name")
    found = judge_answer(question(1, None, https=True), answer, "", FOREIGN)
    assert (found.differences, found.proof) == ((), Proof.REFUSAL)


def test_a_file_of_the_central_store_has_a_thumbprint() -> None:
    """The plan knows its name alone."""
    promise = Promise({"a.pfx": A}, {}, is_own=True)
    assert not judge_answer(question(1, CENTRAL), told(1, A), "", promise).differences
    other = judge_answer(question(1, CENTRAL), told(1, B), "", promise)
    assert words(other) == (f"certificate {B}, not {A}",)
    unread = judge_answer(question(1, CENTRAL), told(1, B), "", OWN)
    assert words(unread) == (f"certificate {B}, not a.pfx",)


@pytest.mark.parametrize(
    ("promised", "page", "differences", "proof", "site"),
    [
        (1, (200, "one"), (), Proof.PAGE, 1),
        (2, (200, "two"), (), Proof.NONE, None),
        (1, (200, "two"), ("the page of site 2, not of site 1",), Proof.NONE, None),
        (2, (200, "one"), ("the page of site 1, not of site 2",), Proof.PAGE, 1),
        (1, (200, "other"), (), Proof.NONE, None),
        (1, (302, ""), (), Proof.NONE, None),
        (1, (502, ""), (), Proof.NONE, None),
        (1, (404, ""), ("status 404, not site 1",), Proof.NONE, None),
        (4, (404, ""), (), Proof.NONE, None),
        (
            None,
            (200, "one"),
            ("site 1, where no site should answer",),
            Proof.NONE,
            None,
        ),
        (
            None,
            (200, "x"),
            ("status 200, where no site should answer",),
            Proof.NONE,
            None,
        ),
    ],
)
def test_another_server_is_known_by_its_pages(
    promised: int | None,
    page: tuple[int, str],
    differences: tuple[str, ...],
    proof: Proof,
    site: int | None,
) -> None:
    """And where a page says nothing, nothing is said to be proven."""
    status, digest = page
    answer = LiveAnswer(Stage.ANSWERED, None, status)
    found = judge_answer(question(promised), answer, digest, FOREIGN)
    assert words(found) == differences
    assert (found.proof, found.site) == (proof, site)


def test_a_closed_connection_is_no_site_to_others() -> None:
    """The 444 of nginx is what many use for unknown hosts."""
    answer = LiveAnswer(Stage.REQUEST, problem="the server closed the connection")
    none = judge_answer(question(None), answer, "", FOREIGN)
    assert (none.differences, none.proof) == ((), Proof.REFUSAL)
    lost = judge_answer(question(1), answer, "", FOREIGN)
    text = "no answer (the server closed the connection), not site 1"
    assert words(lost) == (text,)
    own = judge_answer(question(None), answer, "", OWN)
    assert own.differences
