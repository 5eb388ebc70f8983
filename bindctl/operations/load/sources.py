"""Reads a configuration to compare with: a file, a version, or the running service."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.bindings.listen_list import LISTEN_ADDRESSES
from bindctl.findings.errors import BindctlError, ExitStatus
from bindctl.operations.load.configuration import compile_configuration
from bindctl.routing.change_reasons import Reasons
from bindctl.routing.compare import compare
from bindctl.routing.witnesses import WitnessAddresses
from bindctl.storage.file_reading import read_octets
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bindctl.model.endpoint import IpAddress
    from bindctl.routing.answers import AnswerChange
    from bindctl.routing.reading import Reading
    from bindctl.routing.reason import Reason
    from bindctl.storage.workspace import Workspace

RUNNING: Final = "running"
STANDARD_INPUT: Final = "-"


class Source(NamedTuple):
    """A configuration, and the name by which it was asked for.

    Attributes:
        name: ``running``, ``version 12``, or the file's name.
        reading: Sites, what starts, the plan.
        octets: The document; ``None`` of what runs.
        port_offset: What the service adds to every port, of what runs.
    """

    name: str
    reading: Reading
    octets: bytes | None = None
    port_offset: int = 0


class ReasonedChange(NamedTuple):
    """A class of requests that gets a different answer.

    Attributes:
        change: The class, and both answers.
        reasons: Why; nothing where no reason is known.
        address: A local address at which it can be seen (`WitnessAddresses`).
    """

    change: AnswerChange
    reasons: tuple[Reason, ...]
    address: IpAddress


def load_source(
    workspace: Workspace, text: str, directory: str, read_input: Callable[[], bytes]
) -> Source:
    """The configuration that `text` names.

    Args:
        workspace: Absolute path of the metabase that versions and what runs are of.
        text: ``running``; the number of a version of history; ``-``; or a file.
        directory: What a file's name is relative to.
        read_input: Gives the octets of the standard input, for ``-``.

    Raises:
        BindctlError: SRV001, none runs; MET014, no such version; RTE002, neither a
            version nor a file; or the document cannot be read. Its exit status is
            never that of a difference.
    """
    try:
        return _load(workspace, text, directory, read_input)
    except BindctlError as error:
        if error.exit_status == ExitStatus.FINDINGS:
            error.exit_status = ExitStatus.USAGE
        raise


def _load(
    workspace: Workspace, text: str, directory: str, read_input: Callable[[], bytes]
) -> Source:
    if text == RUNNING:
        return _load_running(workspace)
    if text == STANDARD_INPUT:
        return read_source("the standard input", workspace, read_input())
    path = os.path.join(directory, text)
    if os.path.exists(path):
        return read_source(text, DiskWorkspace(path), read_octets(path))
    number = text.removeprefix("version ").strip()
    if not (number.isascii() and number.isdigit()):
        message = f"{text!r} is neither a file, nor a version, nor {RUNNING!r}"
        hint = "bindctl history list shows the versions that are kept"
        raise BindctlError("RTE002", message, hint)
    from bindctl.storage.versions import read_version  # noqa: PLC0415 - not always

    octets = read_version(workspace.path, int(number))
    return read_source(f"version {int(number)}", workspace, octets)


def read_source(name: str, workspace: Workspace, octets: bytes) -> Source:
    """The configuration of a document.

    Args:
        name: What to call it.
        workspace: The file beside which its stores and folders are.
        octets: The document.

    Raises:
        BindctlError: MET002, with the name.
    """
    try:
        reading = compile_configuration(octets, workspace)
    except BindctlError as error:
        error.file = error.file or name
        raise
    return Source(name, reading, octets)


def reason_changes(before: Reading, after: Reading) -> tuple[ReasonedChange, ...]:
    """The same, each with its reason."""
    return give_reasons(compare(before, after), before, after)


def give_reasons(
    changes: Iterable[AnswerChange], before: Reading, after: Reading
) -> tuple[ReasonedChange, ...]:
    """Changes between two readings, each with its reason."""
    reasons = Reasons(before, after)
    addresses = WitnessAddresses(before, after)
    return tuple(
        ReasonedChange(change, reasons.explain(change), addresses.find(change))
        for change in changes
    )


def _load_running(workspace: Workspace) -> Source:
    from bindctl.operations.load.running import load_running  # noqa: PLC0415 - not always

    running = load_running(workspace.path)
    return Source(RUNNING, running.reading, port_offset=running.port_offset)


def as_served(reading: Reading, running: Reading) -> Reading:
    """A configuration as the running service would serve it after a reset.

    A service that was started with its own list of addresses keeps it.
    """
    listen = running.listen
    if listen.name == LISTEN_ADDRESSES:
        return reading
    return reading._replace(given_listen=listen)
