"""Answers and changes of them, for tests of how they are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.model.binding import Protocol
from bindctl.routing.answers import Answer, AnswerChange
from bindctl.routing.classes import OTHER_ADDRESS

if TYPE_CHECKING:
    from bindctl.model.endpoint import IpAddress

NOBODY = Answer(is_listening=False, site=None, certificate_hash=None)
BAD = Answer(is_listening=True, site=None, certificate_hash=None)
ONE = Answer(is_listening=True, site=1, certificate_hash="aa")
TWO = Answer(is_listening=True, site=2, certificate_hash="aa")
OTHER = Answer(is_listening=True, site=2, certificate_hash="bb")
HTTP, HTTPS = Protocol.HTTP, Protocol.HTTPS


def change_of(
    protocol: Protocol,
    host: str,
    port: int,
    where: IpAddress | tuple[IpAddress, ...] | None,
    *answers: Answer,
    server_name: str | None = None,
) -> AnswerChange:
    addresses = where if isinstance(where, tuple) else (where or OTHER_ADDRESS,)
    is_everywhere = where is None
    return AnswerChange(
        protocol, host, port, addresses, is_everywhere, *answers, server_name
    )
