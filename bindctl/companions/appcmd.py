"""appcmd: list, add, set, delete, start and stop sites; list applications and folders.

Source:
    iis-docs, "Getting Started with AppCmd.exe"; error lines as scripts match them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.cli.boundary import about_file
from bindctl.companions.errors import (
    E_INVALID_PARAMETER,
    E_NOT_SUPPORTED,
    GENERAL_FAILURE,
    ScriptError,
    exit_status,
    number_of,
    words_of,
)
from bindctl.companions.switches import parse_colon
from bindctl.findings.errors import BindctlError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bindctl.cli.terminal import Terminal
    from bindctl.companions.appcmd_objects import Item

_OBJECTS = {
    "site": "SITE",
    "sites": "SITE",
    "app": "APP",
    "apps": "APP",
    "vdir": "VDIR",
    "vdirs": "VDIR",
}
_VERBS = ("list", "add", "set", "delete", "start", "stop")
_SHAPES = ("text", "xml", "config")
USAGE = (
    "Usage: APPCMD (command) (object-type) <identifier> </parameter1:value1 ...>",
    "",
    "Supported commands and object types:",
    "",
    '  list site(s) ["name"] [/state:Started] [/serverAutoStart:false] [/id:n]',
    "               [/text:name|*] [/xml] [/config]",
    '  list app(s)  ["site/path"] [/site.name:name] [/text:...] [/xml]',
    '  list vdir(s) ["site/path"] [/app.name:"site/"] [/text:...] [/xml]',
    "  add site     /name:name [/id:n] [/bindings:http/*:81:] [/physicalPath:folder]",
    "  set site     /site.name:name [/name:new] [/serverAutoStart:false]",
    "               [/bindings:...] [/[path='/'].[path='/'].physicalPath:folder]",
    "               [/+bindings.[protocol='https',bindingInformation='*:443:host']]",
    "               [/-bindings.[protocol='http',bindingInformation='*:80:']]",
    '  delete site  "name"',
    '  start site   "name"',
    '  stop site    "name"',
)


class Request:
    """One command line, taken apart.

    Attributes:
        terminal: The world it runs in.
        metabase: Absolute path of the file.
        verb: One of the six.
        kind: ``SITE``, ``APP`` or ``VDIR``.
        identifier: What names the object, or ``None``.
        values: All ``/name:value``, names in lower case up to a bracket.
    """

    __slots__ = ("identifier", "kind", "metabase", "terminal", "values", "verb")

    def __init__(
        self, terminal: Terminal, words: Sequence[str], values: Mapping[str, str]
    ) -> None:
        """Keep the parts.

        Raises:
            ScriptError: They are no command.
        """
        self.terminal = terminal
        self.metabase = ""
        self.verb, kind = words[0].lower(), words[1].lower() if words[1:] else ""
        self.kind = _OBJECTS.get(kind, "")
        if not self.kind:
            raise failure(
                f"Object '{kind.upper()}' is not supported.  Run 'appcmd.exe /?' to "
                "display supported objects.",
                E_INVALID_PARAMETER,
            )
        is_known = self.verb in _VERBS and (self.kind == "SITE" or self.verb == "list")
        if not is_known:
            raise failure(
                f"Command '{words[0].upper()}' is not supported on object "
                f"'{self.kind}'.  Run 'appcmd.exe {self.kind} /?' to display "
                "supported commands.",
                E_INVALID_PARAMETER,
            )
        self.values = dict(values)
        self.identifier: str | None = words[2] if len(words) > len("vo") else None


def run(terminal: Terminal, arguments: Sequence[str], find: Callable[[], str]) -> int:
    """Run one command line; the exit status.

    Raises:
        BindctlError: What no appcmd can fail at.
    """
    values, words = parse_colon(arguments)
    if "?" in values or not words:
        for line in USAGE:
            terminal.print(line)
        return 0
    try:
        request = Request(terminal, words, values)
        request.metabase = find()
        return about_file(request.metabase, lambda: _run(request))
    except ScriptError as error:
        for line in error.lines:
            terminal.print(line)
        return error.status


def failure(message: str, number: int) -> ScriptError:
    """``ERROR ( message:… )``, with the low 8 bits of the number."""
    return ScriptError(f"ERROR ( message:{message} )", status=exit_status(number))


def no_such_object(kind: str, identifier: str) -> ScriptError:
    """What is printed when nothing has that name."""
    message = f'Cannot find {kind} object with identifier "{identifier}".'
    return failure(message, E_NOT_SUPPORTED)


def load_items(request: Request) -> list[Item]:
    """All objects of the kind asked for."""
    from bindctl.companions.appcmd_objects import (  # noqa: PLC0415
        application_items,
        directory_items,
        site_items,
    )
    from bindctl.operations.keys import require_key  # noqa: PLC0415
    from bindctl.operations.sites import list_sites  # noqa: PLC0415
    from bindctl.storage.metabase_file import read_octets  # noqa: PLC0415

    root = require_key(read_octets(request.metabase), ())
    if request.kind == "SITE":
        states = {site.identifier: site.state for site in list_sites(request.metabase)}
        return list(site_items(root, states))
    return list((application_items if request.kind == "APP" else directory_items)(root))


def _run(request: Request) -> int:
    try:
        if request.verb == "list":
            return _list(request)
        from bindctl.companions import appcmd_sites  # noqa: PLC0415

        return appcmd_sites.ACTIONS[request.verb](request)
    except BindctlError as error:
        number = number_of(error)
        if not number:
            raise
        raise ScriptError(
            f"ERROR ( hresult:{number:08x}, message:Command execution failed.",
            words_of(number, error.message),
            " )",
            status=exit_status(number),
        ) from error


def _list(request: Request) -> int:
    items = [item for item in load_items(request) if _matches(request, item)]
    shape = next((name for name in _SHAPES if name in request.values), "")
    if shape == "xml":
        _print_xml(request.terminal, items)
    for item in items:
        if shape != "xml":
            for line in _lines(request, item, shape):
                request.terminal.print(line)
    return 0 if items else GENERAL_FAILURE


def _lines(request: Request, item: Item, shape: str) -> Sequence[str]:
    if shape == "config" and item.kind == "SITE":
        from bindctl.companions.appcmd_objects import (  # noqa: PLC0415
            configuration_lines,
        )

        return list(configuration_lines(item))
    if shape != "text":
        return [item.line()]
    name = request.values["text"]
    if name == "*":
        shown = [f'  {key}:"{value}"' for key, value in item.attributes.items()]
        return [item.kind, *shown]
    return [_require_attribute(item, name)]


def _matches(request: Request, item: Item) -> bool:
    wanted = request.identifier
    if wanted is not None and not _is_named(item, wanted):
        return False
    for name, value in request.values.items():
        if name in _SHAPES:
            continue
        if _require_attribute(item, name).lower() != value.lower():
            return False
    return True


def _is_named(item: Item, wanted: str) -> bool:
    """Whether an identifier means it: a name, a site's number, a path."""
    folded = wanted.lower()
    if item.kind != "SITE":
        # `list app "A"` and `list vdir "A/"` mean all of that site's.
        return folded in (
            item.name.lower(),
            item.name.lower().removesuffix("/"),
            (item.find("site.name") or "").lower(),
            (item.find("app.name") or "").lower(),
        )
    return folded == item.name.lower() or (
        folded == item.shown["id"] and folded.isdigit()
    )


def _require_attribute(item: Item, name: str) -> str:
    value = item.find(name)
    if value is None:
        message = f'Unknown attribute "{name}".  Replace with -? for help.'
        raise failure(message, E_INVALID_PARAMETER)
    return value


def _print_xml(terminal: Terminal, items: Sequence[Item]) -> None:
    from bindctl.companions.metabase_xml import escape  # noqa: PLC0415

    terminal.print('<?xml version="1.0" encoding="UTF-8"?>')
    terminal.print("<appcmd>")
    for item in items:
        words = " ".join(
            f'{name}="{escape(value)}"' for name, value in item.attributes.items()
        )
        terminal.print(f"    <{item.kind} {words} />")
    terminal.print("</appcmd>")
