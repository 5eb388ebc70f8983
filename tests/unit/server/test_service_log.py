"""The service's log is shown on terminals, and kept by CI services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.server.service_log import log_service

if TYPE_CHECKING:
    import pytest


def test_a_message_is_one_line_that_nobody_obeys(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A peer's words must not clear the screen of whoever watches the log."""
    log_service("handshake of \x1b[2J\u202e\n##[error]x \udc80")
    (line,) = capfd.readouterr().err.splitlines()
    shown = "handshake of \\u001b[2J\\u202e\\n\\u0023#[error]x \\udc80"
    assert line.endswith(f"] {shown}")
