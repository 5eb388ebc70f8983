"""What `status` and `reset` answer on the control socket."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bindctl.server.listeners import widest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.findings.errors import BindctlError
    from bindctl.server.frames import NewPlan
    from bindctl.server.service_plan import SiteStatus


def status_report(
    message: NewPlan,
    *,
    port_offset: int,
    started_at: int,
    workers: Sequence[int],
    connections: int,
) -> dict[str, object]:
    """A service's state, ready for JSON.

    Args:
        message: The plan in force.
        port_offset: Added to every port.
        started_at: Seconds since 1970.
        workers: Their process identifiers.
        connections: Open connections.
    """
    return {
        "ok": True,
        "pid": os.getpid(),
        "started_at": started_at,
        "port_offset": port_offset,
        "generation": message.generation,
        "workers": list(workers),
        "connections": connections,
        "listeners": [str(spec) for spec in widest(message.specs)],
        "sites": [site_report(status) for status in message.plan.statuses],
    }


def error_report(error: BindctlError) -> dict[str, object]:
    """A refusal, ready for JSON."""
    return {
        "ok": False,
        "code": error.code,
        "message": error.message,
        "hint": error.hint,
        "hresult": error.hresult,
    }


def site_report(status: SiteStatus) -> dict[str, object]:
    """One site's state, ready for JSON."""
    return {
        "identifier": status.identifier,
        "comment": status.comment,
        "state": int(status.state),
        "win32_error": int(status.win32_error),
        "detail": status.detail,
    }
