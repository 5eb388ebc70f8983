"""A reason as a value with its data; it becomes words only when it is shown.

No code reads the words: it uses `Reason.why` and `Reason.data`. The words are for
people, and the same in text and in JSON.
"""

from __future__ import annotations

from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Any, Final

from bindctl.bindings.records import format_record_key
from bindctl.bindings.start import Refusal
from bindctl.model.binding import Binding, Protocol, format_binding
from bindctl.model.certificate import CentralKey, SniKey
from bindctl.model.endpoint import AnyAddress, Endpoint, format_address
from bindctl.model.host import to_unicode
from bindctl.model.site import Win32Error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_SHORT_HASH: Final = 8  # digits of a thumbprint, where two are told apart
# The rows of `plan`, in words.
ROW_NAMES: Final = {
    1: "this address, this host",
    2: "any address, this host",
    3: "a wildcard host",
    4: "this address, any host",
    5: "any address, any host",
}
RECORD_ROW_NAMES: Final = {
    1: "this address",
    2: "this server name",
    3: "a wildcard server name",
    4: "the central store",
    5: "every IPv6 address",
    6: "any address",
}


class Why(Enum):
    """The kinds of reasons, each with its words; braces name a part of the data."""

    # no connection, or no handshake
    NOT_LISTENING = "nothing listens on port {port}"
    SPEAKS_HTTP = "port {port} speaks HTTP"
    NO_RECORD = "no certificate record matches"
    NO_RECORD_LEFT = "no certificate record is left"
    UNREADABLE = "{cause}"  # data: the code of the error, and its words
    KEY_MISSING = "the certificate's private key is missing"
    KEY_REFUSED = "the TLS library of this machine refuses the certificate's key or signature, or those of its chain"
    KEY_MISMATCH = "the certificate's key belongs to another certificate, or is encrypted or damaged"
    NO_ANSWER = "{problem}"

    # a binding that does not answer
    OTHER_SCHEME = "it is for {scheme}"
    OTHER_PORT = "it is bound to port {port}"
    OTHER_ADDRESS = "it is bound to {address}, not to {at}"
    NOT_IPV6 = "it is bound to [::], and the connection is not IPv6"
    NOWHERE = "nothing listens there"
    STOPPED = "the site is stopped (ServerAutoStart is false)"
    REFUSED = "the site cannot start: {refusal}"
    TOO_DEEP = "{host} stands for {labels} (WildcardHostDepth is {depth})"
    LATER_ROW = "row {row} ({row_name}) comes after row {best} ({best_name})"
    SHORTER_HOST = "row {row} too, but {host} is longer"
    FARTHER = "row {row} too, but {address} is nearer"

    # a certificate record that decides
    BY_ADDRESS = "{key}: a concrete address comes before any server name"
    BY_NAME = "{key}, chosen by the server name"
    BY_FILE = "{key}, the central store: file {file} by the server name"
    OF_EVERY_IPV6 = "{key}, for every IPv6 address: no nearer record matches"
    OF_THE_PORT = "{key}, the port's own: no nearer record matches"
    NO_RECORD_FOR = "no record for {said}, and none for the port"
    NONE_FOR = "none for {said}, and none for the port"

    # one that does not
    LATER_RECORD = (
        "row {record_row} ({record_row_name}) comes after row {record_best} "
        "({record_best_name})"
    )
    SHORTER_SUFFIX = "row {row} too, but the winner's suffix is longer"
    CLIENT_NOT_IPV6 = "the connection is not IPv6"
    OTHER_NAME = "the client names {name}"
    NO_NAME = "the client sends no server name"
    NO_FILE = "no file {names} is in the central store"
    NO_HOST = "SslFlags asks for a server name, and its binding has no host"
    EXPLICIT_RECORD = "the metabase has a record of that key, which decides"
    EARLIER_SITE = "site {site} comes first and made the record"

    # a connection that no browser shares; what a version leaves out
    NO_HTTP2 = "{version} speaks no HTTP/2"
    HTTP2_IS_OFF = "SslFlags turns HTTP/2 off for this certificate record"
    NOT_ACCEPTED = "a browser refuses the certificate"
    NO_SERVER_NAMES = (
        "{version} knows no server names: one certificate for an address and port"
    )

    # what a path leads to, where that is no file
    BAD_URL = "{fault}"
    NO_ROOT = "the site has no root folder"
    ACCESS_IS_OFF = "AccessRead is off"
    NOTHING_THERE = "nothing is there"
    NO_SLASH = "a folder: redirects to the same path with a slash"
    NO_DOCUMENT = "the folder has no default document"
    NOT_READABLE = "the server may not read it"
    NO_MEDIA_TYPE = "its extension has no media type"
    SYSTEM_ERROR = "{error}"

    # a request that cannot be sent from here, or to a service that does not listen
    ONLY_AT = "it arrives at {address} only"
    TOLD_APART = "{address} is an address the plan tells apart"
    ALL_TOLD_APART = "the service listens only at addresses the plan tells apart"
    NOT_LOCAL = "{address} is not an address of this machine"
    PORT_NOT_SERVED = "the service does not listen on port {port}"
    ADDRESS_NOT_SERVED = "the service does not listen at {address}, port {port}"

    # what came of a request, and was not promised
    NO_CONNECTION = "no connection: {problem}"
    NOT_REFUSED = "the handshake should be refused, and shows certificate {shown}"
    HANDSHAKE_REFUSED = "the handshake is refused ({problem}), not certificate {wanted}"
    OTHER_SHOWN = "certificate {shown}, not {wanted}"
    SITE_INSTEAD = "site {came}, not site {site}"
    STATUS_INSTEAD = "status {status}, not site {site}"
    NOTHING_INSTEAD = "no answer ({problem}), not site {site}"
    PAGE_INSTEAD = "the page of site {came}, not of site {site}"
    SITE_ANSWERS = "site {came}, where no site should answer"
    STATUS_ANSWERS = "status {status}, where no site should answer"
    NOTHING_ANSWERS = "no answer ({problem}), where no site should answer"

    # a port that opens or closes
    KNOWS_IPV6 = "{version} knows IPv6"
    KNOWS_NO_IPV6 = "{version} knows no IPv6"
    OTHER_LISTEN_LIST = "{name} has changed"
    SITE_OPENS_PORT = "site {site} opens port {port}"
    PORT_IS_BOUND = "port {port} is bound there now"
    CLOSES_PORT = "{gone}; it opened port {port}"
    PORT_IS_FREE = "no running site is bound to port {port} there any more"

    # another site than before, or another answer of it
    SITE_GONE = "site {site} is gone"
    SITE_REFUSED = "site {site} does not start: {refusal}"
    SITE_STOPPED = "site {site} is stopped"
    BINDING_GONE = 'site {site} no longer has "{binding}"'
    ITS_BINDING_GONE = "site {site} no longer has its binding"
    BINDING_NEW = 'site {site} has "{binding}" now'
    SITE_STARTS = 'site {site} starts, with "{binding}"'
    OTHER_DEPTH = "WildcardHostDepth is {depth} now"
    PAUSED = "site {site} is paused"
    PAUSED_NO_MORE = "site {site} is not paused any more"
    STRICT = "site {site} has MisdirectedRequest on now"
    STRICT_NO_MORE = "site {site} has MisdirectedRequest off now"
    OWN_CERTIFICATE_NO_MORE = "the server name's certificate is not the host's any more"
    OWN_CERTIFICATE = "the server name's certificate is the host's now"

    # another certificate than before
    NOT_IN_STORE = "certificate {digits}… is not in its store"
    NOT_IN_STORE_BEFORE = "certificate {digits}… was not in its store before"
    RECORD_MADE = "{maker} makes a record {record} now"
    RECORD_GONE = "the record {record} is gone: {other} decides"
    RECORD_GONE_FOR_NONE = "the record {record} is gone: no other matches"
    FILE_MADE = "the central store has a file for the name now"
    FILE_GONE = "the central store has no file for the name any more: {other} decides"
    FILE_GONE_FOR_NONE = (
        "the central store has no file for the name any more: no other matches"
    )
    OTHER_FILE = "the central store has another file for the name"
    OTHER_FOLDER = "CentralCertStorePath has changed"
    OTHER_CERTIFICATE = "{maker} names another certificate for {record}"
    OTHER_MAKER = "{maker} makes the record {record} now, not {other_maker}"


