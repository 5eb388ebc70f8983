"""How a companion is run, and what iisweb, iisvdir, iisback and iiscnfg share.

`__main__` comes here before Typer, so that a script's hundredth call costs little.

Source:
    The scripts of Windows Server 2003: their messages, not their text.
"""

from importlib import import_module

from bindctl.adsutil.words import DEFAULT_SERVER, require_own_name
from bindctl.companions.errors import ScriptError, report, script_error
from bindctl.companions.switches import MANY, SwitchError, parse_spaced
from bindctl.findings.errors import BindctlError
from bindctl.storage.file_locations import find_metabase
from bindctl.terminal.boundary import about_file, open_as_iis, run_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

_LOGIN = {"s": 1, "server": 1, "u": 1, "user": 1, "p": 1, "password": 1}
_LONG_NAMES = {"server": "s", "user": "u", "password": "p"}
_LOGIN_USAGE = (
    "/s <server>     this computer only: localhost or its own name",
    "/u <user>       accepted and not used: the files' permissions decide",
    "/p <password>   accepted after /u and not used",
)


def cell(text: str, width: int) -> str:
    """Text padded to a width; a longer text gets one space."""
    return f"{text:<{width}}" if len(text) < width else f"{text} "


class Call:
    """One operation asked for.

    Attributes:
        terminal: The world it runs in.
        workspace: The metabase.
        server: The server as typed, or as this computer calls itself.
        words: The words of the operation.
        switches: Words of every other switch.
        operation: Its name.
    """

    __slots__ = ("operation", "server", "switches", "terminal", "words", "workspace")

    def __init__(
        self,
        terminal: "Terminal",
        workspace: "Workspace",
        operation: str,
        found: "Mapping[str, Sequence[str]]",
    ) -> None:
        """Keep the parts."""
        self.terminal = terminal
        self.workspace = workspace
        self.operation = operation
        self.words = found[operation]
        self.switches = found
        named = found["s"][0].strip(".") if "s" in found else ""
        own = terminal.environment.get("COMPUTERNAME", "")
        self.server = (named or own or DEFAULT_SERVER).upper()

    def switch(self, name: str, otherwise: str = "") -> str:
        """The word of a switch that takes one."""
        return self.switches[name][0] if name in self.switches else otherwise

    def print(self, text: str = "") -> None:
        """A line of the answer."""
        self.terminal.print(text)


class Operation:
    """One operation of a script.

    Attributes:
        run: Does it; returns the exit status.
        words: How many it takes, or `MANY`.
        least: Fewest words it takes.
        switches: Its switches other than its name and those of the server.
        usage: Lines of its help.
    """

    __slots__ = ("least", "run", "switches", "usage", "words")

    def __init__(
        self,
        run: "Callable[[Call], int]",
        words: int,
        switches: str,
        *usage: str,
        least: int = 0,
    ) -> None:
        """Keep the parts; `switches` are apart by spaces, `least` is of `MANY`."""
        self.run = run
        self.words = words
        self.least = least if words == MANY else words
        self.switches = switches.split()
        self.usage = usage


class Script:
    """One script.

    Attributes:
        name: As its messages spell it: ``IIsWeb``.
        about: What it does.
        operations: By name.
        counts: Words of each switch, the operations' included.
        aliases: Other spellings of switches.
    """

    __slots__ = ("about", "aliases", "counts", "name", "operations")

    def __init__(
        self,
        name: str,
        about: str,
        operations: "Mapping[str, Operation]",
        switches: "Mapping[str, int]",
        aliases: "Mapping[str, str]",
    ) -> None:
        """Keep the parts; `switches` are those that are no operation."""
        self.name = name
        self.about = about
        self.operations = operations
        self.aliases = {**aliases, **_LONG_NAMES}
        own = {name: operation.words for name, operation in operations.items()}
        self.counts = {**own, **switches, **_LOGIN}
        for alias, meant in aliases.items():
            self.counts[alias] = self.counts[meant]

    def see_help(self, operation: str = "") -> str:
        """``Type IIsWeb /start /? for help.``."""
        middle = f" /{operation}" if operation else ""
        return f"Type {self.name}{middle} /? for help."


def run_script(
    script: Script,
    terminal: "Terminal",
    arguments: "Sequence[str]",
    find: "Callable[[], Workspace]",
) -> int:
    """Run one command line of a script; the exit status.

    Args:
        script: Which.
        terminal: The world it runs in.
        arguments: The words after the command's name.
        find: Finds the metabase, once it is needed.

    Raises:
        ScriptError: It is none, or cannot be done.
        BindctlError: What no script of IIS can fail at.
    """
    found = _parse(script, arguments)
    if "?" in found:
        _print_help(script, terminal, found)
        return 0
    operation = _require_operation(script, found)
    require_this_computer(terminal, found.get("s", [DEFAULT_SERVER])[0])
    call = Call(terminal, find(), operation, found)
    terminal.print("Connecting to server ...Done.")
    return about_file(call.workspace.path, lambda: _run(script, call))


