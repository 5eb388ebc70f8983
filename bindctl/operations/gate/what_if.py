"""what-if: what requests would get after something that is not done.

A command's writes are kept in memory and compared; a stopped site or a removed
certificate is left out of the reading; for a date, every certificate is judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.findings.errors import BindctlError
from bindctl.operations.certificates.certificates import find_one
from bindctl.operations.certificates.coverage import Gap, Judge, find_gaps
from bindctl.operations.gate.write_judgement import Asked, judge_write
from bindctl.operations.load.configuration import compile_configuration
from bindctl.operations.load.known_certificates import load_known_certificates
from bindctl.operations.load.sources import reason_changes
from bindctl.storage.certificate_store import open_store
from bindctl.storage.workspace import Captured

if TYPE_CHECKING:
    from datetime import datetime

    from bindctl.operations.load.sources import ReasonedChange
    from bindctl.routing.reading import Reading
    from bindctl.storage.workspace import Workspace


class Supposition(NamedTuple):
    """The metabase now, and as it would be.

    Attributes:
        before: The metabase as it is.
        after: As it would be.
        workspace: Reads what would be: the metabase, and the files beside it.
        refusal: Why the gate would not let the write pass.
    """

    before: Reading
    after: Reading
    workspace: Captured
    refusal: BindctlError | None = None

    @property
    def changes(self) -> tuple[ReasonedChange, ...]:
        """Requests that would get a different answer."""
        return reason_changes(self.before, self.after)

    @property
    def comments(self) -> dict[int, str]:
        """ServerComment by identifier, of both."""
        return {
            site.identifier: site.comment
            for reading in (self.before, self.after)
            for site in reading.table.sites
        }


class Refusals(NamedTuple):
    """Hosts for which browsers refuse the connection at some instant.

    Attributes:
        at: The instant.
        gaps: Those hosts, and why.
        known: Those among them that browsers refuse now, too.
    """

    at: datetime
    gaps: tuple[Gap, ...]
    known: frozenset[Gap]


def suppose_written(workspace: Captured, asked: Asked | None = None) -> Supposition:
    """The state after the writes that the workspace has kept.

    Args:
        workspace: Whatever a command has done in it.
        asked: What the command line asked of the gate; ``None`` asks it nothing.

    Raises:
        BindctlError: The metabase cannot be read, or it is none, before or after.
    """
    before = compile_configuration(workspace.inner.read(), workspace.inner)
    octets = workspace.octets
    if octets is None or octets == before.octets:
        return Supposition(before, before, workspace)
    after = compile_configuration(octets, workspace)
    if asked is None:
        return Supposition(before, after, workspace)
    asked = asked._replace(sites=workspace.sites)
    try:
        judge_write(workspace, before.octets, octets, asked)
    except BindctlError as error:
        return Supposition(before, after, workspace, error)
    return Supposition(before, after, workspace)


def suppose_stopped(workspace: Workspace, site: int) -> Supposition:
    """The same sites running but for one.

    Raises:
        BindctlError: MET101, there is no such site; or the file cannot be read.
    """
    supposed = suppose_written(Captured(workspace))
    before = supposed.before
    if site not in {row.identifier for row in before.table.sites}:
        message = f"site {site} is not in the metabase"
        raise BindctlError("MET101", message, "bindctl sites lists them")
    start = before.start._replace(started=before.start.started - {site})
    return supposed._replace(after=before._replace(given_start=start))


def suppose_removed(workspace: Workspace, name: str) -> Supposition:
    """The store "MY" without one certificate: records go on naming it.

    Args:
        workspace: The metabase.
        name: As for `remove_certificate`.

    Raises:
        BindctlError: CRT001, no such certificate; CRT005, several; or the file cannot
            be read.
    """
    store = open_store(workspace)
    chosen = find_one(store, store.load_contents(), name)
    supposed = suppose_written(Captured(workspace))
    after = supposed.before._replace(missing=frozenset({chosen}))
    return supposed._replace(after=after)


def refusals_at(supposed: Supposition, at: datetime, now: datetime) -> Refusals:
    """Hosts that browsers refuse at an instant, as the metabase would be.

    Args:
        supposed: What would be.
        at: The instant, aware UTC.
        now: The present, aware UTC.
    """
    workspace = supposed.workspace
    then = _gaps(workspace, supposed.after, at)
    known = {gap.identity for gap in _gaps(workspace.inner, supposed.before, now)}
    return Refusals(at, then, frozenset(gap for gap in then if gap.identity in known))


def _gaps(workspace: Workspace, reading: Reading, at: datetime) -> tuple[Gap, ...]:
    known = load_known_certificates(workspace, reading.table)
    for key in reading.missing:
        known.certificates.pop(key, None)
    return tuple(find_gaps(reading, Judge(known, at)))
