"""Tests of iisback's own rules."""

from __future__ import annotations

import pytest

from bindctl.companions.iisback import format_time


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-11-22T00:05:09Z", "11/22/2026 12:05:09 AM"),
        ("2026-01-02T12:00:00Z", "1/2/2026 12:00:00 PM"),
        ("2026-01-02T23:59:59Z", "1/2/2026 11:59:59 PM"),
        ("", ""),
    ],
)
def test_times_are_those_of_windows(text: str, shown: str) -> None:
    """Scripts cut the date at its slashes; noon and midnight are 12."""
    assert format_time(text) == shown
