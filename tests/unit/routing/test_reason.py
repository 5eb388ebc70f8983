"""Reasons are values; their words are made when they are shown."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from bindctl.bindings.start import Refusal
from bindctl.model.binding import Protocol, parse_binding
from bindctl.model.certificate import CentralKey, SniKey
from bindctl.model.endpoint import ANY_ADDRESS, Endpoint
from bindctl.model.site import Win32Error
from bindctl.routing.reason import (
    RECORD_ROW_NAMES,
    ROW_NAMES,
    Reason,
    Why,
    format_reason,
    format_reasons,
)

BINDING = parse_binding(":80:xn--bcher-kva.example", Protocol.HTTP)


def test_two_of_one_kind_about_the_same_are_equal() -> None:
    """Sets of reasons hold each once, in whatever order its data was named."""
    one = Reason(Why.SITE_OPENS_PORT, site=1, port=80)
    same = Reason(Why.SITE_OPENS_PORT, port=80, site=1)
    assert one == same
    assert len({one, same}) == 1
    assert one != Reason(Why.SITE_OPENS_PORT, site=2, port=80)
    assert one != Reason(Why.CLOSES_PORT, site=1, port=80)
    assert one != "site 1 opens port 80"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Reason(Why.TOO_DEEP, host="*.a", depth=1), "one label (WildcardHostDepth is"),
        (Reason(Why.TOO_DEEP, host="*.a", depth=2), "2 labels at most"),
        (Reason(Why.NO_RECORD_FOR, server_name=None), "for no server name,"),
        (Reason(Why.NO_RECORD_FOR, server_name="a"), "for server name a,"),
        (Reason(Why.BAD_URL, fault="It has a dot."), "it has a dot"),
        (Reason(Why.NOT_IN_STORE, certificate_hash="a" * 40), "certificate aaaaaaaa…"),
        (Reason(Why.OTHER_SCHEME, scheme=Protocol.HTTP), "it is for HTTP"),
        (Reason(Why.BINDING_NEW, site=1, binding=BINDING), '":80:bücher.example"'),
        (
            Reason(Why.RECORD_MADE, maker=None, record=SniKey("xn--bcher-kva.de", 443)),
            "http/sslcert makes a record bücher.de:443",
        ),
        (
            Reason(Why.RECORD_MADE, maker=3, record=Endpoint(ANY_ADDRESS, 443)),
            "site 3 makes a record 0.0.0.0:443",
        ),
        (Reason(Why.OF_THE_PORT, key=CentralKey(443)), "*:443, the port's own"),
        (Reason(Why.ONLY_AT, address=ip_address("::1")), "at [::1] only"),
        (Reason(Why.LATER_ROW, row=5, best=4), "any host) comes after row 4 (this"),
        (
            Reason(Why.LATER_RECORD, record_row=6, record_best=5),
            "row 6 (any address) comes after row 5 (every IPv6 address)",
        ),
    ],
)
def test_words_that_depend_on_the_data(reason: Reason, words: str) -> None:
    """They are for people: U-labels, short thumbprints, singular and plural."""
    assert words in str(reason)


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (Refusal(Win32Error.ALREADY_EXISTS, "http://a:80/", 1),
         "http://a:80/ collides with a binding of site 1"),
        (Refusal(Win32Error.INVALID_PARAMETER, ":x:"), '":x:" is not a binding'),
        (Refusal(Win32Error.ALREADY_EXISTS, ":80:a", 1, "port 80 is taken"),
         "port 80 is taken"),
    ],
)  # fmt: skip
def test_a_refusal_is_told_with_what_it_is_about(refusal: Refusal, words: str) -> None:
    """The number alone says nothing of the binding."""
    assert str(Reason(Why.REFUSED, refusal=refusal)) == (
        f"the site cannot start: {words}"
    )


def test_none_and_several() -> None:
    """A clause can always be put together."""
    stopped, nowhere = Reason(Why.STOPPED), Reason(Why.NOWHERE)
    assert format_reason(None) == ""
    assert format_reasons([stopped, nowhere]) == f"{stopped}; {nowhere}"


def test_rows_have_names_of_their_own() -> None:
    """Two rows of one name could not be told apart."""
    for names in (ROW_NAMES, RECORD_ROW_NAMES):
        assert len(set(names.values())) == len(names)
