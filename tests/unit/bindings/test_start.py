"""Which sites start, and why the others do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.bindings.start import Refusal, start_sites
from bindctl.model.site import Win32Error
from tests.unit.bindings.tables import site, table

if TYPE_CHECKING:
    from bindctl.bindings.table import SiteRow

TAKEN = Win32Error.ALREADY_EXISTS


@pytest.mark.parametrize(
    ("sites", "refusals"),
    [
        ([site(1, ":80:a"), site(2, ":80:b")], {}),
        ([site(1, ":80:"), site(2, "10.0.0.1:80:"), site(3, ":80:a")], {}),
        ([site(1, "[::]:80:"), site(2, ":80:")], {}),
        ([site(1, ":80:a"), site(2, "*:80:A.")], {2: Refusal(TAKEN, "http://a:80/", 1)}),
        ([site(1, "[::1]:80:"), site(2, "[0::1]:80:")],
         {2: Refusal(TAKEN, "http://[::1]:80/", 1)}),
        ([site(1, ":80:"), site(2, secure=(":80:a",))],
         {2: Refusal(TAKEN, "https://a:80/", 1)}),
        ([site(1, ":80:a", ":80:A")], {1: Refusal(TAKEN, "http://a:80/")}),
        ([site(1, ":80:a", secure=(":80:b",))], {1: Refusal(TAKEN, "https://b:80/")}),
        ([site(1, ":80:a", "oops")], {1: Refusal(Win32Error.INVALID_PARAMETER, "oops")}),
        ([site(1, ":80:a", auto_start=False), site(2, ":80:a")], {}),
        ([site(1)], {}),
    ],
    ids=str,
)  # fmt: skip
def test_a_site_is_refused_for_what_another_holds(
    sites: list[SiteRow], refusals: dict[int, Refusal]
) -> None:
    """Two sites never answer for one prefix; all others still start."""
    result = start_sites(table(*sites))
    assert result.refusals == refusals
    starting = {item.identifier for item in sites if item.auto_start}
    assert result.started == starting - set(refusals)


def test_a_refused_site_holds_nothing() -> None:
    """Its free bindings go to the next site that asks, as on IIS."""
    result = start_sites(
        table(site(1, ":80:a"), site(2, ":80:a", ":80:b"), site(3, ":80:b"))
    )
    assert result.started == {1, 3}


def test_a_site_on_a_port_that_cannot_be_opened_is_refused_with_its_error() -> None:
    """Port 81 is another program's: only its sites stay down, and hold nothing."""
    made = table(site(1, ":80:a", ":81:a"), site(2, ":80:a"))
    result = start_sites(made, {81: Win32Error.SHARING_VIOLATION})
    assert result.started == {2}
    assert result.refusals == {1: Refusal(Win32Error.SHARING_VIOLATION, "http://a:81/")}
