"""appcmd's names for properties of the metabase, and the forms of their values.

An attribute that is not in these tables has no counterpart in a metabase and is refused
by name. Bindings are written as IIS 7 and later do: ``http/*:80:www.example.com``.

Source:
    iis-docs, configuration reference, system.applicationHost/sites; IIS 6 SDK, the
    properties of the same meaning and unit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.companions.errors import E_NOT_SUPPORTED, ScriptError, failure
from bindctl.findings.errors import BindctlError
from bindctl.metabase.schema import find_property
from bindctl.metabase.values import expected_type, parse_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bindctl.metabase.schema import Property
    from bindctl.metabase.values import Value

SITE, APP, VDIR = "SITE", "APP", "VDIR"
# Attribute to property, in the order of the elements. Bindings are a collection.
ATTRIBUTES: Mapping[str, Mapping[str, str]] = {
    SITE: {
        "name": "ServerComment",
        "serverAutoStart": "ServerAutoStart",
        "limits.maxBandwidth": "MaxBandwidth",
        "limits.maxConnections": "MaxConnections",
        "limits.connectionTimeout": "ConnectionTimeout",
        "logFile.enabled": "LogType",
        "logFile.directory": "LogFileDirectory",
        "logFile.period": "LogFilePeriod",
        "logFile.truncateSize": "LogFileTruncateSize",
        "logFile.localTimeRollover": "LogFileLocaltimeRollover",
        "applicationDefaults.applicationPool": "AppPoolId",
    },
    APP: {"applicationPool": "AppPoolId"},
    VDIR: {
        "physicalPath": "Path",
        "userName": "UNCUserName",
        "password": "UNCPassword",
    },
}
# Numbers that IIS 7 writes as words, from 0.
_WORDS = {
    "LogType": ("false", "true"),
    "LogFilePeriod": ("MaxSize", "Daily", "Weekly", "Monthly", "Hourly"),
}
_SPANS = frozenset({"ConnectionTimeout"})  # seconds, written hh:mm:ss
_UNITS = (86400, 3600, 60, 1)
_CLOCK = len("hms")


def find_attribute(kind: str, name: str) -> Property | None:
    """The property that holds an attribute, by its name in any letter case."""
    folded = name.lower()
    for spelling, held in ATTRIBUTES[kind].items():
        if spelling.lower() == folded:
            return find_property(held)
    return None


def parse_attribute(row: Property, text: str) -> Value:
    """The property's value for an attribute's text.

    Raises:
        ScriptError: It is none.
    """
    expected = expected_type(row)
    try:
        if row.name in _WORDS:
            expected = " or ".join(_WORDS[row.name])
            return [word.lower() for word in _WORDS[row.name]].index(text.lower())
        if row.name in _SPANS:
            expected = "a time as 00:02:00"
            text = str(_parse_span(text))
        if row.data_type == "BOOL":
            return {"true": True, "false": False}[text.lower()]
        if row.data_type == "DWORD" and not (text.isascii() and text.isdigit()):
            raise _wrong(text, expected)
        return parse_words(row, [text])
    except (KeyError, ValueError, BindctlError) as error:
        if row.data_type in ("STRING", "EXPANDSZ"):
            raise
        raise _wrong(text, expected) from error


def format_attribute(row: Property, value: Value) -> str | None:
    """The inverse of `parse_attribute`; ``None`` for a number that has no word."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and row.name in _WORDS:
        words = _WORDS[row.name]
        return words[value] if value < len(words) else None
    if isinstance(value, int) and row.name in _SPANS:
        days, rest = divmod(value, _UNITS[0])
        clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
        return f"{days}.{clock}" if days else clock
    return str(value)


def _parse_span(text: str) -> int:
    """Seconds of ``hh:mm:ss`` or ``d.hh:mm:ss``.

    Raises:
        ValueError: It is neither.
    """
    days, dot, clock = text.rpartition(".")
    parts = clock.split(":")
    if len(parts) != _CLOCK or not all(p.isascii() and p.isdigit() for p in parts):
        raise ValueError(text)
    hours, minutes, seconds = map(int, parts)
    if hours >= 24 or minutes >= 60 or seconds >= 60:  # noqa: PLR2004 - a clock
        raise ValueError(text)
    if dot and not (days.isascii() and days.isdigit()):
        raise ValueError(text)
    numbers = (int(days or 0), hours, minutes, seconds)
    return sum(n * unit for n, unit in zip(numbers, _UNITS, strict=True))


def _wrong(text: str, expected: str) -> ScriptError:
    return failure(f'The value "{text}" is not {expected}.')


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
        raise failure(message)
    if int(text) and protocol != HTTPS:
        message = "The 'sslFlags' attribute is invalid.  HTTP bindings have none"
        raise failure(message)
    return int(text)


def require_protocol(protocol: str) -> None:
    """Refuse a protocol that the built-in server does not speak.

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
