"""What `status` and `reset` answer on the control socket."""

from __future__ import annotations

import os
import traceback
from typing import TYPE_CHECKING

from bindctl.findings.errors import BindctlError
from bindctl.server.service.service_log import log_service
from bindctl.server.service.service_plan import names_digest
from bindctl.server.worker.listeners import widest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bindctl.server.service.active_plan import InForce
    from bindctl.server.service.service_plan import SiteStatus


def status_report(
    in_force: InForce,
    *,
    port_offset: int,
    started_at: int,
    workers: Mapping[str, object],
) -> dict[str, object]:
    """A service's state, ready for JSON.

    Args:
        in_force: The plan in force, and what it was made of.
        port_offset: Added to every port.
        started_at: Seconds since 1970.
        workers: What is said of them, as `WorkerPool.report` gives it.
    """
    configuration, message = in_force.configuration, in_force.message
    central = configuration.central
    return {
        "ok": True,
        "pid": os.getpid(),
        "started_at": started_at,
        "read_at": in_force.read_at,
        "port_offset": port_offset,
        "generation": message.generation,
        "digest": configuration.digest if in_force.is_whole else "",
        "read_digest": configuration.digest,
        "has_central_store": central is not None,
        "central_directory": "" if central is None else central.directory,
        "central_digest": names_digest(configuration.table.central_files),
        "changed_sites": changed_sites(in_force),
        "certificates": used_certificates(in_force),
        **workers,
        "listeners": [str(spec) for spec in widest(message.specs)],
        "closed": list(message.plan.closed),
        "sites": [site_report(status) for status in message.plan.statuses],
    }


def changed_sites(in_force: InForce) -> list[int]:
    """Sites that a reset of the same metabase would start, stop or continue.

    One that was refused is not among them: a reset would refuse it again.
    """
    plan = in_force.message.plan
    refused = {status.identifier for status in plan.statuses if status.win32_error}
    return [
        site.identifier
        for site in in_force.configuration.table.sites
        if site.identifier in plan.paused
        or (
            site.auto_start != (site.identifier in plan.contents)
            and site.identifier not in refused
        )
    ]


def used_certificates(in_force: InForce) -> list[str]:
    """Absolute paths of the files that handshakes are answered from, once each.

    Those of the central store are left out: which of them are asked for is not known.
    """
    plan = in_force.message.plan
    found: dict[str, None] = {}
    for port in plan.routing.ports.values():
        for record in port.records():
            store = record.certificate_store_name.upper()
            if record.certificate_hash and store in plan.store_directories:
                folder = plan.store_directories[store]
                found[os.path.join(folder, f"{record.certificate_hash}.pem")] = None
    return list(found)


def report_of(action: Callable[[], Mapping[str, object]]) -> Mapping[str, object]:
    """The answer to a request; whatever goes wrong, the service goes on."""
    try:
        return action()
    except BindctlError as error:
        return error_report(error)
    except Exception as error:  # noqa: BLE001 - the request fails, not the service
        log_service(traceback.format_exc())
        message = f"the service could not do it: {error!r}"
        hint = "the service goes on; its log has the details"
        return error_report(BindctlError("SRV003", message, hint))


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
