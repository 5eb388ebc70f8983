"""history and undo: every content the metabase has had, and the way back.

Going back is itself a write, so it can be taken back, too.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from bindctl.findings.errors import BindctlError
from bindctl.storage.file_reading import require_there
from bindctl.storage.versions import list_versions, load_version, read_version
from bindctl.toml.reader import parse_document, require_known_version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.storage.versions import Version
    from bindctl.storage.workspace import Workspace


class Restored(NamedTuple):
    """The result of restoring.

    Attributes:
        number: The version whose content the metabase has now.
        is_changed: Whether the file had another content before.
        undone: The write an undo took back; ``None`` for a change by hand that was in
            no version yet, and when nothing was undone.
    """

    number: int
    is_changed: bool
    undone: Version | None = None


def list_history(workspace: Workspace) -> tuple[Version, ...]:
    """The versions that are kept, oldest first.

    Args:
        workspace: The metabase.

    Raises:
        BindctlError: The history cannot be read.
    """
    return list_versions(workspace.path)


def show_version(workspace: Workspace, number: int) -> str:
    """The text of a version, values of secure properties as stars.

    Raises:
        BindctlError: MET014, it is not kept.
    """
    from bindctl.metabase.redaction import star_secrets  # noqa: PLC0415 - slow to import

    return star_secrets(_text(read_version(workspace.path, number)))


def diff_versions(workspace: Workspace, number: int, other: int | None = None) -> str:
    """What changed from a version to another, or to the file as it is.

    Returns:
        A unified diff; empty when both are the same.

    Raises:
        BindctlError: MET014; or the metabase cannot be read.
    """
    before = read_version(workspace.path, number)
    if other is None:
        after, name = workspace.read(), os.path.basename(workspace.path)
    else:
        after, name = read_version(workspace.path, other), f"version {other}"
    return diff_texts(_text(before), _text(after), f"version {number}", name)


def diff_texts(before: str, after: str, before_name: str, after_name: str) -> str:
    """A unified diff of two texts; empty when they are the same.

    Values of secure properties are stars; a line whose value differs is still shown.
    """
    if before == after:
        return ""
    import difflib  # noqa: PLC0415 - slow to import

    from bindctl.metabase.redaction import (  # noqa: PLC0415 - as above
        mark_secrets,
        without_marks,
    )

    seen: dict[str, int] = {}
    old, new = (_split_lines(mark_secrets(text, seen)) for text in (before, after))
    lines = difflib.unified_diff(old, new, before_name, after_name)
    return without_marks(
        "".join(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for line in lines
        )
    )


def _split_lines(text: str) -> list[str]:
    """Lines with their ends; nothing but a line feed ends one."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]  # the last has an end only if the text has
    return lines if lines[-1] else lines[:-1]


def restore_version(workspace: Workspace, number: int) -> Restored:
    """Give the metabase the content of a version.

    Args:
        workspace: The metabase.
        number: The version.

    Raises:
        BindctlError: MET014, it is not kept; MET002, it is not TOML; or the file cannot
            be written.
    """
    octets = read_version(workspace.path, number)
    try:
        parse_document(octets)
    except BindctlError as error:
        message = f"version {number} is not a metabase: {error.message}"
        hint = "bindctl history list shows the others; nothing was written"
        raise BindctlError("MET014", message, hint) from error
    is_changed = workspace.restore(octets)
    return Restored(number, is_changed)


def undo(workspace: Workspace) -> Restored:
    """Take back the last write, or one more when the last write was an undo.

    Each further undo goes back one more version, until something else is written. A
    change by hand counts as a write.

    Raises:
        BindctlError: MET014, there is nothing to go back to; or the file cannot be
            written.
    """
    done: list[Restored] = []

    def change(before: bytes | None) -> tuple[bytes, int | None]:
        # The file may have another schema version.
        octets = require_there(workspace.path, before)
        versions = list_versions(workspace.path)
        undone, older = _older_versions(versions, octets, workspace)
        for version in reversed(older):
            content = _find_content(workspace, version, octets)
            if content is not None:
                done.append(Restored(version.number, is_changed=True, undone=undone))
                return content, version.number
        raise BindctlError(
            "MET014",
            "there is no older version to go back to",
            "bindctl history list shows what is kept: MaxHistoryFiles says how many",
        )

    workspace.rewrite(change)
    return done[-1]


def _older_versions(
    versions: Sequence[Version], octets: bytes, workspace: Workspace
) -> tuple[Version | None, Sequence[Version]]:
    """The write to take back, and the versions before it."""
    if not versions:
        return None, ()
    newest = versions[-1]
    if load_version(workspace.path, newest) != octets:
        return None, versions  # by hand, since the newest version
    target = newest.number if newest.undone_to is None else newest.undone_to
    older = [item for item in versions if item.number < target]
    undone = next((item for item in versions if item.number == target), None)
    return undone, older


def _find_content(
    workspace: Workspace, version: Version, octets: bytes
) -> bytes | None:
    """A version's octets, if they are another metabase than `octets`."""
    try:
        content = load_version(workspace.path, version)
        require_known_version(content)
        parse_document(content)
    except BindctlError:
        return None  # gone, or written by hand and never valid
    return None if content == octets else content


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")
