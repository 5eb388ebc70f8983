"""edit: change a copy of the metabase by hand, and replace it if nobody else has.

init: write a commented starter metabase.

1. The editor gets a copy, in a folder of its own that nobody else may read.
2. The metabase is replaced whole, and only if it has not changed since the copy was
   made.
3. A copy that was not taken over stays until its owner discards it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.findings.errors import BindctlError, file_error
from bindctl.findings.finding import Severity
from bindctl.findings.report import new_findings
from bindctl.operations.check.check import check_octets
from bindctl.storage.atomic import write_atomically, write_private
from bindctl.storage.file_reading import read_octets
from bindctl.storage.state_folder import open_runtime

if TYPE_CHECKING:
    from datetime import datetime

    from bindctl.findings.finding import Finding
    from bindctl.storage.state_folder import StateFolder
    from bindctl.storage.workspace import Workspace

FOLDER_START: Final = "edit-"


class Draft(NamedTuple):
    """A copy to be edited.

    Attributes:
        workspace: The metabase it is a copy of.
        seen: The octets it was made of.
        path: Absolute path of the copy.
    """

    workspace: Workspace
    seen: bytes
    path: str


class Judgement(NamedTuple):
    """The verdict on an edited copy.

    Attributes:
        octets: The copy as it is now.
        is_changed: Whether it differs from what it was made of.
        new_findings: What `check` finds in it and did not find before.
    """

    octets: bytes
    is_changed: bool
    new_findings: tuple[Finding, ...]

    @property
    def has_new_errors(self) -> bool:
        """Whether the copy brings a new error."""
        return any(item.severity is Severity.ERROR for item in self.new_findings)


def open_draft(workspace: Workspace) -> Draft:
    """A private copy of the metabase.

    Args:
        workspace: The metabase.

    Raises:
        BindctlError: The metabase cannot be read, or the copy not be written.
    """
    octets = workspace.read()
    name = os.path.basename(workspace.path)
    with open_runtime(workspace.path, make=True) as top, _make_folder(top) as folder:
        write_private(folder, name, octets)
        return Draft(workspace, octets, folder.where(name))


def _make_folder(top: StateFolder) -> StateFolder:
    """A folder of the first number that is free; several people may edit at once."""
    number = 1
    while True:
        name = f"{FOLDER_START}{number}"
        try:
            top.make_folder(name)
            return top.folder(name)
        except FileExistsError:
            number += 1
        except OSError as error:
            raise file_error(top.where(name), error) from error


def judge_draft(draft: Draft, now: datetime) -> Judgement:
    """Read the copy and check it as if it were the metabase.

    Args:
        draft: The copy.
        now: Aware UTC: the instant certificates are judged at.

    Raises:
        BindctlError: MET002, about the copy: it is not TOML; or it cannot be read.
    """
    octets = read_octets(draft.path)
    if octets == draft.seen:
        return Judgement(octets, is_changed=False, new_findings=())
    try:
        after = check_octets(draft.workspace, octets, now).report.findings
    except BindctlError as error:
        error.file = draft.path
        raise
    try:
        before = check_octets(draft.workspace, draft.seen, now).report.findings
    except BindctlError:
        before = ()  # it was not TOML: then every finding is new
    news = new_findings(after, before)
    return Judgement(octets, is_changed=True, new_findings=news)


def accept_draft(draft: Draft, octets: bytes) -> None:
    """Replace the metabase by the edited copy, and discard the copy.

    Args:
        draft: The copy; it stays when this fails.
        octets: Its content, as it was judged.

    Raises:
        BindctlError: MET007, somebody else has written since; or the file cannot be
            written.
    """
    draft.workspace.replace(draft.seen, octets)
    discard_draft(draft)


def discard_draft(draft: Draft) -> None:
    """Remove the copy, and the files that the editor left beside it."""
    name = os.path.basename(os.path.dirname(draft.path))
    try:
        with open_runtime(draft.workspace.path) as top:
            with top.folder(name) as folder:
                for file in folder.names():
                    folder.unlink(file)
            top.remove_folder(name)
    except (OSError, BindctlError):
        return  # in a private folder it does no harm


STARTER = """\
# The metabase of bindctl: one table a key, one line a property.
# bindctl keeps every comment, blank line and line end that it does not edit.
#
# A site is a table named by its identifier; `bindctl site add` writes one.
#
# [w3svc.1]
# ServerComment = "Default Web Site"
# ServerBindings = [":80:www.example.com"]        # IP:port:host over HTTP
# SecureBindings = [":443:www.example.com"]       # IP:port:host over HTTPS
# SslFlags = 1                                    # certificate by server name (SNI)
#
# [w3svc.1.root]
# Path = "sites/default"                          # relative to this file

schema_version = 1

# Where bindings to any address listen. Remove it to listen on every address of the
# machine, as IIS does.
[http]
ListenAddresses = ["127.0.0.1", "::1"]

# What every site inherits.
[w3svc]
DefaultDoc = "index.html,default.htm"
ConnectionTimeout = 120
"""


def initialize(path: str) -> str:
    """Write the starter metabase to `path`, which must not exist.

    Returns:
        The absolute path written.

    Raises:
        BindctlError: MET003, it exists; MET005 or MET006, it cannot be written.
    """
    absolute = os.path.abspath(path)
    if os.path.lexists(absolute):
        raise BindctlError(
            "MET003", f"{path} exists already", "bindctl sites shows what it holds"
        )
    write_atomically(absolute, STARTER.encode("utf-8"), 0o644)
    return absolute
