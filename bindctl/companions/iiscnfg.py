"""iiscnfg: export and import of keys as XML, and save.

Source:
    iiscnfg.vbs of Windows Server 2003: messages.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bindctl.companions.errors import (
    E_FILE_NOT_FOUND,
    E_INVALID_XML,
    E_NOT_SUPPORTED,
    E_PATH_NOT_FOUND,
    ScriptError,
    error_line,
    script_error,
    words_of,
)
from bindctl.companions.metabase_xml import InvalidXmlError, parse_keys, render_keys
from bindctl.companions.script import Operation, Script
from bindctl.findings.errors import BindctlError, file_error
from bindctl.model.path import (
    format_path,
    is_reserved,
    is_same_path,
    parse_path,
    without_root,
)
from bindctl.operations.editing.import_keys import NewKey, import_keys
from bindctl.operations.editing.keys import require_key
from bindctl.storage.atomic import write_atomically
from bindctl.storage.file_reading import MAX_INPUT_OCTETS, read_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bindctl.companions.metabase_xml import Parsed
    from bindctl.companions.script import Call
    from bindctl.metabase.tree import Key

_EXPORT_FAILED = "Error while exporting configuration."
_IMPORT_FAILED = "Error while importing configuration."
_PRIVATE = 0o600  # an export may contain data that only the owner may read


def export(call: Call) -> int:
    """/export: write a key, and with /children all below it, to a new file."""
    _require_switches(call, ("f", "sp"))
    file, source = call.switch("f"), call.switch("sp")
    path = os.path.join(call.terminal.directory, file)
    if os.path.lexists(path):
        raise ScriptError("Export file specified already exists.")
    if not os.path.isdir(os.path.dirname(path)):
        raise ScriptError("Parent folder doesn't exist.")
    key = _find_key(call, source)
    keys = list(_walk(key)) if "children" in call.switches else [key]
    rendered = render_keys(keys, inherited="inherited" in call.switches)
    write_atomically(path, b"\xef\xbb\xbf" + rendered.text.encode("utf-8"), _PRIVATE)
    _tell(call, rendered.left_out)
    call.print(f"Configuration exported from {source} to file {file}.")
    return 0


def import_(call: Call) -> int:
    """/import: store the keys of a file at another path, or at the same one."""
    _require_switches(call, ("f", "sp", "dp"))
    file, source, target = call.switch("f"), call.switch("sp"), call.switch("dp")
    chosen, left_out = _rebase(
        _read(call, file),
        _path(source),
        _path(target),
        with_children="children" in call.switches,
    )
    if not chosen:
        raise _failed(_IMPORT_FAILED, E_PATH_NOT_FOUND)
    _tell(call, left_out)
    try:
        import_keys(call.workspace, chosen, is_merge="merge" in call.switches)
    except BindctlError as error:
        raise script_error(error, _IMPORT_FAILED) from error
    call.print(f"Configuration imported from {source} in file")
    call.print(f"{file} to {target} in the Metabase.")
    return 0


def save(call: Call) -> int:
    """/save: every change is written already, so there is nothing to do."""
    call.print("Metadata successfully flushed to disk.")
    return 0


def copy(_call: Call) -> int:
    """/copy: refused; there is no other server to reach."""
    raise ScriptError(
        "Failure restoring backup.",
        error_line(E_NOT_SUPPORTED, words_of(E_NOT_SUPPORTED)),
        "Another server cannot be reached: copy the file that /export writes, and",
        "/import it there.",
        number=E_NOT_SUPPORTED,
    )


def _require_switches(call: Call, names: Sequence[str]) -> None:
    if any(name not in call.switches for name in names):
        line = f"Type IIsCnfg /{call.operation} /? for help."
        raise ScriptError("Required arguments are missing.", line)


def _path(text: str) -> tuple[str, ...]:
    """The key of a path that begins with /lm, or does not."""
    return without_root(parse_path(text))


def _find_key(call: Call, source: str) -> Key:
    key = require_key(call.workspace.read(), ()).find(*_path(source))
    if key is None:
        raise _failed(_EXPORT_FAILED, E_PATH_NOT_FOUND)
    return key


def _walk(key: Key) -> Iterator[Key]:
    yield key
    for child in key.children():
        yield from _walk(child)


def _read(call: Call, file: str) -> Parsed:
    path = os.path.join(call.terminal.directory, file)
    if os.path.isdir(path):
        raise ScriptError("Argument is a folder path while expecting a file", "path.")
    try:
        octets = read_file(path, MAX_INPUT_OCTETS)
    except FileNotFoundError as error:
        line = "Input file doesn't exist."
        raise ScriptError(line, number=E_FILE_NOT_FOUND) from error
    except OSError as error:
        raise file_error(path, error) from error
    try:
        return parse_keys(octets)
    except InvalidXmlError as error:
        call.terminal.stderr.write(f"{file}: {error}\n")
        line = "The import file appears to contain invalid XML."
        raise ScriptError(line, number=E_INVALID_XML) from error


def _rebase(
    parsed: Parsed,
    source: tuple[str, ...],
    target: tuple[str, ...],
    *,
    with_children: bool,
) -> tuple[list[NewKey], list[str]]:
    """The keys at and below `source`, as they will be at `target`.

    Returns:
        The keys, topmost first, and the parts that are left out.
    """
    depth = len(source)
    found: list[NewKey] = []
    left_out = list(parsed.left_out)
    for key in parsed.keys:
        location = format_path(key.path)
        if not is_same_path(key.path[:depth], source):
            left_out.append(f"{location}: it is not below {format_path(source)}")
        elif len(key.path) > depth and not with_children:
            left_out.append(f"{location}: /children is not given")
        elif is_reserved((*target, *key.path[depth:])):
            left_out.append(f"{location}: its name has another meaning in the file")
        else:
            path = _spell((*target, *key.path[depth:]))
            found.append(NewKey(path, key.key_type, key.values))
            left_out += [f"{location}: {what}" for what in key.left_out]
    found.sort(key=lambda key: len(key.path))
    is_whole = bool(found) and len(found[0].path) == len(target)
    return (found if is_whole else []), left_out


def _spell(path: tuple[str, ...]) -> tuple[str, ...]:
    """The path with IIS's own names as bindctl writes them, in lower case."""
    fixed = ("W3SVC", "ROOT")
    return tuple(name.lower() if name in fixed else name for name in path)


