"""sites and site add: the folder "Web Sites" of inetmgr."""

from __future__ import annotations

import html
import os
from typing import TYPE_CHECKING, NamedTuple

from bindctl.bindings.lowering import SECURE_BINDINGS, SERVER_BINDINGS
from bindctl.findings.errors import BindctlError
from bindctl.metabase.tree import make_tree, web_sites
from bindctl.model.binding import Binding, Protocol, format_binding
from bindctl.model.endpoint import Endpoint, parse_local_address, parse_port
from bindctl.model.host import parse_host_pattern
from bindctl.model.site import ServerState, Win32Error
from bindctl.operations.editing.site_edits import create_site_in, find_identifier
from bindctl.operations.editing.transaction import edit_metabase
from bindctl.storage.site_states import read_states
from bindctl.storage.workspace import remove_folders
from bindctl.toml.editor import Editor
from bindctl.toml.limits import require_text
from bindctl.toml.reader import parse_document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.metabase.tree import Key
    from bindctl.metabase.values import Value
    from bindctl.storage.workspace import Workspace

_SERVICE = ("w3svc",)
_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{name}</title></head>
<body>
<h1>{name}</h1>
<p>Site {identifier} answers. Its pages are in this folder.</p>
</body>
</html>
"""


class SiteSummary(NamedTuple):
    """One row of `bindctl sites`.

    Attributes:
        identifier: The site's number.
        description: ServerComment.
        state: ServerState, from the running service; STOPPED when none runs.
        win32_error: Why it does not run; SUCCESS if it does.
        server_bindings: As stored.
        secure_bindings: As stored.
        path: Path of its ROOT key; empty when it has none.
    """

    identifier: int
    description: str
    state: ServerState
    win32_error: Win32Error
    server_bindings: tuple[str, ...]
    secure_bindings: tuple[str, ...]
    path: str


class SitePlan(NamedTuple):
    """The properties that a new site stores.

    Attributes:
        description: ServerComment.
        bindings: ServerBindings.
        path: Path of its ROOT key.
    """

    description: str
    bindings: tuple[str, ...]
    path: str


class AddedSite(NamedTuple):
    """A site that `site add` made.

    Attributes:
        identifier: Its number.
        description: ServerComment.
        server_bindings: As stored.
        path: Path as stored.
        created_page: The page written because the folder was missing, or ``None``.
    """

    identifier: int
    description: str
    server_bindings: tuple[str, ...]
    path: str
    created_page: str | None


class SiteFolder(NamedTuple):
    """A root folder that was made for a site.

    Attributes:
        path: The folder.
        made: It, and the folders above it that were missing too, upwards.
    """

    path: str
    made: tuple[str, ...]


def list_sites(workspace: Workspace) -> tuple[SiteSummary, ...]:
    """Every site of the metabase, by ascending identifier."""
    root = make_tree(parse_document(workspace.read()))
    states = read_states(workspace.path)
    return tuple(
        _summarize(identifier, key, states.get(identifier, (ServerState.STOPPED, 0)))
        for identifier, key in web_sites(root)
    )


def add_site(  # noqa: PLR0913 - one parameter a property
    workspace: Workspace,
    description: str,
    *,
    hosts: Sequence[str] = (),
    address: str = "",
    port: int = 80,
    path: str,
    identifier: int | None = None,
) -> AddedSite:
    """Make a site with HTTP bindings and a root folder.

    Args:
        workspace: The metabase.
        description: ServerComment.
        hosts: Host headers; none binds the port for any host.
        address: Local address; empty for any.
        port: HTTP port.
        path: Root folder, relative to the metabase; made, with a page that names
            the site, when it does not exist.
        identifier: The site's number; the lowest free one by default.

    Raises:
        BindctlError: BND001, no such host, port or address; MET105, the identifier
            is not a site's number; MET106, it is taken; or the file cannot be written.
    """
    plan = plan_site(description, hosts=hosts, address=address, port=port, path=path)
    find_identifier(Editor(workspace.read()), identifier)
    folder = make_site_folder(
        workspace, path
    )  # first, because a site without a folder is incomplete

    def change(editor: Editor) -> int:
        return add_site_in(editor, plan, identifier)

    try:
        number, _is_changed = edit_metabase(workspace, change)
    except BindctlError:
        if folder is not None:
            remove_folders(folder.made)
        raise
    page = (
        None
        if folder is None
        else write_first_page(workspace, folder.path, description, number)
    )
    return AddedSite(number, description, plan.bindings, path, page)


def plan_site(
    description: str,
    *,
    hosts: Sequence[str] = (),
    address: str = "",
    port: int = 80,
    path: str,
) -> SitePlan:
    """The properties that `add_site` would store.

    Raises:
        BindctlError: BND001, no such host, port or address; MET105, a word is not
            Unicode.
    """
    require_text(_SERVICE, {"ServerComment": description, "Path": path})
    bindings = tuple(_binding(address, port, host) for host in (hosts or ("",)))
    return SitePlan(description, bindings, path)


def add_site_in(
    editor: Editor, plan: SitePlan, identifier: int | None = None, lowest: int = 1
) -> int:
    """Make the site in a metabase that is open for edits.

    Args:
        editor: The metabase.
        plan: What to store.
        identifier: The site's number; the lowest free one by default.
        lowest: Where to begin to look for a free one.

    Returns:
        The site's number.

    Raises:
        BindctlError: MET105 or MET106, as `add_site`.
    """
    values: dict[str, Value] = {
        "ServerComment": plan.description,
        SERVER_BINDINGS: plan.bindings,
    }
    root: dict[str, Value] = {"Path": plan.path}
    return create_site_in(editor, values, lambda _number: root, identifier, lowest)


def _summarize(identifier: int, key: Key, state: tuple[int, int]) -> SiteSummary:
    root = key.child("root")
    return SiteSummary(
        identifier=identifier,
        description=key.text("ServerComment"),
        state=ServerState(state[0]),
        win32_error=Win32Error(state[1]),
        server_bindings=key.items(SERVER_BINDINGS),
        secure_bindings=key.items(SECURE_BINDINGS),
        path="" if root is None else root.text("Path"),
    )


def _binding(address: str, port: int, host: str) -> str:
    try:
        endpoint = Endpoint(parse_local_address(address), parse_port(str(port)))
        binding = Binding(Protocol.HTTP, endpoint, parse_host_pattern(host))
        return format_binding(binding)
    except ValueError as error:
        raise BindctlError("BND001", str(error)) from error


def make_site_folder(workspace: Workspace, path: str) -> SiteFolder | None:
    """Make the root folder; ``None`` when it is there already, or nothing is written."""
    folder = os.path.join(os.path.dirname(os.path.realpath(workspace.path)), path)
    if os.path.lexists(folder) and not os.path.isdir(folder):
        hint = "name a folder; it is made if it is missing"
        raise BindctlError("MET105", f"the site's path {path} is not a folder", hint)
    made = workspace.make_folder(folder)
    return SiteFolder(folder, made) if made else None


def write_first_page(
    workspace: Workspace, folder: str, description: str, identifier: int
) -> str:
    """Write a page that names the site into its new folder; the page's path."""
    page = os.path.join(folder, "index.html")
    text = _PAGE.format(name=html.escape(description), identifier=identifier)
    workspace.write_file(page, text.encode("utf-8"), 0o644)
    return page
