"""The entry point: plain command lines run at once, Typer takes everything else.

Only this module knows the faces that stand above the command line.
"""

from bindctl import __version__
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
        terminal.print(f"bindctl {__version__}")
        return 0
    first, *rest = arguments or ("",)
    if first in COMPANIONS or (first == "adsutil" and rest != ["--help"]):
        return _run_face(first, rest, terminal)
    from bindctl.cli.verbs import quick  # noqa: PLC0415 - the faces do without

    invocation = quick.parse(arguments)
    if invocation is not None:
        return quick.run(terminal, invocation)
    from bindctl.cli.verbs import help_page  # noqa: PLC0415 - of no use before

    if help_page.is_asked(arguments, terminal.environment):
        return help_page.answer(arguments, terminal)
    from bindctl.cli.run.app import run_app  # noqa: PLC0415 - loads Typer

    return run_app(arguments, terminal, _run_face)


def _run_face(name: str, words: "Sequence[str]", terminal: "Terminal") -> int:
    if name == "adsutil":
        from bindctl.adsutil.__main__ import run as run_adsutil  # noqa: PLC0415 - rare

        return run_adsutil(words, terminal)
    from bindctl.companions.script import run_companion  # noqa: PLC0415 - rare

    return run_companion(name, words, terminal)


def main() -> None:
    """Run this process's command line and exit with its status."""
    run_process(run)


if __name__ == "__main__":
    main()
