"""iisweb: create, start, stop, pause, delete and query web sites.

Source:
    iisweb.vbs of Windows Server 2003: messages and columns.
"""

from bindctl.companions.errors import (
    E_ALREADY_EXISTS,
    E_DUPLICATE_NAME,
    E_SHARING_VIOLATION,
    GENERAL_FAILURE,
    ScriptError,
    number_of,
    report,
    script_error,
)
from bindctl.companions.script import Operation, Script, cell
from bindctl.companions.sites import (
    NEW_DIRECTORY,
    PAUSED,
    STARTED,
    STATE_NAMES,
    STOPPED,
    control,
    find_sites,
    site_path,
    stop_quietly,
)
from bindctl.companions.switches import MANY
from bindctl.findings.errors import BindctlError
from bindctl.model.endpoint import parse_ip_address, parse_port
from bindctl.operations.editing.keys import delete as delete_key
from bindctl.operations.editing.site_edits import POOLED, create_site, make_folder
from bindctl.operations.editing.sites import list_sites

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.companions.script import Call
    from bindctl.metabase.values import Value
    from bindctl.operations.editing.sites import SiteSummary

_BINDING_CONFLICT = frozenset({E_ALREADY_EXISTS, E_DUPLICATE_NAME, E_SHARING_VIOLATION})
_TRANSITIONS = frozenset({1, 3, 5, 7})
_NAME_WIDTH, _STATE_WIDTH, _ADDRESS_WIDTH, _PORT_WIDTH = 46, 8, 16, 6
_RULE = "=" * 78
# Operation to the state it leads to, and from which state by which action.
_CHANGES = {
    "start": (
        STARTED,
        {STOPPED: ("start", "STARTED"), PAUSED: ("continue", "CONTINUED")},
    ),
    "stop": (STOPPED, {STARTED: ("stop", "STOPPED")}),
    "pause": (PAUSED, {STARTED: ("pause", "PAUSED")}),
}


def query(call: "Call") -> int:
    """/query: the HTTP bindings of all sites, or of those named."""
    sites: "list[SiteSummary]" = list(list_sites(call.workspace))
    missing: list[str] = []
    if call.words or not sites:
        sites, missing = find_sites(sites, call.words)
    call.print(_row("Site Name (Metabase Path)", "Status", "IP", "Port", "Host"))
    call.print(_RULE)
    for site in sites:
        for line in _site_rows(site):
            call.print(line)
    return _tell_missing(call, missing)


def create(call: "Call") -> int:
    """/create: make a site, start it, and report."""
    root, name = call.words
    address, port = _require_address(call), _require_port(call)
    host = call.switch("d")
    pool = call.switch("ap")
    make_folder(call.workspace, root, name, host, pool)

    def values(identifier: int) -> "dict[str, Value]":
        application: "dict[str, Value]" = {
            "AppRoot": f"/LM/W3SVC/{identifier}/ROOT",
            "AppIsolated": POOLED,
        }
        if pool:
            application["AppPoolId"] = pool
        return {"Path": root, **NEW_DIRECTORY, **application}

    identifier = create_site(
        call.workspace,
        {"ServerComment": name, "ServerBindings": (f"{address}:{port}:{host}",)},
        values,
    )
    status = "STOPPED" if "dontstart" in call.switches else _start(call, identifier)
    report = {
        "Server": call.server,
        "Site Name": name,
        "Metabase Path": site_path(identifier),
        "IP": address or "ALL UNASSIGNED",
        "Host": host or "NOT SPECIFIED",
        "Port": port,
        "Root": root,
        "App Pool": pool or "DefaultAppPool (system default)",
        "Status": status,
    }
    for label, value in report.items():
        call.print(f"{label:<14}= {value}")
    return 0


def change_state(call: "Call") -> int:
    """/start, /stop and /pause of each site named; the last failure's status."""
    sites, missing = find_sites(list_sites(call.workspace), call.words)
    status = 0
    for site in sites:
        status = _change(call, site) or status
    return _tell_missing(call, missing) or status


def delete(call: "Call") -> int:
    """/delete: remove each site named with all below it, and stop it."""
    sites, missing = find_sites(list_sites(call.workspace), call.words)
    for site in sites:
        path = site_path(site.identifier)
        delete_key(call.workspace, f"{path}/")  # first, because it may be refused
        stop_quietly(call.workspace.path, site.identifier)
        call.print(f"Server {path} has been deleted")
    return _tell_missing(call, missing)


