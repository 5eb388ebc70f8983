"""What a service says of itself."""

from __future__ import annotations

import json
from dataclasses import replace
from ipaddress import ip_address

import pytest

from bindctl.bindings.table_json import parse_plain_table
from bindctl.findings.errors import BindctlError
from bindctl.model.binding import Protocol
from bindctl.model.secret import NO_SECRET, Secret
from bindctl.model.site import ServerState, SiteContent, Win32Error
from bindctl.routing.plan import compile_plan
from bindctl.server.service.active_plan import InForce
from bindctl.server.service.service_plan import (
    CentralFiles,
    ServiceConfiguration,
    ServiceOptions,
    ServicePlan,
    SiteStatus,
    names_digest,
)
from bindctl.server.service.status_report import (
    changed_sites,
    report_of,
    served_text,
    settings_digest,
    status_report,
    used_certificates,
)
from bindctl.server.worker.frames import NewPlan
from bindctl.server.worker.listeners import ListenerSpec
from tests.unit.bindings.tables import A, B, site, table

TABLE = table(
    site(1, secure=(":443:a", ":444:a"), certificate_hash=A, flags=1),
    site(2, secure=(":443:b",), certificate_hash=B, flags=1),
    site(3, ":80:", auto_start=False),
    site(4, ":80:"),
)
RUNNING = ServerState.STARTED


def in_force(
    running: set[int], paused: frozenset[int] = frozenset(), refused: int = 0
) -> InForce:
    """Those sites run; the stores "MY" and the central one are known."""
    contents = {
        number: SiteContent(number, (), 120, True, None, False) for number in running
    }
    statuses = tuple(
        SiteStatus(
            row.identifier,
            row.comment,
            RUNNING if row.identifier in running else ServerState.STOPPED,
            Win32Error.ALREADY_EXISTS
            if row.identifier == refused
            else Win32Error.SUCCESS,
            "",
        )
        for row in TABLE.sites
    )
    routing = compile_plan(TABLE, running)
    plan = ServicePlan(routing, contents, statuses, {"MY": "/my"}, paused)
    central = CentralFiles("/ccs", NO_SECRET, {})
    rows = TABLE._replace(central_files=frozenset({"b.pfx", "a.pfx"}))
    configuration = ServiceConfiguration(
        rows, contents, {"MY": "/my"}, digest="d", central=central
    )
    return InForce(configuration, NewPlan(3, plan, ()), read_at=12.5)


@pytest.mark.parametrize(
    ("running", "paused", "refused", "changed"),
    [
        ({1, 2, 4}, frozenset(), 0, []),
        ({1, 4}, frozenset(), 2, []),
        ({1, 4}, frozenset(), 0, [2]),
        ({1, 2, 3, 4}, frozenset(), 0, [3]),
        ({1, 2, 4}, frozenset({2}), 0, [2]),
    ],
)
def test_sites_that_a_reset_would_change_are_told(
    running: set[int], paused: frozenset[int], refused: int, changed: list[int]
) -> None:
    """A site stopped for an hour would stay stopped, and nobody would be told."""
    assert changed_sites(in_force(running, paused, refused)) == changed


def test_certificates_in_use_are_told_once_each() -> None:
    """`status` looks whether their files are newer than the plan."""
    assert used_certificates(in_force({1, 2, 4})) == [f"/my/{A}.pem", f"/my/{B}.pem"]
    assert used_certificates(in_force({2, 4})) == [f"/my/{B}.pem"]


def test_a_report_has_what_tells_served_from_configured() -> None:
    """`status` compares all this with what lies on the disk now."""
    report = status_report(
        in_force({1, 2, 4})._replace(is_whole=False),
        port_offset=1,
        started_at=2,
        workers={"workers": [3], "connections": 4},
    )
    assert (report["digest"], report["read_digest"]) == ("", "d")
    assert report["read_at"] == 12.5
    assert (report["workers"], report["connections"]) == ([3], 4)
    assert report["central_directory"] == "/ccs"
    assert report["central_digest"] == names_digest(["a.pfx", "b.pfx"])


def test_a_refusal_is_an_answer_and_a_bug_is_one_too() -> None:
    """Who asks would wait for an answer that never comes."""

    def refuse() -> dict[str, object]:
        raise BindctlError("SRV006", "nothing", "next")

    def fail() -> dict[str, object]:
        raise LookupError("x")

    refused, failed = report_of(refuse), report_of(fail)
    assert (refused["ok"], refused["code"], refused["hint"]) == (
        False,
        "SRV006",
        "next",
    )
    assert (failed["ok"], failed["code"]) == (False, "SRV003")


SERVED_TABLE = table(site(1, ":80:a"), site(2, ":80:a"), site(3, ":81:"))._replace(
    central_store_password=Secret("geheim")
)
CONTENT = SiteContent(1, (), 120, True, None, False)
OPTIONS = ServiceOptions(1, port_offset=1000)


def served(*, is_whole: bool = True) -> InForce:
    """Site 1 runs, site 2 was refused, site 3 was stopped."""
    statuses = tuple(
        SiteStatus(number, "", ServerState.STOPPED, error, "")
        for number, error in (
            (1, Win32Error.SUCCESS),
            (2, Win32Error.ALREADY_EXISTS),
            (3, Win32Error.SUCCESS),
        )
    )
    plan = ServicePlan(compile_plan(SERVED_TABLE, {1}), {1: CONTENT}, statuses, {})
    spec = ListenerSpec(ip_address("127.0.0.1"), 80, 1080, Protocol.HTTP)
    configuration = ServiceConfiguration(SERVED_TABLE, {1: CONTENT}, {}, digest="d")
    return InForce(configuration, NewPlan(5, plan, (spec,)), is_whole)


def test_everything_that_routing_needs_is_told() -> None:
    """`diff running` would compare with another plan than the one that serves."""
    value = json.loads(served_text(served(), OPTIONS))
    assert value["started"] == [1]
    assert value["refused"] == {"2": 183}
    assert value["listeners"] == [["127.0.0.1", 80, 1080]]
    assert (value["port_offset"], value["generation"]) == (1000, 5)
    assert (value["digest"], value["is_whole"]) == ("d", True)
    assert parse_plain_table(value["table"]).sites == SERVED_TABLE.sites
    assert not json.loads(served_text(served(is_whole=False), OPTIONS))["is_whole"]


def test_no_password_is_written() -> None:
    """The file outlives the question, and backups take it along."""
    assert "geheim" not in served_text(served(), OPTIONS)


def test_the_list_of_the_command_line_wins() -> None:
    """A service told to listen elsewhere would be compared with the wrong plan."""
    told = replace(OPTIONS, listen=(ip_address("127.0.0.2"),))
    value = json.loads(served_text(served(), told))
    assert (value["listen"], value["listen_name"]) == (["127.0.0.2"], "--listen")
    assert value["is_limited"]
    value = json.loads(served_text(served(), OPTIONS))
    assert (value["listen"], value["listen_name"]) == ([], "ListenAddresses")


def test_settings_that_differ_have_different_words() -> None:
    """A site that serves another folder would be said to be unchanged."""
    other = CONTENT._replace(allow_keep_alive=False)
    assert settings_digest(CONTENT) == settings_digest(CONTENT._replace())
    assert settings_digest(CONTENT) != settings_digest(other)