class Reason:
    """One reason.

    Attributes:
        why: Its kind.
        data: What it is about, by the names in the words of its kind.
    """

    __slots__ = ("data", "why")

    def __init__(self, why: Why, **data: object) -> None:
        """Take the data that the words of the kind name."""
        self.why = why
        self.data: Mapping[str, object] = data

    def __eq__(self, other: object) -> bool:
        """Whether it is the same kind, about the same."""
        if not isinstance(other, Reason):
            return NotImplemented
        return (self.why, self.data) == (other.why, other.data)

    def __hash__(self) -> int:
        """As `__eq__` compares."""
        return hash((self.why, frozenset(self.data.items())))

    def __repr__(self) -> str:
        """Its text in a test that fails."""
        return f"Reason({self.why.name}, {self.data})"

    def __str__(self) -> str:
        """The words: a clause, for people."""
        shown: dict[str, str] = {}
        for name, value in self.data.items():
            shown[name] = _shown(value)
            explain = _EXPLAINED.get(name)
            if explain is not None:
                label, words = explain
                shown[label] = words(value)
        return self.why.value.format_map(shown)


def format_reason(reason: Reason | None) -> str:
    """The words of a reason; empty for ``None``."""
    return "" if reason is None else str(reason)


def format_reasons(reasons: Iterable[Reason]) -> str:
    """Several of them as one clause; empty for none."""
    return "; ".join(map(str, reasons))


