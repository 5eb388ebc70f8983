"""421 Misdirected Request: hosts that begin, or cease, to get it.

A site with MisdirectedRequest refuses a host on a connection that was made for a name
of another certificate (RFC 9110 §15.5.20). So a host's answer on a connection to a
server name may change although that server name keeps its certificate and the host its
site: when the property does, and when the host itself gets another certificate.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from bindctl.model.binding import Protocol
from bindctl.routing.answers import (
    MISDIRECTED,
    AnswerChange,
    PortSide,
    address_classes_of,
)
from bindctl.routing.classes import host_names, join_names, server_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.model.endpoint import IpAddress
    from bindctl.routing.answers import Answer
    from bindctl.routing.classes import NameClass

    _Sides = tuple[PortSide, PortSide]

_REFUSALS: Final = {None, MISDIRECTED}


def misdirected_changes(sides: _Sides, port: int) -> Iterator[AnswerChange]:
    """Hosts of those sites on a connection whose certificate did not change.

    One change for each host and kind of change, with a server name as an example.

    Args:
        sides: Both sides of a port; only HTTPS ports have such changes.
        port: Its number.
    """
    if not (sides[0].misdirected or sides[1].misdirected):
        return
    plans = [side.plan for side in sides if side.plan is not None]
    servers = server_names(plans)
    openers = list(servers.classes())
    hosts = list(join_names(host_names(plans), servers).classes())
    found: dict[tuple[str, Answer, Answer, str], list[IpAddress]] = {}
    open_at = 0
    for address in address_classes_of(sides):
        open_at += any(side.takes(Protocol.HTTPS, address) for side in sides)
        kept = _kept_certificates(sides, address, openers)
        for host in hosts:
            for opener in _examples(sides, address, host, kept):
                old, new = _ask(sides, address, opener, host)
                if old.site == new.site and {old.refusal, new.refusal} == _REFUSALS:
                    key = (host.shown, old, new, opener.shown)
                    found.setdefault(key, []).append(address)
    for (host_shown, old, new, name), addresses in found.items():
        yield AnswerChange(
            protocol=Protocol.HTTPS,
            host=host_shown,
            port=port,
            addresses=tuple(addresses),
            is_everywhere=len(addresses) == open_at,
            before=old,
            after=new,
            server_name=name,
        )


def _kept_certificates(
    sides: _Sides, address: IpAddress, openers: list[NameClass]
) -> dict[str, NameClass]:
    """One server name for each certificate that it is shown on both sides.

    Where the certificate itself changes, that is a change of its own.
    """
    kept: dict[str, NameClass] = {}
    for item in openers:
        old, new = _ask(sides, address, item, item)
        shown = old.certificate_hash
        if shown is not None and shown == new.certificate_hash:
            kept.setdefault(shown, item)
    return kept


def _examples(
    sides: _Sides, address: IpAddress, host: NameClass, kept: dict[str, NameClass]
) -> list[NameClass]:
    """Server names that show every kind of change of a host.

    One with the certificate that was the host's, one with that it has now, and any
    other.
    """
    old, new = _ask(sides, address, host, host)
    own = (old.certificate_hash, new.certificate_hash)
    if own[0] == own[1] and sides[0].misdirected == sides[1].misdirected:
        return []
    found = [kept[shown] for shown in dict.fromkeys(own) if shown in kept]
    other = (item for shown, item in kept.items() if shown not in own)
    return [*found, *islice(other, 1)]


def _ask(
    sides: _Sides, address: IpAddress, opener: NameClass, host: NameClass
) -> tuple[Answer, Answer]:
    old, new = (
        side.answer(Protocol.HTTPS, address, opener.name, host.name) for side in sides
    )
    return old, new
