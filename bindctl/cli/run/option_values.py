"""Values of options and arguments: parsed at the edge, refused in one form.

``CLI004 --host x:8080: a host has no port; use --port 8080``, and as next step the
command line as it was typed, with the value mended.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import typer

from bindctl.findings.errors import BindctlError
from bindctl.model.authority import parse_authority
from bindctl.model.endpoint import (
    format_address,
    parse_ip_address,
    parse_local_address,
)
from bindctl.model.host import parse_host_name, parse_host_pattern
from bindctl.model.witness import is_address_literal
from bindctl.terminal.boundary import print_error, print_error_envelope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bindctl.model.endpoint import IpAddress
    from bindctl.operations.live.live_place import GivenTargetText
    from bindctl.terminal.terminal import Terminal

_PORTS = {"http": "80", "https": "443"}
_SCHEMES = ("http", "https")
_NO_ADDRESS = "it is no IP address"


class BadValueError(typer.BadParameter):
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
    """A parser that lets through what `read` takes, as it is typed.

    Args:
        read: Raises `ValueError` or `BindctlError` at what is no value.
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
            text, "an IPv6 address is no host of a binding", more=("--ip", text)
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
    """What a certificate is to cover: a name, ``*.example.com`` or an address."""
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
    """What a request speaks."""
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


def server(text: str) -> GivenTargetText:
    """``HOST[:PORT[=BOUND]]`` of another server."""
    from bindctl.operations.live.live_place import parse_given_target  # noqa: PLC0415 - probe only

    _scheme, mark, rest = text.partition("://")
    if mark:
        mended = rest.partition("/")[0]
        raise BadValueError(text, "a server has no scheme", mended)
    if text.count(":") > 1 and not text.startswith("["):
        mended = f"[{text}]"
        raise BadValueError(text, "an IPv6 address needs brackets", mended)
    try:
        return parse_given_target(text)
    except ValueError as error:
        raise BadValueError(text, str(error)) from error


def folder(text: str) -> str:
    """The folder of a site."""
    if not text.strip():
        raise BadValueError(text, "it names no folder")
    return text


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


def refuse_value(
    terminal: Terminal, arguments: Sequence[str], error: typer.BadParameter
) -> int:
    """Say what is wrong with a value, as JSON where that was asked for; the status.

    Args:
        terminal: Where to.
        arguments: The command line.
        error: Of a parameter; Typer's own, or a `BadValueError`.
    """
    refusal = _word(arguments, error)
    if "--json" in arguments and error.ctx is not None:
        command = error.ctx.command_path.partition(" ")[2]
        print_error_envelope(terminal, command, refusal)
    else:
        print_error(terminal, refusal)
    return refusal.exit_status


def _word(arguments: Sequence[str], error: typer.BadParameter) -> BindctlError:
    place = next(_places(arguments, error), None)
    code = getattr(error, "code", "CLI004")
    cause, more = _cause(error), getattr(error, "more", ())
    if place is None:
        name = error.param.human_readable_name if error.param else ""
        return BindctlError(code, f"{name}: {cause}", _help(error))
    option, first, last, text = place
    if more and not _takes(error, more[0]):
        more = ()
    elif more:
        cause += f"; use {shlex.join(more)}"
        more = () if more[0] in arguments else more
    mended = getattr(error, "mended", None)
    if option == "--port":
        mended = mended or _PORTS.get(text.lower())
    message = f"{option} {shlex.quote(text)}: {cause}".lstrip()
    if not mended and not more:
        return BindctlError(code, message, _help(error))
    words = [word for word in (option, mended) if word] if mended else []
    line = ["bindctl", *arguments[:first], *words, *more, *arguments[last:]]
    return BindctlError(code, message, shlex.join(line))


def _cause(error: typer.BadParameter) -> str:
    """What is wrong, as a clause about the value."""
    kind = getattr(error.param, "type", None)
    if isinstance(error, BadValueError) or kind is None:
        return error.message
    if hasattr(kind, "choices"):
        names = [getattr(item, "value", item) for item in kind.choices]
        return f"it is none of {', '.join(map(str, names))}"
    least, most = getattr(kind, "min", None), getattr(kind, "max", None)
    if most is not None:
        return f"it is no number from {least} to {most}"
    return "it is no number" if least is None else f"it is no number from {least} up"


def _help(error: typer.BadParameter) -> str:
    command = error.ctx.command_path if error.ctx is not None else "bindctl"
    return f"{command} --help"


def _takes(error: typer.BadParameter, option: str) -> bool:
    parameters = [] if error.ctx is None else error.ctx.command.params
    return any(option in parameter.opts for parameter in parameters)


def _places(
    arguments: Sequence[str], error: typer.BadParameter
) -> Iterator[tuple[str, int, int, str]]:
    """Option, first and last index, and value, of where the bad value was typed."""
    options = error.param.opts if error.param is not None else []
    for index, word in enumerate(arguments):
        name, equals, text = word.partition("=")
        if equals and name in options and _is_bad(error, text):
            yield name, index, index + 1, text
        elif word in options and _is_bad(error, "".join(arguments[index + 1 :][:1])):
            yield word, index, index + 2, arguments[index + 1]
        elif not options[0].startswith("-") and _is_bad(error, word):
            yield "", index, index + 1, word


def _is_bad(error: typer.BadParameter, text: str) -> bool:
    if isinstance(error, BadValueError):
        return error.text == text
    return error.message.startswith((f"{text!r} ", f"{text} "))


def _require_bare_host(text: str) -> None:
    """Refuse what stands around a host in a URL."""
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
