"""diff: the requests that get a different answer from two configurations, and why.

It compares what visitors get, not the text. Each class of requests is named once, with
a command that shows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.model.witness import (
    UNNAMED_HOST,
    format_handshake,
    format_request,
    format_request_as,
)
from bindctl.operations.load.sources import (
    RUNNING,
    as_served,
    load_source,
    reason_changes,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from bindctl.operations.load.sources import ReasonedChange
    from bindctl.routing.answers import AnswerChange
    from bindctl.storage.workspace import Workspace

_UNNAMED_LABEL: Final = UNNAMED_HOST.partition(".")[0]


class DiffResult(NamedTuple):
    """What `diff` found.

    Attributes:
        before: What the first configuration is called.
        after: What the second is called.
        changes: Classes of requests; an empty list proves that both answer alike.
        comments: ServerComment by identifier, of both.
        port_offset: What the running service adds to every port, if it is compared.
    """

    before: str
    after: str
    changes: tuple[ReasonedChange, ...]
    comments: dict[int, str]
    port_offset: int = 0


def diff(
    workspace: Workspace,
    before: str,
    after: str,
    directory: str,
    read_input: Callable[[], bytes],
) -> DiffResult:
    """The requests that get a different answer from `after` than from `before`.

    Args:
        workspace: Absolute path of the metabase whose history and service are meant.
        before: A file, a version, ``running`` or ``-``.
        after: The same.
        directory: What names of files are relative to.
        read_input: Gives the octets of the standard input.

    Raises:
        BindctlError: One of the two cannot be read.
    """
    old, new = (
        load_source(workspace, text, directory, read_input) for text in (before, after)
    )
    before_reading, after_reading = old.reading, new.reading
    if old.name == RUNNING != new.name:
        after_reading = as_served(after_reading, before_reading)
    elif new.name == RUNNING != old.name:
        before_reading = as_served(before_reading, after_reading)
    comments = {
        site.identifier: site.comment
        for reading in (before_reading, after_reading)
        for site in reading.table.sites
    }
    changes = reason_changes(before_reading, after_reading)
    offset = old.port_offset or new.port_offset
    return DiffResult(old.name, new.name, changes, comments, offset)


def format_witness(item: ReasonedChange, port_offset: int = 0) -> str:
    """A curl or openssl line that shows the answer on a running server.

    Args:
        item: The change.
        port_offset: What the server adds to every port.
    """
    change, address = item.change, item.address
    port = change.port + port_offset
    host, name = _member(change.host), change.server_name
    if change.is_other_certificate:
        return format_handshake(address, port, None if change.host == "*" else host)
    if name is not None:
        opener = None if name == "*" else _member(name)
        return format_request_as(address, port, opener, host)
    return format_request(change.protocol, address, port, host)


def group_changes(
    changes: Collection[ReasonedChange],
) -> list[list[ReasonedChange]]:
    """Changes that differ only in the host, together, in the order of the first.

    Sites may differ as well, where each is answered by its own before or after, or
    both: "each its site".
    """
    groups: dict[tuple[object, ...], list[ReasonedChange]] = {}
    for item in changes:
        change = item.change
        key = (
            change.protocol,
            change.port,
            change.addresses,
            change.is_everywhere,
            change.server_name is None,
            item.reasons,
            *_kinds(change),
        )
        groups.setdefault(key, []).append(item)
    return list(groups.values())


def _kinds(change: AnswerChange) -> tuple[object, ...]:
    """Both answers, without the number of a site that is the only one or stays."""
    before, after = change.before, change.after
    shown: tuple[object, ...] = ()
    if change.is_other_certificate:
        shown = (before.certificate_hash, after.certificate_hash)
    if is_certificate_alone(change):
        return shown
    pages = tuple(
        (answer.is_listening, answer.site is not None, answer.refusal)
        for answer in (before, after)
    )
    is_moved = None not in (before.site, after.site) and before.site != after.site
    sites = (before.site, after.site) if is_moved else None
    return (pages, sites, *shown)


def is_certificate_alone(change: AnswerChange) -> bool:
    """Whether both sides have a handshake, and the same page after it."""
    before, after = change.before, change.after
    return (
        change.is_other_certificate
        and None not in (before.certificate_hash, after.certificate_hash)
        and (before.site, before.refusal) == (after.site, after.refusal)
    )


def _member(shown: str) -> str:
    if shown == "*":
        return UNNAMED_HOST
    return shown.replace("*", _UNNAMED_LABEL)
