"""The impact of an edit of one site, judged on that site and those it can meet.

Two reduced documents, of the global tables and these sites, stand for the metabase
before and after. The evaluator is the ordinary one; what the documents leave out can
change no answer of theirs, or the impact is not told from them:

1. The sites are closed: which of them start, and which certificate records they make,
   depends on no site outside.
2. On a port that differs no binding names an address, and the port is open on both
   sides: all else that differs there are the routes and records of these sites.
3. Where another site answers for a name without a record of its own, no site outside
   makes the record of the port: site 1 does, before which there is none, or nobody can.

A law compares this with the full comparison.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.findings.errors import BindctlError
from bindctl.model.binding import Protocol
from bindctl.model.certificate import SniKey
from bindctl.model.endpoint import ANY_ADDRESS
from bindctl.model.host import ANY_HOST
from bindctl.operations.gate.impact import find_impact
from bindctl.operations.gate.neighbourhood import (
    SITE,
    Table,
    find_table,
    has_port,
    meeting_keys,
    names_below,
    same_keys,
)
from bindctl.operations.load.configuration import compile_configuration
from bindctl.routing.classes import (
    OTHER_ADDRESS,
    host_names,
    join_names,
    server_names,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bindctl.model.certificate import SslRecord
    from bindctl.model.host import HostPattern
    from bindctl.operations.gate.impact import Impact
    from bindctl.operations.gate.neighbourhood import Item, Neighbourhood
    from bindctl.routing.plan import PortPlan
    from bindctl.routing.reading import Reading

_MAX_SITES: Final = 60  # of a reduced document: more take the time of all
_FIRST: Final = b"1"  # no identifier is lower
_LINE_BRACKET: Final = b"\n["


def find_reduced_impact(
    near: Neighbourhood,
    before: bytes,
    after: bytes,
    named: frozenset[int] = frozenset(),
) -> Impact | None:
    """What a write does to sites that it does not edit.

    Args:
        near: The site that the edit is about, among those of the two documents.
        before: The metabase.
        after: What is to replace it.
        named: Identifiers of the sites that the command names besides.

    Returns:
        ``None`` where reduced documents cannot tell.
    """
    try:
        sites = _Sites(near).find()
        documents = _reduce(near, sites, before, after)
        old, new = (compile_configuration(document) for document in documents)
    except (ValueError, BindctlError):
        return None
    return find_impact(old, new, named) if _is_whole(near, old, new) else None


class _Sites:
    """The sites that an edit concerns, and those on which they depend."""

    def __init__(self, near: Neighbourhood) -> None:
        self._near = near
        self._tables: dict[bytes, list[Table]] = {near.number: near.tables}
        self._sought: set[bytes] = set()  # keys whose sites have been found

    def find(self) -> set[bytes]:
        """Their identifiers, that of the edited site among them.

        Raises:
            ValueError: They are too many, or written in an unusual way.
        """
        # Whether these start may depend on the edit.
        dirty = self._close({self._near.number})
        met = set(dirty)
        for number in dirty:
            server, secure = self._items(number)
            keys = {
                key
                for _address, port, host in (*server, *secure)
                for key in meeting_keys(port, host)
            }
            met |= self._find(keys | names_below(secure))
        sites = self._close(met)
        if any(self._items(number)[1] for number in sites):
            header = SITE + _FIRST + b"]"
            if find_table(self._near.old, header) is not None:
                sites = self._close({*sites, _FIRST})
        self._require_one_scheme(sites)
        return sites

    def _close(self, numbers: set[bytes]) -> set[bytes]:
        """Those sites and all that register what one of them does, and so on."""
        found = set(numbers)
        left = list(numbers)
        while left:
            server, secure = self._items(left.pop())
            keys = {
                key
                for _address, port, host in (*server, *secure)
                for key in same_keys(port, host)
            }
            more = self._find(keys) - found
            found |= more
            left += more
        return found

    def _find(self, keys: set[bytes]) -> set[bytes]:
        """Sites other than the edited one that have one of the keys."""
        text = self._near.old
        found: set[bytes] = set()
        for position in self._near.others.find(keys - self._sought):
            start = text.rfind(_LINE_BRACKET, 0, position) + 1
            header = text[start : text.find(b"]", start)]
            number = header[len(SITE) :].partition(b".")[0]
            if not (header.startswith(SITE) and number.isdigit()):
                raise ValueError
            found.add(number)
            if len(found) > _MAX_SITES:
                raise ValueError
        self._sought |= keys
        return found - {self._near.number}

    def _items(self, number: bytes) -> tuple[set[Item], set[Item]]:
        """A site's bindings, of both sides if it is the edited one."""
        if number not in self._tables:
            span = find_table(self._near.old, SITE + number + b"]")
            if span is None:
                raise ValueError
            self._tables[number] = [Table(self._near.old, span)]
        tables = self._tables[number]
        return (
            {item for table in tables for item in table.server},
            {item for table in tables for item in table.secure},
        )

    def _require_one_scheme(self, sites: Iterable[bytes]) -> None:
        """Every port of theirs has one scheme, whichever site has it.

        Raises:
            ValueError: It may have two.
        """
        others = self._near.others
        server, secure = (
            {item for number in sites for item in self._items(number)[index]}
            for index in (0, 1)
        )
        ports = (
            {port for _address, port, _host in items} for items in (server, secure)
        )
        if (
            set.intersection(*ports)
            or has_port(others.secure, server)
            or has_port(others.server, secure)
        ):
            raise ValueError


