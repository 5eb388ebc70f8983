"""appcmd: list, add, set and delete sites, applications and folders; start sites.

Source:
    iis-docs, "Getting Started with AppCmd.exe"; error lines as scripts match them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.companions.appcmd_objects import (
    AppcmdRequest,
    has_attribute,
    load_items,
    wrong_value,
)
from bindctl.companions.errors import (
    GENERAL_FAILURE,
    ScriptError,
    failure,
    number_of,
    unknown_attribute,
    words_of,
)
from bindctl.companions.switches import SwitchError, parse_colon
from bindctl.findings.errors import BindctlError
from bindctl.terminal.boundary import about_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bindctl.companions.appcmd_objects import Item
    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

_SHAPES = ("text", "xml", "config")
USAGE = (
    "Usage: APPCMD (command) (object-type) <identifier> </parameter1:value1 ...>",
    "",
    "Supported commands and object types:",
    "",
    '  list site(s) ["name"] [/state:Started] [/serverAutoStart:false] [/id:n]',
    "               [/text:name|*] [/xml] [/config]",
    '  list app(s)  ["site/path"] [/site.name:name] [/text:...] [/xml] [/config]',
    '  list vdir(s) ["site/path"] [/app.name:"site/"] [/text:...] [/xml] [/config]',
    "  add site     /name:name [/id:n] [/bindings:http/*:81:] [/physicalPath:folder]",
    "  add site     /in, with the output of list site /config /xml as input",
    "  add app      /site.name:name /path:/path [/physicalPath:folder]",
    "               [/applicationPool:pool]",
    '  add vdir     /app.name:"site/" /path:/path /physicalPath:folder',
    "  set site     /site.name:name [/name:new] [/serverAutoStart:false]",
    "               [/bindings:...] [/[path='/'].[path='/'].physicalPath:folder]",
    "               [/+bindings.[protocol='https',bindingInformation='*:443:host']]",
    "               [/-bindings.[protocol='http',bindingInformation='*:80:']]",
    "               [/bindings.[protocol=...,bindingInformation=...].sslFlags:1]",
    "               [/[path='/'].applicationPool:pool]",
    '  set app      "site/path" [/applicationPool:pool]',
    '  set vdir     "site/path" [/physicalPath:folder]',
    '  delete       site|app|vdir "name"',
    '  start site   "name"',
    '  stop site    "name"',
    "",
    "set, delete, start and stop take /in as well: the output of list ... /xml.",
)


def run(
    terminal: Terminal, arguments: Sequence[str], find: Callable[[], Workspace]
) -> int:
    """Run one command line; the exit status.

    Raises:
        ScriptError: It is not a command, or cannot be done. BindctlError: What no
            appcmd can fail at.
    """
    values, words = _parse(arguments)
    if "?" in values or not words:
        for line in USAGE:
            terminal.print(line)
        return 0
    request = AppcmdRequest(terminal, words, values)
    request.workspace = find()
    return about_file(request.workspace.path, lambda: _run(request))


def _parse(arguments: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    try:
        values, words = parse_colon(arguments)
    except SwitchError as error:
        message = f'The parameter "{error.switch}" stands twice.'
        raise failure(message) from error
    if "" in values:
        values["in"] = values.pop("")  # a single dash
    return values, words


def _run(request: AppcmdRequest) -> int:
    try:
        if request.verb == "list":
            return _list(request)
        from bindctl.companions import appcmd_verbs  # noqa: PLC0415 - edits only

        return appcmd_verbs.ACTIONS[request.verb](request)
    except BindctlError as error:
        number = number_of(error)
        if not number:
            raise
        raise ScriptError(
            f"ERROR ( hresult:{number:08x}, message:Command execution failed.",
            words_of(number, error.message),
            " )",
            number=number,
            cause=error,
        ) from error


def _list(request: AppcmdRequest) -> int:
    _require_known(request)
    items = [item for item in load_items(request) if _matches(request, item)]
    if "xml" in request.values or "config" in request.values:
        _print_elements(request, items)
    for item in items:
        if "text" in request.values:
            for line in _text_lines(item, request.values["text"]):
                request.terminal.print(line)
        elif not {"xml", "config"} & set(request.values):
            request.terminal.print(item.line())
    return 0 if items else GENERAL_FAILURE


def _require_known(request: AppcmdRequest) -> None:
    """Refuse an attribute that objects of the kind do not have.

    Raises:
        ScriptError: It is that.
    """
    values = request.values
    if "text" in values and {"xml", "config"} & set(values):
        message = "/text cannot stand beside /xml or /config."
        raise failure(message)
    for name, value in values.items():
        asked = value if name == "text" else name
        if name in ("xml", "config") and value:
            raise wrong_value(name, value)
        is_shape = name in ("xml", "config") or (name == "text" and value == "*")
        if not is_shape and not has_attribute(request.kind, asked):
            raise unknown_attribute(asked)


def _text_lines(item: Item, name: str) -> Sequence[str]:
    if name == "*":
        shown = [f'  {key}:"{value}"' for key, value in item.attributes.items()]
        return [item.kind, *shown]
    return [item.find(name) or ""]


def _matches(request: AppcmdRequest, item: Item) -> bool:
    wanted = request.identifier
    if wanted is not None and not _is_named(item, wanted):
        return False
    return all(
        (item.find(name) or "").lower() == value.lower()
        for name, value in request.values.items()
        if name not in _SHAPES
    )


def _is_named(item: Item, wanted: str) -> bool:
    """Whether an identifier means it: a name, a site's number, a path."""
    folded = wanted.lower()
    if item.kind != "SITE":
        # `list app "A"` and `list vdir "A/"` mean all of that site's.
        return folded in (
            item.name.lower(),
            item.name.lower().removesuffix("/"),
            item.site.lower(),
            (item.find("app.name") or "").lower(),
        )
    return folded == item.name.lower() or (
        folded == item.key.path[1] and folded.isdigit()
    )


def _print_elements(request: AppcmdRequest, items: Sequence[Item]) -> None:
    """Objects as XML, as elements of applicationHost.config, or as both."""
    from bindctl.companions import appcmd_config  # noqa: PLC0415 - loads a parser of XML

    elements, lines = appcmd_config.Elements(), []
    for item in items:
        made = elements.make(item) if "config" in request.values else None
        if "xml" in request.values:
            outer = appcmd_config.wrap(item, made)
            lines += [
                f"    {line}"
                for line in appcmd_config.format_lines(outer, item.name, "    ")
            ]
        elif made is not None:
            lines += appcmd_config.format_lines(made, item.name, "  ")
    if "xml" in request.values:
        head = '<?xml version="1.0" encoding="UTF-8"?>'
        lines = [head, "<appcmd>", *lines, "</appcmd>"]
    for line in lines:
        request.terminal.print(line)
    for line in elements.left_out:
        request.terminal.complain(f"left out: {line}")
