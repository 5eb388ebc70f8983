"""COPY and MOVE: a key with all below it.

Source:
    adsutil.vbs, generation C: CopyMoveCommand.
"""

from bindctl.adsutil.errors import E_PATH_NOT_FOUND, AdsiError, adsi_error
from bindctl.adsutil.node import open_key
from bindctl.findings.errors import BindctlError
from bindctl.model.path import clean_path, parse_path
from bindctl.operations.editing import copy_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

    Copy = Callable[[Workspace, str, str], copy_key.CopiedKey]

_COPY_FAILED = "Error trying to Copy/Move Source to Dest."


def copy_command(
    terminal: "Terminal", workspace: "Workspace", server: str, words: "Sequence[str]"
) -> int:
    """Copy a key; the exit status.

    Raises:
        AdsiError: There is no source, or the destination is there already.
    """
    return _run(terminal, workspace, server, words, ("copied", copy_key.copy_key))


def move_command(
    terminal: "Terminal", workspace: "Workspace", server: str, words: "Sequence[str]"
) -> int:
    """Move a key; the exit status.

    Raises:
        AdsiError: As `copy_command`.
    """
    return _run(terminal, workspace, server, words, ("moved", copy_key.move_key))


def _run(
    terminal: "Terminal",
    workspace: "Workspace",
    server: str,
    words: "Sequence[str]",
    how: "tuple[str, Copy]",
) -> int:
    done, copy = how
    source, destination = clean_path(words[0]), clean_path(words[1])
    above = _common_parent(parse_path(source), parse_path(destination))
    parent = "/".join((f"IIS://{server}", *above))
    open_key(workspace, above, f"Error trying to open the object: {parent}")
    for path in (source, destination):
        if path.partition("/")[0].upper() == "LM":  # it would be /LM/LM
            raise AdsiError(E_PATH_NOT_FOUND, _COPY_FAILED)
    try:
        copy(workspace, source, destination)
    except BindctlError as error:
        raise adsi_error(error, _COPY_FAILED) from error
    terminal.print(f"{done} from /{source} to /{destination}")
    return 0


def _common_parent(
    source: tuple[str, ...], destination: tuple[str, ...]
) -> tuple[str, ...]:
    """The names both paths begin with, at least one left to each.

    Letter case counts, as it does in the script: other spellings only make the
    parent a shorter one.
    """
    length = 0
    shorter = min(len(source), len(destination)) - 1
    while length < shorter and source[length] == destination[length]:
        length += 1
    return source[:length]
