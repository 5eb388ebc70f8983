"""Values of options and arguments: parsed at the edge, by functions of the table.

`refusal` words the refusals.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bindctl.findings.errors import BindctlError
from bindctl.model.endpoint import (
    format_address,
    parse_ip_address,
    parse_local_address,
)
from bindctl.model.host import parse_authority, parse_host_name, parse_host_pattern
from bindctl.model.witness import is_address_literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from bindctl.model.endpoint import IpAddress
    from bindctl.terminal.terminal import Terminal

_DATE = "2027-03-15"  # as an example
_SCHEMES = ("http", "https")
_NO_ADDRESS = "it is not an IP address"


class BadValueError(ValueError):
    """A value that an option does not take.

    Attributes:
        text: The value as it was typed.
        mended: What was meant, if that is known.
        more: Another option and its value that say the rest of what was meant.
        code: Of the error; of an option's value CLI004.
    """

    code = "CLI004"

    def __init__(
        self,
        text: str,
        cause: str,
        mended: str | None = None,
        more: tuple[str, ...] = (),
    ) -> None:
        """Keep the parts; `cause` is a clause about the value."""
        super().__init__(cause)
        self.text = text
        self.mended = mended
        self.more = more


def checked(read: Callable[[str], object]) -> Callable[[str], str]:
    """A parser that gives the text as typed, if `read` accepts it.

    Args:
        read: Raises `ValueError` or `BindctlError` for an invalid value.
    """

    def check(text: str) -> str:
        try:
            read(text)
        except (ValueError, BindctlError) as error:
            raise BadValueError(text, str(error)) from error
        return text

    return check


def binding_host(text: str) -> str:
    """A host of a binding: a name, ``*.example.com``, or empty for any."""
    _require_bare_host(text)
    if text.count(":") > 1:
        raise BadValueError(
            text, "a binding cannot have an IPv6 address as host", more=("--ip", text)
        )
    return checked(parse_host_pattern)(text)


def request_host(text: str) -> str:
    """The host of a request: a name or an address; empty for none."""
    _require_bare_host(text)
    if text.count(":") > 1 and not text.startswith("["):
        return format_address(_read_address(text))
    return checked(parse_authority)(text) if text else text


def server_name(text: str) -> str:
    """The server name of a client."""
    _require_bare_host(text)
    if is_address_literal(text):
        cause = "a client never sends an address as server name"  # RFC 6066 §3
        raise BadValueError(text, cause, more=("--no-sni",))
    return checked(parse_host_name)(text)


def _certificate_name(text: str) -> str:
    """A name for a certificate to cover: a name, ``*.example.com`` or an address."""
    _require_bare_host(text)
    if is_address_literal(text) or text.count(":") > 1:
        return str(_read_address(text))
    if not text:
        raise BadValueError(text, "it is neither a host name nor an address")
    return checked(parse_host_pattern)(text)


def host_pattern(text: str) -> str:
    """A pattern of hosts to show, which is as bare as a host."""
    _require_bare_host(text)
    return text


def local_address(text: str) -> str:
    """The address of a binding as bindings spell it; empty for any."""
    if text in {"", "*"}:
        return ""
    address = _read_address(text)
    return format_address(parse_local_address(str(address))).replace("*", "")


def ip_address(text: str) -> str:
    """One address of this machine."""
    return str(_read_address(text))


def scheme_name(text: str) -> str:
    """The scheme of a request."""
    if text.lower() not in _SCHEMES:
        mended = "https" if text.lower().startswith("https") else "http"
        raise BadValueError(text, "it is neither http nor https", mended)
    return text


def _request_url(text: str) -> str:
    """``http://host[:port]/path`` or ``https://…``."""
    scheme, mark, rest = text.partition("://")
    if not mark or scheme.lower() not in _SCHEMES:
        cause = "it begins with neither http:// nor https://"
        named = (rest if mark else text).lstrip("/")
        raise BadValueError(text, cause, f"http://{named}" if named else None)
    return text


def folder(text: str) -> str:
    """The folder of a site."""
    if not text.strip():
        raise BadValueError(text, "it names no folder")
    return text


def parse_instant(text: str) -> datetime:
    """An aware UTC time of a date (its first instant) or an ISO 8601 time.

    Args:
        text: ``2027-03-15``, ``2027-03-15T12:00Z`` or ``2027-03-15T12:00:00+01:00``;
            without an offset it is UTC.

    Raises:
        BadValueError: It is neither.
    """
    try:
        instant = datetime.fromisoformat(text.strip())
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=UTC)
        return instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        cause = f"it is neither a date, such as {_DATE}, nor an ISO time"
        raise BadValueError(text, cause, _DATE) from error


def judged_at(terminal: Terminal, as_of: datetime | None) -> datetime:
    """The instant of ``--as-of``, else now."""
    return terminal.clock() if as_of is None else as_of


def _under_code(code: str, parse: Callable[[str], str]) -> Callable[[str], str]:
    """The same parser, whose refusals have a code of their own."""

    def read(text: str) -> str:
        try:
            return parse(text)
        except BadValueError as error:
            error.code = code
            raise

    return read


certificate_name = _under_code("CRT002", _certificate_name)
request_url = _under_code("RTE001", _request_url)


def _require_bare_host(text: str) -> None:
    """Refuse the parts of a URL around a host."""
    _scheme, mark, rest = text.partition("://")
    rest = rest if mark else text
    if mark or "/" in rest:
        cause = "a host has no scheme" if mark else "a host has no path"
        name, _colon, port = _split_port(rest.partition("/")[0])
        raise BadValueError(text, cause, name, ("--port", port) if port else ())
    name, colon, port = _split_port(text)
    if colon:
        more = ("--port", port) if port else ()
        raise BadValueError(text, "a host has no port", name, more)


def _split_port(text: str) -> tuple[str, str, str]:
    """Name, colon and port; an IPv6 address has a port only after its brackets."""
    name, colon, port = text.rpartition(":")
    is_port = (port.isascii() and port.isdigit()) or not port
    if colon and is_port and (":" not in name or name.endswith("]")):
        return name, colon, port
    return text, "", ""


def _read_address(text: str) -> IpAddress:
    name, colon, port = _split_port(text)
    if colon and is_address_literal(name):
        more = ("--port", port) if port else ()
        raise BadValueError(text, "an address has no port", name, more)
    if text.lower() == "localhost":
        raise BadValueError(text, _NO_ADDRESS, "127.0.0.1")
    try:
        return parse_ip_address(text)
    except ValueError as error:
        bare, zone, _name = text.partition("%")
        mended = bare if zone and is_address_literal(bare) else None
        raise BadValueError(text, str(error), mended) from error
