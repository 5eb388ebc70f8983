"""The address of a server that is named on the command line."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from bindctl.findings.errors import BindctlError
from bindctl.model.endpoint import parse_ip_address

if TYPE_CHECKING:
    from bindctl.model.endpoint import IpAddress


def resolve_host(host: str) -> IpAddress:
    """An address of a host; of several, the first of IPv4.

    Args:
        host: A name, or a literal address without brackets.

    Raises:
        BindctlError: CLI004, it has none.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        message = f"--connect {host}: it has no address"
        hint = "give an address, or a name that this machine can resolve"
        raise BindctlError("CLI004", message, hint) from error
    addresses = [parse_ip_address(str(item[4][0]).partition("%")[0]) for item in found]
    return min(addresses, key=lambda item: item.version)
