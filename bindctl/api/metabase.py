"""The metabase of a program: properties by path, sites as objects, one transaction."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bindctl.api.session import Session, write_pages
from bindctl.api.sites import Sites, StringList
from bindctl.findings.errors import BindctlError
from bindctl.model.path import parse_path, without_root
from bindctl.operations.answers.explain import explain
from bindctl.operations.answers.explain_question import AskedRequest
from bindctl.operations.check.check import check_octets
from bindctl.operations.editing.find_property import find_in
from bindctl.operations.editing.transaction import edit_metabase
from bindctl.operations.gate.what_if import suppose_written
from bindctl.operations.gate.write_gate import WriteGate
from bindctl.operations.versions.history import list_history
from bindctl.operations.versions.history import undo as undo_write
from bindctl.storage.file_locations import find_metabase
from bindctl.storage.workspace import Captured, DiskWorkspace, Gated
from bindctl.terminal.boundary import judge_if_gated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from types import TracebackType
    from typing import TypeVar

    from bindctl.api.session import NewSite
    from bindctl.api.sites import Value
    from bindctl.metabase.values import Value as StoredValue
    from bindctl.operations.answers.explain import ExplainResult
    from bindctl.operations.check.check import CheckResult
    from bindctl.operations.editing.sites import SiteFolder
    from bindctl.operations.load.sources import ReasonedChange
    from bindctl.operations.versions.history import Restored
    from bindctl.storage.versions import Version
    from bindctl.storage.workspace import Workspace
    from bindctl.toml.editor import Editor

    T = TypeVar("T")
    Folders = list[tuple[SiteFolder, NewSite]]

_NOT_THERE = frozenset({"MET101", "MET104"})


def open(  # noqa: A001 - as gzip.open is
    path: str | os.PathLike[str] | None = None, *, gate: bool | None = None
) -> Metabase:
    """The metabase of that file, as it is now.

    Reading needs nothing more. Edits are taken inside a ``with`` block, and written as
    one at its end; a block that raises writes nothing.

    Args:
        path: The file; by default the one the command line would use.
        gate: Whether the write at the end is refused for what ``--strict`` refuses it;
            by default the metabase's [check] table says so.

    Raises:
        BindctlError: MET001, MET002 or MET005.
    """
    workspace = _find(path, gate)
    return Metabase(Session(workspace, workspace.read()))


def update(
    path: str | os.PathLike[str] | None,
    change: Callable[[Metabase], T],
    *,
    gate: bool | None = None,
) -> T:
    """Let `change` edit the metabase while no other writer can, and write the result.

    Other writers wait meanwhile, so MET007, which `open` can raise, cannot happen here.
    `change` should be quick and must not write the metabase in another way.

    Args:
        path: As `open`.
        change: Gets the metabase; if it raises, nothing is written.
        gate: As `open`.

    Returns:
        What `change` returned.

    Raises:
        BindctlError: MET004, others held the lock for too long; BND002 to BND005, the
            gate refuses it; or the file cannot be read or written.
    """
    workspace = _find(path, gate)

    def edit(editor: Editor) -> tuple[T, Folders]:
        session = Session(workspace, b"", is_writable=True)
        session.editor = editor
        result = change(Metabase(session))
        session.is_writable = False
        session.is_over = True
        return result, session.make_folders()

    (result, folders), _is_changed = edit_metabase(workspace, edit)
    write_pages(workspace, folders)
    return result


def history(path: str | os.PathLike[str] | None = None) -> tuple[Version, ...]:
    """The versions of a metabase that are kept, oldest first.

    Args:
        path: As `open`.

    Raises:
        BindctlError: The history cannot be read.
    """
    return list_history(_find(path))


def undo(
    path: str | os.PathLike[str] | None = None, *, gate: bool | None = None
) -> Restored:
    """Take back the last write of a metabase; called again, the one before it.

    Args:
        path: As `open`.
        gate: As `open`.

    Raises:
        BindctlError: MET014, there is nothing to go back to; BND002 to BND005, the gate
            refuses it; or the file cannot be written.
    """
    return undo_write(_find(path, gate))


class Metabase:
    """A metabase: properties by path as a mapping, and its sites."""

    def __init__(self, session: Session) -> None:
        """Stand for an open file; programs call `open`."""
        self._session = session

    @property
    def sites(self) -> Sites:
        """Its web sites."""
        return Sites(self._session)

    def __enter__(self) -> Metabase:
        """Begin to take edits.

        Raises:
            RuntimeError: The block has been left before: open the file again.
        """
        if self._session.is_over:
            message = "a with block of a metabase is entered once; open it again"
            raise RuntimeError(message)
        self._session.is_writable = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Write the edits, unless the block raised.

        Raises:
            BindctlError: MET007, somebody else wrote since `open`; BND002 to BND005,
                the gate refuses it; or the file cannot be written. Nothing is written
                then.
        """
        self._session.is_writable = False
        self._session.is_over = True
        if kind is None:
            self._session.commit()

    def __getitem__(self, path: str) -> Value:
        """The property stored at that path: ``mb["/w3svc/1/ServerComment"]``.

        Raises:
            BindctlError: MET101, no such key; MET102, no such property in the schema;
                MET103, not at such a key; MET104, it is not stored there;
                MET105, what is stored there is not of its type.
        """
        return self._typed(path, self._session.read(path).value)

    def __setitem__(self, path: str, value: str | int | Iterable[str]) -> None:
        """Store a property; its type is the schema's.

        Raises:
            BindctlError: MET101 to MET103; MET105, the value is of another type;
                MET107, the service alone sets it.
        """
        self._session.store(path, value)

    def __delitem__(self, path: str) -> None:
        """Remove a property, or else the key of that name with all below it.

        Raises:
            BindctlError: MET101 or MET104, there is neither.
        """
        self._session.delete(path)

    def __contains__(self, path: object) -> bool:
        """Whether a property is stored there, or a key is."""
        if not isinstance(path, str):
            return False
        key = without_root(parse_path(path))
        if self._session.editor.read_key(key) is not None:
            return True
        try:
            self._session.read(path)
        except BindctlError as error:
            if error.code in {*_NOT_THERE, "MET102", "MET103", "MET105"}:
                return False
            raise
        return True

    def get(self, path: str, default: T | None = None) -> Value | T | None:
        """The property stored at that path, or `default`.

        Raises:
            BindctlError: MET102, MET103 or MET105: no default would help.
        """
        try:
            return self[path]
        except BindctlError as error:
            if error.code in _NOT_THERE:
                return default
            raise

    def in_force(self, path: str) -> Value:
        """The property in force at that path: stored, inherited, or the default.

        Raises:
            BindctlError: As ``mb[path]``.
        """
        return self._typed(path, self._session.read(path, is_inherited=True).value)

    def create(self, path: str, key_type: str | None = None) -> None:
        """Make an empty key.

        Raises:
            BindctlError: MET102, no such key type; MET106, the key is there.
        """
        self._session.create(path, key_type)

    def copy(self, source: str, destination: str) -> None:
        """Copy a key with all below it.

        Raises:
            BindctlError: MET101, there is no source; MET106, the destination exists;
                MET120, it lies below the source; MET108, there is no room for it.
        """
        self._session.copy(source, destination, is_move=False)

    def move(self, source: str, destination: str) -> None:
        """Give a key another place or name, with all below it.

        Raises:
            BindctlError: As `copy`.
        """
        self._session.copy(source, destination, is_move=True)

    def find(self, name: str, below: str = "/") -> dict[str, Value]:
        """Where a property is stored, by path; not where it is inherited.

        Args:
            name: A property, or a flag of one.
            below: The key to search from, itself included.

        Raises:
            BindctlError: MET101, there is no such key; MET102, no such property.
        """
        session = self._session
        found = find_in(session.octets(), session.workspace, name, below)
        paths = ("/".join(("", *key, found.row.name)) for key, _value in found.keys)
        values = (value for _key, value in found.keys)
        return {
            path: self._typed(path, value)
            for path, value in zip(paths, values, strict=True)
        }

    def check(self, now: datetime | None = None) -> CheckResult:
        """Everything that is wrong with this metabase, edits included.

        Args:
            now: The instant certificates are judged at; the present by default.
        """
        workspace = self._session.workspace
        now = now or workspace.clock()
        return check_octets(workspace, self._session.octets(), now)

    def what_if(self) -> tuple[ReasonedChange, ...]:
        """The requests that would get a different answer if the edits were written.

        Raises:
            BindctlError: It is not a metabase, as the file is or with the edits.
        """
        session = self._session
        octets = session.octets()
        captured = Captured(session.workspace)
        captured.update(lambda _before: octets)
        return suppose_written(captured).changes

    def explain(  # noqa: PLR0913 - a request has many sides
        self,
        url: str | None = None,
        *,
        host: str | None = None,
        port: int | None = None,
        scheme: str | None = None,
        address: str | None = None,
        server_name: str | None = None,
        without_server_name: bool = False,
        port_offset: int = 0,
        now: datetime | None = None,
    ) -> ExplainResult:
        """What happens to a request, edits included.

        Args:
            url: ``https://host[:port]/path``; or else `host`.
            host: The Host; empty for a request that names none (HTTP/1.0).
            port: The port it arrives at, where the URL says none.
            scheme: ``http`` or ``https``; by default what the port speaks.
            address: The local address it arrives at; by default all that can differ.
            server_name: SNI, when it is not the host.
            without_server_name: Whether the client sends no SNI.
            port_offset: What the running service adds to every port.
            now: The instant certificates are judged at; the present by default.

        Raises:
            BindctlError: RTE001, no such URL; RTE003, its parts contradict one another;
                BND001, no such address.
        """
        asked = AskedRequest(
            url,
            host,
            port,
            scheme,
            address,
            server_name,
            without_server_name,
            port_offset,
        )
        session = self._session
        now = now or session.workspace.clock()
        return explain(session.workspace, asked, now, octets=session.octets())

    # No mapping lists what it could hold: `sites` is what to iterate over.
    __iter__ = None

    def __repr__(self) -> str:
        """The file."""
        return f"<Metabase {self._session.workspace.path!r}>"

    def _typed(self, path: str, value: StoredValue) -> Value:
        return StringList(self._session, path) if isinstance(value, tuple) else value


def _find(path: str | os.PathLike[str] | None, gate: bool | None = None) -> Workspace:  # noqa: FBT001 - as `open` has it
    named = None if path is None else os.fspath(path)
    disk = DiskWorkspace(find_metabase(named, os.environ, os.getcwd()))
    if gate is None:
        return Gated(disk, judge_if_gated)
    return Gated(disk, WriteGate(is_strict=True)) if gate else disk
