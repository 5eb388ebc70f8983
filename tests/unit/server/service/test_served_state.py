"""What is served right now, as `diff running` and `probe` read it."""

from __future__ import annotations

import json
from dataclasses import replace
from ipaddress import ip_address

from bindctl.bindings.table_json import parse_plain_table
from bindctl.model.binding import Protocol
from bindctl.model.secret import Secret
from bindctl.model.site import ServerState, SiteContent, Win32Error
from bindctl.routing.plan import compile_plan
from bindctl.server.service.active_plan import InForce
from bindctl.server.service.options import ServiceOptions
from bindctl.server.service.served_state import served_text, settings_digest
from bindctl.server.service.service_plan import (
    ServiceConfiguration,
    ServicePlan,
    SiteStatus,
)
from bindctl.server.worker.frames import NewPlan
from bindctl.server.worker.listeners import ListenerSpec
from tests.unit.bindings.tables import site, table

CONTENT = SiteContent(1, (), 120, True, None, False)
TABLE = table(site(1, ":80:a"), site(2, ":80:a"), site(3, ":81:"))._replace(
    central_store_password=Secret("geheim")
)
OPTIONS = ServiceOptions(1, port_offset=1000)


def in_force(*, is_whole: bool = True) -> InForce:
    """Site 1 runs, site 2 was refused, site 3 was stopped."""
    statuses = tuple(
        SiteStatus(number, "", ServerState.STOPPED, error, "")
        for number, error in (
            (1, Win32Error.SUCCESS),
            (2, Win32Error.ALREADY_EXISTS),
            (3, Win32Error.SUCCESS),
        )
    )
    plan = ServicePlan(compile_plan(TABLE, {1}), {1: CONTENT}, statuses, {})
    spec = ListenerSpec(ip_address("127.0.0.1"), 80, 1080, Protocol.HTTP)
    configuration = ServiceConfiguration(TABLE, {1: CONTENT}, {}, digest="d")
    return InForce(configuration, NewPlan(5, plan, (spec,)), is_whole)


def test_everything_that_routing_needs_is_told() -> None:
    """`diff running` would compare with another plan than the one that serves."""
    value = json.loads(served_text(in_force(), OPTIONS))
    assert value["started"] == [1]
    assert value["refused"] == {"2": 183}
    assert value["listeners"] == [["127.0.0.1", 80, 1080]]
    assert (value["port_offset"], value["generation"]) == (1000, 5)
    assert (value["digest"], value["is_whole"]) == ("d", True)
    assert parse_plain_table(value["table"]).sites == TABLE.sites
    assert not json.loads(served_text(in_force(is_whole=False), OPTIONS))["is_whole"]


def test_no_password_is_written() -> None:
    """The file outlives the question, and backups take it along."""
    assert "geheim" not in served_text(in_force(), OPTIONS)


def test_the_list_of_the_command_line_wins() -> None:
    """A service told to listen elsewhere would be compared with the wrong plan."""
    told = replace(OPTIONS, listen=(ip_address("127.0.0.2"),))
    value = json.loads(served_text(in_force(), told))
    assert (value["listen"], value["listen_name"]) == (["127.0.0.2"], "--listen")
    assert value["is_limited"]
    value = json.loads(served_text(in_force(), OPTIONS))
    assert (value["listen"], value["listen_name"]) == ([], "ListenAddresses")


def test_settings_that_differ_have_different_words() -> None:
    """A site that serves another folder would be said to be unchanged."""
    other = CONTENT._replace(allow_keep_alive=False)
    assert settings_digest(CONTENT) == settings_digest(CONTENT._replace())
    assert settings_digest(CONTENT) != settings_digest(other)
