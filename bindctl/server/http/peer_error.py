"""The peer misbehaves: the one exception the protocol code may raise."""

from __future__ import annotations


class PeerProtocolError(Exception):
    """A request that cannot be served.

    Attributes:
        status: The status to answer.
        reason: Words for people, the part after ``HTTP Error 400.``.
        title: The title of http.sys's page, after ``Bad Request - ``; or empty.
    """

    def __init__(self, status: int, reason: str, title: str = "") -> None:
        """Keep the parts."""
        super().__init__(f"{status} {reason}")
        self.status = status
        self.reason = reason
        self.title = title


def invalid_hostname() -> PeerProtocolError:
    """The answer of http.sys for a host that no site has, and for a missing host."""
    return PeerProtocolError(
        400, "The request hostname is invalid.", "Invalid Hostname"
    )


def invalid_url() -> PeerProtocolError:
    """The answer of http.sys for a target that is not a URL."""
    return PeerProtocolError(400, "The request URL is invalid.", "Invalid URL")


def bad_request(reason: str) -> PeerProtocolError:
    """A request that is not HTTP."""
    return PeerProtocolError(400, reason)
