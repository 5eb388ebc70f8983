"""What resets, reverts and changes of one site make of what is in force."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.model.site import ServerState, Win32Error
from bindctl.server.service.active_plan import InForce, Planner
from bindctl.server.service.service_plan import ServiceConfiguration, ServiceOptions
from tests.unit.bindings.tables import site
from tests.unit.server.serving import FakeClock, configuration

if TYPE_CHECKING:
    from bindctl.bindings.table import SiteRow
    from bindctl.server.worker.listeners import ListenerSet


class World:
    """A metabase that is edited, and the planner that reads it."""

    def __init__(self, listeners: ListenerSet, ports: tuple[int, int]) -> None:
        """Site 1 on the first port, site 2 on the second, site 3 stopped there."""
        self.one, self.two = ports
        self.listeners = listeners
        self.clock = FakeClock(10.0)
        self.error: Exception | None = None
        self.configuration: ServiceConfiguration
        self.write(
            site(1, f":{self.one}:a"),
            site(2, f":{self.two}:b"),
            site(3, f":{self.two}:c", auto_start=False),
        )
        self.planner = Planner(self.load, listeners, ServiceOptions(1), self.clock)

    def write(self, *sites: SiteRow) -> None:
        """Edit the metabase."""
        self.configuration = configuration(*sites)

    def load(self) -> ServiceConfiguration:
        """Read it, which takes a second."""
        self.clock.seconds += 1
        if self.error is not None:
            raise self.error
        return self.configuration

    def open_ports(self) -> set[int]:
        """Where connections are taken."""
        return {port for _address, port in self.listeners._sockets}


@pytest.fixture
def world(listeners: ListenerSet, ports: tuple[int, int]) -> World:
    """Nothing runs yet."""
    return World(listeners, ports)


def running(in_force: InForce) -> list[int]:
    """Sites that answer."""
    return sorted(in_force.message.plan.contents)


def states(in_force: InForce) -> dict[int, tuple[ServerState, Win32Error]]:
    """What is said of each site."""
    return {
        status.identifier: (status.state, status.win32_error)
        for status in in_force.message.plan.statuses
    }


def test_a_certificate_renewed_during_the_reading_is_newer(world: World) -> None:
    """`status` would say that it is served, whichever of the two was read."""
    first = world.planner.first()
    assert (first.read_at, first.message.generation) == (10.0, 1)
    assert (running(first), first.is_whole, first.earlier) == ([1, 2], True, None)
    second = world.planner.reset(first)
    assert (second.read_at, second.message.generation) == (11.0, 2)


def test_one_step_back_is_kept_and_no_history(world: World) -> None:
    """Each reset would keep a plan of a hundred thousand sites in memory."""
    first = world.planner.first()
    second = world.planner.reset(first)
    third = world.planner.reset(second)
    assert third.earlier == second._replace(earlier=None)


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (BindctlError("MET001", "no metabase"), "MET001", "no metabase"),
        (LookupError("x"), "SRV003", "cannot be read: LookupError('x')"),
    ],
)
def test_a_reset_that_fails_leaves_everything(
    world: World, error: Exception, code: str, words: str
) -> None:
    """A typing error in the metabase would stop sites; a bug of ours all of them."""
    first = world.planner.first()
    world.error = error
    with pytest.raises(BindctlError) as caught:
        world.planner.reset(first)
    assert (caught.value.code, words in caught.value.message) == (code, True)
    assert world.open_ports() == {world.one, world.two}


def test_sockets_opened_for_nothing_are_closed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A port nobody serves would let clients wait for ever."""
    world.write(site(1, f":{world.one}:a"))
    first = world.planner.first()
    world.write(site(1, f":{world.two}:a"))
    keep = world.listeners.to_keep

    def fail(*_words: object) -> None:
        raise MemoryError

    monkeypatch.setattr(world.listeners, "to_keep", fail)
    with pytest.raises(BindctlError, match="cannot be read: MemoryError"):
        world.planner.reset(first)
    assert world.open_ports() == {world.one}
    monkeypatch.setattr(world.listeners, "to_keep", keep)
    second = world.planner.reset(first)
    assert world.open_ports() == {world.one, world.two}  # until workers know
    assert [spec.port for spec in second.message.specs] == [world.two]


def test_a_revert_brings_back_who_ran_and_who_was_paused(world: World) -> None:
    """A site stopped by hand would run again."""
    now = world.planner.first()
    for identifier, action in ((2, "stop"), (3, "start"), (1, "pause")):
        now = world.planner.change_site(now, identifier, action).in_force
    before = states(now)
    world.write(site(7, f":{world.one}:z"))
    reset = world.planner.reset(now)
    assert running(reset) == [7]
    back = world.planner.revert(reset)
    assert (running(back), sorted(back.message.plan.paused)) == ([1, 3], [1])
    assert states(back) == before
    assert (back.message.generation, back.is_whole) == (5 + 1, False)
    assert back.configuration is now.configuration
    with pytest.raises(BindctlError, match="keeps no earlier plan"):
        world.planner.revert(back)


