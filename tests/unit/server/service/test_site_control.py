"""What may become of a site, and that the others stay as they are."""

from __future__ import annotations

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.model.secret import NO_SECRET
from bindctl.model.site import ServerState, SiteContent, Win32Error
from bindctl.routing.plan import compile_plan
from bindctl.server.service.preparation import StartRequest
from bindctl.server.service.service_plan import (
    CentralFiles,
    ServiceConfiguration,
    ServicePlan,
    SiteStatus,
)
from bindctl.server.service.site_control import (
    ACTIONS,
    SiteChange,
    decide_change,
    merge_statuses,
    start_request_for,
    with_site,
)
from tests.unit.bindings.tables import site, table

STARTED, STOPPED, PAUSED = ServerState.STARTED, ServerState.STOPPED, ServerState.PAUSED
TABLE = table(site(1, ":80:a"), site(2, ":80:b"), site(3, ":80:c"))


def content(identifier: int) -> SiteContent:
    """What a site answers from."""
    return SiteContent(identifier, (), 120, True, None, False)


def plan(*states: ServerState) -> ServicePlan:
    """Sites 1, 2, … in those states."""
    running = {n for n, state in enumerate(states, 1) if state is not STOPPED}
    return ServicePlan(
        compile_plan(TABLE, running),
        {number: content(number) for number in running},
        tuple(
            SiteStatus(number, f"S{number}", state, Win32Error.SUCCESS, "")
            for number, state in enumerate(states, 1)
        ),
        {},
        frozenset(n for n, state in enumerate(states, 1) if state is PAUSED),
    )


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("state", [STARTED, STOPPED, PAUSED])
def test_every_action_in_every_state(action: str, state: ServerState) -> None:
    """Only a stopped site cannot be paused or continued."""
    goal = {"start": STARTED, "stop": STOPPED, "pause": PAUSED, "continue": STARTED}
    if state is STOPPED and action in {"pause", "continue"}:
        with pytest.raises(BindctlError) as caught:
            decide_change(plan(state), 1, action)
        assert (caught.value.code, caught.value.hresult) == ("SRV004", 0x80070426)
        assert caught.value.exit_status == 3
    elif goal[action] is state:
        assert decide_change(plan(state), 1, action) is None
    else:
        assert decide_change(plan(state), 1, action) == SiteChange(1, goal[action])


@pytest.mark.parametrize(
    ("change", "start"),
    [
        (SiteChange(1, STARTED), StartRequest((2, 3, 1), frozenset({3}))),
        (SiteChange(2, STOPPED), StartRequest((3,), frozenset({3}))),
        (SiteChange(2, PAUSED), StartRequest((3, 2), frozenset({2, 3}))),
        (SiteChange(3, STARTED), StartRequest((2, 3), frozenset())),
        (SiteChange(3, STOPPED), StartRequest((2,), frozenset())),
    ],
)
def test_sites_that_run_come_first(change: SiteChange, start: StartRequest) -> None:
    """A site started by hand could push out one that has visitors."""
    assert start_request_for(plan(STOPPED, STARTED, PAUSED), change) == start


def test_one_site_is_taken_from_the_metabase() -> None:
    """Half-done edits of other sites would come into force."""
    old = ServiceConfiguration(TABLE, {1: content(1)}, {"MY": "old"})
    rows = table(site(1, ":1:"), site(2, ":2:"), site(9, ":9:"))
    fresh = ServiceConfiguration(rows, {9: content(9)}, {"MY": "new", "WEB": "web"})
    made = with_site(old, fresh, 9)
    texts = [row.entries[0].text for row in made.table.sites]
    assert texts == [":80:a", ":80:b", ":80:c", ":9:"]
    assert sorted(made.contents) == [1, 9]
    assert made.store_directories == {"MY": "old", "WEB": "web"}
    with pytest.raises(BindctlError) as caught:
        with_site(old, fresh, 4)
    assert caught.value.code == "MET101"


def test_a_new_central_store_comes_with_the_site() -> None:
    """Its first site would be started without a certificate to show."""
    old = ServiceConfiguration(TABLE, {1: content(1)}, {})
    rows = table(site(9, secure=(":443:a",), flags=3))._replace(
        central_store_path="ccs", central_files=frozenset({"a.pfx"})
    )
    central = CentralFiles("/ccs", NO_SECRET, {})
    fresh = ServiceConfiguration(rows, {9: content(9)}, {}, central=central)
    made = with_site(old, fresh, 9)
    assert made.central == central
    assert made.table.central_files == {"a.pfx"}
    other = fresh._replace(central=CentralFiles("/other", NO_SECRET, {}))
    assert with_site(made, other, 9).central == central


def test_states_of_others_are_kept() -> None:
    """A site that was refused at the start would lose its reason."""
    taken = SiteStatus(2, "S2", STOPPED, Win32Error.ALREADY_EXISTS, "x")
    old = plan(STARTED, STOPPED)
    old = old._replace(statuses=(old.statuses[0], taken))
    new = plan(PAUSED, STARTED, STOPPED)
    assert merge_statuses(old, new, 1) == (new.statuses[0], taken)
    assert merge_statuses(old, new, 3) == (old.statuses[0], taken, new.statuses[2])
