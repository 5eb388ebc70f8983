"""Values of properties: from TOML, from a command line, and back to text.

A value inside is an int, a bool, a str or a tuple of str; flag properties are ints.
On the quickest path: imports only schema and errors.
"""

from bindctl.findings.errors import BindctlError
from bindctl.metabase.schema import LIST_TYPES, MAX_DWORD, Property

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    Value: TypeAlias = int | bool | str | tuple[str, ...]

E_TYPE_MISMATCH = 13  # VBScript run-time errors, as adsutil exits with them
E_OVERFLOW = 6
_BOOLEAN_WORDS = {"true": True, "false": False}
_NUMBER_CHARACTERS = frozenset("0123456789+-.eE")
_HEX_DIGITS = frozenset("0123456789abcdefABCDEF")
STARS = "**********"
# Marks and blanks that dialogs show, and people paste.
_BETWEEN_DIGITS = dict.fromkeys(map(ord, "\u200e\u200f\ufeff\u00a0 \t:-"))


def typed_value(row: Property, raw: object) -> "Value | None":
    """A TOML value as the schema types it; ``None`` when it is of another type."""
    data_type = row.data_type
    if data_type in LIST_TYPES:
        return _typed_list(raw)
    if data_type == "BOOL":
        return raw if isinstance(raw, bool) else None
    if data_type == "DWORD":
        return _typed_dword(row, raw)
    if not isinstance(raw, str):
        return None
    if data_type == "BINARY" and not _is_hex(raw):
        return None
    return raw


def expected_type(row: Property) -> str:
    """Which TOML values the property takes, in words."""
    if row.data_type in LIST_TYPES:
        return "an array of strings"
    if row.data_type == "BOOL":
        return "true or false"
    if row.data_type == "BINARY":
        return "a string of hex digits"
    if row.data_type != "DWORD":
        return "a string"
    flags = " or an array of flag names" if row.flags else ""
    return f"an integer from {row.minimum or 0} to {row.maximum or MAX_DWORD}{flags}"


def parse_words(row: Property, words: "Sequence[str]") -> "Value":
    """The value command-line words give a property, by the schema's type.

    Text takes the first word only and lists take all, as adsutil does.

    Raises:
        BindctlError: MET105, when the words are not a value of that type.

    Source:
        adsutil.vbs, generation C: SetCommand.
    """
    for word in words:
        if not word.isascii() and not _is_text(word):
            raise _not_of_type(row, word, E_TYPE_MISMATCH)
    data_type = row.data_type
    if data_type in LIST_TYPES:
        # `set … ""` clears a list (KB Q290391).
        return () if tuple(words) == ("",) else tuple(words)
    word = words[0]
    if data_type == "BOOL":
        return _parse_boolean(row, word)
    if data_type == "DWORD":
        return _parse_dword(row, word)
    if data_type == "BINARY":
        digits = word if _is_hex(word) else clean_hex(word)
        if not _is_hex(digits):
            raise _not_of_type(row, word, E_TYPE_MISMATCH)
        return digits
    return word


def clean_hex(text: str) -> str:
    """Hex digits as dialogs show them, without what stands before and between them.

    Windows puts a left-to-right mark in front of a thumbprint and blanks into it.
    """
    return text.translate(_BETWEEN_DIGITS)


def toml_value(value: "Value") -> object:
    """The plain value a TOML writer takes."""
    return list(value) if isinstance(value, tuple) else value


def format_value(row: Property, value: "Value") -> str:
    """The value in bindctl's notation: quoted text, True, decimal, list on one line."""
    if isinstance(value, tuple):
        return " ".join(f'"{item}"' for item in value)
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, int):
        return str(value)
    if row.is_secure:
        return f'"{STARS}"'
    return value if row.data_type == "BINARY" else f'"{value}"'


def shown_value(row: Property, raw: object) -> str:
    """A value of any type as messages quote it, but never a secret one."""
    return "a value" if row.is_secure else repr(raw)


def format_line(row: Property, value: "Value") -> str:
    """One line a property: ``SecureBindings                  : <LIST> ":443:a"``."""
    syntax = row.syntax
    return f"{row.name:<32}: <{syntax}> {format_value(row, value)}".rstrip()


def _typed_list(raw: object) -> "tuple[str, ...] | None":
    if not isinstance(raw, list):
        return None
    items = tuple(item for item in raw if isinstance(item, str))
    return items if len(items) == len(raw) else None


def _typed_dword(row: Property, raw: object) -> int | None:
    if isinstance(raw, list) and row.flags is not None:
        bits = {name.lower(): bit for name, bit in row.flags.items()}
        total = 0
        for name in raw:
            if not isinstance(name, str) or name.lower() not in bits:
                return None
            total |= bits[name.lower()]
        return total
    if isinstance(raw, bool) or not isinstance(raw, int):
        return None
    return raw if _is_in_range(row, raw) else None


def _is_in_range(row: Property, number: int) -> bool:
    return (row.minimum or 0) <= number <= (row.maximum or MAX_DWORD)


def _parse_boolean(row: Property, word: str) -> bool:
    known = _BOOLEAN_WORDS.get(word.lower())
    if known is not None:
        return known
    # CBool: any number but zero is True. Python's numbers that VBScript lacks are none.
    if not _NUMBER_CHARACTERS.issuperset(word):
        raise _not_of_type(row, word, E_TYPE_MISMATCH)
    try:
        return float(word) != 0
    except ValueError:
        raise _not_of_type(row, word, E_TYPE_MISMATCH) from None  # adds nothing


def _parse_dword(row: Property, word: str) -> int:
    try:
        base = 16 if word[:2].lower() == "0x" else 10
        number = int(word, base)
    except ValueError:
        raise _not_of_type(row, word, E_TYPE_MISMATCH) from None  # adds nothing
    if not _is_in_range(row, number):
        raise _not_of_type(row, word, E_OVERFLOW)
    return number


def _is_text(word: str) -> bool:
    """Whether a file can hold it: a word of the command line may not be UTF-8."""
    try:
        word.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _is_hex(text: str) -> bool:
    return len(text) % 2 == 0 and _HEX_DIGITS.issuperset(text)


def _not_of_type(row: Property, word: str, number: int) -> BindctlError:
    hint = f"{row.name} is {row.data_type} in the schema"
    if row.flags:
        flag = next(iter(row.flags))
        hint = f"a flag alone is set as PATH/{flag} true; bindctl schema {row.name}"
    return BindctlError(
        "MET105",
        f"{row.name}: {shown_value(row, word)} is not {expected_type(row)}",
        hint,
        hresult=number,
    )