def _tell_missing(call: "Call", names: "list[str]") -> int:
    """Print the names that are not sites; the exit status for them."""
    for name in names:
        call.print(f"{name} not found")
    return GENERAL_FAILURE if names else 0


def _change(call: "Call", site: "SiteSummary") -> int:
    wanted, ways = _CHANGES[call.operation]
    path, state = site_path(site.identifier), int(site.state)
    if state == wanted:
        if wanted == STOPPED:  # or nobody may know: the service is another user's
            stop_quietly(call.workspace.path, site.identifier)
        call.print(f"Server {path} is already {STATE_NAMES[wanted].upper()}")
        return 0
    if state in _TRANSITIONS:
        call.print("Server cannot be controled in its current state")
        return GENERAL_FAILURE
    if state not in ways:
        done = {"start": "started", "stop": "stopped", "pause": "paused"}
        call.print(
            f"{path}: Server cannot be {done[call.operation]} in its current state"
        )
        call.print(f"({path} server is {STATE_NAMES[state]})")
        return GENERAL_FAILURE
    action, word = ways[state]
    try:
        control(call.workspace.path, site.identifier, action)
    except BindctlError as error:
        failed = f"Failed to change status of server {path}"
        return report(call.terminal, script_error(error, failed))
    call.print(f"Server {path} has been {word}")
    return 0


def _start(call: "Call", identifier: int) -> str:
    """Start a new site; its status for the report."""
    try:
        control(call.workspace.path, identifier, "start")
    except BindctlError as error:
        if number_of(error) in _BINDING_CONFLICT:
            return "STOPPED (ERROR: BINDING CONFLICT)"
        if not number_of(error):
            raise
        return "STOPPED"
    return "STARTED"


def _require_port(call: "Call") -> str:
    port = call.switch("b", "80")
    try:
        return str(parse_port(port))
    except ValueError as error:
        raise ScriptError("Invalid port number.") from error


def _require_address(call: "Call") -> str:
    address = call.switch("i")
    if not address:
        return ""
    try:
        parsed = parse_ip_address(address)
    except ValueError as error:
        raise ScriptError(
            "Invalid IP Address. Please check if it is well formated and belongs to "
            "this machine."
        ) from error
    return f"[{parsed}]" if ":" in str(parsed) else str(parsed)


def _site_rows(site: "SiteSummary") -> "Iterator[str]":
    label = f"{site.description} ({site_path(site.identifier)})"
    status = STATE_NAMES[site.state].upper()
    for binding in site.server_bindings or ("",):
        address, port, host = _parts(binding)
        yield _row(label, status, address, port, host)
        label = status = ""


def _parts(binding: str) -> tuple[str, str, str]:
    """Address, port and host as the list shows them, for any stored text."""
    if not binding:
        return "N/A", "N/A", "N/A"
    head, _colon, host = binding.rpartition(":")
    address, _colon, port = head.rpartition(":")
    return address or "ALL", port, host or "N/A"


def _row(name: str, status: str, address: str, port: str, host: str) -> str:
    return (
        cell(name, _NAME_WIDTH)
        + cell(status, _STATE_WIDTH)
        + cell(address, _ADDRESS_WIDTH)
        + cell(port, _PORT_WIDTH)
        + host
    )


_SITES = "    <site>      W3SVC/n, or the ServerComment"

SCRIPT = Script(
    "IIsWeb",
    "Create, start, stop, pause, delete or query web sites.",
    {
        "create": Operation(
            create,
            2,
            "d b i ap dontstart",
            "/create <root> <name> [/d <host>] [/b <port>] [/i <ip>] [/dontstart]",
            "        [/ap <pool>]",
            "    <root>      folder of the site; made when it is missing",
            "    <name>      ServerComment",
            "    /b          port [Default: 80]",
            "    /i          address [Default: all unassigned]",
            "    /ap         application pool [Default: that of the service]",
            "    /dontstart  leaves the site stopped",
        ),
        **{
            name: Operation(
                run, MANY, "", f"/{name} <site> [<site> ...]", _SITES, least=1
            )
            for name, run in (
                *(("start", change_state), ("stop", change_state)),
                *(("pause", change_state), ("delete", delete)),
            )
        },
        "query": Operation(query, MANY, "", "/query [<site> ...]", _SITES),
    },
    {"d": 1, "b": 1, "i": 1, "ap": 1, "dontstart": 0},
    {"c": "create", "q": "query", "domain": "d", "port": "b", "ip": "i"},
)
