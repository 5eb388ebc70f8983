"""Two plans compared."""

from __future__ import annotations

import pytest

from bindctl.bindings.lowering import lower_table
from bindctl.metabase.tree import make_tree
from bindctl.routing.compare import compare
from bindctl.routing.reading import Reading
from bindctl.toml.reader import parse_document
from tests.unit.routing.readings import https, reading_of

ONE = "ServerBindings = [':80:a']"


def plan_of(*sites: str, depth: int = 1) -> Reading:
    text = f"[w3svc]\nWildcardHostDepth = {depth}\n"
    text += "".join(f"[w3svc.{n}]\n{body}\n" for n, body in enumerate(sites, 1))
    table = lower_table(make_tree(parse_document(text.encode())))
    return Reading(table)


def changes(before: Reading, after: Reading) -> list[tuple[object, ...]]:
    return [
        (
            f"{item.protocol.value}://{item.host}:{item.port}",
            None if item.is_everywhere else " ".join(map(str, item.addresses)),
            item.before.site if item.before.is_listening else "-",
            item.after.site if item.after.is_listening else "-",
        )
        for item in compare(before, after)
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([ONE], [ONE], []),
        ([ONE], ["ServerComment = 'x'\n" + ONE], []),
        ([ONE], ["", ONE], [("http://a:80", None, 1, 2)]),
        ([ONE], [], [("http://a:80", None, 1, "-"), ("http://*:80", None, None, "-")]),
        (
            [ONE],
            ["ServerBindings = [':80:a', ':80:']"],
            [("http://*:80", None, None, 1)],
        ),
        (
            [ONE],
            [ONE, "ServerBindings = [':80:*.a']"],
            [("http://*.a:80", None, None, 2)],
        ),
        (
            ["ServerBindings = [':80:']"],
            ["ServerBindings = [':80:']", "ServerBindings = ['10.0.0.1:80:']"],
            [("http://*:80", "10.0.0.1", 1, 2)],
        ),
        (
            ["ServerBindings = [':443:']"],
            ["SecureBindings = [':443:']"],
            [("http://*:443", None, 1, "-"), ("https://*:443", None, "-", None)],
        ),
    ],
)
def test_names_the_requests_that_are_changed_answer(
    before: list[str], after: list[str], expected: list[tuple[object, ...]]
) -> None:
    """And no others: who reads the list knows what the change does to visitors."""
    assert changes(plan_of(*before), plan_of(*after)) == expected


def test_a_wildcard_s_depth_is_seen() -> None:
    """A host two labels down is another class of requests."""
    site = "ServerBindings = [':80:*.a']"
    found = changes(plan_of(site), plan_of(site, depth=0))
    assert ("http://*.*.a:80", None, None, 1) in found
    assert ("http://*.a:80", None, 1, 1) not in found


def test_a_certificate_is_an_answer() -> None:
    """The site stays; what the visitor's browser is shown does not."""
    before, after = [
        plan_of(f"SecureBindings = [':443:a']\nSSLCertHash = '{digit * 40}'")
        for digit in "ab"
    ]
    first, *_others = compare(before, after)
    assert (first.host, first.before.site, first.after.site) == ("a", 1, 1)
    assert (first.before.certificate_hash, first.after.certificate_hash) == (
        "a" * 40,
        "b" * 40,
    )


def test_a_host_that_is_a_hyphen_is_a_host_like_any_other() -> None:
    """Names below a wildcard would be said to be answered as that one is."""
    wild, odd = "ServerBindings = [':80:*.a']", "ServerBindings = [':80:-.a']"
    assert changes(plan_of(wild, odd), plan_of("", odd)) == [
        ("http://*.a:80", None, 1, None)
    ]


def test_a_listen_list_closes_every_host_and_each_is_named() -> None:
    """A host with a record of its own would be taken for one that is as it was."""
    site = https(":443:a", flags=1)
    listed = reading_of(site, head="[http]\nListenAddresses = ['10.0.0.2']")
    changes = compare(reading_of(site), listed)
    found = {item.host for item in changes if not item.after.is_listening}
    assert found == {"a", "*"}


def test_a_central_store_that_is_asked_no_more_is_missed_by_its_names() -> None:
    """A file without a binding of its name has been shown, too."""
    files = frozenset({"a.pfx", "b.pfx"})
    before, after = (
        reading_of(https(":443:a", flags=flags), files=files) for flags in (2, 1)
    )
    found = {item.host: item.after.certificate_hash for item in compare(before, after)}
    assert found == {"a": "a" * 40, "b": None}
