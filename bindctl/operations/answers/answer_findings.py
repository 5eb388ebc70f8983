"""Requests that get a different answer, as findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.findings.codes import make_finding
from bindctl.findings.finding import Place
from bindctl.operations.answers.answer_words import format_group
from bindctl.operations.answers.diff import format_witness, group_changes
from bindctl.operations.load.sources import (
    RUNNING,
    as_served,
    load_source,
    reason_changes,
)
from bindctl.routing.reason import format_reasons

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from bindctl.findings.finding import Finding
    from bindctl.operations.load.sources import ReasonedChange
    from bindctl.routing.reading import Reading
    from bindctl.storage.workspace import Workspace


def change_findings(
    code: str,
    changes: Collection[ReasonedChange],
    edited: frozenset[int] = frozenset(),
    port_offset: int = 0,
) -> Iterator[Finding]:
    """Requests that get a different answer, as findings: one for all that are alike.

    Args:
        code: Of the findings.
        changes: Requests that get a different answer.
        edited: Sites that the findings are not about, if they are about others as well.
        port_offset: What the server that the shown commands ask adds to every port.
    """
    for group in group_changes(changes):
        first = group[0]
        answers = (first.change.after, first.change.before)
        sites = {answer.site for answer in answers if answer.site is not None}
        site = min(sites - edited or sites, default=None)
        path = "/LM/W3SVC" if site is None else f"/LM/W3SVC/{site}"
        message = format_group([item.change for item in group])
        if first.reasons:
            message += f": {format_reasons(first.reasons)}"
        witness = format_witness(first, port_offset)
        hint = f"shown by {witness}"
        yield make_finding(code, Place(path), message, hint, witness=witness)


class Against:
    """Compares the judged configuration with another one, for `check --against`."""

    def __init__(
        self,
        workspace: Workspace,
        text: str,
        directory: str,
        read_input: Callable[[], bytes],
    ) -> None:
        """Read the configuration to compare with.

        Args:
            workspace: Absolute path of the metabase whose history and service are meant.
            text: A file, a version, ``running`` or ``-``.
            directory: What a file's name is relative to.
            read_input: Gives the octets of the standard input.

        Raises:
            BindctlError: RTE002, MET002, MET014 or SRV001: it cannot be read.
        """
        self._source = load_source(workspace, text, directory, read_input)

    def findings(self, reading: Reading) -> Iterator[Finding]:
        """RTE103: requests that get a different answer here than there."""
        if self._source.name == RUNNING:
            reading = as_served(reading, self._source.reading)
        changes = reason_changes(self._source.reading, reading)
        offset = self._source.port_offset
        yield from change_findings("RTE103", changes, port_offset=offset)
