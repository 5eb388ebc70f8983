"""fmt: the metabase in canonical order."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from bindctl.metabase.canonical import canonical_octets
from bindctl.operations.versions.history import diff_texts
from bindctl.storage.metabase_file import read_octets, update_octets

if TYPE_CHECKING:
    from bindctl.storage.author import Author


class Formatting(NamedTuple):
    """What canonical order changes.

    Attributes:
        is_changed: Whether the file is not, or was not, in canonical order.
        diff: A unified diff; empty when nothing changes.
    """

    is_changed: bool
    diff: str


def preview_format(metabase: str) -> Formatting:
    """What `format_metabase` would change; nothing is written.

    Args:
        metabase: Absolute path of the file.

    Raises:
        BindctlError: MET002, MET013; or the file cannot be read.
    """
    octets = read_octets(metabase)
    return _compare(metabase, octets, canonical_octets(octets))


def format_metabase(metabase: str, author: Author | None = None) -> Formatting:
    """Put the metabase into canonical order; comments and data stay.

    Args:
        metabase: Absolute path of the file.
        author: Who does it, for history; ``None`` is this process.

    Raises:
        BindctlError: MET002, MET013; or the file cannot be written.
    """
    seen: list[tuple[bytes, bytes]] = []

    def change(octets: bytes) -> bytes:
        ordered = canonical_octets(octets)
        seen.append((octets, ordered))
        return ordered

    update_octets(metabase, change, author)
    return _compare(metabase, *seen[-1])


def _compare(metabase: str, before: bytes, after: bytes) -> Formatting:
    name = os.path.basename(metabase)
    old, new = (octets.decode("utf-8", "replace") for octets in (before, after))
    diff = diff_texts(old, new, name, f"{name} in canonical order")
    return Formatting(before != after, diff)
