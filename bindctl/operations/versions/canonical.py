"""fmt: the metabase in canonical order."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from bindctl.metabase.canonical import canonical_octets
from bindctl.operations.versions.history import diff_texts

if TYPE_CHECKING:
    from bindctl.storage.author import Author
    from bindctl.storage.workspace import Workspace


class Formatting(NamedTuple):
    """What canonical order changes.

    Attributes:
        is_changed: Whether the file is not, or was not, in canonical order.
        diff: A unified diff; empty when nothing changes.
    """

    is_changed: bool
    diff: str


def preview_format(workspace: Workspace) -> Formatting:
    """What `format_metabase` would change; nothing is written.

    Args:
        workspace: The metabase.

    Raises:
        BindctlError: MET002, MET013; or the file cannot be read.
    """
    octets = workspace.read()
    return _compare(workspace, octets, canonical_octets(octets))


def format_metabase(workspace: Workspace, author: Author | None = None) -> Formatting:
    """Put the metabase into canonical order; comments and data stay.

    Args:
        workspace: The metabase.
        author: Who does it, for history; ``None`` is this process.

    Raises:
        BindctlError: MET002, MET013; or the file cannot be written.
    """
    seen: list[tuple[bytes, bytes]] = []

    def change(octets: bytes) -> bytes:
        ordered = canonical_octets(octets)
        seen.append((octets, ordered))
        return ordered

    workspace.update(change, author)
    return _compare(workspace, *seen[-1])


def _compare(workspace: Workspace, before: bytes, after: bytes) -> Formatting:
    name = os.path.basename(workspace.path)
    old, new = (octets.decode("utf-8", "replace") for octets in (before, after))
    diff = diff_texts(old, new, name, f"{name} in canonical order")
    return Formatting(before != after, diff)
