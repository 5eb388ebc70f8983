"""The authorities that clients trust, for commands that judge certificates."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bindctl.storage.file_locations import (
    AUTHORITY_NAME,
    authority_directory,
    root_directory,
    user_cache_directory,
)
from bindctl.storage.trust_anchors import find_bundle, load_trust_anchors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bindctl.model.certificate import TrustAnchors
    from bindctl.storage.workspace import Workspace


def find_trust_anchors(
    workspace: Workspace, environment: Mapping[str, str] | None = None
) -> TrustAnchors | None:
    """The machine's authorities, the development authority and your own.

    Args:
        workspace: The metabase the stores lie beside.
        environment: Variables; those of this process by default.

    Returns:
        ``None`` when the machine's are not known.
    """
    variables = os.environ if environment is None else environment
    authority = os.path.join(
        authority_directory(workspace.path, variables), AUTHORITY_NAME
    )
    return load_trust_anchors(
        find_bundle(variables),
        (authority, root_directory(workspace.path)),
        user_cache_directory(variables),
    )
