"""Requests whose answer changes, as text and as JSON."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from bindctl.cli.answers_view import answers_data, print_sites
from bindctl.model.binding import Protocol
from bindctl.operations.sources import ReasonedChange
from bindctl.routing.answers import Answer, AnswerChange
from bindctl.routing.classes import OTHER_ADDRESS

if TYPE_CHECKING:
    from bindctl.model.endpoint import IpAddress

NOBODY = Answer(is_listening=False, site=None, certificate_hash=None)
BAD = Answer(is_listening=True, site=None, certificate_hash=None)
ONE = Answer(is_listening=True, site=1, certificate_hash="aa")
TWO = Answer(is_listening=True, site=2, certificate_hash="aa")
OTHER = Answer(is_listening=True, site=2, certificate_hash="bb")
HTTP, HTTPS = Protocol.HTTP, Protocol.HTTPS


def change_of(
    protocol: Protocol,
    host: str,
    port: int,
    where: IpAddress | tuple[IpAddress, ...] | None,
    *answers: Answer,
    server_name: str | None = None,
) -> AnswerChange:
    addresses = where if isinstance(where, tuple) else (where or OTHER_ADDRESS,)
    is_everywhere = where is None
    return AnswerChange(
        protocol, host, port, addresses, is_everywhere, *answers, server_name
    )


def test_sites_are_named_below() -> None:
    """Numbers say little; a site without a name has nothing to add."""
    item = ReasonedChange(change_of(HTTP, "a", 80, None, ONE, TWO), "", OTHER_ADDRESS)
    lines: list[str] = []
    print_sites(lines.append, [item], {1: "One", 2: "", 3: "Three"})
    assert lines == ['site 1 is "One"']
    many = [
        item._replace(change=change_of(HTTP, "a", 80, None, ONE._replace(site=n), BAD))
        for n in range(1, 31)
    ]
    lines.clear()
    print_sites(lines.append, many, dict.fromkeys(range(1, 31), "x"))
    assert lines[-1] == "and 10 more sites"


def test_data_has_what_the_text_has() -> None:
    """A script needs no parser of sentences."""
    change = change_of(HTTPS, "a", 443, IPv4Address("10.0.0.1"), BAD, OTHER)
    (data,) = answers_data([ReasonedChange(change, "why", IPv4Address("10.0.0.1"))], 1)
    assert data == {
        "url": "https://a:443/",
        "protocol": "https",
        "host": "a",
        "port": 443,
        "server_name": None,
        "address": "10.0.0.1",
        "addresses": ["10.0.0.1"],
        "is_everywhere": False,
        "before": {
            "is_listening": True,
            "site": None,
            "certificate_hash": None,
            "refusal": "handshake refused",
        },
        "after": {
            "is_listening": True,
            "site": 2,
            "certificate_hash": "bb",
            "refusal": None,
        },
        "reason": "why",
        "witness": "openssl s_client -connect 10.0.0.1:444 -servername a </dev/null",
    }
