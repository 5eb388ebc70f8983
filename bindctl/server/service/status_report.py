"""What `status`, `reset` and `served` answer on the control socket.

What is served goes into a file of the runtime directory: the table of a hundred
thousand sites is too long a line for a socket.
"""

from __future__ import annotations

import hashlib
import json
import os
import traceback
from typing import TYPE_CHECKING, Final

from bindctl.bindings.table_json import plain_table
from bindctl.findings.errors import BindctlError
from bindctl.server.service.service_log import log_service
from bindctl.server.service.service_plan import names_digest
from bindctl.server.worker.listeners import widest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bindctl.model.site import SiteContent
    from bindctl.server.service.active_plan import InForce
    from bindctl.server.service.runtime_files import RuntimeDirectory
    from bindctl.server.service.service_plan import ServiceOptions, SiteStatus

_DIGEST_OCTETS: Final = 12  # it names a change; forging one gains nothing


def status_report(
    in_force: InForce,
    *,
    port_offset: int,
    started_at: int,
    workers: Mapping[str, object],
) -> dict[str, object]:
    """A service's state, ready for JSON.

    Args:
        in_force: The plan in force, and its configuration.
        port_offset: Added to every port.
        started_at: Seconds since 1970.
        workers: Their part of the answer, from `WorkerPool.report`.
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

    A refused site is not among them, because a reset would refuse it again.
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
    """Absolute paths of the files with the certificates in use, each once.

    Those of the central store are left out, because it is not known which are in use.
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
    """The answer to a request; the service goes on, whatever goes wrong."""
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


def tell_served(
    runtime: RuntimeDirectory, in_force: InForce, options: ServiceOptions
) -> dict[str, object]:
    """Write the file; the answer that names it.

    Raises:
        BindctlError: SRV003, it cannot be written.
    """
    path = runtime.write_served(served_text(in_force, options))
    return {"ok": True, "path": path}


def served_text(in_force: InForce, options: ServiceOptions) -> str:
    """The file's text: JSON that `operations.load.running` reads."""
    configuration, message = in_force.configuration, in_force.message
    plan = message.plan
    listen = configuration.listen
    addresses = options.listen or listen.addresses
    value = {
        "table": plain_table(configuration.table),
        "started": sorted(plan.contents),
        "paused": sorted(plan.paused),
        "refused": {
            str(status.identifier): int(status.win32_error)
            for status in plan.statuses
            if status.win32_error
        },
        "listen": [str(address) for address in addresses],
        "is_limited": bool(options.listen) or listen.is_limited,
        "listen_name": "--listen" if options.listen else listen.name,
        "settings": {
            str(identifier): settings_digest(content)
            for identifier, content in plan.contents.items()
        },
        "listeners": [
            [str(spec.address), spec.port, spec.real_port] for spec in message.specs
        ],
        "port_offset": options.port_offset,
        "generation": message.generation,
        "digest": configuration.digest,
        "is_whole": in_force.is_whole,
    }
    return json.dumps(value, separators=(",", ":")) + "\n"


def settings_digest(content: SiteContent) -> str:
    """A word that changes when the content of a site changes."""
    octets = repr(content).encode("utf-8", "surrogateescape")
    return hashlib.blake2b(octets, digest_size=_DIGEST_OCTETS).hexdigest()
