"""A command line that is run with its writes held back."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.cli.run.write_guard import ALLOW_IMPACT, STRICT
from bindctl.findings.errors import BindctlError, ExitStatus
from bindctl.storage.write_watch import HeldBack
from bindctl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Commands that write the metabase and nothing else that matters, with the subcommands
# of which that is so; an empty set is all of them. `edit` wants a person.
WRITES: Final[Mapping[str, frozenset[str]]] = {
    "set": frozenset(),
    "create": frozenset(),
    "delete": frozenset(),
    "copy": frozenset(),
    "move": frozenset(),
    "batch": frozenset(),
    "apply": frozenset(),
    "site": frozenset({"add"}),
    "cert": frozenset({"assign"}),
    "undo": frozenset(),
    "history": frozenset({"restore"}),
    "backup": frozenset({"restore"}),
    "restore": frozenset(),
    "fmt": frozenset(),
}
_STATUSES: Final = (ExitStatus.OK, ExitStatus.FINDINGS)  # `apply --changed-status`


class HeldCommand(NamedTuple):
    """What a command would have done.

    Attributes:
        metabase: Absolute path of the metabase it would have written; empty for none.
        octets: What it would have written; ``None`` for nothing. An empty document has
            no octets.
        status: Its exit status.
        complaint: What it said on standard error.
        files: What it would have written besides, by path.
    """

    metabase: str
    octets: bytes | None
    status: int
    complaint: str
    files: dict[str, bytes]

    @property
    def has_failed(self) -> bool:
        """Whether it stopped with an error."""
        is_refused = self.status == ExitStatus.FINDINGS and not self.metabase
        return is_refused or self.status not in _STATUSES


def run_held(terminal: Terminal, metabase: str, words: Sequence[str]) -> HeldCommand:
    """Run a command line of `WRITES`; nothing is written and nothing is printed.

    Args:
        terminal: The world it would run in.
        metabase: Absolute path of the file, unless the words name another.
        words: The command line.

    Raises:
        BindctlError: CLI001, it is none of those commands.
    """
    _require_write(words)
    environment = {**terminal.environment, "BINDCTL_METABASE": metabase}
    complaint = StringIO()
    inner = Terminal(
        StringIO(), complaint, environment, terminal.directory, terminal.clock
    )
    with HeldBack() as held:
        status = _run(words, inner)
    path, octets = next(iter(held.octets.items()), ("", None))
    return HeldCommand(path, octets, status, complaint.getvalue(), held.files)


def is_strict(words: Sequence[str]) -> bool:
    """Whether the command was to be strict."""
    return STRICT in words


def allows_impact(words: Sequence[str]) -> bool:
    """Whether the command was to change sites that it does not edit."""
    return ALLOW_IMPACT in words


def _run(words: Sequence[str], terminal: Terminal) -> int:
    from bindctl.cli.run.app import run_app  # noqa: PLC0415 - as above
    from bindctl.cli.verbs import quick  # noqa: PLC0415 - as `bindctl.__main__`

    invocation = quick.parse(words)
    if invocation is not None:
        return quick.run(terminal, invocation)
    return run_app(words, terminal)


def _require_write(words: Sequence[str]) -> None:
    allowed = WRITES.get(words[0])
    if allowed is not None and (not allowed or allowed.intersection(words[1:2])):
        return
    names = ", ".join(
        name if not below else f"{name} {' '.join(sorted(below))}"
        for name, below in WRITES.items()
    )
    raise BindctlError(
        "CLI001",
        f"what-if does not know {' '.join(words[:2])!r} as a command that writes the "
        "metabase",
        f"it takes {names}, cert remove and stop-site",
    )