def require_this_computer(terminal: "Terminal", server: str) -> None:
    """Refuse another computer: there is no way to reach it.

    Raises:
        BindctlError: MET001.
    """
    name = server.removeprefix("\\\\")
    if name != ".":  # this computer to Windows
        hint = "run the command there, or leave the server out for this computer"
        require_own_name(name, terminal.environment, hint)


def _run(script: Script, call: Call) -> int:
    try:
        return script.operations[call.operation].run(call)
    except BindctlError as error:
        raise script_error(error) from error


def _parse(script: Script, arguments: "Sequence[str]") -> "dict[str, list[str]]":
    if not arguments:
        raise ScriptError("Not enough parameters.", script.see_help())
    try:
        found, loose = parse_spaced(script.counts, arguments, script.aliases)
    except SwitchError as error:
        name = error.switch.lstrip("/-")
        if not error.is_short:
            is_known = name.lower() in script.counts
            line = f"{'Repeated' if is_known else 'Invalid'} switch: {name}"
            raise ScriptError(line, script.see_help()) from error
        name = script.aliases.get(name, name)
        known = name if name in script.operations else ""
        raise ScriptError("Not enough parameters.", script.see_help(known)) from error
    if loose and not any(name in script.operations for name in found):
        line = "Please specify an operation before the arguments."
        raise ScriptError(line, script.see_help())
    if loose:
        raise ScriptError(f"Invalid switch: {loose[0]}", script.see_help())
    return found


def _require_operation(script: Script, found: "Mapping[str, Sequence[str]]") -> str:
    asked = [name for name in found if name in script.operations]
    if len(asked) > 1:
        line = "Please specify only one operation at a time."
        raise ScriptError(line, script.see_help())
    if not asked:
        line = "Please specify an operation before the arguments."
        raise ScriptError(line, script.see_help())
    if "p" in found and "u" not in found:
        raise ScriptError("Please specify /u switch before using /p.")
    operation = script.operations[asked[0]]
    for name in found:
        if name not in (asked[0], *operation.switches, *_LOGIN):
            raise ScriptError(f"Invalid switch: {name}", script.see_help(asked[0]))
    if len(found[asked[0]]) < operation.least:
        raise ScriptError("Not enough parameters.", script.see_help(asked[0]))
    return asked[0]


def _print_help(
    script: Script, terminal: "Terminal", found: "Mapping[str, Sequence[str]]"
) -> None:
    asked = [name for name in found if name in script.operations]
    terminal.print(f"Description: {script.about}")
    terminal.print(f"Syntax: {script.name} [/s <server> [/u <user> [/p <password>]]]")
    terminal.print("        /<operation> [arguments]")
    terminal.print()
    for name in asked or script.operations:
        for line in script.operations[name].usage:
            terminal.print(line)
    terminal.print()
    for line in _LOGIN_USAGE:
        terminal.print(line)


SCRIPTS = frozenset({"iisweb", "iisvdir", "iisback", "iiscnfg"})
_METABASE = "--metabase"


def run_companion(name: str, arguments: "Sequence[str]", terminal: "Terminal") -> int:
    """Run one companion's command line in the world given; the exit status.

    Args:
        name: One of `COMPANIONS` of `bindctl.__main__`.
        arguments: The words after it; ``--metabase FILE`` is bindctl's own.
        terminal: The world.
    """

    def run() -> int:
        named, words = _take_metabase(arguments)

        def find() -> "Workspace":
            path = find_metabase(named, terminal.environment, terminal.directory)
            return open_as_iis(terminal, path)

        module = import_module(f"bindctl.companions.{name}")
        try:
            if name in SCRIPTS:
                return run_script(module.SCRIPT, terminal, words, find)
            status: int = module.run(terminal, words, find)
        except ScriptError as error:
            return report(terminal, error)
        return status

    return run_command(terminal, name, run)


def _take_metabase(arguments: "Sequence[str]") -> "tuple[str | None, list[str]]":
    """The file of ``--metabase``, and the words without it.

    Raises:
        BindctlError: CLI001, no file follows.
    """
    named: str | None = None
    words: list[str] = []
    rest = iter(arguments)
    for word in rest:
        option, equals, value = word.partition("=")
        if option != _METABASE:
            words.append(word)
        else:
            named = value if equals else next(rest, "")
            if not named:
                message = "--metabase names no file"
                raise BindctlError("CLI001", message, "--metabase metabase.toml")
    return named, words
