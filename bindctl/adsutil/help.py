"""HELP: every verb in a line.

The script prints its last two sections twice; so does this.

Source:
    adsutil.vbs, generation C: extended help.
"""

from bindctl.adsutil.words import SAMPLES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

_EXTENDED = (
    "Extended ADSUTIL Commands:",
    " adsutil.vbs FIND             path     - find the paths where a given parameter is set",
    " adsutil.vbs CREATE_VDIR      path     - create given path as a Virtual Directory",
    " adsutil.vbs CREATE_VSERV     path     - create given path as a Virtual Server",
    " adsutil.vbs START_SERVER     path     - starts the given web site",
    " adsutil.vbs STOP_SERVER      path     - stops the given web site",
    " adsutil.vbs PAUSE_SERVER     path     - pauses the given web site",
    " adsutil.vbs CONTINUE_SERVER  path     - continues the given web site",
    "",
    "",
    *SAMPLES,
)
HELP = (
    "",
    "Usage:",
    "      ADSUTIL.VBS CMD [param param]",
    "",
    "Description:",
    "IIS administration utility that enables the manipulation with ADSI parameters",
    "",
    "Standard Commands:",
    " adsutil.vbs GET      path             - display chosen parameter",
    " adsutil.vbs SET      path value ...   - assign the new value",
    ' adsutil.vbs ENUM     path ["/P" ]   - enumerate all parameters for given path',
    " adsutil.vbs DELETE   path             - delete given path or parameter",
    " adsutil.vbs CREATE   path [KeyType]   - create given path and assigns it the given KeyType",
    "",
    " adsutil.vbs APPCREATEINPROC  w3svc/1/root - Create an in-proc application",
    " adsutil.vbs APPCREATEOUTPROC w3svc/1/root - Create an out-proc application",
    " adsutil.vbs APPCREATEPOOLPROC w3svc/1/root- Create a pooled-proc application",
    " adsutil.vbs APPDELETE        w3svc/1/root - Delete the application if there is one",
    " adsutil.vbs APPUNLOAD        w3svc/1/root - Unload an application from w3svc runtime lookup table.",
    " adsutil.vbs APPDISABLE       w3svc/1/root - Disable an application - appropriate for porting to another machine.",
    " adsutil.vbs APPENABLE        w3svc/1/root - Enable an application - appropriate for importing from another machine.",
    " adsutil.vbs APPGETSTATUS     w3svc/1/root - Get status of the application",
    "",
    "New ADSI Options:",
    " /P - Valid for ENUM only.  Enumerates the paths only (no data)",
    " KeyType - Valide for CREATE only.  Assigns the valid KeyType to the path",
    "",
    *_EXTENDED,
    *_EXTENDED,
)


def help_command(
    terminal: "Terminal", _workspace: "Workspace", _server: str, _words: "Sequence[str]"
) -> int:
    """Print the help; words after it mean nothing."""
    for text in HELP:
        terminal.print(text)
    return 0
