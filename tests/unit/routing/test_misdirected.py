"""Hosts that begin, or cease, to be answered 421."""

from __future__ import annotations

import pytest

from bindctl.routing.compare import compare
from tests.unit.routing.readings import https, reading_of

ON = "MisdirectedRequest = true"


def changes(before: list[str], after: list[str]) -> list[tuple[object, ...]]:
    """The host, the server name, and both refusals of each change to or from 421."""
    sides = (reading_of(*before), reading_of(*after))
    return [
        (item.host, item.server_name, item.before.refusal, item.after.refusal)
        for item in compare(*sides)
        if 421 in (item.before.refusal, item.after.refusal)
    ]


ONE = https(":443:a", flags=1)
TWO = https(":443:b", digit="b", flags=1)
THREE = https(":443:c", flags=1)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([ONE, TWO], [ONE, TWO + ON], [("b", "a", None, 421)]),
        ([ONE, TWO + ON], [ONE, TWO], [("b", "a", 421, None)]),
        ([ONE, TWO + ON], [ONE, TWO + ON], []),
        # one certificate for both: no connection is another's
        ([ONE, THREE], [ONE, THREE + ON], []),
        # the host gets the certificate that the other name has: 421 no more
        ([ONE, TWO + ON], [ONE, THREE.replace(":c", ":b") + ON], [("b", "a", 421, None)]),
        ([ONE, THREE + ON], [ONE, THREE.replace("aaa", "aba") + ON],
         [("c", "a", None, 421)]),
        # another site for the host is a change of its own
        ([ONE, TWO], [ONE, "", TWO + ON], []),
    ],
)  # fmt: skip
def test_the_host_and_a_name_that_is_wrong_for_it(
    before: list[str], after: list[str], expected: list[tuple[object, ...]]
) -> None:
    """Who turns the property on learns whose requests it refuses."""
    assert changes(before, after) == expected


def test_a_host_whose_own_name_opens_nothing_is_found() -> None:
    """It can only be asked for on another's connection."""
    bare = "SecureBindings = [':443:b']\nSslFlags = 1\n"
    assert changes([ONE, bare], [ONE, bare + ON]) == [("b", "a", None, 421)]
