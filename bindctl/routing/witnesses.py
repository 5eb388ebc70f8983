"""An address at which a change can be seen, for the commands that show it."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from itertools import chain
from typing import TYPE_CHECKING, Final

from bindctl.routing.classes import OTHER_ADDRESS, OTHER_IPV6, named_addresses

if TYPE_CHECKING:
    from bindctl.model.endpoint import IpAddress, LocalAddress
    from bindctl.routing.answers import AnswerChange
    from bindctl.routing.reading import Reading

# All of 127.0.0.0/8 is this machine (RFC 1122 §3.2.1.3), of IPv6 one address alone.
_LOOPBACK: Final = IPv4Address("127.0.0.1")
_LOOPBACKS: Final = 256  # so many addresses that one of them is surely unnamed
_IPV6_LOOPBACK: Final = IPv6Address(1)


class WitnessAddresses:
    """Finds addresses for the changes between two readings."""

    def __init__(self, before: Reading, after: Reading) -> None:
        """Nothing is looked up before it is asked for."""
        self._readings = (before, after)
        self._named: dict[int, set[LocalAddress]] = {}

    def find(self, change: AnswerChange) -> IpAddress:
        """A local address of the change, if possible one of this machine.

        For addresses that nothing names it is loopback, or, if that is named, the next
        loopback address. If there is none, it is an address of the change that is
        named, or else the one that stands for all others.
        """
        if OTHER_ADDRESS in change.addresses:
            if change.is_everywhere:
                return _LOOPBACK
            for address in (_LOOPBACK + step for step in range(_LOOPBACKS)):
                if address not in self._named_on(change.port):
                    return address
        if OTHER_IPV6 in change.addresses and (
            change.is_everywhere or _IPV6_LOOPBACK not in self._named_on(change.port)
        ):
            return _IPV6_LOOPBACK
        concrete = (item for item in change.addresses if int(item))
        return next(chain(concrete, change.addresses))

    def _named_on(self, port: int) -> set[LocalAddress]:
        """Addresses that a binding or a record of a port, or a listen list, names."""
        if port not in self._named:
            found: set[LocalAddress] = set()
            for reading in self._readings:
                plan = reading.plan.ports.get(port)
                found |= set() if plan is None else named_addresses(plan)
                found.update(reading.listen.addresses)
            self._named[port] = found
        return self._named[port]
