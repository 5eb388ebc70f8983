"""Runs a service for the tests: what it serves is read anew at every load."""

from __future__ import annotations

import json
import pickle
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from bindctl.findings.errors import BindctlError
from bindctl.server.service.service_plan import ServiceOptions
from bindctl.server.service.supervisor import run_supervisor
from bindctl.storage.state_folder import open_state

if TYPE_CHECKING:
    from bindctl.server.service.service_plan import ServiceConfiguration


def load(folder: Path) -> ServiceConfiguration:
    """The configuration as the files in `folder` describe it."""
    text = folder / "plan.pickle"
    if not text.exists():
        raise BindctlError("MET001", "the metabase is gone", "bring it back")
    made: ServiceConfiguration = pickle.loads(text.read_bytes())  # noqa: S301
    return made


def main() -> int:
    """Serve the folder named on the command line."""
    folder = Path(sys.argv[1])
    settings = json.loads((folder / "settings.json").read_text())
    listen = tuple(ip_address(text) for text in settings.pop("listen"))
    runtime = settings.pop("runtime_directory")
    options = ServiceOptions(**settings, listen=listen)
    with open_state(runtime, make=True) as state:
        return run_supervisor(
            options,
            lambda: load(folder),
            lambda _plan, _listeners: print("ready", flush=True),  # noqa: T201
            state,
        )


if __name__ == "__main__":
    sys.exit(main())
