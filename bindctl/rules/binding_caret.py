"""Finds the part of a text that makes it invalid as a binding, for the caret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.model.endpoint import parse_ip_address, parse_local_address, parse_port
from bindctl.model.host import parse_host_pattern

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST: Final = 300  # more characters than a host may have (RFC 1035 §2.3.4)

_COLONS: Final = 2  # of IP:port:host


def find_wrong_part(text: str) -> int:
    """The offset of the fault in a text that `parse_binding` refuses.

    Args:
        text: ``IP:port:host``, or text that was meant to be that.
    """
    begin = 0
    if text.startswith("["):
        begin = text.find("]") + 1
        if not begin or not text.startswith(":", begin):
            return begin
    elif text.count(":") > _COLONS and not _is_refused(
        parse_ip_address, text.rsplit(":", _COLONS)[0]
    ):
        return 0  # IPv6 without brackets
    first = text.find(":", begin)
    if first < 0 or _is_refused(parse_local_address, text[:first]):
        return 0
    second = text.find(":", first + 1)
    if second < 0 or _is_refused(parse_port, text[first + 1 : second]):
        return first + 1
    return second + 1 + _find_in_host(text[second + 1 :])


def _find_in_host(host: str) -> int:
    """The offset of the first character that a host cannot have; 0 for none."""
    if ":" in host:
        return host.index(":")
    for end in range(1, min(len(host), _LONGEST) + 1):
        begun = host[:end]
        if all(_is_refused(parse_host_pattern, begun + more) for more in ("a", ".a")):
            return end - 1
    return 0


def _is_refused(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return True
    return False
