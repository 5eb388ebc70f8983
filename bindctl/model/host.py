"""Host names as bindings, Host headers, SNI and certificates name them.

One spelling inside: A-labels (RFC 5890), lower case, no trailing dot.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from bindctl.model.endpoint import format_address, parse_ip_address, parse_port

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_NAME_OCTETS: Final = 253  # RFC 1035 §2.3.4, less the root's two octets
MAX_LABEL_OCTETS: Final = 63  # RFC 1035 §2.3.4
# Letters, digits, hyphen, and the underscore that real intranet names carry.
_LABEL_CHARACTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")
_NAME_CHARACTERS: Final = _LABEL_CHARACTERS | {"."}
_A_LABEL: Final = "xn--"
_MAX_PORT_DIGITS: Final = (
    5  # a thousand leading zeros would be a thousand names of one host
)

# The full stop, and the ideographic and full-width ones that IDNA maps to it
# (RFC 5895 §2, RFC 3490 §3.1).
_DOTS: Final = frozenset(".\u3002\uff0e\uff61")


class AnyHost(Enum):
    """The type of `ANY_HOST`: a binding without a host header."""

    ANY_HOST = "any host"

    __hash__ = object.__hash__  # as AnyAddress's


ANY_HOST: Final = AnyHost.ANY_HOST


class HostName(NamedTuple):
    """One exact name, in A-labels and lower case, without a trailing dot."""

    name: str

    def __str__(self) -> str:
        """The name itself."""
        return self.name


class WildcardHost(NamedTuple):
    """``*.suffix``: an asterisk as the whole left-most label (IIS 10)."""

    suffix: str
    label: Literal["*"] = "*"  # what makes it differ from the host name `suffix`

    def __str__(self) -> str:
        """``*.suffix``."""
        return f"*.{self.suffix}"


HostPattern: TypeAlias = HostName | WildcardHost | AnyHost


def parse_host_name(text: str) -> HostName:
    """A host name, in Unicode or A-labels; one trailing dot is dropped.

    Raises:
        ValueError: `text` is not a host name; the message says what is wrong.
    """
    name = text.lower() if text.isascii() else _to_a_labels(text)
    name = name.removesuffix(".")
    if not name:
        message = "the host name is empty"
        raise ValueError(message)
    if _is_plain(name):
        return HostName(name)
    if len(name) > MAX_NAME_OCTETS:
        message = f"host name of {len(name)} characters; {MAX_NAME_OCTETS} at most"
        raise ValueError(message)
    for label in name.split("."):
        _require_label(label, text)
    return HostName(name)


def ends_in_dot(text: str) -> bool:
    """Whether a host is written with a dot at its end, in any script."""
    return text[-1:] in _DOTS


def parse_host_pattern(text: str) -> HostPattern:
    """A binding's host part: empty for any, ``*.example.com``, or a name.

    Raises:
        ValueError: `text` is not one of these.
    """
    if not text:
        return ANY_HOST
    if "*" not in text:
        return parse_host_name(text)
    if not text.startswith("*.") or "*" in text[1:]:
        message = (
            f"host {text!r} has an asterisk that is not the whole left-most label; "
            "write *.example.com"
        )
        raise ValueError(message)
    return WildcardHost(parse_host_name(text[2:]).name)


def format_host_pattern(host: HostPattern) -> str:
    """The inverse of `parse_host_pattern`; empty for any host."""
    return "" if host is ANY_HOST else str(host)


def suffixes_of(host: str, depth: int) -> Iterator[str]:
    """Suffixes a wildcard of that depth may have to match `host`, longest first.

    ``a.b.example.com`` gives ``b.example.com`` at depth 1, and at depth 0 (any)
    ``example.com`` and ``com`` after it.
    """
    rest = host
    taken = 0
    while depth == 0 or taken < depth:
        _label, dot, rest = rest.partition(".")
        if not dot:
            return
        taken += 1
        yield rest


def _is_plain(name: str) -> bool:
    """Whether a name is surely valid, without a full check; it must not be empty."""
    return (
        len(name) <= MAX_LABEL_OCTETS
        and _NAME_CHARACTERS.issuperset(name)
        and name[0] != "."
        and name[-1] != "."
        and ".." not in name
    )


def _require_label(label: str, text: str) -> None:
    if not label:
        message = f"host {text!r} has an empty label (two dots in a row)"
        raise ValueError(message)
    if len(label) > MAX_LABEL_OCTETS:
        message = f"label {label[:20]!r}… of host is longer than {MAX_LABEL_OCTETS}"
        raise ValueError(message)
    if not _LABEL_CHARACTERS.issuperset(label):
        wrong = next(char for char in label if char not in _LABEL_CHARACTERS)
        message = f"host {text!r} contains {wrong!r}"
        raise ValueError(message)


def _to_a_labels(text: str) -> str:
    """A name as people type it in A-labels; its trailing dot stays.

    Upper case and full-width letters become plain ones, and ideographic full stops
    become dots; UTS 46 maps all that RFC 5895 does, and keeps the German sharp s.

    Source:
        RFC 5895 §2; UTS 46, nontransitional processing.
    """
    # Imported here: few host names are written in Unicode, and the tables are large.
    import idna  # noqa: PLC0415

    try:
        labels = idna.uts46_remap(text, std3_rules=False).lower().split(".")
        # An underscore in a label of ASCII is no reason to refuse the others.
        return ".".join(
            label if label.isascii() else idna.alabel(label).decode("ascii")
            for label in labels
        )
    except idna.IDNAError as error:
        raise _not_internationalised(text, error) from error


def _not_internationalised(text: str, error: Exception) -> ValueError:
    return ValueError(f"host {text!r} is not an internationalised name: {error}")


def to_unicode(name: str) -> str:
    """A name, or a pattern with an asterisk, with U-labels where it has A-labels.

    Args:
        name: Lower-case A-labels. A label that is not a valid A-label stays as it is,
            so that nothing is ever shown as a name it is not (RFC 5891 §5.4).
    """
    if _A_LABEL not in name:
        return name
    return ".".join(map(_to_u_label, name.split(".")))


def _to_u_label(label: str) -> str:
    if not label.startswith(_A_LABEL):
        return label
    # Imported here: few host names have A-labels, and the tables are large.
    import idna  # noqa: PLC0415

    try:
        return idna.decode(label)
    except (idna.IDNAError, UnicodeError):
        return label


class Authority(NamedTuple):
    """``host[:port]``.

    Attributes:
        host: Lower-case A-labels without a trailing dot, or a literal address, IPv6
            in brackets.
        port: The port written, or ``None``.
    """

    host: str
    port: int | None


def parse_authority(text: str) -> Authority:
    """Read ``host``, ``host:port`` or ``[IPv6]:port``.

    Raises:
        ValueError: `text` is not one of these (RFC 9110 §7.2).
    """
    if text.startswith("["):
        literal, closing, rest = text.partition("]")
        if not closing or (rest and not rest.startswith(":")):
            message = f"{text!r} is not a host and port"
            raise ValueError(message)
        host = format_address(parse_ip_address(literal + closing))
        return Authority(host, _parse_optional_port(rest[1:]))
    name, colon, port = text.partition(":")
    if colon and ":" in port:
        message = f"{text!r} is an IPv6 address without brackets"
        raise ValueError(message)
    host = parse_host_name(name).name
    return Authority(host, _parse_optional_port(port))


def _parse_optional_port(text: str) -> int | None:
    # RFC 3986 §3.2.3: the port may be empty after its colon.
    if len(text) > _MAX_PORT_DIGITS:
        message = f"port {text[:_MAX_PORT_DIGITS]}… has more than five digits"
        raise ValueError(message)
    return parse_port(text) if text else None
