"""Asks this machine for its addresses, its free ports, and the sockets that listen.

Nothing stays open, and nothing is ever listened on: a port is tried by binding it.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.model.endpoint import IpAddress

_PROC: Final = "/proc"
_FIRST_UNPRIVILEGED: Final = "sys/net/ipv4/ip_unprivileged_port_start"
_TABLES: Final = ("net/tcp", "net/tcp6")
_LISTEN: Final = "0A"  # linux/net/tcp_states.h, TCP_LISTEN
_HEX_OCTETS_OF_WORD: Final = 8
_NO_ADDRESS: Final = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


class OpenSocket(NamedTuple):
    """A socket that somebody listens on.

    Attributes:
        address: All zeros is every address of its family; with IPv6 perhaps also of
            IPv4.
        process: ``nginx (pid 7)``; empty where the system does not tell.
    """

    address: IpAddress
    process: str


class Machine:
    """The machine this runs on; tests hand in their own."""

    def __init__(self, proc: str = _PROC) -> None:
        """Take the folder in which the kernel reports processes.

        Args:
            proc: A folder as on Linux; without one, less is known.
        """
        self._proc = proc

    def has_address(self, address: IpAddress) -> bool:
        """Whether connections to the address arrive here."""
        return self.find_obstacle(address, 0) not in _NO_ADDRESS

    def find_obstacle(self, address: IpAddress, port: int) -> int:
        """The number of the error when the port is bound there; 0 on success."""
        is_ipv6 = isinstance(address, IPv6Address)
        family = socket.AF_INET6 if is_ipv6 else socket.AF_INET
        try:
            with socket.socket(family, socket.SOCK_STREAM) as tried:
                # As the service does, so that what it can open counts as free.
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if is_ipv6:
                    tried.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                tried.bind((str(address), port))
        except OSError as error:
            return error.errno or errno.EIO
        return 0

    def first_unprivileged_port(self) -> int | None:
        """The first port that needs no privilege; ``None`` where it is not known."""
        try:
            with open(os.path.join(self._proc, _FIRST_UNPRIVILEGED), "rb") as file:
                return int(file.read())
        except (OSError, ValueError):
            return None

    def find_listening(self, port: int) -> tuple[OpenSocket, ...]:
        """The sockets that listen on the port, as far as this user may see."""
        found = {
            inode: address
            for table in _TABLES
            for address, inode in self._read_table(table, port)
        }
        if not found:
            return ()
        names = dict(self._name_holders(frozenset(found)))
        return tuple(
            OpenSocket(address, names.get(inode, ""))
            for inode, address in found.items()
        )

    def _read_table(self, table: str, port: int) -> Iterator[tuple[IpAddress, str]]:
        """Address and inode of each listening socket of a family.

        Source:
            Linux, Documentation/networking/proc_net_tcp.rst.
        """
        try:
            with open(os.path.join(self._proc, table), encoding="ascii") as file:
                lines = file.read().splitlines()[1:]
        except OSError:
            return
        for line in lines:
            _number, local, _remote, state, *_rest = words = line.split()
            address, _colon, hex_port = local.partition(":")
            if state == _LISTEN and int(hex_port, 16) == port:
                yield _parse_address(address), words[9]

    def _name_holders(self, inodes: frozenset[str]) -> Iterator[tuple[str, str]]:
        """Inode and name of each process that has one of those sockets open."""
        links = {f"socket:[{inode}]": inode for inode in inodes}
        try:
            pids = [name for name in os.listdir(self._proc) if name.isdecimal()]
        except OSError:
            return
        # The oldest last, so that the server is named and not its workers.
        for pid in sorted(pids, key=int, reverse=True):
            for inode in self._sockets_of(pid, links):
                yield inode, f"{self._name_of(pid)} (pid {pid})"

    def _sockets_of(self, pid: str, links: dict[str, str]) -> set[str]:
        folder = os.path.join(self._proc, pid, "fd")
        found: set[str] = set()
        try:
            for name in os.listdir(folder):
                link = os.readlink(os.path.join(folder, name))
                if link in links:
                    found.add(links[link])
        except OSError:
            pass  # another user's, or gone
        return found

    def _name_of(self, pid: str) -> str:
        try:
            with open(os.path.join(self._proc, pid, "comm"), encoding="utf-8") as file:
                return file.read().strip()
        except (OSError, UnicodeDecodeError):
            return "a process"


def _parse_address(text: str) -> IpAddress:
    """An address of /proc/net: words of four octets, each in the machine's order."""
    size = _HEX_OCTETS_OF_WORD
    words = [text[start : start + size] for start in range(0, len(text), size)]
    octets = b"".join(int(word, 16).to_bytes(4, sys.byteorder) for word in words)
    return IPv4Address(octets) if len(octets) == 4 else IPv6Address(octets)  # noqa: PLR2004 - RFC 791
