"""What every test shares: the Hypothesis profiles, and being nobody in particular.

``dev`` by default, ``ci`` where CI is set, another by HYPOTHESIS_PROFILE.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.nobody import nobody

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

# Tests leave nothing in the cache folder of who runs them.
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="bindctl-tests-")
# Nor do they depend on whom the machine trusts: nothing is known of that here.
os.environ["SSL_CERT_FILE"] = os.devnull

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
    return nobody


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """The path of a program; the test is skipped where it is not installed."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            reason = f"{name} is not installed"
            if os.environ.get("BINDCTL_REQUIRE_ENGINES"):
                pytest.fail(reason)
            pytest.skip(reason)
        return path

    return find
