"""The help of bindctl itself and the answer to a misspelt command, without Typer.

Both look as Typer's do; a command's own help is Typer's.
"""

from __future__ import annotations

from textwrap import wrap

from bindctl.cli.verbs.table import COMMANDS, GROUPS, HELP, PROGRAM, SECTIONS, VERBS
from bindctl.findings.errors import ExitStatus
from bindctl.model.harmless_text import one_line
from bindctl.terminal.style import make_painter, width_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TextIO

    from bindctl.terminal.style import Painter
    from bindctl.terminal.terminal import Terminal

_USAGE = f"Usage: {PROGRAM} [OPTIONS] COMMAND [ARGS]..."
_OPTIONS = {
    "--version": "Print the version and stop.",
    "--install-completion": "Install completion for the current shell.",
    "--show-completion": "Show completion for the current shell, to copy it or "
    "customize the installation.",
    "--help": "Show this message and exit.",
}
_ROUND, _PLAIN = tuple("╭─╮│╰╯"), tuple("+-+|++")
_LEAST_WIDTH = 40
_MAX_NEAREST = 3


def is_asked(arguments: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Whether the line asks for this help, or names no command."""
    if f"_{PROGRAM.upper()}_COMPLETE" in environment:
        return False
    if not arguments or list(arguments) == ["--help"]:
        return True
    return arguments[0] not in COMMANDS and not arguments[0].startswith("-")


def answer(arguments: Sequence[str], terminal: Terminal) -> int:
    """Print the help, or what an unknown command may have meant; the status."""
    if arguments and arguments[0] != "--help":
        _print_misspelt(one_line(arguments[0]), terminal)
        return ExitStatus.USAGE
    page = _Page(terminal, terminal.stdout, make_painter(terminal))
    page.print_help()
    return ExitStatus.OK if arguments else ExitStatus.USAGE


class _Page:
    """Boxes as wide as the terminal."""

    def __init__(self, terminal: Terminal, stream: TextIO, paint: Painter) -> None:
        self._terminal = terminal
        self._paint = paint
        self._width = max(width_of(terminal), _LEAST_WIDTH)
        encoding = (getattr(stream, "encoding", "") or "utf-8").lower()
        self._box = _ROUND if encoding.startswith("utf") else _PLAIN

    def print_help(self) -> None:
        """Usage, what bindctl is, options, and a line for each command."""
        usage = _USAGE.replace("Usage:", self._paint("Usage:", "yellow"))
        usage = usage.replace(PROGRAM, self._paint(PROGRAM, "bold"))
        text = wrap(HELP, self._width - 2)
        lines = ["", f" {usage}", "", *(f" {line}" for line in text), ""]
        lines += self.box("Options", _OPTIONS, max(map(len, _OPTIONS)))
        column = max(map(len, COMMANDS))
        for title in SECTIONS:
            lines += self.box(title, _commands(title), column)
        self._terminal.styled.write("\n".join(lines) + "\n\n")

    def box(self, title: str, rows: Mapping[str, str], column: int) -> Iterator[str]:
        """Rows of a name and a text under a title, in a box.

        Args:
            title: Stands in the upper edge.
            rows: Text by name; an empty name takes no room.
            column: Columns of the widest name.
        """
        left, line, right, side, last_left, last_right = self._box
        edge = f"{left}{line} {title} ".ljust(self._width - 1, line) + right
        yield self._paint(edge, "dim")
        side = self._paint(side, "dim")
        for name, text in rows.items():
            shown = name.ljust(column + 2) if name else ""
            room = self._width - 4 - len(shown)
            for part in wrap(text, room) or [""]:
                yield f"{side} {self._paint(shown, 'bold cyan')}{part:<{room}} {side}"
                shown = " " * len(shown)
        yield self._paint(last_left + line * (self._width - 2) + last_right, "dim")


def _commands(section: str) -> dict[str, str]:
    """What a section's commands do; those of one first word in one row."""
    rows: dict[str, str] = {}
    below: dict[str, list[str]] = {}
    for verb in SECTIONS[section]:
        first, _space, second = verb.name.partition(" ")
        rows[first] = verb.help.partition("\n")[0]
        if second:
            below.setdefault(first, []).append(second)
            names = ", ".join(below[first])
            rows[first] = f"{GROUPS[first].removesuffix('.')} ({names})."
    return rows


def _print_misspelt(word: str, terminal: Terminal) -> None:
    nearest = _nearest(word)
    text = f"No such command '{word}'."
    if nearest:
        *others, last = (f"'{name}'" for name in nearest)
        meant = f"{', '.join(others)} or {last}" if others else last
        text += f" Did you mean {meant}?"
    terminal.complain(_USAGE)
    terminal.complain(f"Try '{PROGRAM} --help' for help.")
    page = _Page(terminal, terminal.stderr, lambda shown, _style: shown)
    for line in page.box("Error", {"": text}, 0):
        terminal.complain(line)


def _nearest(word: str) -> list[str]:
    """Commands that may have been meant: by spelling, or by their second word."""
    word = word.lower()
    below = [name for name in VERBS if name.split()[1:] == [word]]
    distances = {name: _distance(word, name) for name in COMMANDS}
    least = min(distances.values())
    alike = [name for name, distance in distances.items() if distance == least]
    is_near = least <= max(1, len(word) // 3)
    return ((alike if is_near else []) + below)[:_MAX_NEAREST]


def _distance(one: str, other: str) -> int:
    """How many letters to insert, remove or replace, or neighbours to swap."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != wanted))
            is_swap = i > 1 and j > 1 and (one[i - 2], letter) == (wanted, other[j - 2])
            row.append(min(cost, older[j - 2] + 1) if is_swap else cost)
    return row[-1]
