"""One reading: each value is worked out once, from what it is given."""

from __future__ import annotations

from ipaddress import ip_address

from bindctl.bindings.listen_list import ListenList
from bindctl.bindings.start import StartResult
from tests.unit.routing.readings import http, https, reading_of

ONE, OTHER = ip_address("10.0.0.1"), ip_address("10.0.0.2")
LISTED = '[http]\nListenAddresses = ["10.0.0.1"]\n'


def test_each_value_is_made_once_and_anew_for_another_reading() -> None:
    """A rule that compiles again would take the time of all."""
    reading = reading_of(http(":80:a"), https(":443:a"))
    for name in ("start", "claims", "records", "plan", "strict_sites", "sites"):
        assert getattr(reading, name) is getattr(reading, name)
    other = reading._replace(paused=frozenset({1}))
    assert other.plan is not reading.plan
    assert other.plan == reading.plan
    assert other != reading
    assert len({reading, other, reading}) == 2


def test_where_listening_is_allowed_may_be_given() -> None:
    """Another server's list is not the metabase's."""
    reading = reading_of(http(":80:a"), head=LISTED)
    assert reading.is_open(80, ONE)
    assert not reading.is_open(80, OTHER)
    free = reading._replace(given_listen=ListenList())
    assert free.is_open(80, OTHER)
    assert free.start.started == {1}
    assert not reading.is_open(81, ONE)
    assert reading.bound(81) == frozenset()


def test_a_given_list_decides_who_starts() -> None:
    """A site of an address that is not listened on is refused."""
    reading = reading_of(http("10.0.0.2:80:a"))
    limited = reading._replace(given_listen=ListenList((ONE,), is_limited=True))
    assert (reading.start.started, limited.start.started) == ({1}, set())


def test_what_runs_may_be_given() -> None:
    """A running service knows; its records and routes are those of that."""
    reading = reading_of(http(":80:a"), https(":443:a"))
    assert set(reading.plan.ports) == {80, 443}
    assert len(reading.records) == 1
    stopped = reading._replace(given_start=StartResult(frozenset({1}), {}))
    assert set(stopped.plan.ports) == {80}
    assert not stopped.records


def test_only_sites_that_say_so_are_strict() -> None:
    """421 for everybody would break those that share a connection."""
    more = "MisdirectedRequest = true\n"
    reading = reading_of(https(":443:a"), https(":443:b", more=more))
    assert reading.strict_sites == {2}
