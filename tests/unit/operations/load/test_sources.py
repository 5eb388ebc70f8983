"""Where a configuration to compare with comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.bindings.listen_list import ListenList
from bindctl.findings.errors import BindctlError
from bindctl.model.endpoint import parse_ip_address
from bindctl.operations.editing.properties import set_property
from bindctl.operations.load.sources import (
    as_served,
    load_source,
    read_source,
    reason_changes,
)
from bindctl.routing.compare import compare
from bindctl.routing.reason import format_reasons
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

    from bindctl.operations.load.sources import Source

ONE = b'[w3svc.1]\nServerBindings = [":80:a"]\n'
TWO = b'[w3svc.1]\nServerBindings = [":80:b"]\n'


def no_input() -> bytes:
    message = "the standard input was not meant"
    raise AssertionError(message)


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    path = tmp_path / "metabase.toml"
    path.write_bytes(ONE)
    return path


def hosts(source: Source) -> list[str]:
    return [str(binding.host) for _s, _e, binding in source.reading.table.entries()]


def test_a_name_is_a_file_a_version_or_the_input(metabase: Path) -> None:
    """In this order: a file called 1 can be had, and version 1 is "version 1"."""
    set_property(DiskWorkspace(str(metabase)), "/w3svc/1/ServerBindings", [":80:b"])
    folder = str(metabase.parent)

    def load(text: str) -> tuple[str, list[str]]:
        found = load_source(DiskWorkspace(str(metabase)), text, folder, lambda: TWO)
        assert found.port_offset == 0
        return found.name, hosts(found)

    assert load("metabase.toml") == ("metabase.toml", ["b"])
    assert load("1") == ("version 1", ["a"])
    assert load("2") == ("version 2", ["b"])
    assert load("-") == ("the standard input", ["b"])
    (metabase.parent / "1").write_bytes(TWO)
    assert load("1") == ("1", ["b"])
    assert load("version 1") == ("version 1", ["a"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nowhere.toml", "RTE002"),
        ("-1", "RTE002"),
        ("version", "RTE002"),
        ("99", "MET014"),
        ("running", "SRV001"),
        (".", "MET002"),
        ("broken.toml", "MET002"),
    ],
)
def test_what_is_none_of_them_is_refused(metabase: Path, text: str, code: str) -> None:
    """Each with its own code: the next step is another."""
    (metabase.parent / "broken.toml").write_bytes(b"[w3svc\n")
    with pytest.raises(BindctlError) as caught:
        load_source(DiskWorkspace(str(metabase)), text, str(metabase.parent), no_input)
    assert caught.value.code == code
    assert caught.value.exit_status == 2  # 1 would say that something differs


def test_a_mistake_says_which_of_the_two_has_it() -> None:
    """Two files are read, and a line number alone would be a riddle."""
    with pytest.raises(BindctlError) as caught:
        read_source("old.toml", DiskWorkspace("metabase.toml"), b"[w3svc\n")
    assert caught.value.file == "old.toml"


def test_changes_come_with_a_reason_and_a_place() -> None:
    """Who reads them wants to know why, and to try it."""
    old, new = (
        read_source("", DiskWorkspace("m"), octets).reading for octets in (ONE, TWO)
    )
    assert [item.host for item in compare(old, new)] == ["a", "b"]
    gone, made = reason_changes(old, new)
    assert (gone.change.host, format_reasons(gone.reasons)) == (
        "a",
        'site 1 no longer has ":80:a"',
    )
    assert str(made.address) == "127.0.0.1"
    assert reason_changes(old, old) == ()


def test_misdirected_requests_are_compared() -> None:
    """The property is a site's, and changes no plan."""
    octets = b"".join(
        b'[w3svc.%d]\nSecureBindings = [":443:%b"]\nSslFlags = 1\nSSLCertHash = "%b"\n'
        % (number, name, name * 40)
        for number, name in enumerate((b"a", b"b"), 1)
    )
    old, new = (
        read_source("", DiskWorkspace("m"), text).reading
        for text in (octets, octets + b"MisdirectedRequest = true\n")
    )
    (item,) = reason_changes(old, new)
    assert item.change.after.refusal == 421


def test_what_is_compared_with_a_service_listens_where_it_does() -> None:
    """Its own --listen stays after a reset, and must not look like a change."""
    source = read_source("m", DiskWorkspace("m"), ONE)
    address = parse_ip_address("127.0.0.1")
    listen = ListenList((address,), is_limited=True, name="--listen")
    running = source._replace(reading=source.reading._replace(given_listen=listen))
    served = as_served(source.reading, running.reading)
    assert served.listen == listen
    assert reason_changes(running.reading, served) == ()
    assert as_served(source.reading, source.reading) is source.reading
