"""what-if: what requests would get after something that is not done.

A command's write is held back and compared; a stopped site and a removed certificate
are read out of the metabase; a date is asked of every certificate.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from bindctl.findings.errors import BindctlError
from bindctl.operations.certificates.certificates import find_one, open_store
from bindctl.operations.certificates.coverage import Gap, Judge, find_gaps
from bindctl.operations.load.configuration import compile_configuration
from bindctl.operations.load.known_certificates import load_known_certificates
from bindctl.operations.load.sources import reason_changes
from bindctl.storage.metabase_file import read_octets
from bindctl.storage.write_watch import Supposed

if TYPE_CHECKING:
    from datetime import datetime

    from bindctl.operations.load.sources import ReasonedChange
    from bindctl.routing.reading import Reading


class Supposition(NamedTuple):
    """What is, and what would be.

    Attributes:
        before: The metabase as it is.
        after: As it would be.
        metabase: Absolute path of its file, beside which the stores are.
        files: What other files would hold, by path.
    """

    before: Reading
    after: Reading
    metabase: str
    files: dict[str, bytes] | None = None

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
    """Hosts whose visitors browsers turn away at some instant.

    Attributes:
        at: The instant.
        gaps: Those hosts, and why.
        known: Those among them that are turned away now, too.
    """

    at: datetime
    gaps: tuple[Gap, ...]
    known: frozenset[Gap]


def suppose_written(metabase: str, after: bytes | None = None) -> Supposition:
    """The metabase's file with other octets in it.

    Args:
        metabase: Absolute path of the file.
        after: The octets; ``None`` for those that it has.

    Raises:
        BindctlError: The file cannot be read, or one of the two is no metabase.
    """
    before = compile_configuration(read_octets(metabase), metabase)
    if after is None or after == before.octets:
        return Supposition(before, before, metabase)
    return Supposition(before, compile_configuration(after, metabase), metabase)


def suppose_stopped(metabase: str, site: int) -> Supposition:
    """The same sites running but for one.

    Raises:
        BindctlError: MET101, there is no such site; or the file cannot be read.
    """
    supposed = suppose_written(metabase)
    before = supposed.before
    if site not in {row.identifier for row in before.table.sites}:
        message = f"site {site} is not in the metabase"
        raise BindctlError("MET101", message, "bindctl sites lists them")
    start = before.start._replace(started=before.start.started - {site})
    return supposed._replace(after=replace(before, given_start=start))


def suppose_removed(metabase: str, name: str) -> Supposition:
    """The store "MY" without one certificate: records go on naming it.

    Args:
        metabase: Absolute path of the file.
        name: As for `remove_certificate`.

    Raises:
        BindctlError: CRT001, no such certificate; CRT005, several; or the file cannot
            be read.
    """
    store = open_store(metabase)
    chosen = find_one(store, store.load_contents(), name)
    supposed = suppose_written(metabase)
    after = replace(supposed.before, missing=frozenset({chosen}))
    return supposed._replace(after=after)


def refusals_at(supposed: Supposition, at: datetime, now: datetime) -> Refusals:
    """Hosts that browsers refuse at an instant, as the metabase would be.

    Args:
        supposed: What would be.
        at: The instant, aware UTC.
        now: The present, aware UTC.
    """
    metabase = supposed.metabase
    with Supposed(supposed.files or {}):
        then = _gaps(metabase, supposed.after, at)
    known = {gap.identity for gap in _gaps(metabase, supposed.before, now)}
    return Refusals(at, then, frozenset(gap for gap in then if gap.identity in known))


def _gaps(metabase: str, reading: Reading, at: datetime) -> tuple[Gap, ...]:
    known = load_known_certificates(metabase, reading.table)
    for key in reading.missing:
        known.certificates.pop(key, None)
    return tuple(find_gaps(reading, Judge(known, at)))
