"""One metabase open for a program: the editor, and what a commit still has to do.

Values come and go by the path a person types, through the operations the commands use.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from bindctl.findings.errors import BindctlError
from bindctl.metabase import schema
from bindctl.metabase.values import expected_type, shown_value, toml_value, typed_value
from bindctl.model.path import split_property
from bindctl.operations.editing.keys import copy_in, delete_in, move_in, plan_key
from bindctl.operations.editing.properties import (
    Assignment,
    flag_row,
    key_type_by,
    read_property,
    require_allowed,
    require_property,
)
from bindctl.operations.editing.sites import (
    add_site_in,
    make_site_folder,
    write_first_page,
)
from bindctl.storage.workspace import remove_folders
from bindctl.toml import document
from bindctl.toml.editor import Editor

if TYPE_CHECKING:
    from bindctl.operations.editing.properties import PropertyValue
    from bindctl.operations.editing.sites import SiteFolder, SitePlan
    from bindctl.storage.workspace import Workspace


class NewSite(NamedTuple):
    """A site of this session that has no folder yet."""

    identifier: int
    plan: SitePlan


class Session:
    """Edits of one metabase that are not written yet.

    Attributes:
        workspace: The metabase.
        seen: Its octets as they were read.
        is_writable: Whether edits are accepted, because they will be written.
        is_over: Whether the edits have been written, or given up.
    """

    def __init__(
        self, workspace: Workspace, seen: bytes, *, is_writable: bool = False
    ) -> None:
        """Begin with the file's octets, which are not parsed yet."""
        self.workspace = workspace
        self.seen = seen
        self.is_writable = is_writable
        self.is_over = False
        self._new_sites: list[NewSite] = []
        self._lowest_free = 1

    @cached_property
    def editor(self) -> Editor:
        """The document, indexed when it is first looked at."""
        return Editor(self.seen)

    def octets(self) -> bytes:
        """The document as it is now."""
        return self.editor.octets() if "editor" in self.__dict__ else self.seen

    def read(self, text: str, *, is_inherited: bool = False) -> PropertyValue:
        """A property by its path.

        Raises:
            BindctlError: MET101 to MET105.
        """
        return read_property(
            self.workspace,
            text,
            self.editor.read_key,
            lambda path: key_type_by(self.editor.read_key, path),
            self.octets,
            is_inherited=is_inherited,
        )

    def store(self, text: str, value: str | int | Iterable[str]) -> None:
        """Give a property a value, as ``bindctl set`` does.

        Raises:
            BindctlError: MET101 to MET107.
        """
        self.require_writable()
        assignment = _make_assignment(text, value)
        path = assignment.path
        if self.editor.read_key(path) is None:
            raise document.path_not_found(path)
        key_type = key_type_by(self.editor.read_key, path)
        require_allowed(assignment.row, path, key_type)
        stored = assignment.value_to_store(self.editor.read_key)
        self.editor.set_property(path, assignment.row.name, toml_value(stored))

    def delete(self, text: str) -> None:
        """Remove a property, or a key with all below it, as ``bindctl delete`` does.

        Raises:
            BindctlError: MET101 or MET104.
        """
        self.require_writable()
        delete_in(self.editor, text)
        self._lowest_free = 1

    def create(self, text: str, key_type: str | None) -> None:
        """Make a key, as ``bindctl create`` does.

        Raises:
            BindctlError: MET102 or MET106.
        """
        self.require_writable()
        path, stored = plan_key(text, key_type)
        self.editor.create_key(path, stored)

    def copy(self, source: str, destination: str, *, is_move: bool) -> None:
        """Copy or move a key with all below it, as ``bindctl copy`` and ``move`` do.

        Raises:
            BindctlError: MET101, MET106, MET108 or MET120.
        """
        self.require_writable()
        change = move_in if is_move else copy_in
        change(self.editor, source, destination)
        self._lowest_free = 1

    def add_site(self, plan: SitePlan, identifier: int | None) -> int:
        """Make a site; its folder is made at the commit.

        Raises:
            BindctlError: BND001 or MET106.
        """
        self.require_writable()
        number = add_site_in(self.editor, plan, identifier, self._lowest_free)
        if identifier is None:
            self._lowest_free = number + 1
        self._new_sites.append(NewSite(number, plan))
        return number

    def require_writable(self) -> None:
        """Refuse an edit that would never be written.

        Raises:
            RuntimeError: The program is not inside its ``with`` block.
        """
        if not self.is_writable:
            message = "edits are taken inside the with block of bindctl.open() alone"
            raise RuntimeError(message)

    def commit(self) -> bool:
        """Write the edits as one, unless somebody else wrote since; whether any were.

        Raises:
            BindctlError: MET007, somebody else did; or the file cannot be written.
        """
        folders = self.make_folders()
        try:
            is_changed = self.workspace.replace(self.seen, self.octets())
        except BindctlError:
            for folder, _site in reversed(folders):
                remove_folders(folder.made)
            raise
        write_pages(self.workspace, folders)
        return is_changed

    def make_folders(self) -> list[tuple[SiteFolder, NewSite]]:
        """Make the missing folders of new sites; the folders made."""
        made = []
        for site in self._new_sites:
            if self.editor.read_key(("w3svc", str(site.identifier))) is None:
                continue  # added and deleted again
            folder = make_site_folder(self.workspace, site.plan.path)
            if folder is not None:
                made.append((folder, site))
        return made


def write_pages(
    workspace: Workspace, folders: Iterable[tuple[SiteFolder, NewSite]]
) -> None:
    """Put a page into each new folder."""
    for folder, site in folders:
        write_first_page(workspace, folder.path, site.plan.description, site.identifier)


def _make_assignment(text: str, value: str | int | Iterable[str]) -> Assignment:
    """A value of Python as the schema's type has it.

    Raises:
        BindctlError: MET102, MET105 or MET107.
    """
    _path, name = split_property(text)
    flag = schema.find_flag(name)
    row = require_property(name) if flag is None else flag_row(flag[0])
    is_list = isinstance(value, Iterable) and not isinstance(value, str)
    raw = list(value) if is_list else value  # type: ignore[arg-type]  # an Iterable
    typed = typed_value(row, raw)
    if typed is None:
        message = f"{row.name}: {shown_value(row, raw)} is not {expected_type(row)}"
        hint = f"{row.name} is {row.data_type} in the schema"
        raise BindctlError("MET105", message, hint)
    words = list(typed) if isinstance(typed, tuple) else [str(typed)]
    return Assignment(text, words)
