"""The objects of appcmd: sites, applications and virtual directories.

Source:
    iis-docs, "Getting Started with AppCmd.exe": the lines and the XML of each object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.companions.appcmd_values import (
    APP,
    ATTRIBUTES,
    SITE,
    VDIR,
    find_attribute,
    format_attribute,
    shown_bindings,
)
from bindctl.companions.errors import E_NOT_SUPPORTED, ScriptError, failure
from bindctl.metabase.tree import web_sites
from bindctl.metabase.values import STARS
from bindctl.operations.editing.keys import require_key
from bindctl.operations.editing.sites import list_sites

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bindctl.metabase.tree import Key
    from bindctl.model.site import ServerState
    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

DEFAULT_POOL = "DefaultAppPool"
_OBJECTS = {
    "site": "SITE",
    "sites": "SITE",
    "app": "APP",
    "apps": "APP",
    "vdir": "VDIR",
    "vdirs": "VDIR",
}
_EDITS = ("list", "add", "set", "delete")
_VERBS = {"SITE": (*_EDITS, "start", "stop"), "APP": _EDITS, "VDIR": _EDITS}


# The attributes in XML and /text:*, in order; others are shown only by name.
HEADS: Mapping[str, tuple[str, ...]] = {
    SITE: ("SITE.NAME", "SITE.ID", "bindings", "state"),
    APP: ("APP.NAME", "APPPOOL.NAME", "SITE.NAME", "path"),
    VDIR: ("VDIR.NAME", "physicalPath", "path", "APP.NAME"),
}
# The attributes in its line, by their names there.
_SHOWN: Mapping[str, Mapping[str, str]] = {
    SITE: {"id": "SITE.ID", "bindings": "bindings", "state": "state"},
    APP: {"applicationPool": "APPPOOL.NAME"},
    VDIR: {"physicalPath": "physicalPath"},
}


class AppcmdRequest:
    """One command line, taken apart.

    Attributes:
        terminal: The world it runs in.
        workspace: The metabase.
        verb: One of the six.
        kind: ``SITE``, ``APP`` or ``VDIR``.
        identifier: What names the object, or ``None``.
        values: All ``/name:value``, names in lower case up to a bracket.
    """

    __slots__ = ("identifier", "kind", "terminal", "values", "verb", "workspace")

    def __init__(
        self, terminal: Terminal, words: Sequence[str], values: Mapping[str, str]
    ) -> None:
        """Keep the parts.

        Raises:
            ScriptError: They are not a command.
        """
        self.terminal = terminal
        self.workspace: Workspace
        self.verb, kind = words[0].lower(), words[1].lower() if words[1:] else ""
        self.kind = _OBJECTS.get(kind, "")
        if not self.kind:
            raise failure(
                f"Object '{kind.upper()}' is not supported.  Run 'appcmd.exe /?' to "
                "display supported objects."
            )
        if self.verb not in _VERBS[self.kind]:
            raise failure(
                f"Command '{words[0].upper()}' is not supported on object "
                f"'{self.kind}'.  Run 'appcmd.exe {self.kind} /?' to display "
                "supported commands."
            )
        self.values = dict(values)
        if len(words) > len("voi"):
            raise failure(f'Unexpected word "{words[3]}".')
        self.identifier: str | None = words[2] if len(words) > len("vo") else None


class Item(NamedTuple):
    """One object.

    Attributes:
        kind: ``SITE``, ``APP`` or ``VDIR``.
        head: Its values of `HEADS`.
        site: Name of its site.
        key: Where it is in the metabase.
    """

    kind: str
    head: tuple[str, ...]
    site: str
    key: Key

    @property
    def name(self) -> str:
        """The name in its line."""
        return self.head[0]

    @property
    def attributes(self) -> Mapping[str, str]:
        """Its attributes in XML and ``/text:*``."""
        return dict(zip(HEADS[self.kind], self.head, strict=True))

    def line(self) -> str:
        """``SITE "A" (id:1,bindings:http/*:80:,state:Started)``."""
        head, shown = self.attributes, _SHOWN[self.kind]
        words = ",".join(f"{name}:{head[held]}" for name, held in shown.items())
        return f'{self.kind} "{self.name}" ({words})'

    def find(self, name: str) -> str | None:
        """An attribute by its name in any letter case; ``None`` if there is none."""
        folded = name.lower()
        head = {key.lower(): value for key, value in self.attributes.items()}
        for shown, held in _SHOWN[self.kind].items():
            head[shown.lower()] = head[held.lower()]
        known = {"name": self.name, "site.name": self.site, **head}
        row = None if folded in known else find_attribute(self.kind, name)
        value = None if row is None else self.key.effective(row)
        if row is None or value is None:
            return known.get(folded, None if row is None else "")
        return STARS if row.is_secure else format_attribute(row, value) or str(value)


def has_attribute(kind: str, name: str) -> bool:
    """Whether objects of that kind have the attribute."""
    known = (*HEADS[kind], *_SHOWN[kind], *ATTRIBUTES[kind], "name", "site.name")
    return name.lower() in map(str.lower, known)


def site_items(root: Key, states: Mapping[int, ServerState]) -> Iterator[Item]:
    """Every site by ascending identifier, with its state."""
    for identifier, key in web_sites(root):
        name = key.text("ServerComment")
        bindings = shown_bindings(
            key.items("ServerBindings"), key.items("SecureBindings")
        )
        state = states[identifier].name.capitalize()
        yield Item(SITE, (name, str(identifier), bindings, state), name, key)


def application_items(root: Key) -> Iterator[Item]:
    """Every application: the root of each site, and each key with an AppRoot of its own."""
    for site, path, key in _directories(root):
        if is_application(key):
            pool = key.text("AppPoolId") or DEFAULT_POOL
            yield Item(APP, (f"{site}{path}", pool, site, path), site, key)


def directory_items(root: Key) -> Iterator[Item]:
    """Every virtual directory, below the application it belongs to."""
    for site, path, key in _directories(root):
        above = application_of(key)
        inner = "/".join(("", *key.path[len(above.path) :])) or "/"
        outer = path if inner == "/" else path.removesuffix(inner) or "/"
        name = f"{site}{path}"
        if inner == "/":
            name = f"{name.rstrip('/')}/"
        head = (name, key.text("Path"), inner, f"{site}{outer}")
        yield Item(VDIR, head, site, key)


def directories_below(key: Key) -> Iterator[Key]:
    """Virtual directories anywhere below a key, parents first."""
    for child in key.children():
        if child.key_type == "IIsWebVirtualDir":
            yield child
        yield from directories_below(child)


def applications_below(key: Key) -> Iterator[Key]:
    """Applications anywhere below a key, parents first."""
    return (below for below in directories_below(key) if is_application(below))


def application_of(key: Key) -> Key:
    """The application that a virtual directory belongs to; it may be one itself."""
    while not is_application(key) and key.parent is not None:
        key = key.parent
    return key


def is_application(key: Key) -> bool:
    """Whether an application begins here: at a ROOT, or AppRoot is the key's own path."""
    if key.key_type != "IIsWebVirtualDir":
        return False
    if key.parent is not None and key.parent.key_type == "IIsWebServer":
        return True
    stored = key.stored("AppRoot")
    return isinstance(stored, str) and (
        stored.strip("/").lower() == key.location().strip("/").lower()
    )


def _directories(root: Key) -> Iterator[tuple[str, str, Key]]:
    """Site, URL path and key of every virtual directory, parents first."""
    for _identifier, site in web_sites(root):
        top = site.child("root")
        for key in () if top is None else (top, *directories_below(top)):
            if key.key_type == "IIsWebVirtualDir":
                path = "/".join(("", *key.path[3:])) or "/"
                yield site.text("ServerComment"), path, key


def load_items(request: AppcmdRequest, kind: str = "") -> list[Item]:
    """All objects of a kind, or of that asked for."""
    kind = kind or request.kind
    root = require_key(request.workspace.read(), ())
    if kind == "SITE":
        states = {site.identifier: site.state for site in list_sites(request.workspace)}
        return list(site_items(root, states))
    return list((application_items if kind == "APP" else directory_items)(root))


def find_items(items: Sequence[Item], kind: str, names: Sequence[str]) -> list[Item]:
    """The objects of those names, in any letter case.

    Raises:
        ScriptError: A name is of none, or of several.
    """
    by_name: dict[str, list[Item]] = {}
    for item in items:
        by_name.setdefault(_folded(kind, item.name), []).append(item)
    found = []
    for name in names:
        same = by_name.get(_folded(kind, name), [])
        if not same:
            message = f'Cannot find {kind} object with identifier "{name}".'
            raise failure(message, E_NOT_SUPPORTED)
        if len(same) > 1:
            keys = " ".join("/".join(item.key.path) for item in same)
            message = f'The identifier "{name}" is that of several objects: {keys}.'
            raise failure(message)
        found += same
    return found


def _folded(kind: str, name: str) -> str:
    return name.lower() if kind == "SITE" else name.lower().rstrip("/")


def wrong_value(name: str, value: str) -> ScriptError:
    """The message for a value that a parameter does not take."""
    message = f'The value "{value}" of /{name} is not supported.'
    return failure(message)
