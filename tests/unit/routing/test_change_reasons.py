"""Why a request is answered otherwise, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.routing.change_reasons import Reasons, member_of
from bindctl.routing.compare import compare
from bindctl.routing.reason import format_reasons
from tests.unit.routing.readings import http, https, reading_of

if TYPE_CHECKING:
    from bindctl.routing.reading import Reading

STOPPED = "ServerAutoStart = false"
CENTRAL = "[w3svc]\nCentralCertStorePath = '{}'"


def reasons(before: Reading, after: Reading) -> dict[str, str]:
    """The reason of each change, by host."""
    words = Reasons(before, after)
    return {
        change.host: format_reasons(words.explain(change))
        for change in compare(before, after)
    }


@pytest.mark.parametrize(
    ("before", "after", "host", "reason"),
    [
        ([http(":80:a", ":80:")], [http(":80:")], "a", ""),
        ([http(":80:a")], [http(":80:b")], "a", 'site 1 no longer has ":80:a"'),
        ([http(":80:a")], [http(":80:b")], "b", 'site 1 has ":80:b" now'),
        ([http(":80:bücher.a")], [http(":80:b")], "xn--bcher-kva.a",
         'site 1 no longer has ":80:bücher.a"'),
        ([http(":80:a"), http(":80:")], ["", http(":80:")], "a", "site 1 is gone"),
        ([http(":80:a"), http(":80:")], [http(":80:a", more=STOPPED), http(":80:")],
         "a", "site 1 is stopped"),
        ([http(":80:a", more=STOPPED), http(":80:")], [http(":80:a"), http(":80:")],
         "a", 'site 1 starts, with ":80:a"'),
        ([http(":80:b"), http(":80:a")], [http(":80:b", ":80:a"), http(":80:a")], "a",
         "site 2 does not start: http://a:80/ collides with a binding of site 1"),
        ([http(":80:b"), http(":80:a")], [http(":80:b"), http(":80:a", ":80:a")], "a",
         "site 2 does not start: http://a:80/ is registered by this site already"),
        ([http(":80:b"), http(":80:a")], [http(":80:b"), http(":80:a", "x")], "a",
         'site 2 does not start: "x" is not a binding'),
        ([http(":80:a")], [http(":80:a", ":81:")], "*", "site 1 opens port 81"),
        ([http(":80:a")], [http(":80:a"), http(":81:"), http(":81:b")], "b",
         "port 81 is bound there now"),
        ([http(":80:a")], [""], "a", "site 1 is gone; it opened port 80"),
        ([http(":80:a")], [http(":80:a", more=STOPPED)], "*",
         "site 1 is stopped; it opened port 80"),
        ([http(":80:a"), http(":80:b")], [""], "a",
         "no running site is bound to port 80 there any more"),
    ],
)  # fmt: skip
def test_says_what_became_of_the_site(
    before: list[str], after: list[str], host: str, reason: str
) -> None:
    """The next question after what is why; a site that still answers needs none."""
    found = reasons(reading_of(*before), reading_of(*after))
    assert found.get(host, "") == reason


@pytest.mark.parametrize(
    ("before", "after", "host", "reason"),
    [
        ([https(":443:")], [https(":443:", digit="b")], "*",
         "site 1 names another certificate for 0.0.0.0:443"),
        ([https(":443:a", flags=1)], [https(":443:a", digit="b", flags=1)], "a",
         "site 1 names another certificate for a:443"),
        ([https(":443:a", flags=1), https(":443:", digit="b")],
         [http(":80:"), https(":443:", digit="b")],
         "a", ("the record a:443 is gone: 0.0.0.0:443 decides; "
               'site 1 no longer has ":443:a"')),
        ([https(":443:a", flags=1)], [https(":443:a")], "*",
         "site 1 makes a record 0.0.0.0:443 now"),
        ([https(":443:a", flags=1)], [https(":443:b", flags=1)], "a",
         "the record a:443 is gone: no other matches"),
        ([https(":443:a"), https(":443:b", digit="b")],
         [https(":443:a", more=STOPPED), https(":443:b", digit="b")], "b",
         "site 2 makes the record 0.0.0.0:443 now, not site 1"),
    ],
)  # fmt: skip
def test_says_which_record_decides(
    before: list[str], after: list[str], host: str, reason: str
) -> None:
    """A certificate is another because a record is, or because it is another record."""
    assert reasons(reading_of(*before), reading_of(*after))[host] == reason


def test_a_record_of_the_metabase_is_named_as_such() -> None:
    """Nobody finds it in a site."""
    site = https(":443:a")
    head = "[http.sslcert.'0.0.0.0:443']\nCertHash = 'bb'"
    found = reasons(reading_of(site), reading_of(site, head=head))
    assert found["*"] == "http/sslcert makes the record 0.0.0.0:443 now, not site 1"


@pytest.mark.parametrize(
    ("files", "folders", "reason"),
    [
        ((set(), {"a.x.pfx"}), ("c", "c"), "the central store has a file for the name now"),
        (({"a.x.pfx"}, set()), ("c", "c"),
         "the central store has no file for the name any more: no other matches"),
        (({"_.x.pfx"}, {"a.x.pfx"}), ("c", "c"),
         "the central store has another file for the name"),
        (({"a.x.pfx"}, {"a.x.pfx"}), ("c", "d"), "CentralCertStorePath has changed"),
    ],
)  # fmt: skip
def test_says_what_the_central_store_does(
    files: tuple[set[str], set[str]], folders: tuple[str, str], reason: str
) -> None:
    """There a file is the certificate, and its name what it is for."""
    before, after = (
        reading_of(
            https(":443:a.x", flags=3),
            head=CENTRAL.format(folder),
            files=frozenset(names),
        )
        for names, folder in zip(files, folders, strict=True)
    )
    assert reasons(before, after)["a.x"] == reason


def test_says_that_the_depth_of_wildcards_is_another() -> None:
    """No site was edited at all."""
    site = http(":80:*.a")
    deep = reading_of(site, head="[w3svc]\nWildcardHostDepth = 0")
    found = reasons(reading_of(site), deep)
    assert found == {"*.*.a": "WildcardHostDepth is 0 now"}


def test_says_that_the_listen_list_is_another() -> None:
    """The bindings are as they were."""
    limited = reading_of(http(":80:"), head="[http]\nListenAddresses = ['10.0.0.1']")
    found = reasons(reading_of(http(":80:")), limited)
    assert found == {"*": "ListenAddresses has changed"}


def test_says_what_a_site_itself_refuses() -> None:
    """A pause of the running service, and requests for another certificate's host."""
    one, two = https(":443:a", flags=1), https(":443:b", digit="b", flags=1)
    plain = reading_of(one, two)
    paused = plain._replace(paused=frozenset({1}))
    assert reasons(plain, paused) == {"a": "site 1 is paused"}
    assert reasons(paused, plain) == {"a": "site 1 is not paused any more"}
    strict = reading_of(one, two + "MisdirectedRequest = true")
    assert reasons(plain, strict) == {"b": "site 2 has MisdirectedRequest on now"}
    assert reasons(strict, plain) == {"b": "site 2 has MisdirectedRequest off now"}


def test_says_that_a_host_and_a_name_have_one_certificate_no_more() -> None:
    """Neither the property nor the site is another, and yet it is 421."""
    one, on = https(":443:a", flags=1), "MisdirectedRequest = true"
    same = reading_of(one, https(":443:b", flags=1) + on)
    other = reading_of(one, https(":443:b", digit="b", flags=1) + on)
    apart, together = (
        next(
            format_reasons(Reasons(*sides).explain(change))
            for change in compare(*sides)
            if change.server_name == "a"
        )
        for sides in ((same, other), (other, same))
    )
    assert apart == "the server name's certificate is not the host's any more"
    assert together == "the server name's certificate is the host's now"


@pytest.mark.parametrize(
    ("shown", "member"), [("*", None), ("a.x", "a.x"), ("*.*.x", "/./.x")]
)
def test_a_class_is_read_as_it_is_shown(shown: str, member: str | None) -> None:
    """Text and plan mean one class."""
    assert member_of(shown) == member
