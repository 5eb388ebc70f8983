"""Drift: how a service differs from the configuration now."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, NamedTuple

from bindctl.findings.errors import BindctlError
from bindctl.server.service.service_plan import names_digest
from bindctl.storage.central_store import CentralStore

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bindctl.storage.workspace import Workspace


class Drift(NamedTuple):
    """The differences between the service and the configuration.

    Attributes:
        is_current: There is no difference.
        metabase_changed: The file is not what was read at the last reset.
        sites: Those that were started, stopped or paused one by one since.
        replaced_certificates: Thumbprints whose files are newer than the last reset.
            New connections get the new files.
        central_store_changed: The central certificate store has other files than at the
            last reset; the service finds new ones only at a reset.
    """

    is_current: bool
    metabase_changed: bool
    sites: tuple[int, ...]
    replaced_certificates: tuple[str, ...]
    central_store_changed: bool


def find_drift(workspace: Workspace, answer: Mapping[str, object]) -> Drift:
    """The drift of a service, by its answer on the control socket.

    Args:
        workspace: The metabase.
        answer: To ``status`` or ``reset``.
    """
    metabase_changed = _digest(workspace) != answer.get("read_digest")
    sites = tuple(int(str(item)) for item in _items(answer.get("changed_sites")))
    read_at = float(str(answer.get("read_at", 0)))
    paths = map(str, _items(answer.get("certificates")))
    replaced = tuple(_stem(path) for path in paths if _is_newer(path, read_at))
    central = _has_other_files(
        str(answer.get("central_directory", "")), answer.get("central_digest")
    )
    is_current = not (metabase_changed or sites or replaced or central)
    return Drift(is_current, metabase_changed, sites, replaced, central)


def _digest(workspace: Workspace) -> str | None:
    try:
        return hashlib.sha256(workspace.read()).hexdigest()
    except BindctlError:
        return None  # gone or unreadable: surely it has changed


def _has_other_files(directory: str, digest: object) -> bool:
    if not directory:
        return False
    files = CentralStore(directory).list_folder().files
    return names_digest(files) != digest


def _is_newer(path: str, instant: float) -> bool:
    """Whether a certificate or its key was written, or put there, after that instant."""
    for ending in ("pem", "key"):
        try:
            status = os.stat(path[:-3] + ending)
        except OSError:
            continue  # `check` reports what is missing
        if max(status.st_mtime, status.st_ctime) > instant:
            return True
    return False


def _stem(path: str) -> str:
    return os.path.basename(path).partition(".")[0]


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else []
