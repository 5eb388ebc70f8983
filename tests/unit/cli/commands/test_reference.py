"""bindctl schema without a name."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from bindctl.__main__ import run
from bindctl.metabase.schema_data import PROPERTIES
from bindctl.terminal.terminal import Terminal


def test_every_property_has_a_line() -> None:
    """And no metabase is needed to see them."""
    out = io.StringIO()
    clock = lambda: datetime(2026, 11, 22, tzinfo=UTC)  # noqa: E731 - a clock
    assert run(["schema"], Terminal(out, out, {}, "/nowhere", clock)) == 0
    header, *lines = out.getvalue().splitlines()
    assert header.split() == [
        "Property", "Id", "Type", "Inherited", "Default", "Server", "Own",
    ]  # fmt: skip
    assert [line.split()[0] for line in lines] == list(PROPERTIES)
