"""FIND: the keys at and below a path that store a property themselves.

Source:
    adsutil.vbs, generation C: FindData. Output: "IIS Settings for WSUS 3.0 SP2 Web
    Services" (Microsoft).
"""

from bindctl.adsutil.errors import E_PATH_NOT_FOUND, AdsiError, adsi_error
from bindctl.adsutil.get import map_old_name
from bindctl.findings.errors import BindctlError
from bindctl.model.path import split_property
from bindctl.operations.editing.find_property import find_property

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

_OPEN_FAILED = "Error trying to find data paths for the Object (GetObject Failed): "
_LIST_FAILED = "Error trying to get a path list (GetDataPaths Failed): "


def find_command(
    terminal: "Terminal", workspace: "Workspace", _server: str, words: "Sequence[str]"
) -> int:
    """Print where the property is stored; 0 also when it is nowhere.

    Raises:
        AdsiError: There is no such key, or no such property.
    """
    start, typed = split_property(words[0])
    name = map_old_name(terminal, typed)
    text = "/".join(start)
    if start and start[0].upper() == "LM":  # it would be /LM/LM
        raise AdsiError(E_PATH_NOT_FOUND, f"{_OPEN_FAILED}{text}")
    try:
        found = find_property(workspace, name, text)
    except BindctlError as error:
        failed = _LIST_FAILED if error.code == "MET102" else _OPEN_FAILED
        raise adsi_error(error, f"{failed}{text}") from error
    if not found.keys:
        terminal.print(f"Property {name} was not found at any node beneath {text}")
        return 0
    terminal.print(f"Property {name} found at:")
    for path, _value in found.keys:
        # The case of the path typed, and the file's below it.
        terminal.print(f"  {'/'.join((*start, *path[len(start) :]))}")
    return 0
