"""What is served right now, in a file of the runtime directory.

Answers the control command ``served``. A file, because the table of a hundred thousand
sites is no line to push through a socket.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

from bindctl.bindings.table_json import plain_table

if TYPE_CHECKING:
    from bindctl.model.site import SiteContent
    from bindctl.server.service.active_plan import InForce
    from bindctl.server.service.options import ServiceOptions
    from bindctl.server.service.runtime_files import RuntimeDirectory

_DIGEST_OCTETS: Final = 12  # names a change; nobody gains by forging one


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
    """The file's text: JSON that `operations.running` reads."""
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
    """A word that differs when what a site answers from differs."""
    octets = repr(content).encode("utf-8", "surrogateescape")
    return hashlib.blake2b(octets, digest_size=_DIGEST_OCTETS).hexdigest()
