"""Runs a service for the tests: what it serves is read anew at every load."""

from __future__ import annotations

import json
import pickle
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from bindctl.bindings.start import start_sites
from bindctl.findings.errors import BindctlError
from bindctl.model.site import ServerState, SiteContent, Win32Error
from bindctl.routing.plan import compile_plan
from bindctl.server.options import ServiceOptions
from bindctl.server.service_plan import ServicePlan, SiteStatus
from bindctl.server.supervisor import run_supervisor

if TYPE_CHECKING:
    from collections.abc import Mapping


def load(folder: Path, excluded: Mapping[int, Win32Error]) -> ServicePlan:
    """The plan as the files in `folder` describe it."""
    text = folder / "plan.pickle"
    if not text.exists():
        raise BindctlError("MET001", "the metabase is gone", "bring it back")
    table, contents, stores, listen = pickle.loads(text.read_bytes())  # noqa: S301
    refused: dict[int, Win32Error] = {}
    for site, _entry, binding in table.entries():
        if binding.endpoint.port in excluded:
            refused[site.identifier] = excluded[binding.endpoint.port]
    started = start_sites(table).started - refused.keys()
    statuses = tuple(_status(site, started, refused) for site in table.sites)
    running: dict[int, SiteContent] = {
        identifier: content
        for identifier, content in contents.items()
        if identifier in started
    }
    return ServicePlan(compile_plan(table, started), running, statuses, stores, listen)


def _status(site, started, refused) -> SiteStatus:  # type: ignore[no-untyped-def] # noqa: ANN001
    runs = site.identifier in started
    return SiteStatus(
        site.identifier,
        site.comment,
        ServerState.STARTED if runs else ServerState.STOPPED,
        refused.get(site.identifier, Win32Error.SUCCESS),
        "",
    )


def main() -> int:
    """Serve the folder named on the command line."""
    folder = Path(sys.argv[1])
    settings = json.loads((folder / "settings.json").read_text())
    listen = tuple(ip_address(text) for text in settings.pop("listen"))
    options = ServiceOptions(**settings, listen=listen)
    return run_supervisor(
        options,
        lambda excluded: load(folder, excluded),
        lambda _plan, _listeners: print("ready", flush=True),  # noqa: T201
    )


if __name__ == "__main__":
    sys.exit(main())
