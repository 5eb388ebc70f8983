"""Two plans compared."""

from __future__ import annotations

import pytest

from bindctl.bindings.lowering import lower_table
from bindctl.bindings.start import start_sites
from bindctl.metabase.reader import parse_document
from bindctl.metabase.tree import make_tree
from bindctl.routing.compare import compare_plans
from bindctl.routing.plan import RoutingPlan, compile_plan

ONE = "ServerBindings = [':80:a']"


def plan_of(*sites: str, depth: int = 1) -> RoutingPlan:
    text = f"[w3svc]\nWildcardHostDepth = {depth}\n"
    text += "".join(f"[w3svc.{n}]\n{body}\n" for n, body in enumerate(sites, 1))
    table = lower_table(make_tree(parse_document(text.encode())))
    return compile_plan(table, start_sites(table).started)


def changes(before: RoutingPlan, after: RoutingPlan) -> list[tuple[object, ...]]:
    return [
        (
            f"{item.protocol.value}://{item.host}:{item.port}",
            None if item.is_everywhere else " ".join(map(str, item.addresses)),
            item.before.site if item.before.is_listening else "-",
            item.after.site if item.after.is_listening else "-",
        )
        for item in compare_plans(before, after)
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
def test_names_the_requests_that_are_answered_otherwise(
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
    plans = [
        plan_of(f"SecureBindings = [':443:a']\nSSLCertHash = '{digit * 40}'")
        for digit in "ab"
    ]
    first, *_others = compare_plans(*plans)
    assert (first.host, first.before.site, first.after.site) == ("a", 1, 1)
    assert (first.before.certificate_hash, first.after.certificate_hash) == (
        "a" * 40,
        "b" * 40,
    )
