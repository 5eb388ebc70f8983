"""The entry point of `adsutil`.

Keep it lean: every import here is paid by every command, and a script runs hundreds.
"""

from bindctl.adsutil.errors import USAGE_STATUS, AdsiError, error_block
from bindctl.adsutil.words import complaint, parse_command_line, require_own_name
from bindctl.storage.file_locations import find_metabase
from bindctl.terminal.boundary import open_as_iis, print_error, run_command
from bindctl.terminal.process import run_process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bindctl.adsutil.words import CommandLine
    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal


def run(arguments: "Sequence[str]", terminal: "Terminal") -> int:
    """Run one command line in the world given; the exit status."""
    line = parse_command_line(arguments)
    lines = complaint(line)
    for text in lines:
        terminal.print(text)
    if lines:
        return USAGE_STATUS
    return run_command(terminal, "adsutil", lambda: _run_verb(terminal, line))


def main() -> None:
    """Run this process's command line and exit with its status."""
    run_process(run)


def _run_verb(terminal: "Terminal", line: "CommandLine") -> int:
    hint = "run adsutil there, or leave -s: out for this computer's metabase"
    require_own_name(line.server, terminal.environment, hint)
    verb = (line.verb or "").upper()
    path = ""
    if verb != "HELP":
        path = find_metabase(None, terminal.environment, terminal.directory)
    workspace = open_as_iis(terminal, path)
    try:
        return _verb(verb)(terminal, workspace, line.server, line.words)
    except AdsiError as error:
        if error.is_spaced:
            terminal.print()
        for text in error_block(error.number, *error.lines):
            terminal.print(text)
        if error.cause is not None:
            print_error(terminal, error.cause)
        return error.exit_status


def _verb(verb: str) -> "Callable[[Terminal, Workspace, str, Sequence[str]], int]":
    """The function of a verb that `complaint` has let pass, and no other's imports."""
    if verb == "GET":
        from bindctl.adsutil.get import get_command  # noqa: PLC0415

        return get_command
    if verb == "SET":
        from bindctl.adsutil.set import set_command  # noqa: PLC0415

        return set_command
    from bindctl.adsutil.verbs import find_command  # noqa: PLC0415

    return find_command(verb)


if __name__ == "__main__":
    main()
