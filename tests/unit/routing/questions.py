"""Explanations of tables, for tests of what they say."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from bindctl.bindings.listen_list import EVERYWHERE
from bindctl.model.binding import Protocol
from bindctl.routing.explain import Explanation, explain_request
from bindctl.routing.reading import Reading
from bindctl.routing.request import Request

if TYPE_CHECKING:
    from bindctl.bindings.listen_list import ListenList
    from bindctl.bindings.table import BindingTable

HTTP, HTTPS = Protocol.HTTP, Protocol.HTTPS


def http(host: str | None, port: int = 80) -> Request:
    """A request over HTTP."""
    return Request(HTTP, port, host, None)


def https(host: str | None, name: str | None = "", port: int = 443) -> Request:
    """A request over HTTPS; its server name is its host unless another is given."""
    return Request(HTTPS, port, host, host if name == "" else name)


def explained(
    made: BindingTable,
    address: str,
    request: Request,
    listen: ListenList = EVERYWHERE,
) -> Explanation:
    """What happens to a request at an address while the table's sites run."""
    reading = Reading(made, given_listen=listen)
    return explain_request(reading, request, ip_address(address))