def _tell(call: Call, left_out: Sequence[str]) -> None:
    """Name on stderr the parts that the format, or bindctl, cannot hold."""
    for line in left_out:
        call.terminal.stderr.write(f"left out: {line}\n")


def _failed(line: str, number: int) -> ScriptError:
    text = error_line(number, words_of(number))
    return ScriptError(line, text, number=number)


_FILE = "    /f <file>       file of the configuration"
_SOURCE = "    /sp <path>      key to begin at: /lm/w3svc/1"
_DECRYPT = "    /d <password>   accepted and not used: secrets are never exported"
_COPIED = "ts tu tp f sp dp d inherited children merge"

SCRIPT = Script(
    "IIsCnfg",
    "Export or import configuration.",
    {
        "export": Operation(
            export,
            0,
            "d f sp inherited children",
            "/export [/d <password>] /f <file> /sp <path> [/inherited] [/children]",
            _FILE,
            _SOURCE,
            _DECRYPT,
            "    /inherited      also values that come from keys above",
            "    /children       also the keys below",
        ),
        "import": Operation(
            import_,
            0,
            "d f sp dp inherited children merge",
            "/import [/d <password>] /f <file> /sp <path> /dp <path> [/inherited]",
            "        [/children] [/merge]",
            _FILE,
            "    /sp <path>      key of the file to begin at: /lm/w3svc/1",
            "    /dp <path>      key of the metabase it becomes; what it holds is",
            "                    replaced",
            _DECRYPT,
            "    /inherited      accepted: the file does not tell them apart",
            "    /children       also the keys below",
            "    /merge          keep what is there and not in the file",
        ),
        "copy": Operation(copy, 0, _COPIED, "/copy           not supported"),
        "save": Operation(save, 0, "", "/save           every change is saved at once"),
    },
    {
        **dict.fromkeys(("f", "sp", "dp", "d", "ts", "tu", "tp"), 1),
        **dict.fromkeys(("inherited", "children", "merge"), 0),
    },
    {},
)
