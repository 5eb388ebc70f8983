"""What every test shares: the Hypothesis profiles, and being nobody in particular.

``dev`` by default, ``ci`` where CI is set, another by HYPOTHESIS_PROFILE.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOBODY = 65534

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile(
    "dev", max_examples=60, deadline=None, suppress_health_check=_SLOW
)
# Derandomised: a red build is red again when it is run again.
settings.register_profile(
    "ci",
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=_SLOW,
)
settings.register_profile(
    "deep", max_examples=5000, deadline=None, suppress_health_check=_SLOW
)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev")
)


@pytest.fixture
def unprivileged() -> Callable[[], AbstractContextManager[None]]:
    """A way to be somebody whom file modes bind, even where tests run as root."""

    @contextmanager
    def drop() -> Iterator[None]:
        if os.geteuid() != 0:
            yield
            return
        os.seteuid(NOBODY)
        try:
            yield
        finally:
            os.seteuid(0)

    return drop
