"""A request as far as routing goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from bindctl.model.binding import Protocol


class Request(NamedTuple):
    """A request as far as routing goes.

    Attributes:
        protocol: HTTP or HTTPS.
        port: The port of the connection.
        host: Host in A-labels, or a literal address; ``None`` when it names none.
        server_name: What the ClientHello names, or ``None``; HTTPS only.
    """

    protocol: Protocol
    port: int
    host: str | None
    server_name: str | None
