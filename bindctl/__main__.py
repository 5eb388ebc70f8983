"""The entry point: the quick verbs at once, Typer for everything else."""

from bindctl.terminal.process import run_process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.terminal.terminal import Terminal

COMPANIONS = frozenset(
    {"iisreset", "iisweb", "iisvdir", "iisback", "iiscnfg", "appcmd"}
)


def run(arguments: "Sequence[str]", terminal: "Terminal") -> int:
    """Run one command line in the world given; the exit status."""
    if list(arguments) == ["--version"]:
        from bindctl import __version__  # noqa: PLC0415 - only here

        terminal.print(f"bindctl {__version__}")
        return 0
    if arguments and arguments[0] == "adsutil" and list(arguments[1:]) != ["--help"]:
        from bindctl.adsutil.__main__ import run as run_adsutil  # noqa: PLC0415 - rare

        return run_adsutil(arguments[1:], terminal)
    from bindctl.cli.verbs import quick  # noqa: PLC0415 - adsutil does without

    invocation = quick.parse(arguments)
    if invocation is not None:
        return quick.run(terminal, invocation)
    if arguments and arguments[0] in COMPANIONS:
        from bindctl.companions.dispatch import run_companion  # noqa: PLC0415 - rare

        return run_companion(arguments[0], arguments[1:], terminal)
    from bindctl.cli.run.app import run_app  # noqa: PLC0415 - loads Typer

    return run_app(arguments, terminal)


def main() -> None:
    """Run this process's command line and exit with its status."""
    run_process(run)


if __name__ == "__main__":
    main()
