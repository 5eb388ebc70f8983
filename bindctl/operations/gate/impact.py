"""What a write does to sites that it does not edit.

A site is edited when its own key, or one below, is another than before: that is what
the command named, however it did. Others may get or lose requests all the same, or be
shown with another certificate, because they share ports and certificate records.
A command that names sites in so many words says so (`Workspace.rewrite`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.model.host import ANY_HOST
from bindctl.operations.load.sources import (
    ReasonedChange,
    give_reasons,
)
from bindctl.routing.change_reasons import member_of
from bindctl.routing.compare import compare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bindctl.routing.answers import AnswerChange
    from bindctl.routing.reading import Reading

_SERVICE = "w3svc"
ACCESS_DENIED = 0x80070005  # all that a script of IIS knows of a gate


class Impact(NamedTuple):
    """Requests of sites that a write does not edit, and that it changes.

    Attributes:
        changes: Classes of requests that such a site answered, or answers now.
        edited: Identifiers of the sites that the write edits, or the command names.
        comments: ServerComment by identifier.
    """

    changes: tuple[ReasonedChange, ...]
    edited: frozenset[int]
    comments: dict[int, str]

    @property
    def sites(self) -> tuple[int, ...]:
        """Identifiers of the sites that are concerned without being edited."""
        found = {
            answer.site
            for item in self.changes
            for answer in (item.change.before, item.change.after)
            if answer.site is not None
        }
        return tuple(sorted(found - self.edited))


def find_impact(
    before: Reading, after: Reading, named: frozenset[int] = frozenset()
) -> Impact:
    """What a write does to sites that it does not edit.

    Args:
        before: The metabase.
        after: What is to replace it.
        named: Identifiers of the sites that the command names besides.
    """
    edited = edited_sites(before.document, after.document) | named
    concerned = [
        change
        for change in compare(before, after)
        if _concerns(change, edited, (before, after))
    ]
    comments = {
        site.identifier: site.comment
        for table in (before.table, after.table)
        for site in table.sites
    }
    return Impact(give_reasons(concerned, before, after), edited, comments)


def edited_sites(
    before: Mapping[str, object], after: Mapping[str, object]
) -> frozenset[int]:
    """Identifiers of sites whose keys, or keys below, differ between two documents."""
    old, new = _sites_of(before), _sites_of(after)
    return frozenset(
        int(number)
        for number in {*old, *new}
        if number.isdecimal() and old.get(number) != new.get(number)
    )


def _sites_of(document: Mapping[str, object]) -> Mapping[str, object]:
    """The tables below /w3svc."""
    found: dict[str, object] = {}
    for name, value in document.items():
        if name.lower() == _SERVICE and isinstance(value, dict):
            found.update(value)
    return found


def _concerns(
    change: AnswerChange, edited: frozenset[int], readings: tuple[Reading, Reading]
) -> bool:
    """Whether a site that is not edited answered the requests, or does now.

    If the handshake for a name is refused, only a client that opened a connection for
    another name can ask a site without a host for it: such requests do not count.
    """
    is_refused = change.server_name is not None and (
        change.before.site != change.after.site
    )
    return any(
        answer.site is not None
        and answer.site not in edited
        and not (is_refused and _is_by_no_host(change, reading))
        for answer, reading in zip((change.before, change.after), readings, strict=True)
    )


def _is_by_no_host(change: AnswerChange, reading: Reading) -> bool:
    """Whether requests of a class reach their site by a binding without a host."""
    host = member_of(change.host)
    match = reading.plan.match_site(change.addresses[0], change.port, host)
    return match is not None and match.route.binding.host is ANY_HOST
