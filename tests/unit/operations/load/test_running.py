"""What a running service says it serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.bindings.lowering import lower_table
from bindctl.bindings.table_json import plain_table
from bindctl.findings.errors import BindctlError
from bindctl.metabase.tree import make_tree
from bindctl.model.endpoint import parse_ip_address
from bindctl.model.site import Win32Error
from bindctl.operations.load.running import load_running, parse_running
from bindctl.toml.reader import parse_document

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = b"""
[w3svc.1]
ServerBindings = [":80:a"]
[w3svc.2]
ServerBindings = [":80:b"]
[w3svc.3]
ServerBindings = [":80:a"]
"""


def told() -> dict[str, object]:
    return {
        "table": plain_table(lower_table(make_tree(parse_document(DOCUMENT)))),
        "started": [1, 2],
        "paused": [2],
        "refused": {"3": 183},
        "listen": ["127.0.0.1"],
        "is_limited": True,
        "listen_name": "--listen",
        "settings": {"1": "ab", "2": "cd"},
        "listeners": [["127.0.0.1", 80, 8080]],
        "port_offset": 8000,
        "generation": 3,
        "digest": "ef",
        "is_whole": False,
    }


def test_the_plan_is_that_of_the_sites_that_run() -> None:
    """Not that of the metabase: a site stopped by itself answers nobody."""
    found = parse_running({**told(), "started": [2]})
    address = parse_ip_address("127.0.0.1")
    assert found.reading.plan.match_site(address, 80, "a") is None
    match = found.reading.plan.match_site(address, 80, "b")
    assert match is not None
    assert match.route.site == 2


def test_everything_else_is_as_it_was_told() -> None:
    """Status, probe and diff read one file."""
    found = parse_running(told())
    reading = found.reading
    assert (reading.start.started, reading.paused) == ({1, 2}, {2})
    assert reading.start.refusals[3].error is Win32Error.ALREADY_EXISTS
    assert (reading.listen.is_limited, reading.listen.name) == (True, "--listen")
    assert found.listeners[0].real_port == 8080
    assert (found.port_offset, found.generation, found.digest) == (8000, 3, "ef")
    assert found.settings == {1: "ab", 2: "cd"}
    assert not found.is_whole


@pytest.mark.parametrize("part", sorted(told()))
def test_a_part_that_is_missing_is_no_answer(part: str) -> None:
    """Half an answer must not be taken for a small one."""
    value = told()
    del value[part]
    with pytest.raises(KeyError):
        parse_running(value)


def test_without_a_service_it_says_so(tmp_path: Path) -> None:
    """`bindctl diff running` on a machine where nothing runs."""
    with pytest.raises(BindctlError) as caught:
        load_running(str(tmp_path / "metabase.toml"))
    assert caught.value.code == "SRV001"
