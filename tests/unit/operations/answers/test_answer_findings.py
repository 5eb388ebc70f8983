"""Requests that get a different answer, as findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.answers.answer_findings import Against, change_findings
from bindctl.operations.load.configuration import compile_configuration
from bindctl.operations.load.sources import read_source, reason_changes
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

ONE = b'[w3svc.1]\nServerBindings = [":80:a"]\n[w3svc.2]\nServerBindings = [":80:"]\n'
TWO = ONE.replace(b":80:a", b":80:b")


def no_input() -> bytes:
    message = "the standard input was not meant"
    raise AssertionError(message)


def test_each_is_about_a_site_and_can_be_tried() -> None:
    """Of two sites about the one that was not edited."""
    old, new = (
        read_source("", DiskWorkspace("m"), text).reading for text in (ONE, TWO)
    )
    changes = reason_changes(old, new)
    found = list(change_findings("BND003", changes, frozenset({1}), 8000))
    assert [item.place.path for item in found] == ["/LM/W3SVC/2", "/LM/W3SVC/2"]
    assert found[0].message == (
        'http://a:80/ : site 1 -> site 2: site 1 no longer has ":80:a"'
    )
    assert found[0].witness == "curl -sSki --resolve a:8080:127.0.0.1 http://a:8080/"
    assert found[0].hint == f"shown by {found[0].witness}"
    assert {item.place.path for item in change_findings("BND003", changes)} == {
        "/LM/W3SVC/1"
    }


def test_where_no_site_answers_it_is_about_all() -> None:
    """A certificate of a port is shown for hosts that no site has."""
    old = read_source(
        "", DiskWorkspace("m"), b"[w3svc.1]\nServerBindings=[':80:a']\n"
    ).reading
    new = read_source(
        "", DiskWorkspace("m"), b"[w3svc.1]\nServerBindings=[':81:a']\n"
    ).reading
    changes = [item for item in reason_changes(old, new) if item.change.host == "*"]
    paths = {item.place.path for item in change_findings("RTE103", changes)}
    assert paths == {"/LM/W3SVC"}


def test_what_is_judged_is_compared_with_what_was(tmp_path: Path) -> None:
    """By `check --against`, in all of its formats."""
    (tmp_path / "old.toml").write_bytes(ONE)
    against = Against(
        DiskWorkspace(str(tmp_path / "m")), "old.toml", str(tmp_path), no_input
    )
    assert list(against.findings(compile_configuration(ONE))) == []
    codes = {item.code for item in against.findings(compile_configuration(TWO))}
    assert codes == {"RTE103"}
    with pytest.raises(BindctlError) as caught:
        Against(
            DiskWorkspace(str(tmp_path / "m")), "gone.toml", str(tmp_path), no_input
        )
    assert caught.value.exit_status == 2
