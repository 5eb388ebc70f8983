"""Requests of the control socket."""

from __future__ import annotations

import pytest

from bindctl.server.service.control_server import ControlRequest, parse_request


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'{"command": "status"}', ControlRequest("status")),
        (b'{"command": "reset", "hard": true}', ControlRequest("reset", is_hard=True)),
        (b'{"command": "reset", "hard": 1}', ControlRequest("reset")),
        (
            b'{"command": "site", "identifier": 7, "action": "pause"}',
            ControlRequest("site", site=7, action="pause"),
        ),
    ],
)
def test_requests(line: bytes, expected: ControlRequest) -> None:
    """A command would do something else than was asked."""
    assert parse_request(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"7",
        b"[" * 100_000,
        b'{"command": [1]}',
        b'{"command": {}}',
        b'{"command": "Status"}',
        b'{"command": "site", "identifier": 1.0, "action": "stop"}',
        b'{"command": "site", "identifier": false, "action": "stop"}',
        b'{"command": "site", "identifier": 1, "action": {}}',
        b'{"command": "site", "identifier": 1, "action": "kill"}',
    ],
    ids=lambda line: line[:40].decode(),
)
def test_anything_else_is_a_value_error(line: bytes) -> None:
    """Another exception would end the supervisor, and every site with it."""
    with pytest.raises(ValueError, match=r"."):
        parse_request(line)
