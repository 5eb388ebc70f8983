"""The witnesses of a plan as requests, and what the plan promises for each."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from bindctl.model.binding import Protocol
from bindctl.operations.live.live_place import Target
from bindctl.operations.live.probe_question import (
    ProbeQuestion,
    make_questions,
    member_name,
)
from bindctl.routing.plan import compile_plan
from bindctl.routing.reading import Reading
from tests.unit.bindings.tables import A, B, site, table

HERE = Target(ip_address("127.0.0.1"), 1)
TABLE = table(
    site(1, ":80:a.example", secure=(":443:a.example",), certificate_hash=A, flags=1),
    site(2, secure=(":443:*.b.example",), certificate_hash=B, flags=1),
    site(3, ":80:", "10.0.0.1:80:c.example"),
)


def questions() -> list[ProbeQuestion]:
    """All questions, wherever they go."""
    return list(make_questions(Reading(TABLE), lambda *_place: HERE))


def test_every_kind_of_request_is_asked_once() -> None:
    """What is not asked is not proven."""
    asked = [(q.port, str(q.address), q.server_name, q.host) for q in questions()]
    assert asked == [
        (80, "0.0.0.0", None, "a.example"),  # noqa: S104 - any address
        (80, "0.0.0.0", None, "c.example"),  # noqa: S104 - any address
        (80, "0.0.0.0", None, "unnamed.invalid"),  # noqa: S104 - any address
        (80, "10.0.0.1", None, "a.example"),
        (80, "10.0.0.1", None, "c.example"),
        (80, "10.0.0.1", None, "unnamed.invalid"),
        (443, "0.0.0.0", "a.example", "a.example"),  # noqa: S104 - any address
        (443, "0.0.0.0", "unnamed.b.example", "unnamed.b.example"),  # noqa: S104
        (
            443,
            "0.0.0.0",  # noqa: S104 - any address
            "unnamed.unnamed.b.example",
            "unnamed.unnamed.b.example",
        ),
        (443, "0.0.0.0", None, "unnamed.invalid"),  # noqa: S104 - any address
    ]


def test_the_plan_promises_site_and_certificate() -> None:
    """A difference would be told where there is none."""
    promised = {
        (q.protocol, str(q.address), q.host): (
            q.site,
            None if q.record is None else q.record.certificate_hash,
        )
        for q in questions()
    }
    any_address = "0.0.0.0"  # noqa: S104 - as above
    assert promised[Protocol.HTTP, any_address, "c.example"] == (3, None)
    assert promised[Protocol.HTTP, "10.0.0.1", "c.example"] == (3, None)
    assert promised[Protocol.HTTPS, any_address, "a.example"] == (1, A)
    assert promised[Protocol.HTTPS, any_address, "unnamed.b.example"] == (2, B)
    refused = [q for q in questions() if q.is_refused]
    assert [q.server_name for q in refused] == ["unnamed.unnamed.b.example", None]


@pytest.mark.parametrize(
    ("name", "bindings", "expected"),
    [
        ("a.example", (), "a.example"),
        (None, (), "unnamed.invalid"),
        (None, (":443:unnamed.invalid",), "unnamed2.invalid"),
        ("/.b.example", (":443:unnamed.b.example",), "unnamed2.b.example"),
    ],
)
def test_a_name_is_made_that_nothing_has(
    name: str | None, bindings: tuple[str, ...], expected: str
) -> None:
    """A witness that happens to be a real site's name shows that site."""
    rows = table(site(1, secure=(*bindings, ":443:x.example"), certificate_hash=A))
    port_plan = compile_plan(rows, {1}).ports[443]
    assert member_name(name, port_plan) == expected


def test_an_address_is_never_a_server_name() -> None:
    """No client sends one: RFC 6066 section 3."""
    rows = table(site(1, secure=(":443:10.0.0.1",), certificate_hash=A))
    asked = make_questions(Reading(rows), lambda *_place: HERE)
    named = [q for q in asked if q.host == "10.0.0.1"]
    assert [(q.server_name, q.site) for q in named] == [(None, 1)]
