"""batch: many changes of a metabase as one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.findings.errors import BindctlError
from bindctl.metabase import schema
from bindctl.metabase.values import toml_value
from bindctl.model.path import format_path, parse_path, split_property, without_root
from bindctl.operations.editing.apply import (
    CREATE,
    DELETE,
    Change,
    Edits,
    make_edits,
    set_change,
)
from bindctl.operations.editing.keys import copy_in, delete_in, move_in, plan_key
from bindctl.operations.editing.lists import APPEND, INSERT, REMOVE, REPLACE, ListEdit
from bindctl.operations.editing.old_names import translate
from bindctl.operations.editing.properties import (
    Assignment,
    key_type_by,
    require_allowed,
)
from bindctl.toml import document
from bindctl.toml.location import find_spelling

if TYPE_CHECKING:
    from collections.abc import Callable

    from bindctl.storage.workspace import Workspace
    from bindctl.toml.editor import Editor

_TYPES = {"CREATE_VDIR": "IIsWebVirtualDir", "CREATE_VSERV": "IIsWebServer"}


class BatchResult(NamedTuple):
    """What a batch did, or would do.

    Attributes:
        commands: How many lines hold a command.
        edits: What they changed.
    """

    commands: int
    edits: Edits


def run_batch(workspace: Workspace, script: str) -> BatchResult:
    """Run every line of a script, or none.

    Args:
        workspace: The metabase.
        script: A line each: ``SET w3svc/1/ServerComment "My site"``.

    Raises:
        BindctlError: What a line alone would raise, with its number; CLI002, a line
            is none. Nothing is changed then.
    """
    commands = parse_script(script)

    def change(editor: Editor) -> tuple[Change, ...]:
        changes: list[Change] = []
        for command in commands:
            changes += _run(editor, command)
        return tuple(changes)

    edits = make_edits(workspace, change)
    return BatchResult(len(commands), edits)


def _run(editor: Editor, command: Command) -> list[Change]:
    try:
        return _VERBS[command.verb](editor, command)
    except BindctlError as error:
        error.line = command.line
        raise


def _set(editor: Editor, command: Command) -> list[Change]:
    text, words = translate(command.words[0], command.words[1:])
    assignment = Assignment(text, words, command.edit)
    path, row = assignment.path, assignment.row
    raw = editor.read_key(path)
    if raw is None:
        raise document.path_not_found(path)
    require_allowed(row, path, key_type_by(editor.read_key, path))
    stored = assignment.value_to_store(editor.read_key)
    plain = toml_value(stored)
    if _is_stored(raw, row.name, plain):
        return []
    editor.set_property(path, row.name, plain)
    shown, value = assignment.shown_row(), assignment.shown_value(stored)
    return [set_change(path, shown, value, command.line)]


def _create(editor: Editor, command: Command) -> list[Change]:
    key_type = command.words[1] if len(command.words) > 1 else None
    path, stored = plan_key(command.words[0], key_type)
    editor.create_key(path, stored)
    return [Change(CREATE, format_path(path), line=command.line)]


def _create_typed(editor: Editor, command: Command) -> list[Change]:
    """CREATE_VDIR and CREATE_VSERV: a second word is the type instead."""
    typed = command.words[1] if len(command.words) > 1 else _TYPES[command.verb]
    path, _stored = plan_key(command.words[0], typed)
    key_type = schema.find_class(typed)
    # Stored only where neither the path nor the types above decide it.
    is_decided = key_type in ("IIsObject", key_type_by(editor.read_key, path))
    editor.create_key(path, {} if is_decided else {"KeyType": key_type})
    return [Change(CREATE, format_path(path), line=command.line)]


def _copy(editor: Editor, command: Command) -> list[Change]:
    source, destination = command.words
    copy_in(editor, source, destination)
    path = without_root(parse_path(destination))
    return [Change(CREATE, format_path(path), line=command.line)]


def _move(editor: Editor, command: Command) -> list[Change]:
    source, destination = command.words
    move_in(editor, source, destination)
    old, new = (without_root(parse_path(text)) for text in (source, destination))
    return [
        Change(CREATE, format_path(new), line=command.line),
        Change(DELETE, format_path(old), line=command.line),
    ]


def _delete(editor: Editor, command: Command) -> list[Change]:
    text = _without_flag(editor, command.words[0])
    deletion = delete_in(editor, text)
    path = without_root(parse_path(text))
    name = deletion.property_name
    where = path if name is None else path[:-1]
    return [Change(DELETE, format_path(where), name, line=command.line)]


def _without_flag(editor: Editor, text: str) -> str:
    """The flag property in place of one of its flags, which are deleted together."""
    node, name = split_property(text)
    node = without_root(node)
    flag = schema.find_flag(name)
    if flag is None or text.endswith("/"):
        return text
    row = flag[1]
    stored = {key.lower() for key in editor.read_key(node) or {}}
    if row.name.lower() not in stored and editor.read_key((*node, name)) is not None:
        return text  # a key of that name
    return "/".join((*node, row.name))


def _is_stored(raw: dict[str, object], name: str, plain: object) -> bool:
    """Whether a key holds that very value, so that a set would change nothing."""
    spelling = find_spelling(raw, name)
    if spelling is None:
        return False
    # Python holds True equal to 1; TOML does not.
    old = raw[spelling]
    return old == plain and isinstance(old, bool) == isinstance(plain, bool)


_VERBS: dict[str, Callable[[Editor, Command], list[Change]]] = {
    "SET": _set,
    "CREATE": _create,
    "CREATE_VDIR": _create_typed,
    "CREATE_VSERV": _create_typed,
    "DELETE": _delete,
    "COPY": _copy,
    "MOVE": _move,
}


# Least and most words after the verb; 0 for no limit.
_WORDS = {
    "SET": (2, 0),
    "CREATE": (1, 2),
    "CREATE_VDIR": (1, 2),
    "CREATE_VSERV": (1, 2),
    "DELETE": (1, 1),
    "COPY": (2, 2),
    "MOVE": (2, 2),
}
_READS = "only reads"
_ACTS = "acts on the running service, and cannot be taken back with the rest"
_APPLICATIONS = "acts on applications, which only adsutil knows"
# Why a batch does not take a verb of adsutil.
_REFUSED = {
    "GET": _READS,
    "ENUM": _READS,
    "ENUM_ALL": _READS,
    "ENUMALL": _READS,
    "FIND": _READS,
    "HELP": _READS,
    "START_SERVER": _ACTS,
    "STOP_SERVER": _ACTS,
    "PAUSE_SERVER": _ACTS,
    "CONTINUE_SERVER": _ACTS,
    "APPCREATEINPROC": _APPLICATIONS,
    "APPCREATEOUTPROC": _APPLICATIONS,
    "APPCREATEPOOLPROC": _APPLICATIONS,
    "APPDELETE": _APPLICATIONS,
    "APPUNLOAD": _APPLICATIONS,
    "APPDISABLE": _APPLICATIONS,
    "APPENABLE": _APPLICATIONS,
    "APPGETSTATUS": _APPLICATIONS,
}
# What a line copied from a script may begin with.
_PROGRAMS = frozenset({"adsutil", "bindctl"})
_SCRIPT = "adsutil.vbs"
_HOSTS = frozenset({"cscript", "cscript.exe"})
_EDITS = frozenset({f"--{verb}" for verb in (APPEND, REMOVE, REPLACE, INSERT)})
_SPECIAL = frozenset('"#')
_BLANK = " \t\r"  # a no-break space is part of a word
_TO_SPACES = str.maketrans("\t\r", "  ")
_REPLACE_WORDS = 3  # path, old, new
_MAX_DIGITS = 10  # no list has that many items


class Command(NamedTuple):
    """One line that does something.

    Attributes:
        line: Its number, from 1.
        verb: In capitals: ``SET``, ``CREATE_VDIR`` and so on.
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
    r"""The words of a line as cmd.exe hands them to a script.

    Blanks separate words; double quotes keep blanks, and ``\"`` between them is a
    quote. Only a ``#`` where a word may begin is special as well: the rest is a
    comment.

    Raises:
        ValueError: A quotation has no end.
    """
    if _SPECIAL.isdisjoint(line):
        return [word for word in line.translate(_TO_SPACES).split(" ") if word]
    words: list[str] = []
    at = 0
    while at < len(line) and line[at] != "#":
        if line[at] in _BLANK:
            at += 1
        else:
            word, at = _read_word(line, at)
            words.append(word)
    return words


def _read_word(line: str, at: int) -> tuple[str, int]:
    """The word that begins there, and where it ends."""
    word = ""
    while at < len(line) and line[at] not in _BLANK:
        if line[at] == '"':
            text, at = _read_quoted(line, at + 1)
            word += text
        else:
            word += line[at]
            at += 1
    return word, at


def _read_quoted(line: str, at: int) -> tuple[str, int]:
    text = ""
    while (end := line.find('"', at)) >= 0:
        if end == at or line[end - 1] != "\\":
            return text + line[at:end], end + 1
        text += line[at : end - 1] + '"'
        at = end + 1
    message = 'a quotation that begins with " has no end'
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
    return word in _PROGRAMS or word.endswith(_SCRIPT)


def _read_command(number: int, words: list[str]) -> Command:
    verb = words[0].upper()
    if verb not in _WORDS:
        if verb in _REFUSED:
            raise _wrong(number, f"{verb} {_REFUSED[verb]}: a batch does not take it")
        message = f"{words[0]!r} is not a verb of adsutil; a batch takes "
        raise _wrong(number, message + ", ".join(_WORDS))
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

    All words after ``--`` are values.
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
