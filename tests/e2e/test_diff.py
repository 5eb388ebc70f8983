"""What runs, compared with what is written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.conftest import OTHER, TEST

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.conftest import Administrator

pytestmark = pytest.mark.e2e


def changes(person: Administrator, *words: str) -> list[dict[str, Any]]:
    """What `diff` lists; its exit status says whether that is anything."""
    done = person.try_run("diff", *words, "--json")
    found: list[dict[str, Any]] = json.loads(done.stdout)["data"]["changes"]
    assert done.returncode == bool(found), done.stderr
    return found


def test_what_runs_is_compared_with_what_is_written(
    administrator: Administrator, program: Callable[[str], str]
) -> None:
    """A site stopped by itself, and a metabase edited since: both are differences."""
    program("curl")
    administrator.make_two_sites()
    administrator.start()
    assert changes(administrator, "running") == []

    administrator.run("iisweb", "/stop", "Other")
    found = changes(administrator, "running")
    assert {item["host"] for item in found} == {OTHER}
    assert all(item["before"]["site"] is None for item in found)
    assert all(item["after"]["site"] == 2 for item in found)

    administrator.run("iisweb", "/start", "Other")
    administrator.run("set", "/w3svc/1/ServerBindings", ":80:new.example")
    found = changes(administrator, "running")
    assert [(item["host"], item["before"]["site"]) for item in found] == [
        ("new.example", None),
        (TEST, 1),
    ]
    # the command shown asks the service that runs, at its own port
    witness = found[1]["witness"]
    assert f"--resolve {TEST}:{administrator.http_port}:127.0.0.1 " in witness
    url = f"http://{TEST}:{administrator.http_port}/"
    assert witness.endswith(url)
    assert administrator.curl(url).stdout.startswith("<!DOCTYPE html>")
    told = administrator.try_run("check", "--against", "running", "--select", "RTE103")
    assert told.returncode == 1
    assert "RTE103 error /LM/W3SVC/1 (metabase.toml:" in told.stdout
    administrator.start()
    assert changes(administrator, "running") == []
    assert administrator.run("check", "--against", "running", "--select", "RTE103")


def test_a_paused_site_answers_503(administrator: Administrator) -> None:
    """It runs, and yet no visitor sees a page."""
    administrator.make_two_sites()
    administrator.start()
    administrator.run("iisweb", "/pause", "Test")
    found = changes(administrator, "running")
    assert {item["host"] for item in found} == {TEST}
    assert {item["before"]["refusal"] for item in found} == {"503"}
    assert {item["reason"] for item in found} == {"site 1 is not paused any more"}


def test_where_a_service_listens_is_its_own(administrator: Administrator) -> None:
    """What it was started with stays after a reset, and is no difference."""
    administrator.make_two_sites()
    offset = str(administrator.port_offset)
    administrator.run("reset", "--port-offset", offset, "--listen", "127.0.0.1")
    assert changes(administrator, "running") == []
    assert changes(administrator, "running", "metabase.toml") == []
