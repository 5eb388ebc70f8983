"""The entry point: the quick verbs at once, Typer for everything else."""

from bindctl.cli import quick
from bindctl.cli.process import run_process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.cli.terminal import Terminal


def run(arguments: "Sequence[str]", terminal: "Terminal") -> int:
    """Run one command line in the world given; the exit status."""
    if list(arguments) == ["--version"]:
        from bindctl import __version__  # noqa: PLC0415 - only here

        terminal.print(f"bindctl {__version__}")
        return 0
    invocation = quick.parse(arguments)
    if invocation is not None:
        return quick.run(terminal, invocation)
    from bindctl.cli.app import run_app  # noqa: PLC0415 - loads Typer

    return run_app(arguments, terminal)


def main() -> None:
    """Run this process's command line and exit with its status."""
    run_process(run)


if __name__ == "__main__":
    main()
