"""What the system allows this process."""

from __future__ import annotations

import contextlib


def raise_descriptor_limit() -> None:
    """As many connections as the system allows; the usual soft limit is 1024."""
    try:
        import resource  # noqa: PLC0415 - missing on Windows
    except ImportError:
        return
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
