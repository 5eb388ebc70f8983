"""appcmd add, set, delete, start and stop: each command is one write, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.companions.appcmd_edits import Draft
from bindctl.companions.appcmd_objects import (
    AppcmdRequest,
    applications_below,
    directories_below,
    find_items,
    is_application,
    load_items,
)
from bindctl.companions.appcmd_values import APP, SITE, VDIR
from bindctl.companions.errors import (
    E_INVALID_XML,
    E_NOT_SUPPORTED,
    duplicate_element,
    failure,
    unknown_attribute,
)
from bindctl.companions.sites import control, stop_quietly
from bindctl.findings.errors import BindctlError
from bindctl.metabase.schema import MAX_DWORD, is_identifier
from bindctl.operations.editing.site_edits import create_site_in, make_folder
from bindctl.operations.editing.transaction import edit_metabase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bindctl.companions.appcmd_objects import Item
    from bindctl.storage.workspace import Workspace
    from bindctl.toml.editor import Editor

    Attributes = Mapping[str, str]

_FOLDER = "physicalpath"


class _NewSite(NamedTuple):
    """A site to add: its number, or ``None`` for the lowest free one, and the rest."""

    name: str
    identifier: int | None
    folder: str
    attributes: Attributes
    bindings: Sequence[Attributes]
    applications: Sequence[tuple[Attributes, Sequence[Attributes]]]


def add(request: AppcmdRequest) -> int:
    """Add an object with the folder it names; sites also from XML. A site is started."""
    if request.kind == SITE:
        return _add_sites(request)
    values = dict(request.values)
    owner = SITE if request.kind == APP else APP
    name = values.pop(f"{owner}.name".lower(), None)
    if name is None or request.identifier is not None:
        message = f"Must specify the {owner} object with /{owner.lower()}.name."
        raise failure(message)
    (above,) = find_items(load_items(request, owner), owner, [name])
    folder = values.get(_FOLDER)

    def change(editor: Editor) -> list[str]:
        draft = Draft(editor, int(above.key.path[1]))
        if request.kind == APP:
            values.pop(_FOLDER, None)
            inner = [] if folder is None else [{"path": "/", _FOLDER: folder}]
            return _add_application(draft, above.site, values, inner, request)
        return [_add_directory(draft, above.site, above.key.path, values, request)]

    for line in edit_metabase(request.workspace, change)[0]:
        request.terminal.print(line)
    return 0


def set_(request: AppcmdRequest) -> int:
    """Set attributes of the objects named."""
    found, values = _targets(request)

    def change(editor: Editor) -> None:
        for item in found:
            draft = Draft(editor, int(item.key.path[1]))
            for name, value in values.items():
                draft.set(item.kind, item.key.path, name, value)
            draft.finish()

    edit_metabase(request.workspace, change)
    for item in found:
        request.terminal.print(f'{item.kind} object "{item.name}" changed')
    return 0


def delete(request: AppcmdRequest) -> int:
    """Delete the objects named with all below them, and stop sites."""
    found = _require_alone(request)
    for item in found:
        _require_deletable(item)

    def change(editor: Editor) -> None:
        for item in found:
            editor.delete_key(item.key.path)

    edit_metabase(request.workspace, change)
    for item in found:
        if item.kind == SITE:
            stop_quietly(request.workspace.path, int(item.key.path[1]))
        request.terminal.print(f'{item.kind} object "{item.name}" deleted')
    return 0


def _require_deletable(item: Item) -> None:
    """Refuse a deletion that would remove more than it names.

    Raises:
        ScriptError: It is an application, or something is below it.
    """
    if item.kind == SITE:
        return
    if item.kind == VDIR and is_application(item.key):
        message = f'VDIR "{item.name}" is an application.  Delete APP instead.'
        raise failure(message, E_NOT_SUPPORTED)
    below = directories_below if item.kind == VDIR else applications_below
    if next(below(item.key), None) is not None:
        message = f'Delete what is below {item.kind} "{item.name}" first.'
        raise failure(message, E_NOT_SUPPORTED)


def start(request: AppcmdRequest) -> int:
    """Start the sites named: also those that are paused."""
    for item in _require_alone(request):
        action = "continue" if item.find("state") == "Paused" else "start"
        control(request.workspace.path, int(item.key.path[1]), action)
        request.terminal.print(f'"{item.name}" successfully started.')
    return 0


def stop(request: AppcmdRequest) -> int:
    """Stop the sites named."""
    for item in _require_alone(request):
        control(request.workspace.path, int(item.key.path[1]), "stop")
        request.terminal.print(f'"{item.name}" successfully stopped.')
    return 0


ACTIONS: Mapping[str, Callable[[AppcmdRequest], int]] = {
    "add": add,
    "set": set_,
    "delete": delete,
    "start": start,
    "stop": stop,
}


def _targets(request: AppcmdRequest) -> tuple[Sequence[Item], Attributes]:
    """The objects named by identifier, ``/site.name`` or ``/in``; and other values.

    Raises:
        ScriptError: No object is named, or one that does not exist.
    """
    values = dict(request.values)
    selector = f"{request.kind}.name".lower()
    typed = (request.identifier, values.pop(selector, None))
    names = list(dict.fromkeys(name for name in typed if name is not None))
    if "in" in values:
        from bindctl.companions.appcmd_config import read_objects  # noqa: PLC0415 - with XML

        for name, element in read_objects(request, values.pop("in")):
            if element is not None:
                raise unknown_attribute(element.tag)
            names.append(name)
    elif len(names) != 1:
        message = (
            f"Must specify the {request.kind} object with identifier or /{selector}."
        )
        raise failure(message)
    return find_items(load_items(request), request.kind, names), values


def _require_alone(request: AppcmdRequest) -> Sequence[Item]:
    """The objects named, on a command line without other values.

    Raises:
        ScriptError: There are other values.
    """
    found, values = _targets(request)
    for name in values:
        raise unknown_attribute(name)
    return found


def _add_sites(request: AppcmdRequest) -> int:
    """Make sites, and their applications where they have a folder; start them."""
    sites = list(_new_sites(request))

    def change(editor: Editor) -> list[tuple[Draft, list[str]]]:
        return [_add_site(editor, request, new) for new in sites]

    for draft, lines in edit_metabase(request.workspace, change)[0]:
        for line in lines:
            request.terminal.print(line)
        if draft.key().is_true("ServerAutoStart"):
            _start_if_possible(request.workspace, int(draft.path[1]))
    return 0


def _new_sites(request: AppcmdRequest) -> Iterator[_NewSite]:
    """The sites of the command line, or of the XML that it changes.

    Raises:
        ScriptError: There is no name, or the XML is wrong.
    """
    values = dict(request.values)
    if request.identifier is not None:
        name = values.setdefault("name", request.identifier)
        if name != request.identifier:
            message = f'Unexpected word "{request.identifier}".'
            raise failure(message)
    if "in" not in values:
        folder = values.pop(_FOLDER, "")
        applications = [({"path": "/"}, [{"path": "/", _FOLDER: folder}])]
        yield _wish(values, folder, (), applications if folder else ())
        return
    from bindctl.companions.appcmd_config import (  # noqa: PLC0415 - with XML
        parse_site,
        read_objects,
    )

    for name, element in read_objects(request, values.pop("in")):
        if element is None:
            message = f'The XML input has no configuration of SITE "{name}".'
            raise failure(message, E_INVALID_XML)
        config = parse_site(element)
        yield _wish(
            {**dict(config.attributes), **values},
            "",
            config.bindings,
            config.applications,
        )


def _wish(
    values: dict[str, str],
    folder: str,
    bindings: Sequence[Attributes],
    applications: Sequence[tuple[Attributes, Sequence[Attributes]]],
) -> _NewSite:
    rest = dict(values)
    name, number = rest.pop("name", ""), rest.pop("id", None)
    if not name:
        raise failure('Missing required attribute "name".')
    identifier = None if number is None else _parse_identifier(number)
    return _NewSite(name, identifier, folder, rest, bindings, applications)


def _add_site(
    editor: Editor, request: AppcmdRequest, new: _NewSite
) -> tuple[Draft, list[str]]:
    """Make a site; the lines that say so."""
    try:
        number = create_site_in(editor, {}, identifier=new.identifier)
    except BindctlError as error:
        if error.code != "MET106":
            raise
        raise duplicate_element(str(new.identifier)) from error
    draft = Draft(editor, number)
    draft.set(SITE, draft.path, "name", new.name)
    for binding in new.bindings:
        draft.add_binding(binding)
    for name, value in new.attributes.items():
        draft.set(SITE, draft.path, name, value)
    draft.finish()
    lines = [f'SITE object "{new.name}" added']
    for attributes, directories in new.applications:
        lines += _add_application(
            draft, new.name, attributes, directories, request if new.folder else None
        )
    return draft, lines


def _add_application(
    draft: Draft,
    site: str,
    attributes: Attributes,
    directories: Sequence[Attributes],
    request: AppcmdRequest | None,
) -> list[str]:
    path = draft.add_application(attributes)
    return [
        f'APP object "{_object_name(site, path)}" added',
        *(_add_directory(draft, site, path, item, request) for item in directories),
    ]


def _add_directory(
    draft: Draft,
    site: str,
    application: tuple[str, ...],
    attributes: Attributes,
    request: AppcmdRequest | None,
) -> str:
    """Make a virtual directory, and its folder unless `request` is ``None``."""
    path = draft.add_directory(application, attributes)
    folder = attributes.get(_FOLDER)
    if folder and request is not None:
        make_folder(request.workspace, folder)
    name = _object_name(site, path)
    if path == application:
        name = f"{name.rstrip('/')}/"
    return f'VDIR object "{name}" added'


def _object_name(site: str, path: tuple[str, ...]) -> str:
    return f"{site}/{'/'.join(path[3:])}"


def _start_if_possible(workspace: Workspace, identifier: int) -> None:
    """Start a new site; one that cannot start is added all the same, as on IIS."""
    try:
        control(workspace.path, identifier, "start")
    except BindctlError as error:
        if error.code not in ("SRV001", "SRV004"):
            raise


def _parse_identifier(text: str) -> int:
    if not is_identifier(text) or not 0 < int(text) <= MAX_DWORD:
        message = f'The value "{text}" is no identifier.'
        raise failure(message)
    return int(text)
