"""Bindings as IIS 7 and later write them: ``http/*:80:www.example.com``.

On a quick path: imports nothing slow.
"""

from bindctl.companions.errors import E_INVALID_PARAMETER, E_NOT_SUPPORTED, failure

BINDING_ATTRIBUTES = ("protocol", "bindinginformation", "sslflags")
HTTP, HTTPS = "http", "https"
_DEFAULT_PORTS = {HTTP: "80", HTTPS: "443"}
_MAX_FLAGS = 127  # all that SslFlags may hold
_PARTS_WITHOUT_HOST = 1  # colons in `:443`, which IIS 5 wrote


def information(stored: str) -> str:
    """``*:80:host`` for a stored ``:80:host``; whatever is stored is shown."""
    behind_address = stored.rpartition("]")[2]
    if behind_address.count(":") == _PARTS_WITHOUT_HOST:
        stored += ":"
    return f"*{stored}" if stored.startswith(":") else stored


def stored_binding(text: str) -> str:
    """The inverse of `information`."""
    return text[1:] if text.startswith("*:") else text


def shown_bindings(server: "tuple[str, ...]", secure: "tuple[str, ...]") -> str:
    """``http/*:80:,https/*:443:host``."""
    shown = [f"{HTTP}/{information(item)}" for item in server]
    shown += [f"{HTTPS}/{information(item)}" for item in secure]
    return ",".join(shown)


def parse_bindings(text: str) -> "list[tuple[str, str]]":
    """Protocol and stored binding of each item of ``/bindings:``.

    Items are ``http/*:81:host`` or ``http://host:81``, with commas between.

    Raises:
        ScriptError: An item is neither, or of a protocol other than HTTP and HTTPS.
    """
    return [_parse_item(item.strip()) for item in text.split(",") if item.strip()]


def parse_flags(text: str, protocol: str) -> int:
    """The number of an ``sslFlags``; only HTTPS bindings have one that is not 0.

    Raises:
        ScriptError: It is none, or of an HTTP binding.
    """
    if not (text.isascii() and text.isdigit()) or int(text) > _MAX_FLAGS:
        message = (
            "The 'sslFlags' attribute is invalid.  Not a valid unsigned integer "
            f"from 0 to {_MAX_FLAGS}"
        )
        raise failure(message, E_INVALID_PARAMETER)
    if int(text) and protocol != HTTPS:
        message = "The 'sslFlags' attribute is invalid.  HTTP bindings have none"
        raise failure(message, E_INVALID_PARAMETER)
    return int(text)


def require_protocol(protocol: str) -> None:
    """Refuse what the built-in server does not speak.

    Raises:
        ScriptError: It is not HTTP or HTTPS.
    """
    if protocol.lower() not in _DEFAULT_PORTS:
        message = f'The protocol "{protocol}" is not supported.'
        raise failure(message, E_NOT_SUPPORTED)


def _parse_item(item: str) -> tuple[str, str]:
    protocol, mark, rest = item.partition("://")
    if mark:
        require_protocol(protocol)
        return protocol.lower(), _from_url(protocol.lower(), rest.rstrip("/"))
    protocol, _slash, rest = item.partition("/")
    require_protocol(protocol)
    return protocol.lower(), stored_binding(rest)


def _from_url(protocol: str, rest: str) -> str:
    host, port = rest, _DEFAULT_PORTS[protocol]
    head, colon, tail = rest.rpartition(":")
    if colon and tail.isdigit():
        host, port = head, tail
    is_address = host.startswith("[") or host.replace(".", "").isdigit()
    if is_address:
        return f"{host}:{port}:"
    return f":{port}:" if host == "*" else f":{port}:{host}"
