"""Host names as bindings, Host headers, SNI and certificates name them.

One spelling inside: A-labels (RFC 5890), lower case, no trailing dot.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_NAME_OCTETS: Final = 253  # RFC 1035 §2.3.4, less the root's two octets
MAX_LABEL_OCTETS: Final = 63  # RFC 1035 §2.3.4
# Letters, digits, hyphen, and the underscore that real intranet names carry.
_LABEL_CHARACTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")
_NAME_CHARACTERS: Final = _LABEL_CHARACTERS | {"."}

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
    name = text if text.isascii() else _map_name(text)
    name = name.lower().removesuffix(".")
    if not name:
        message = "the host name is empty"
        raise ValueError(message)
    if not name.isascii():
        name = ".".join(_to_a_label(label, text) for label in name.split("."))
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


def _map_name(text: str) -> str:
    """A name as people type it, mapped to what IDNA knows.

    Upper case and full-width letters become plain ones, and ideographic full stops
    become dots; UTS 46 maps all that RFC 5895 does, and keeps the German sharp s.

    Source:
        RFC 5895 §2; UTS 46, nontransitional processing.
    """
    # Imported here: few host names are written in Unicode, and the tables are large.
    import idna  # noqa: PLC0415

    try:
        return idna.uts46_remap(text, std3_rules=False)
    except idna.IDNAError as error:
        raise _not_internationalised(text, error) from error


def _to_a_label(label: str, text: str) -> str:
    if label.isascii():
        return label  # an underscore in it must not refuse the others
    import idna  # noqa: PLC0415 - as above

    try:
        return idna.alabel(label).decode("ascii")
    except idna.IDNAError as error:
        raise _not_internationalised(text, error) from error


def _not_internationalised(text: str, error: Exception) -> ValueError:
    return ValueError(f"host {text!r} is not an internationalised name: {error}")
