"""Starting, stopping, pausing and continuing one site of the running service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.findings.errors import BindctlError
from bindctl.operations.service.service import RESET_TIMEOUT_S, ask_service, site_state

if TYPE_CHECKING:
    from bindctl.operations.service.service import SiteState


def control_site(metabase: str, identifier: int, action: str) -> SiteState:
    """Change the state of one site; all others stay as they are.

    If the site is in that state already, the action succeeds and changes nothing. The
    next reset starts every site with ServerAutoStart again.

    Args:
        metabase: Absolute path of the file.
        identifier: The site's number.
        action: ``start``, ``stop``, ``pause`` or ``continue``.

    Returns:
        The site from now on.

    Raises:
        BindctlError: SRV001, no service runs; MET101, there is no such site; SRV004,
            the service refuses, with the HRESULT that IIS gives.
    """
    request = {"command": "site", "identifier": identifier, "action": action}
    answer = ask_service(metabase, request, RESET_TIMEOUT_S)
    site = answer.get("site")
    if not isinstance(site, dict):
        message = "the service answered without the site"
        raise BindctlError("SRV003", message)
    return site_state(site)
