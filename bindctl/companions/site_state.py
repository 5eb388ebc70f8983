"""Start, stop, pause and continue of one site, through the running service."""

from bindctl.findings.errors import BindctlError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

STARTED, STOPPED, PAUSED = 2, 4, 6
STATE_NAMES: "Mapping[int, str]" = {
    1: "starting",
    STARTED: "started",
    3: "stopping",
    STOPPED: "stopped",
    5: "pausing",
    PAUSED: "paused",
    7: "continuing",
}


def control(metabase: str, identifier: int, action: str) -> None:
    """As `operations.site_control.control_site`, which is slow to import."""
    from bindctl.operations.service.site_control import control_site  # noqa: PLC0415

    control_site(metabase, identifier, action)


def stop_quietly(metabase: str, identifier: int) -> None:
    """Stop a site before it is deleted; without a service it is stopped already."""
    try:
        control(metabase, identifier, "stop")
    except BindctlError as error:
        if error.code not in ("SRV001", "MET101"):
            raise
