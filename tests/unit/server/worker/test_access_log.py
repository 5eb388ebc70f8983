"""W3C logs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindctl.server.worker.access_log import FIELDS, AccessLogs, log_field
from bindctl.server.worker.second_cache import Ticker
from tests.unit.server.serving import FakeClock

if TYPE_CHECKING:
    from pathlib import Path

NOON = 1706702400.0  # 2024-01-31 12:00:00 UTC


def add(logs: AccessLogs, folder: Path) -> None:
    """One line."""
    log = logs.find(str(folder), 7)
    assert log is not None
    log.add((b"127.0.0.1 GET / - 80 - ", b" - - a.test "), b"::1", (200, 0), (9, 8), 1)


@given(st.binary())
def test_no_octets_can_add_a_line_or_a_column(octets: bytes) -> None:
    """A client could forge entries."""
    written = log_field(octets)
    assert written.isascii()
    assert not set(written) & set(range(0x21))
    assert written


def test_two_workers_share_a_file_with_one_header(tmp_path: Path) -> None:
    """Log tools would meet a header in the middle, or half lines."""
    ticker = Ticker(FakeClock(NOON))
    both = [AccessLogs(ticker), AccessLogs(ticker)]
    for _turn in range(2):
        for logs in both:
            add(logs, tmp_path)
            logs.flush()
    lines = (tmp_path / "W3SVC7" / "ex240131.log").read_text().splitlines()
    assert lines[:4] == [
        "#Software: bindctl",
        "#Version: 1.0",
        "#Date: 2024-01-31 12:00:00",
        f"#Fields: {FIELDS}",
    ]
    line = "2024-01-31 12:00:00 127.0.0.1 GET / - 80 - ::1 - - a.test 200 0 0 9 8 1"
    assert lines[4:] == [line] * 4
    assert len(line.split(" ")) == len(FIELDS.split(" "))
    assert [path.name for path in (tmp_path / "W3SVC7").iterdir()] == ["ex240131.log"]


@pytest.mark.parametrize("name", ["ex240131.log", "ex240131.log.{}.new"])
def test_links_and_pipes_in_the_folder_are_not_written_to(
    tmp_path: Path, name: str
) -> None:
    """Who may write there could have any file of the service's owner overwritten."""
    place = name.format(os.getpid())
    folder, victim = tmp_path / "W3SVC7", tmp_path / "victim"
    folder.mkdir()
    victim.write_text("untouched")
    for number in range(2):
        (folder / place).unlink(missing_ok=True)
        if number:
            os.mkfifo(folder / place)
        else:
            (folder / place).symlink_to(victim)
        logs = AccessLogs(Ticker(FakeClock(NOON)))
        add(logs, tmp_path)
        logs.flush()
        assert victim.read_text() == "untouched"


def test_midnight_begins_a_new_file(tmp_path: Path) -> None:
    """Yesterday's archive would be changed after it was made."""
    clock = FakeClock(NOON)
    ticker = Ticker(clock)
    logs = AccessLogs(ticker)
    add(logs, tmp_path)
    logs.flush()
    clock.seconds += 12 * 3600
    ticker.advance()
    add(logs, tmp_path)
    logs.flush()
    names = sorted(path.name for path in (tmp_path / "W3SVC7").iterdir())
    assert names == ["ex240131.log", "ex240201.log"]


def test_folder_that_cannot_be_written_never_stops_serving(tmp_path: Path) -> None:
    """A full disk would take the sites down."""
    (tmp_path / "W3SVC7").write_text("in the way")
    logs = AccessLogs(Ticker(FakeClock(NOON)))
    for _turn in range(3):
        add(logs, tmp_path)
        logs.flush()
    (tmp_path / "W3SVC7").unlink()
    add(logs, tmp_path)
    logs.flush()
    assert (tmp_path / "W3SVC7" / "ex240131.log").exists()


def test_no_folder_no_log() -> None:
    """Logging that is off would still cost."""
    assert AccessLogs(Ticker(FakeClock(NOON))).find(None, 7) is None
