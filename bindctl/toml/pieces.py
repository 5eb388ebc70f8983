"""Reads a large document piece by piece: half the time, a third of the memory.

rtoml keeps a tree of its own beside Python's, and gives its memory back late. Of a piece
both are small. Pieces begin at tables ``[w3svc.N]``.

1. The value is the one of the whole document: what could join two pieces is looked for
   in the text, and where there is anything of it the document is read whole.
"""

from __future__ import annotations

import re
from sys import intern
from typing import Any, Final

import rtoml

_SITE: Final = "\n[w3svc."
_SERVICE: Final = "w3svc"
_PIECE: Final = 1 << 16  # characters: 16 KiB and 1 MiB were slower
# Tables on one line, and strings over several, in which a line may look like a header.
_JOINING: Final = ("{", '"""', "'''")
# What a bracket after the first site may follow when it begins no other table.
_BRACKETS: Final = (_SITE, "= [", '"[')
# Strings of all four kinds and comments; in what rtoml has read, none is left open.
_QUOTED: Final = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|\#[^\n]*''',
    re.DOTALL,
)
_TRAILING_COMMA: Final = re.compile(r",[ \t]*\}")
_ESCAPE: Final = "\\"


def load_document(text: str, piece: int = _PIECE) -> dict[str, Any] | None:
    """The values that rtoml reads; ``None`` where the text is not TOML to it.

    Args:
        text: The document, with line ends of one character.
        piece: How many characters to read at once, at least.
    """
    try:
        found = _load_pieces(text, piece) if len(text) > piece else None
        if found is None:
            found = rtoml.loads(text)
    except rtoml.TomlParsingError:
        return None
    return found


def _load_pieces(text: str, piece: int) -> dict[str, Any] | None:
    """The same of its pieces; ``None`` where it has to be read whole."""
    first = _find_site(text, 0)
    if first == len(text) or any(sign in text for sign in _JOINING):
        return None
    brackets = sum(text.count(sign, first - 1) for sign in _BRACKETS)
    if text.count("[", first - 1) != brackets:
        return None
    try:
        document: dict[str, Any] = rtoml.loads(text[:first])
        service = document.setdefault(_SERVICE, {})
        if not isinstance(service, dict):
            return None
        start = first
        while start < len(text):
            end = _find_site(text, start + piece)
            sites = rtoml.loads(text[start:end])[_SERVICE]
            if not service.keys().isdisjoint(sites):
                return None
            for number, site in sites.items():
                service[number] = {intern(name): site[name] for name in site}
            start = end
    except rtoml.TomlParsingError:
        return None  # the whole says where it is wrong, if it is
    return document


def _find_site(text: str, start: int) -> int:
    """Where the next table ``[w3svc.N]`` begins; the end where there is none."""
    found = text.find(_SITE, start)
    while found >= 0:
        name = text[found + len(_SITE) : text.find("]", found)]
        if name.isascii() and name.isdecimal():
            return found + 1
        found = text.find(_SITE, found + 1)
    return len(text)


def may_be_newer(text: str) -> bool:
    r"""Whether TOML 1.0 may refuse the text; if not, it surely accepts it.

    Dates and times are not looked for here: they show in the values.

    Args:
        text: A document that rtoml, which reads 1.1, has read; its line ends ``\\n``.

    Source:
        TOML 1.1.0, "Inline Table" and "String"; TOML 1.0.0, the same.
    """
    bare = _QUOTED.sub(_new_escape, text)
    if _ESCAPE in bare or _TRAILING_COMMA.search(bare):
        return True
    # An inline table over several lines; an array in one may have them in 1.0 too.
    return any(line.count("{") != line.count("}") for line in bare.split("\n"))


def _new_escape(found: re.Match[str]) -> str:
    """A mark in place of a string with a new escape, nothing in place of any other."""
    text = found[0]
    if not text.startswith('"') or _ESCAPE not in text:
        return ""
    single = text.replace(_ESCAPE * 2, "")
    return _ESCAPE if f"{_ESCAPE}e" in single or f"{_ESCAPE}x" in single else ""
