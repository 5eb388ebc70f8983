"""The entry point of `adsutil`.

Keep it lean: every import here is paid by every command, and a script runs hundreds.
"""

from bindctl.adsutil.errors import USAGE_STATUS, AdsiError, error_block
from bindctl.adsutil.words import VERBS, complaint, parse_command_line, require_own_name
from bindctl.storage.file_locations import find_metabase
from bindctl.terminal.boundary import open_as_iis, print_error, run_command
from bindctl.terminal.process import run_process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bindctl.adsutil.words import CommandLine
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
    *_counts, place, told = VERBS[verb]
    path = ""
    if verb != "HELP":
        path = find_metabase(None, terminal.environment, terminal.directory)
    workspace = open_as_iis(terminal, path)
    try:
        return load_verb(place)(terminal, workspace, line.server, line.words, *told)
    except AdsiError as error:
        if error.is_spaced:
            terminal.print()
        for text in error_block(error.number, *error.lines):
            terminal.print(text)
        if error.cause is not None:
            print_error(terminal, error.cause)
        return error.exit_status


def load_verb(place: str) -> "Callable[..., int]":
    """The function that ``module:function`` of the table names, and no other's imports."""
    module, _colon, name = place.partition(":")
    # `importlib` itself would be one more module to import.
    found = __import__(f"bindctl.adsutil.{module}", fromlist=[name])
    function: Callable[..., int] = getattr(found, name)
    return function


if __name__ == "__main__":
    main()
