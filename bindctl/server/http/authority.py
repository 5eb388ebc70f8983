"""The host that a request names, and the name in a ClientHello."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.model.host import parse_authority, parse_host_name
from bindctl.server.http.peer_error import invalid_hostname, invalid_url
from bindctl.server.worker.generations import Generations

if TYPE_CHECKING:
    from bindctl.server.http.request import RequestHead

MAX_NAMES: Final = 4096
_PLAIN: Final = b"http://"
_SECURE: Final = b"https://"


class NameMemo:
    """Names as sent to names as routed; a bounded memory of one worker."""

    __slots__ = ("_hosts", "_server_names")

    def __init__(self) -> None:
        """Start empty."""
        self._hosts: Generations[bytes, str] = Generations(MAX_NAMES)
        self._server_names: Generations[str, str] = Generations(MAX_NAMES)

    def host(self, octets: bytes) -> str:
        """The host in a Host header or an authority; its port is ignored.

        Raises:
            PeerProtocolError: They are not an authority.
        """
        host = self._hosts.get(octets)
        if host is None:
            try:
                host = parse_authority(octets.decode("utf-8")).host
            except ValueError as error:
                raise invalid_hostname() from error
            self._hosts.put(octets, host)
        return host

    def server_name(self, text: str | None) -> str | None:
        """The server_name of a ClientHello; ``None`` if absent or not a host name."""
        if text is None:
            return None
        name = self._server_names.get(text)
        if name is None:
            try:
                name = parse_host_name(text).name
            except ValueError:
                return None
            self._server_names.put(text, name)
        return name


def split_target(target: bytes, *, is_tls: bool) -> tuple[bytes | None, bytes]:
    """The authority of an absolute-form target, or ``None``, and the rest.

    Args:
        target: As sent.
        is_tls: Whether it came over TLS: another scheme names another endpoint.

    Raises:
        PeerProtocolError: The target has none of the forms of RFC 9112 §3.2.

    Source:
        RFC 9110 §7.4: a request whose scheme is not the connection's is misdirected.
    """
    if target.startswith(b"/") or target == b"*":
        return None, target
    scheme = _SECURE if is_tls else _PLAIN
    if target[: len(scheme)].lower() != scheme:
        raise invalid_url()
    rest = target[len(scheme) :]
    ends = [at for at in map(rest.find, (b"/", b"?")) if at >= 0]
    end = min(ends, default=len(rest))
    path = rest[end:]
    return rest[:end], path if path.startswith(b"/") else b"/" + path


def request_host(
    head: RequestHead, authority: bytes | None, memo: NameMemo
) -> str | None:
    """The host to route by; ``None`` when HTTP/1.0 names none.

    Args:
        head: The request.
        authority: That of an absolute-form target: it wins over Host.
        memo: The worker's memory.

    Raises:
        PeerProtocolError: There are two, or none in HTTP/1.1, or it is not a host.

    Source:
        RFC 9112 §3.2 and §3.2.2.
    """
    hosts = head.values(b"host")
    if len(hosts) > 1 or (head.is_http11 and not hosts):
        raise invalid_hostname()
    host = memo.host(hosts[0]) if hosts else None
    return host if authority is None else memo.host(authority)
