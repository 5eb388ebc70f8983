"""The lines of a batch: words quoted as in sh, verbs as adsutil has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.findings.errors import BindctlError
from bindctl.operations.lists import APPEND, INSERT, REMOVE, REPLACE, ListEdit

if TYPE_CHECKING:
    from collections.abc import Iterator

# Least and most words after the verb; 0 for no limit.
_WORDS = {"SET": (2, 0), "CREATE": (1, 2), "DELETE": (1, 1)}
# What a line copied from a script may begin with.
_PROGRAMS = frozenset({"adsutil", "bindctl"})
_SCRIPT = "adsutil.vbs"
_HOSTS = frozenset({"cscript", "cscript.exe"})
_EDITS = frozenset({f"--{verb}" for verb in (APPEND, REMOVE, REPLACE, INSERT)})
_QUOTING = frozenset("'\"\\#")
_BLANK = " \t\r"  # a no-break space is part of a word, as in sh
_TO_SPACES = str.maketrans("\t\r", "  ")
_REPLACE_WORDS = 3  # path, old, new
_MAX_DIGITS = 10  # no list has that many items


class Command(NamedTuple):
    """One line that does something.

    Attributes:
        line: Its number, from 1.
        verb: ``SET``, ``CREATE`` or ``DELETE``.
        words: What follows.
        edit: What a SET does to a list; ``None`` when it replaces the value.
    """

    line: int
    verb: str
    words: list[str]
    edit: ListEdit | None


def parse_script(text: str) -> list[Command]:
    """Every command of a script, in order.

    Raises:
        BindctlError: CLI002, with the line.
    """
    commands = []
    for number, line in enumerate(text.split("\n"), 1):
        words = _without_program(_words_of(number, line))
        if words:
            commands.append(_read_command(number, words))
    return commands


def split_line(line: str) -> list[str]:
    """The words of a line as sh splits them; ``#`` begins a comment where a word may.

    Raises:
        ValueError: A quotation has no end, or a backslash nothing to quote.
    """
    if _QUOTING.isdisjoint(line):
        return [word for word in line.translate(_TO_SPACES).split(" ") if word]
    words: list[str] = []
    word: str | None = None
    characters = iter(line)
    for character in characters:
        if character in _BLANK:
            if word is not None:
                words.append(word)
            word = None
        elif character == "#" and word is None:
            break
        elif character in "'\"":
            word = (word or "") + _read_quoted(characters, character)
        elif character == "\\":
            word = (word or "") + _next(characters, "a backslash ends the line")
        else:
            word = (word or "") + character
    return words if word is None else [*words, word]


def _read_quoted(characters: Iterator[str], quote: str) -> str:
    text = ""
    message = f"a quotation that begins with {quote} has no end"
    while (character := _next(characters, message)) != quote:
        if character == "\\" and quote == '"':
            escaped = _next(characters, message)
            # Between double quotes a backslash quotes only these (POSIX.1, 2.2.3).
            text += escaped if escaped in '"\\$`' else "\\" + escaped
        else:
            text += character
    return text


def _next(characters: Iterator[str], message: str) -> str:
    for character in characters:
        return character
    raise ValueError(message)


def _words_of(number: int, line: str) -> list[str]:
    try:
        return split_line(line)
    except ValueError as error:
        raise _wrong(number, str(error)) from error


def _without_program(words: list[str]) -> list[str]:
    """The words from the verb on: ``cscript //nologo adsutil.vbs SET`` is ``SET``."""
    rest = list(words)
    if rest and rest[0].lower() in _HOSTS:
        del rest[0]
        while rest and rest[0].startswith("//"):
            del rest[0]
    if rest and _is_program(rest[0].lower()):
        del rest[0]
        if rest and rest[0].lower() == "adsutil":
            del rest[0]  # bindctl adsutil SET …
    return rest


def _is_program(word: str) -> bool:
    # A folder's backslashes are gone unless they were quoted.
    return word in _PROGRAMS or word.endswith(_SCRIPT)


def _read_command(number: int, words: list[str]) -> Command:
    verb = words[0].upper()
    if verb not in _WORDS:
        raise _wrong(number, f"{words[0]!r} is none of SET, CREATE and DELETE")
    rest = words[1:]
    edit = _take_edit(number, rest) if verb == "SET" else None
    least, most = _WORDS[verb]
    if edit is not None and edit.verb == REPLACE:
        least = most = _REPLACE_WORDS
    if len(rest) < least or (most and len(rest) > most):
        raise _wrong(number, f"wrong number of words for {verb}")
    return Command(number, verb, rest, edit)


def _take_edit(number: int, words: list[str]) -> ListEdit | None:
    """Take ``--append`` and its like out of the words of a SET.

    What follows ``--`` is a value whatever it looks like.
    """
    end = words.index("--") if "--" in words else len(words)
    found = [word for word in words[:end] if word in _EDITS]
    if len(found) > 1:
        raise _wrong(number, f"{found[0]} and {found[1]} exclude each other")
    if end < len(words):
        del words[end]
    if not found:
        return None
    at = words.index(found[0])
    del words[at]
    position = 0
    if found[0] == f"--{INSERT}":
        text = words.pop(at) if at < len(words) else ""
        if not (text.isascii() and text.isdigit() and len(text) < _MAX_DIGITS):
            raise _wrong(number, f"--{INSERT} takes a number, not {text!r}")
        position = int(text)
    return ListEdit(found[0][2:], position)


def _wrong(number: int, message: str) -> BindctlError:
    error = BindctlError("CLI002", message, "docs/how-to/provision-from-a-script.md")
    error.line = number
    return error
