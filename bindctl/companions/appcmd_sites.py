"""appcmd add, set, delete, start and stop of a site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.companions.appcmd import failure, load_items, no_such_object
from bindctl.companions.appcmd_bindings import (
    HTTP,
    list_of,
    parse_bindings,
    require_protocol,
    stored_binding,
)
from bindctl.companions.errors import (
    E_ALREADY_EXISTS,
    E_INVALID_PARAMETER,
    E_NOT_FOUND,
    E_NOT_SUPPORTED,
)
from bindctl.companions.iisweb import POOLED
from bindctl.companions.site_state import control, stop_quietly
from bindctl.companions.switches import parse_element
from bindctl.findings.errors import BindctlError
from bindctl.metabase.schema import MAX_DWORD, is_identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bindctl.companions.appcmd import Request
    from bindctl.companions.appcmd_objects import Item
    from bindctl.metabase.values import Value
    from bindctl.operations.site_edits import SiteDraft

_BOOLEANS = {"true": True, "false": False}
_ROOT_PATH = "[path='/'].[path='/'].physicalpath"
_ADD_SWITCHES = ("name", "id", "bindings", "physicalpath", "serverautostart")


def add(request: Request) -> int:
    """Add site: make it, and its application where it has a folder; start it."""
    from bindctl.operations.site_edits import create_site, make_folder  # noqa: PLC0415

    values = request.values
    name = _require_new_name(request)
    identifier = _parse_identifier(values["id"]) if "id" in values else None
    folder = values.get("physicalpath", "")
    properties = _new_properties(name, values)
    if folder:
        make_folder(request.metabase, folder, name, *values.values())

    def root(number: int) -> Mapping[str, Value]:
        application = f"/LM/W3SVC/{number}/ROOT"
        return {"Path": folder, "AppRoot": application, "AppIsolated": POOLED}

    try:
        made = create_site(
            request.metabase, properties, root if folder else None, identifier
        )
    except BindctlError as error:
        if error.code != "MET106":
            raise
        raise _duplicate(values["id"]) from error
    for kind, shown in (("SITE", name), ("APP", f"{name}/"), ("VDIR", f"{name}/")):
        if folder or kind == "SITE":
            request.terminal.print(f'{kind} object "{shown}" added')
    if properties.get("ServerAutoStart", True):
        _start_if_possible(request.metabase, made)
    return 0


def _start_if_possible(metabase: str, identifier: int) -> None:
    """Start a new site; one that cannot start is added all the same, as on IIS."""
    try:
        control(metabase, identifier, "start")
    except BindctlError as error:
        if error.code not in ("SRV001", "SRV004"):
            raise


def set_(request: Request) -> int:
    """Set site: name, start, folder and bindings, in one write."""
    from bindctl.operations.site_edits import change_site  # noqa: PLC0415

    item = _require_site(request)
    edits = {
        name: value for name, value in request.values.items() if name != "site.name"
    }

    def change(draft: SiteDraft) -> None:
        for name, value in edits.items():
            _edit(draft, item, name, value)

    change_site(request.metabase, int(item.shown["id"]), change)
    request.terminal.print(f'SITE object "{item.name}" changed')
    return 0


def delete(request: Request) -> int:
    """Delete site: stop it, and remove it with all below it."""
    from bindctl.operations.keys import delete as delete_key  # noqa: PLC0415

    item = _require_site(request)
    stop_quietly(request.metabase, int(item.shown["id"]))
    delete_key(request.metabase, f"w3svc/{item.shown['id']}/")
    request.terminal.print(f'SITE object "{item.name}" deleted')
    return 0


def start(request: Request) -> int:
    """Start site: also one that is paused."""
    item = _require_site(request)
    action = "continue" if item.shown["state"] == "Paused" else "start"
    control(request.metabase, int(item.shown["id"]), action)
    request.terminal.print(f'"{item.name}" successfully started.')
    return 0


def stop(request: Request) -> int:
    """Stop site."""
    item = _require_site(request)
    control(request.metabase, int(item.shown["id"]), "stop")
    request.terminal.print(f'"{item.name}" successfully stopped.')
    return 0


ACTIONS: Mapping[str, Callable[[Request], int]] = {
    "add": add,
    "set": set_,
    "delete": delete,
    "start": start,
    "stop": stop,
}


def _require_new_name(request: Request) -> str:
    """The name of a site to add.

    Raises:
        ScriptError: There is none, or a site has it; or a switch is not known.
    """
    for switch in request.values:
        if switch not in _ADD_SWITCHES:
            raise _unknown(switch)
    name = request.values.get("name", request.identifier or "")
    if not name:
        raise failure('Missing required attribute "name".', E_INVALID_PARAMETER)
    if any(item.name.lower() == name.lower() for item in load_items(request)):
        raise _duplicate(name)
    return name


def _new_properties(name: str, values: Mapping[str, str]) -> dict[str, Value]:
    properties: dict[str, Value] = {"ServerComment": name}
    for protocol, item in parse_bindings(values.get("bindings", "")):
        key = "ServerBindings" if protocol == HTTP else "SecureBindings"
        properties[key] = (*_items(properties, key), item)
    if "serverautostart" in values:
        properties["ServerAutoStart"] = _parse_boolean(values["serverautostart"])
    return properties


def _require_site(request: Request) -> Item:
    wanted = request.identifier or request.values.get("site.name")
    if not wanted:
        message = "Must specify the SITE object with identifier or /site.name."
        raise failure(message, E_INVALID_PARAMETER)
    for item in load_items(request):
        if item.name.lower() == wanted.lower():
            return item
    raise no_such_object("SITE", wanted)


def _edit(draft: SiteDraft, item: Item, name: str, value: str) -> None:
    """Apply one ``/name:value`` of set.

    Raises:
        ScriptError: It is none.
    """
    folded = name.lower()
    if folded == "name":
        draft.values["ServerComment"] = value
    elif folded == "serverautostart":
        draft.values["ServerAutoStart"] = _parse_boolean(value)
    elif folded == "bindings":
        _replace_all(draft, value)
    elif folded in (_ROOT_PATH, "physicalpath"):
        draft.root["Path"] = value
    elif folded.startswith(("+bindings.", "-bindings.", "bindings.")):
        _edit_binding(draft, name, value)
    elif folded != "id" or value != item.shown["id"]:
        raise (
            _unknown(name)
            if folded != "id"
            else failure("The identifier of a site cannot be changed.", E_NOT_SUPPORTED)
        )


def _replace_all(draft: SiteDraft, text: str) -> None:
    parsed = parse_bindings(text)
    draft.server_bindings[:] = [item for name, item in parsed if name == HTTP]
    draft.secure_bindings[:] = [item for name, item in parsed if name != HTTP]


def _edit_binding(draft: SiteDraft, name: str, value: str) -> None:
    """``+bindings.[…]``, ``-bindings.[…]`` or ``bindings.[…].bindingInformation``."""
    verb, _dot, rest = name.partition(".")
    text, bracket, attribute = rest.rpartition("]")
    element = parse_element(text + bracket)
    if element is None or "protocol" not in element:
        raise _unknown(name)
    protocol, shown = element["protocol"], element.get("bindinginformation", "*:80:")
    require_protocol(protocol)
    items, stored = list_of(draft, protocol), stored_binding(shown)
    index = _index(items, stored)
    if verb.startswith("+"):
        if index is not None:
            message = (
                "Cannot add duplicate collection entry of type 'binding' with "
                "combined key attributes 'protocol, bindingInformation' respectively "
                f"set to '{protocol}, {shown}'"
            )
            raise failure(message, E_ALREADY_EXISTS)
        items.append(stored)
        return
    if index is None:
        raise failure("Cannot find requested collection element.", E_NOT_FOUND)
    if verb.startswith("-"):
        del items[index]
    elif attribute.lower() == ".bindinginformation":
        items[index] = stored_binding(value)
    else:
        raise _unknown(name)


def _index(items: list[str], wanted: str) -> int | None:
    folded = [item.lower() for item in items]
    return folded.index(wanted.lower()) if wanted.lower() in folded else None


def _items(properties: Mapping[str, Value], name: str) -> tuple[str, ...]:
    value = properties.get(name, ())
    return value if isinstance(value, tuple) else ()


def _parse_boolean(text: str) -> bool:
    if text.lower() not in _BOOLEANS:
        message = f'The value "{text}" is not true or false.'
        raise failure(message, E_INVALID_PARAMETER)
    return _BOOLEANS[text.lower()]


def _parse_identifier(text: str) -> int:
    if not is_identifier(text) or not 0 < int(text) <= MAX_DWORD:
        message = f'The value "{text}" is no identifier.'
        raise failure(message, E_INVALID_PARAMETER)
    return int(text)


def _duplicate(name: str) -> Exception:
    message = f'Failed to add duplicate collection element "{name}".'
    return failure(message, E_ALREADY_EXISTS)


def _unknown(name: str) -> Exception:
    message = f'Unknown attribute "{name}".  Replace with -? for help.'
    return failure(message, E_INVALID_PARAMETER)
