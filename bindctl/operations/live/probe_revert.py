"""Goes back to what was served before, after a reset whose probe failed."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from bindctl.findings.errors import BindctlError
from bindctl.operations.service.service import revert_service, stop_service

if TYPE_CHECKING:
    from bindctl.operations.live.probe import ProbeResult


class Change(Enum):
    """How the plan now in force came into force."""

    RESET = "reset"  # the running service took another plan, and kept the old one
    START = "start"  # no service ran before
    RESTART = "restart"  # it was stopped, and started with other options


def bring_back(metabase: str, result: ProbeResult, change: Change) -> BindctlError:
    """Undo the change; the error that reports it.

    Args:
        metabase: Absolute path of the file, which is left as it is.
        result: Of the probe; something differs.
        change: What is undone.

    Returns:
        SRV005, the state before is in force again; SRV006, there is none to go back to.
    """
    found = f"{result.differ} of {result.asked} requests get a different answer"
    if change is Change.RESTART:
        message = f"{found}, and the service was started anew: it has no earlier plan"
        return BindctlError("SRV006", message, "bindctl undo, then bindctl reset")
    if change is Change.START:
        stop_service(metabase)
        message = f"{found}; no service ran before, and it is stopped again"
    else:
        try:
            revert_service(metabase)
        except BindctlError as error:
            error.message = f"{found}, and {error.message}"
            return error
        message = f"{found}; what was served before the reset is served again"
    hint = "mend what differs, then bindctl reset --probe; the metabase is as it was"
    return BindctlError("SRV005", message, hint)
