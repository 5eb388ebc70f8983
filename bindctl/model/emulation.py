"""Which IIS is rehearsed: property EmulatedVersion of /LM/W3SVC."""

from __future__ import annotations

from enum import IntEnum


class EmulatedVersion(IntEnum):
    """A generation of IIS, by its version number.

    Source:
        IIS release notes: SNI and the central certificate store came with 8.0, host
        names with a wildcard and the later bits of sslFlags with 10.0.
    """

    IIS6 = 6
    IIS7 = 7
    IIS8 = 8
    IIS10 = 10

    @property
    def has_ipv6(self) -> bool:
        """Whether bindings may name IPv6 addresses."""
        return self >= EmulatedVersion.IIS7

    @property
    def has_sni(self) -> bool:
        """Whether SslFlags counts: certificates by server name, and from files."""
        return self >= EmulatedVersion.IIS8

    @property
    def has_wildcard_hosts(self) -> bool:
        """Whether a host may be ``*.example.com``."""
        return self >= EmulatedVersion.IIS10

    @property
    def has_later_flags(self) -> bool:
        """Whether the bits of SslFlags from 4 up are known."""
        return self >= EmulatedVersion.IIS10

    @property
    def takes_trailing_dots(self) -> bool:
        """Whether a host may end in a dot; reported of IIS 7.5 that it may not."""
        return self >= EmulatedVersion.IIS8

    @property
    def takes_a_labels(self) -> bool:
        """Whether a host may be written in A-labels; reported of IIS 7.5 that not.

        IIS 6 has no names in Unicode: there A-labels are the only way.
        """
        return self is not EmulatedVersion.IIS7

    def __str__(self) -> str:
        """``IIS 10``."""
        return f"IIS {int(self)}"
