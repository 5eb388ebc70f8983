"""What appcmd lists: sites, applications and virtual directories.

Source:
    iis-docs, "Getting Started with AppCmd.exe": the lines and the XML of each object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.companions.appcmd_bindings import HTTP, HTTPS, information, shown_bindings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bindctl.metabase.tree import Key
    from bindctl.model.site import ServerState

DEFAULT_POOL = "DefaultAppPool"


class Item(NamedTuple):
    """One object.

    Attributes:
        kind: ``SITE``, ``APP`` or ``VDIR``.
        name: What its line names it by.
        shown: What its line says of it, in order.
        attributes: All it can be asked for, by name, as XML and text show them.
        hidden: What filters and ``/text`` know beside them.
        key: Where it is in the metabase.
    """

    kind: str
    name: str
    shown: Mapping[str, str]
    attributes: Mapping[str, str]
    hidden: Mapping[str, str]
    key: Key

    def line(self) -> str:
        """``SITE "A" (id:1,bindings:http/*:80:,state:Started)``."""
        words = ",".join(f"{name}:{value}" for name, value in self.shown.items())
        return f'{self.kind} "{self.name}" ({words})'

    def find(self, name: str) -> str | None:
        """The attribute of that name in any letter case, ``name`` and ``id`` too."""
        known = {**self.hidden, **self.shown, **self.attributes}
        folded = {spelling.lower(): value for spelling, value in known.items()}
        return folded.get(name.lower())


def site_items(root: Key, states: Mapping[int, ServerState]) -> Iterator[Item]:
    """Every site by ascending identifier, with its state."""
    from bindctl.metabase.tree import web_sites  # noqa: PLC0415

    for identifier, key in web_sites(root):
        name = key.text("ServerComment")
        bindings = shown_bindings(
            key.items("ServerBindings"), key.items("SecureBindings")
        )
        state = states[identifier].name.capitalize()
        shown = {"id": str(identifier), "bindings": bindings, "state": state}
        attributes = {
            "SITE.NAME": name,
            "SITE.ID": str(identifier),
            "bindings": bindings,
            "state": state,
        }
        starts = "true" if key.is_true("ServerAutoStart") else "false"
        hidden = {"name": name, "serverAutoStart": starts}
        yield Item("SITE", name, shown, attributes, hidden, key)


def application_items(root: Key) -> Iterator[Item]:
    """Every application: the root of each site, and each key with an AppRoot of its own."""
    for site, path, key in _directories(root):
        if path == "/" or _is_application(key):
            name, pool = f"{site}{path}", key.text("AppPoolId") or DEFAULT_POOL
            attributes = {
                "APP.NAME": name,
                "APPPOOL.NAME": pool,
                "SITE.NAME": site,
                "path": path,
            }
            shown = {"applicationPool": pool}
            yield Item("APP", name, shown, attributes, {"name": name}, key)


def directory_items(root: Key) -> Iterator[Item]:
    """Every virtual directory, below the application it belongs to."""
    application, application_path = "", ""
    for site, path, key in _directories(root):
        if path == "/":
            application, application_path = f"{site}/", "/"
        elif _is_application(key):
            application, application_path = f"{site}{path}", path
        elif not path.startswith(application_path.rstrip("/") + "/"):
            application, application_path = f"{site}/", "/"
        inner = path if application_path == "/" else path[len(application_path) :]
        folder = key.text("Path")
        name = f"{site}{path}"
        attributes = {
            "VDIR.NAME": f"{name}/" if not inner else name,
            "physicalPath": folder,
            "path": inner or "/",
            "APP.NAME": application,
        }
        hidden = {"name": name, "SITE.NAME": site}
        shown = {"physicalPath": folder}
        yield Item("VDIR", attributes["VDIR.NAME"], shown, attributes, hidden, key)


def configuration_lines(item: Item) -> Iterator[str]:
    """A site as ``/config`` shows it: the element of applicationHost.config."""
    from bindctl.companions.metabase_xml import escape  # noqa: PLC0415

    identifier, key = item.shown["id"], item.key
    yield f'<site name="{escape(item.name)}" id="{identifier}">'
    root = key.child("root")
    if root is not None:
        folder = escape(root.text("Path"))
        yield '  <application path="/">'
        yield f'    <virtualDirectory path="/" physicalPath="{folder}" />'
        yield "  </application>"
    yield "  <bindings>"
    for protocol, name in ((HTTP, "ServerBindings"), (HTTPS, "SecureBindings")):
        for stored in key.items(name):
            shown = escape(information(stored))
            yield (
                f'    <binding protocol="{protocol}" bindingInformation="{shown}" />'
            )
    yield "  </bindings>"
    yield "</site>"


def _directories(root: Key) -> Iterator[tuple[str, str, Key]]:
    """Site, URL path and key of every virtual directory, parents first."""
    from bindctl.metabase.tree import web_sites  # noqa: PLC0415

    for _identifier, key in web_sites(root):
        top = key.child("root")
        if top is not None:
            yield from _walk(key.text("ServerComment"), "/", top)


def _walk(site: str, path: str, key: Key) -> Iterator[tuple[str, str, Key]]:
    if key.key_type == "IIsWebVirtualDir":
        yield site, path, key
    for child in key.children():
        yield from _walk(site, f"{path.rstrip('/')}/{child.path[-1]}", child)


def _is_application(key: Key) -> bool:
    """Whether an application begins here: AppRoot is the key's own path."""
    stored = key.stored("AppRoot")
    return isinstance(stored, str) and (
        stored.strip("/").lower() == key.location().strip("/").lower()
    )