def _reduce(
    near: Neighbourhood, sites: set[bytes], before: bytes, after: bytes
) -> Iterator[bytes]:
    """Both documents with no sites but those.

    Of the others the tables below their own are left out: they say nothing of requests.

    Raises:
        ValueError: A bracket may begin neither a header nor a list.
    """
    others = tuple(SITE[1:] + number + b"]" for number in sites - {near.number})
    first, *pieces = (b"\n" + before).split(_LINE_BRACKET)
    # Every bracket begins a header at the beginning of a line, or a list.
    added = b"\n" + near.added
    for text, headers in (near.old, len(pieces)), (added, added.count(_LINE_BRACKET)):
        if text.count(b"[") != headers + text.count(b" = ["):
            raise ValueError
    kept = [
        piece
        for piece in pieces
        if not piece.startswith(SITE[1:]) or piece.startswith(others)
    ]
    for text in (before, after):
        yield _LINE_BRACKET.join((first, *kept, *_tables_of(b"\n" + text, near.number)))


def _tables_of(text: bytes, number: bytes) -> Iterator[bytes]:
    """The tables of a site, its own and those below, after the bracket of each."""
    start = _LINE_BRACKET + SITE[1:] + number
    at = text.find(start)
    while at >= 0:
        end = text.find(_LINE_BRACKET, at + 1)
        if text[at + len(start) : at + len(start) + 1] in (b".", b"]"):
            yield text[at + len(_LINE_BRACKET) : end if end >= 0 else len(text)]
        at = text.find(start, end) if end >= 0 else -1


def _is_whole(near: Neighbourhood, old: Reading, new: Reading) -> bool:
    """Whether the whole documents differ as the reduced ones do."""
    plans = old.plan.ports, new.plan.ports
    if any(
        address
        for table in near.tables
        for address, _port, _host in (*table.server, *table.secure)
    ):
        return False
    for port in {*plans[0], *plans[1]}:
        sides = [ports[port] for ports in plans if port in ports]
        if len(sides) == len(plans) and sides[0] == sides[1]:
            continue
        if (
            len(sides) < len(plans)
            or sides[0].protocol is not sides[1].protocol
            or sides[0].endpoint_records != sides[1].endpoint_records
            or near.others.names_address(port)
        ):
            return False
        if sides[0].protocol is Protocol.HTTPS and not _has_all_records(
            near, sides, port
        ):
            return False
    return True


def _has_all_records(near: Neighbourhood, sides: list[PortPlan], port: int) -> bool:
    """Whether names that other sites answer for have the records of the whole."""
    made = [side.endpoint_records.get(ANY_ADDRESS) for side in sides]
    if all(record is not None and record.site == int(_FIRST) for record in made):
        return SITE + b"0]" not in near.old
    is_certain = all(
        record is not None and isinstance(record.key, SniKey)
        for _host, record in _met_by_others(near, sides)
    )
    if is_certain:
        return True
    # Of a name that gets no record at all, a site without host takes no visitors.
    return not _may_make_record(near, port) and all(
        record is not None or host is ANY_HOST
        for host, record in _met_by_others(near, sides)
    )


def _met_by_others(
    near: Neighbourhood, sides: list[PortPlan]
) -> Iterator[tuple[HostPattern, SslRecord | None]]:
    """What a class of names that another site answers for meets on each side.

    Its record, and the host of the binding by which that site does.
    """
    own = int(near.number)
    for item in join_names(host_names(sides), server_names(sides)).classes():
        matches = [side.match(OTHER_ADDRESS, item.name) for side in sides]
        hosts = [
            match.route.binding.host
            for match in matches
            if match is not None and match.route.site != own
        ]
        for host in hosts:
            for side in sides:
                yield host, side.select_certificate(OTHER_ADDRESS, item.name)


def _may_make_record(near: Neighbourhood, port: int) -> bool:
    """Whether a site may make the record of a port, the edited one left aside."""
    key = b":%d:" % port
    top, *pieces = (b"\n" + near.old).split(_LINE_BRACKET)
    if b"ssl" in top:
        return True
    for piece in pieces:
        if piece.startswith(b"w3svc]") and b"ssl" in piece:
            return True
        if (
            key in piece
            and b"sslcerthash" in piece
            and b"\nsslflags = 1\n" not in piece + b"\n"
            and not piece.startswith(SITE[1:] + near.number + b"]")
        ):
            return True
    return False
