"""Command lines that ask the running server what `explain` was asked."""

from __future__ import annotations

import shlex
from ipaddress import IPv4Address, ip_address
from typing import TYPE_CHECKING

import pytest

from bindctl.bindings.listen_list import ALL_IPV6, EVERYWHERE, ListenList
from bindctl.operations.answers.explain_question import Question
from bindctl.operations.answers.explain_witnesses import find_witnesses
from bindctl.routing.classes import OTHER_ADDRESS, OTHER_IPV6
from tests.unit.routing.questions import http, https

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.routing.request import Request


def _witnesses(
    request: Request,
    target: str = "/",
    *,
    listen: ListenList = EVERYWHERE,
    named: Sequence[str] = (),
    addresses: Sequence[object] = (OTHER_ADDRESS,),
) -> tuple[str, ...]:
    question = Question("", request, target, None, request.port + 8000)
    at = [ip_address(str(item)) for item in addresses]
    return find_witnesses(question, listen, [ip_address(n) for n in named], at)


def test_of_https_the_handshake_is_asked_for_by_itself() -> None:
    """Certificate and answer are two things to look at."""
    handshake, request = _witnesses(https("a"))
    assert handshake == (
        "openssl s_client -connect 127.0.0.1:8443 -servername a </dev/null"
    )
    assert request == "curl -sSki --resolve a:8443:127.0.0.1 https://a:8443/"
    (alone,) = _witnesses(http("a"))
    assert alone == "curl -sSki --resolve a:8080:127.0.0.1 http://a:8080/"


@pytest.mark.parametrize(
    ("request_", "line"),
    [
        (https("a", "b"),
         "curl -sSki -H 'Host: a' --resolve b:8443:127.0.0.1 https://b:8443/"),
        (https("a", None), "curl -sSki -H 'Host: a' https://127.0.0.1:8443/"),
        (https("10.0.0.1", None),
         "curl -sSki -H 'Host: 10.0.0.1' https://127.0.0.1:8443/"),
        (https(None, None), "curl -sSki --http1.0 -H 'Host:' https://127.0.0.1:8443/"),
        (https(None, "b"), ("curl -sSki --http1.0 -H 'Host:' "
         "--resolve b:8443:127.0.0.1 https://b:8443/")),
    ],
)  # fmt: skip
def test_server_name_and_host_may_differ(request_: Request, line: str) -> None:
    """The command sends both as the question has them."""
    assert _witnesses(request_)[1] == line


@pytest.mark.parametrize(
    ("target", "end"),
    [
        ("/x/y.htm", " http://a:8080/x/y.htm"),
        ("/x?y&z", " 'http://a:8080/x?y&z'"),
        ("/a b", " http://a:8080/a%20b"),
        ("/ä", " http://a:8080/%C3%A4"),
        ("/it's$(x)", " 'http://a:8080/it%27s$(x)'"),
    ],
)
def test_the_path_survives_the_shell(target: str, end: str) -> None:
    """Pasted, it asks for exactly that path, and runs nothing else."""
    (line,) = _witnesses(http("a"), target)
    assert line.endswith(end)


def test_brackets_in_a_path_are_no_pattern() -> None:
    """Curl would refuse them as a bad range, or ask for several pages."""
    (line,) = _witnesses(http("a"), "/list[1-3]")
    assert line.startswith("curl --globoff -sSki ")
    assert line.endswith(" 'http://a:8080/list[1-3]'")


def test_dots_in_a_path_are_sent_as_they_are() -> None:
    """A client would tidy them away and ask for another path."""
    (line,) = _witnesses(http("a"), "/../x")
    assert line.startswith("curl --path-as-is -sSki ")


@pytest.mark.parametrize(
    ("named", "addresses", "where"),
    [
        ((), (OTHER_ADDRESS,), "127.0.0.1"),
        (("127.0.0.1",), (OTHER_ADDRESS,), "127.0.0.2"),
        (("127.0.0.1", "127.0.0.2"), (OTHER_ADDRESS,), "127.0.0.3"),
        (("10.0.0.1",), ("10.0.0.1", OTHER_ADDRESS), "127.0.0.1"),
        (("10.0.0.1",), ("10.0.0.1",), "10.0.0.1"),
        ((), (OTHER_IPV6,), "[::1]"),
        (("::1",), (OTHER_IPV6,), "[::1]"),  # there is no other: any would do as well
        ((), ("2001:db8::1",), "[2001:db8::1]"),
    ],
)
def test_it_goes_where_the_answer_holds(
    named: Sequence[str], addresses: Sequence[object], where: str
) -> None:
    """At an address that another binding names, another site might answer."""
    (line,) = _witnesses(http("a"), named=named, addresses=addresses)
    resolved = f"a:8080:{where}"
    assert shlex.split(line)[3] == resolved
    assert (f"'{resolved}'" in line) is (
        "[" in where
    )  # zsh would take it for a pattern


@pytest.mark.parametrize(
    ("listed", "where"),
    [
        (("127.0.0.1", "10.0.0.5"), "127.0.0.1"),
        (("10.0.0.5",), "10.0.0.5"),
        ((str(IPv4Address(0)),), "127.0.0.1"),
        ((str(ALL_IPV6),), "127.0.0.1"),  # nothing is open: it shows just that
    ],
)
def test_it_goes_where_somebody_listens(listed: Sequence[str], where: str) -> None:
    """A listen list may leave the loopback out."""
    addresses = tuple(ip_address(item) for item in listed)
    listen = ListenList(addresses, is_limited=True)
    (line,) = _witnesses(http("a"), listen=listen)
    resolved = f"a:8080:{where}"
    assert shlex.split(line)[3] == resolved
    assert (f"'{resolved}'" in line) is (
        "[" in where
    )  # zsh would take it for a pattern
