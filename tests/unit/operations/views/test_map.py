"""map: the picture of a metabase, or of a part of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.certificates.certificates import create_certificate
from bindctl.operations.views.map import make_map
from bindctl.rules.topology import Column
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def metabase(tmp_path: Path) -> str:
    """Two sites on one certificate that covers one of them; and one alone."""
    file = tmp_path / "metabase.toml"
    made = create_certificate(DiskWorkspace(str(file)), ["*.example.com"], NOW, {})
    own = f'SSLCertHash = "{made.certificate.certificate_hash}"'
    file.write_text(
        f"""
[w3svc.1]
ServerBindings = [":80:www.example.com"]
SecureBindings = [":443:www.example.com"]
{own}
[w3svc.2]
SecureBindings = [":443:münchen.example"]
{own}
[w3svc.3]
""",
        encoding="utf-8",
    )
    return str(file)


def _hosts(metabase: str, *hosts: str, sites: tuple[int, ...] = ()) -> list[str]:
    result = make_map(DiskWorkspace(metabase), NOW, hosts, sites)
    return [node.label for node in result.topology.column(Column.HOST)]


def test_what_check_reports_is_marked(metabase: str) -> None:
    """The picture and the list never disagree."""
    result = make_map(DiskWorkspace(metabase), NOW)
    marked = {
        node.label: [problem.code for problem in node.problems]
        for node in result.topology.nodes.values()
        if node.problems
    }
    assert marked["münchen.example"] == ["CRT201"]
    assert marked["3"] == ["BND102"]
    assert (result.whole, result.as_of) == (3, NOW)


def test_what_the_metabase_ignores_is_not_marked(metabase: str) -> None:
    """The picture follows the [check] table, as check does."""
    with open(metabase, "a", encoding="utf-8") as file:
        file.write('[check]\nignore = ["CRT", "BND102"]\n')
    topology = make_map(DiskWorkspace(metabase), NOW).topology
    assert not [node for node in topology.nodes.values() if node.problems]


@pytest.mark.parametrize(
    ("pattern", "hosts"),
    [
        ("*.example.com", ["www.example.com"]),
        ("WWW*", ["www.example.com"]),
        ("münchen.example", ["münchen.example"]),
        ("xn--*", ["münchen.example"]),
        ("MÜNCHEN.example", ["münchen.example"]),
        ("*", ["www.example.com", "münchen.example"]),
    ],
)
def test_hosts_are_chosen_by_pattern(
    metabase: str, pattern: str, hosts: list[str]
) -> None:
    """As they are read or as they are stored, in any letter case."""
    assert _hosts(metabase, pattern) == hosts


def test_sites_are_chosen_by_number(metabase: str) -> None:
    """Also one that no binding leads to; with a host, both must fit."""
    assert _hosts(metabase, sites=(2,)) == ["münchen.example"]
    assert _hosts(metabase, "*", sites=(1,)) == ["www.example.com"]
    only = make_map(DiskWorkspace(metabase), NOW, (), (3,)).topology
    assert list(only.nodes) == ["s3"]
    assert make_map(DiskWorkspace(metabase), NOW, (), (3,)).whole == 3


@pytest.mark.parametrize(
    ("hosts", "sites", "words"),
    [
        (["nowhere.test"], [], "no binding matches host 'nowhere.test'"),
        ([], [9], "no binding matches site 9"),
        (["www*"], [2], "no binding matches host 'www*', site 2"),
    ],
)
def test_nothing_to_draw_is_an_error(
    metabase: str, hosts: list[str], sites: list[int], words: str
) -> None:
    """An empty picture would look like an empty server."""
    with pytest.raises(BindctlError) as caught:
        make_map(DiskWorkspace(metabase), NOW, hosts, sites)
    assert (caught.value.code, caught.value.message) == ("RTE006", words)
    assert caught.value.exit_status == 1
