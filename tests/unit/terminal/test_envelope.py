"""Result values as plain JSON data."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_address
from typing import NamedTuple

import pytest

from bindctl.findings.finding import Severity
from bindctl.model.site import ServerState, Win32Error
from bindctl.terminal.envelope import plain


class _Result(NamedTuple):
    site: int
    names: tuple[str, ...]


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (None, None),
        (True, True),
        (1, 1),
        ("ü", "ü"),
        (("a", 1), ["a", 1]),
        ({1: ("a",)}, {"1": ["a"]}),
        (Severity.ERROR, "error"),
        (ServerState.STARTED, "started"),
        (Win32Error.ALREADY_EXISTS, "already_exists"),
        (ip_address("::1"), "::1"),
        (datetime(2026, 11, 22, 12, 0, 5, tzinfo=UTC), "2026-11-22T12:00:05Z"),
        (_Result(1, ("a", "b")), {"site": 1, "names": ["a", "b"]}),
        ([_Result(1, ())], [{"site": 1, "names": []}]),
    ],
)
def test_a_value_becomes_plain_data(value: object, data: object) -> None:
    """Programs that read --json rely on the shape of every value."""
    assert plain(value) == data
    assert type(plain(value)) is type(data)
