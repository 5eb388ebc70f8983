"""The witnesses of a plan as requests to send, with the promised answers."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from bindctl.model.binding import Protocol
from bindctl.model.witness import UNNAMED_HOST, is_address_literal
from bindctl.routing.classes import (
    UNNAMED_LABEL,
    named_anywhere,
    plans_of_port,
    request_classes,
)
from bindctl.routing.decision import decide
from bindctl.routing.request import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeAlias

    from bindctl.model.certificate import SslRecord
    from bindctl.model.endpoint import IpAddress, LocalAddress
    from bindctl.operations.live.live_place import Closed, NoTarget, Target
    from bindctl.routing.classes import RequestClass
    from bindctl.routing.plan import PortPlan, RoutingPlan
    from bindctl.routing.reading import Reading

    FindPlace: TypeAlias = Callable[
        [IpAddress, int, frozenset[LocalAddress]], Target | NoTarget | Closed
    ]

_UNNAMED, _FREE_DOMAIN = UNNAMED_HOST.split(".")


class ProbeQuestion(NamedTuple):
    """A request to send, and the answer that the plan promises.

    Attributes:
        protocol: HTTP or HTTPS.
        address: The local address it is meant for; all zeros for any other.
        port: The port of the bindings.
        server_name: What the ClientHello names; ``None`` for none, and for HTTP.
        host: The Host header.
        place: Where to send it, or why that is impossible.
        record: The certificate record; ``None`` for HTTP and a refused handshake.
        site: The site; ``None`` where no site answers.
    """

    protocol: Protocol
    address: IpAddress
    port: int
    server_name: str | None
    host: str
    place: Target | NoTarget | Closed
    record: SslRecord | None
    site: int | None

    @property
    def is_refused(self) -> bool:
        """Whether the plan promises that the handshake is refused."""
        return self.protocol is Protocol.HTTPS and self.record is None


def make_questions(
    reading: Reading,
    find_place: FindPlace,
    others: Sequence[RoutingPlan] = (),
) -> Iterator[ProbeQuestion]:
    """One question of every class of requests that the plan tells apart.

    Args:
        reading: What is promised.
        find_place: Where a request goes, by address, port, and the addresses that the
            port tells apart.
        others: Requests that these tell apart are asked as well.
    """
    plan = reading.plan
    named: dict[int, frozenset[LocalAddress]] = {}
    for item in request_classes(plan, reading.listen, others):
        if item.port not in named:
            every = plans_of_port(item.port, (plan, *others))
            named[item.port] = frozenset(named_anywhere(every))
        place = find_place(item.address, item.port, named[item.port])
        yield _make_question(item, reading, place)


def _make_question(
    item: RequestClass, reading: Reading, place: Target | NoTarget | Closed
) -> ProbeQuestion:
    host = member_name(item.host, reading.plan.ports[item.port])
    server_name = item.server_name and host
    if server_name is not None and is_address_literal(server_name):
        server_name = None  # never sent (RFC 6066 §3)
    # The class's own address answers as the real one does: neither is named.
    request = Request(item.protocol, item.port, host, server_name)
    decision = decide(reading, request, item.address)
    match = decision.match
    return ProbeQuestion(
        item.protocol,
        item.address,
        item.port,
        server_name,
        host,
        place,
        decision.record,
        None if match is None else match.route.site,
    )


def member_name(name: str | None, plan: PortPlan) -> str:
    """A host that can be asked for, of the class that `name` stands for.

    Args:
        name: As `RequestClass.host` has it: a name, one with labels that nothing can
            have, or ``None`` for any name that nothing names.
        plan: The port's plan, which must not have the name that is made here.
    """
    if name is None:
        name = f"{UNNAMED_LABEL}.{_FREE_DOMAIN}"
    if UNNAMED_LABEL not in name.split("."):
        return name
    for number in count(1):
        label = _UNNAMED if number == 1 else f"{_UNNAMED}{number}"
        labels = [label if part == UNNAMED_LABEL else part for part in name.split(".")]
        made = ".".join(labels)
        if not _is_named(made, plan):
            return made
    message = "there are more names than a plan can have"
    raise AssertionError(message)


def _is_named(name: str, plan: PortPlan) -> bool:
    """Whether a binding, a record or a file of the central store has that very name."""
    has_file = f"{name}.pfx" in plan.central_files
    return name in plan.names or name in plan.name_records or has_file
