"""The command line of adsutil: server, verbs, words, and what it says of wrong ones.

On the quickest path: imports nothing slow. The script prints the last two sections of
its help twice; so does this.

Source:
    adsutil.vbs, generation C: command line, usage, argument counts and extended help.
"""

import os

from bindctl.findings.errors import BindctlError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

SERVER_SWITCH = "-s:"
PATHS_SWITCH = "/P"
DEFAULT_SERVER = "localhost"
_THIS_COMPUTER = frozenset({"localhost", "127.0.0.1"})

_NO_LIMIT = 1 << 30
# Least and most words after the verb, the verb as the complaint spells it; then which
# module has the function that runs it, and what that is told besides the words.
VERBS: "Mapping[str, tuple[int, int, str, str, Sequence[object]]]" = {
    "GET": (1, 1, "GET", "get:get_command", ()),
    "SET": (2, _NO_LIMIT, "SET", "set:set_command", ()),
    "ENUM": (0, 2, "ENUM", "enum:enum_command", (False,)),
    "ENUM_ALL": (0, 2, "ENUM", "enum:enum_command", (True,)),
    "ENUMALL": (0, 2, "ENUM", "enum:enum_command", (True,)),
    "CREATE": (1, 2, "CREATE", "keys:create_command", ("IIsObject",)),
    "CREATE_VDIR": (1, 2, "CREATE", "keys:create_command", ("IIsWebVirtualDir",)),
    "CREATE_VSERV": (1, 2, "CREATE", "keys:create_command", ("IIsWebServer",)),
    "DELETE": (1, 1, "DELETE", "keys:delete_command", ()),
    "COPY": (2, 2, "Copy/Move", "keys:copy_command", ("copied",)),
    "MOVE": (2, 2, "Copy/Move", "keys:copy_command", ("moved",)),
    "FIND": (1, 1, "FIND_DATA", "enum:find_command", ()),
    **{
        f"{action}_SERVER": (
            *(1, 1, f"{action}_SERVER"),
            *("server:control_command", (action.lower(), done)),
        )
        for action, done in (
            ("START", "STARTED"),
            ("STOP", "STOPPED"),
            ("PAUSE", "PAUSED"),
            ("CONTINUE", "CONTINUED"),
        )
    },
    **{
        verb: (1, 1, name, "applications:application_command", (verb,))
        for verb, name in (
            ("APPCREATEINPROC", "APPCREATE"),
            ("APPCREATEOUTPROC", "APPCREATE"),
            ("APPCREATEPOOLPROC", "APPCREATE"),
            ("APPDELETE", "APPDELETE"),
            ("APPUNLOAD", "APPUNLOAD"),
            ("APPDISABLE", "APPDISABLE"),
            ("APPENABLE", "APPENABLE"),
            ("APPGETSTATUS", "APPGETSTATUS"),
        )
    },
    "HELP": (0, _NO_LIMIT, "HELP", "words:help_command", ()),
}

SAMPLES = (
    "Samples:",
    "  adsutil.vbs GET W3SVC/1/ServerBindings",
    '  adsutil.vbs SET W3SVC/1/ServerBindings ":81:"',
    '  adsutil.vbs CREATE W3SVC/1/Root/MyVdir "IIsWebVirtualDir"',
    "  adsutil.vbs START_SERVER W3SVC/1",
    "  adsutil.vbs ENUM /P W3SVC",
)
USAGE = (
    "",
    "Usage:",
    "      ADSUTIL.VBS <cmd> [<path> [<value>]]",
    "",
    "Description:",
    "IIS administration utility that enables the configuration of metabase properties.",
    "",
    "Supported Commands:",
    "  GET, SET, ENUM, DELETE, CREATE, COPY, ",
    "  APPCREATEINPROC, APPCREATEOUTPROC, APPCREATEPOOLPROC, APPDELETE, APPUNLOAD, APPGETSTATUS ",
    "",
    *SAMPLES,
    "",
    "For Extended Help type:",
    "  adsutil.vbs HELP",
)


class CommandLine:
    """A command line, taken apart.

    Attributes:
        server: The name in the last ``-s:``, else ``localhost``.
        verb: The first word as typed, empty when there are only switches; ``None``
            without any argument.
        words: The words after the verb.
    """

    __slots__ = ("server", "verb", "words")

    def __init__(self, server: str, verb: str | None, words: "Sequence[str]") -> None:
        """Keep the parts."""
        self.server = server
        self.verb = verb
        self.words = words


class EnumWords:
    """The arguments of ENUM.

    Attributes:
        path: The path as typed; empty for the computer.
        paths_only: Whether ``/P`` stands: children without properties.
    """

    __slots__ = ("path", "paths_only")

    def __init__(self, path: str, *, paths_only: bool) -> None:
        """Keep the parts."""
        self.path = path
        self.paths_only = paths_only


def parse_command_line(arguments: "Sequence[str]") -> CommandLine:
    """Server, verb and words; ``-s:`` may stand anywhere and the last one counts.

    A value that begins with ``-s:`` is read as the switch, too, as by the script.
    """
    server = DEFAULT_SERVER
    words = []
    for argument in arguments:
        if argument[: len(SERVER_SWITCH)].lower() == SERVER_SWITCH:
            server = argument[len(SERVER_SWITCH) :] or DEFAULT_SERVER
        else:
            words.append(argument)
    if not arguments:
        return CommandLine(server, None, ())
    return CommandLine(server, words[0] if words else "", words[1:])


def complaint(line: CommandLine) -> "Sequence[str]":
    """The text to print instead of running the command; empty when it can run."""
    if line.verb is None:
        return USAGE
    known = VERBS.get(line.verb.upper())
    if known is None:
        return (
            f"Command not recognized: {line.verb}",
            'For help, just type "Cscript.exe adsutil.vbs".',
        )
    least, most, name, *_ = known
    if not least <= len(line.words) <= most:
        message = f"Error: Wrong number of Args for the {name} command"
        return (message, *USAGE) if name == "CREATE" else (message,)
    if name == "ENUM" and parse_enum_words(line.words) is None:
        return ("Error: Invalid arguments for the ENUM command",)
    return ()


def parse_enum_words(words: "Sequence[str]") -> EnumWords | None:
    """Path and ``/P`` in either order; ``None`` for two words without a switch."""
    rest = list(words)
    paths_only = False
    for index, word in enumerate(rest):
        if word.upper() == PATHS_SWITCH:
            del rest[index]
            paths_only = True
            break
    if len(rest) > 1:
        return None
    return EnumWords(rest[0] if rest else "", paths_only=paths_only)


def require_own_name(server: str, environment: "Mapping[str, str]", hint: str) -> None:
    """Refuse another computer: there is no way to reach its metabase.

    Raises:
        BindctlError: MET001, with that hint.
    """
    own = environment.get("COMPUTERNAME", "") or os.uname().nodename
    if not is_this_computer(server, own):
        shown = server or "a server without a name"
        message = f"{shown}: the metabase of another computer cannot be reached"
        raise BindctlError("MET001", message, hint)


def is_this_computer(server: str, computer_name: str) -> bool:
    """Whether a server's name is this computer's: its own, with or without domain."""
    folded = server.lower()
    own = computer_name.lower()
    return folded in _THIS_COMPUTER or (
        folded != "" and folded in (own, own.partition(".")[0])
    )


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
