"""Runs a companion.

`__main__` calls this before Typer, so that a script's hundredth call costs little.
"""

from importlib import import_module

from bindctl.companions.errors import ScriptError, report
from bindctl.companions.script import run_script
from bindctl.findings.errors import BindctlError
from bindctl.storage.file_locations import find_metabase
from bindctl.terminal.boundary import open_as_iis, run_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

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