def test_a_port_taken_meanwhile_costs_its_sites_alone(world: World) -> None:
    """A revert in need would be refused as a whole."""
    first = world.planner.first()
    world.write(site(1, f":{world.one}:a"))
    reset = world.planner.reset(first)
    world.listeners.keep_only(reset.message.specs)
    with socket.socket() as rival:
        rival.bind(("127.0.0.1", world.two))
        rival.listen()
        back = world.planner.revert(reset)
    assert running(back) == [1]
    assert states(back) == {
        1: (ServerState.STARTED, Win32Error.SUCCESS),
        2: (ServerState.STOPPED, Win32Error.SHARING_VIOLATION),
        3: (ServerState.STOPPED, Win32Error.SUCCESS),
    }


def test_a_change_that_is_none_makes_no_plan(world: World) -> None:
    """Every worker would be sent a plan for nothing, and a reset seem due."""
    first = world.planner.first()
    clock = world.clock.seconds
    outcome = world.planner.change_site(first, 1, "start")
    assert outcome.in_force is first
    assert outcome.status.state is ServerState.STARTED
    assert world.clock.seconds == clock  # nothing was read


def test_a_site_is_started_as_the_metabase_has_it_now(world: World) -> None:
    """Half-done edits of other sites would come into force with it."""
    first = world.planner.first()
    world.write(
        site(1, f":{world.one}:other"),
        site(2, f":{world.two}:b"),
        site(3, f":{world.one}:c"),
    )
    outcome = world.planner.change_site(first, 3, "start")
    made = outcome.in_force
    assert (running(made), made.is_whole, outcome.refusal) == ([1, 2, 3], False, None)
    texts = [row.entries[0].text for row in made.configuration.table.sites]
    assert texts == [f":{world.one}:a", f":{world.two}:b", f":{world.one}:c"]
    assert made.message.generation == 2
    assert made.read_at == first.read_at


def test_a_paused_site_goes_on_as_it_was(world: World) -> None:
    """Only what starts is read anew: a pause must not change what a site serves."""
    now = world.planner.change_site(world.planner.first(), 1, "pause").in_force
    assert (sorted(now.message.plan.paused), running(now)) == ([1], [1, 2])
    world.error = LookupError("nothing may be read")
    again = world.planner.change_site(now, 1, "continue").in_force
    assert (again.message.plan.paused, running(again)) == (frozenset(), [1, 2])
    stopped = world.planner.change_site(again, 1, "stop").in_force
    assert running(stopped) == [2]


def test_a_site_that_came_since_can_be_started(world: World) -> None:
    """A new site would need a reset of all."""
    first = world.planner.first()
    with pytest.raises(BindctlError, match="there is no site 9"):
        world.planner.change_site(first, 9, "start")
    world.write(site(9, f":{world.one}:new"))
    with pytest.raises(BindctlError, match="site 9: The service has not been started"):
        world.planner.change_site(first, 9, "pause")
    stopped = world.planner.change_site(first, 9, "stop")
    assert (stopped.in_force, stopped.status.comment) == (first, "S9")
    assert stopped.status.state is ServerState.STOPPED
    started = world.planner.change_site(first, 9, "start").in_force
    assert running(started) == [1, 2, 9]


def test_a_refused_start_is_told_and_changes_nothing_else(world: World) -> None:
    """Workers would get a plan, and sockets nobody needs would stay open."""
    world.write(
        site(1, f":{world.one}:a"),
        site(2, f":{world.one}:a", f":{world.two}:", auto_start=False),
    )
    first = world.planner.first()
    outcome = world.planner.change_site(first, 2, "start")
    made = outcome.in_force
    assert outcome.refusal is not None
    assert outcome.refusal.code == "SRV004"
    assert f"http://a:{world.one}/ is registered by site 1" in outcome.refusal.message
    assert states(made)[2] == (ServerState.STOPPED, Win32Error.ALREADY_EXISTS)
    assert states(made)[1] == (ServerState.STARTED, Win32Error.SUCCESS)
    assert made.message.generation == first.message.generation
    assert (made.is_whole, running(made)) == (True, [1])
    assert made.configuration is first.configuration
    assert world.open_ports() == {world.one}


def test_a_start_refused_half_way_closes_what_it_opened(world: World) -> None:
    """Clients of a site that does not run would connect, and wait."""
    with socket.socket() as rival:
        rival.bind(("127.0.0.1", 0))
        rival.listen()
        taken = rival.getsockname()[1]
        world.write(
            site(1, f":{world.one}:a"),
            site(2, f":{world.two}:", f":{taken}:", auto_start=False),
        )
        first = world.planner.first()
        outcome = world.planner.change_site(first, 2, "start")
    assert outcome.refusal is not None
    assert outcome.status.win32_error is Win32Error.SHARING_VIOLATION
    assert world.open_ports() == {world.one}