def _shown(value: object) -> str:
    """A part of the data, as people read it."""
    match value:
        case Refusal():
            return _refusal_words(value)
        case Protocol():
            return value.value.upper()
        case Binding():
            address, _colon, host = format_binding(value).rpartition(":")
            return f"{address}:{to_unicode(host)}"
        case Endpoint() | SniKey() | CentralKey():
            host, _colon, port = format_record_key(value).rpartition(":")
            return f"{to_unicode(host)}:{port}"
        case IPv4Address() | IPv6Address() | AnyAddress():
            return format_address(value)
        case _:
            return str(value)


def _labels(depth: Any) -> str:  # Any: by the name of the part
    return "one label" if depth == 1 else f"{depth} labels at most"


def _maker(site: Any) -> str:  # Any: as above
    return "http/sslcert" if site is None else f"site {site}"


def _said(server_name: Any) -> str:  # Any: as above
    return "no server name" if server_name is None else f"server name {server_name}"


def _clause(sentence: Any) -> str:  # Any: as above
    return str(sentence[:1].lower() + sentence[1:].removesuffix("."))


# Words that depend on a part of the data.
_EXPLAINED: Final[Mapping[str, tuple[str, Callable[[Any], str]]]] = {
    "row": ("row_name", lambda row: ROW_NAMES[row]),
    "best": ("best_name", lambda row: ROW_NAMES[row]),
    "record_row": ("record_row_name", lambda row: RECORD_ROW_NAMES[row]),
    "record_best": ("record_best_name", lambda row: RECORD_ROW_NAMES[row]),
    "depth": ("labels", _labels),
    "maker": ("maker", _maker),
    "other_maker": ("other_maker", _maker),
    "server_name": ("said", _said),
    "fault": ("fault", _clause),
    "certificate_hash": ("digits", lambda digits: digits[:_SHORT_HASH]),
}


def _refusal_words(refusal: Refusal) -> str:
    if refusal.reason:
        return refusal.reason
    if refusal.error is Win32Error.INVALID_PARAMETER:
        return f'"{refusal.prefix}" is not a binding'
    return f"{refusal.prefix} collides with a binding of site {refusal.holder}"
