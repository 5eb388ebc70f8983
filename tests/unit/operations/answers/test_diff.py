"""diff: the requests that two configurations answer otherwise."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import TYPE_CHECKING

import pytest

from bindctl.model.binding import Protocol
from bindctl.operations.answers.diff import (
    diff,
    format_witness,
    group_changes,
    is_certificate_alone,
)
from bindctl.operations.load.sources import ReasonedChange
from bindctl.routing.answers import CLOSED, NO_HANDSHAKE, Answer, AnswerChange
from bindctl.routing.reason import Reason, Why
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

TEN = IPv4Address("10.0.0.1")
HTTP, HTTPS = Protocol.HTTP, Protocol.HTTPS
BAD = Answer(True, None, None)


def change(
    host: str,
    before: Answer,
    after: Answer,
    *,
    protocol: Protocol = HTTPS,
    server_name: str | None = None,
) -> AnswerChange:
    port = 443 if protocol is HTTPS else 80
    return AnswerChange(protocol, host, port, (TEN,), True, before, after, server_name)


def shown(site: int | None, certificate: str | None = "aa") -> Answer:
    return Answer(True, site, certificate)


def item(found: AnswerChange, reason: str = "") -> ReasonedChange:
    reasons = (Reason(Why.BAD_URL, fault=reason),) if reason else ()
    return ReasonedChange(found, reasons, TEN)


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (change("a", shown(1, None), shown(2, None), protocol=HTTP),
         "curl -sSki --resolve a:81:10.0.0.1 http://a:81/"),
        (change("*", shown(1, None), BAD, protocol=HTTP),
         "curl -sSki --resolve unnamed.invalid:81:10.0.0.1 http://unnamed.invalid:81/"),
        (change("*.a", shown(1), shown(2)),
         "curl -sSki --resolve unnamed.a:444:10.0.0.1 https://unnamed.a:444/"),
        (change("a", shown(1), shown(1, "bb")),
         "openssl s_client -connect 10.0.0.1:444 -servername a </dev/null"),
        (change("*", shown(1), NO_HANDSHAKE),
         "openssl s_client -connect 10.0.0.1:444 -noservername </dev/null"),
        (change("a", shown(1), shown(2, "bb"), server_name="b"),
         "curl -sSki -H 'Host: a' --resolve b:444:10.0.0.1 https://b:444/"),
        (change("a", shown(1), shown(2), server_name="*"),
         "curl -sSki -H 'Host: a' https://10.0.0.1:444/"),
    ],
)  # fmt: skip
def test_a_change_can_be_tried_out(found: AnswerChange, line: str) -> None:
    """Pasted into a shell it must show the answer that differs."""
    assert format_witness(item(found), 1) == line


@pytest.mark.parametrize(
    ("changes", "sizes"),
    [
        # the certificate alone, whatever site answers, or none
        ([(shown(1), shown(1, "bb")), (shown(2), shown(2, "bb")),
          (shown(None), shown(None, "bb"))], [3]),
        ([(shown(1), shown(1, "bb")), (shown(1), shown(1, "cc"))], [1, 1]),
        # each its site
        ([(shown(1), CLOSED), (shown(2), CLOSED), (shown(None), CLOSED)], [2, 1]),
        ([(shown(1), shown(3)), (shown(2), shown(3)), (shown(1), shown(3))], [2, 1]),
        ([(shown(1), shown(None)), (shown(1), NO_HANDSHAKE)], [1, 1]),
    ],
)  # fmt: skip
def test_changes_that_are_alike_are_one(
    changes: list[tuple[Answer, Answer]], sizes: list[int]
) -> None:
    """A renewed certificate of ten thousand hosts is one line to read."""
    items = [item(change(f"h{n}", *both)) for n, both in enumerate(changes)]
    assert [len(group) for group in group_changes(items)] == sizes


def test_another_reason_is_another_change() -> None:
    """Else the reason shown would be false for some."""
    both = (shown(1), shown(1, "bb"))
    items = [item(change(name, *both), reason=name) for name in "ab"]
    assert [len(group) for group in group_changes(items)] == [1, 1]


def test_a_certificate_is_alone_when_the_page_stays() -> None:
    """A handshake that is refused has no page."""
    assert is_certificate_alone(change("a", shown(1), shown(1, "bb")))
    assert not is_certificate_alone(change("a", shown(1), shown(2, "bb")))
    assert not is_certificate_alone(change("a", shown(1), NO_HANDSHAKE))
    assert not is_certificate_alone(change("a", CLOSED, shown(1)))


def test_both_are_named_and_their_sites_known(tmp_path: Path) -> None:
    """The numbers of sites say little; the newer name counts."""
    for name, comment in (("old.toml", "Before"), ("new.toml", "After")):
        text = (
            f"[w3svc.1]\nServerComment = '{comment}'\nServerBindings = [':80:{name}']"
        )
        (tmp_path / name).write_text(text)
    metabase = str(tmp_path / "metabase.toml")

    def read_nothing() -> bytes:
        return b""

    found = diff(
        DiskWorkspace(metabase), "old.toml", "new.toml", str(tmp_path), read_nothing
    )
    assert (found.before, found.after, found.port_offset) == ("old.toml", "new.toml", 0)
    assert [entry.change.host for entry in found.changes] == ["new.toml", "old.toml"]
    assert found.comments == {1: "After"}
    same = diff(
        DiskWorkspace(metabase), "old.toml", "old.toml", str(tmp_path), read_nothing
    )
    assert same.changes == ()
