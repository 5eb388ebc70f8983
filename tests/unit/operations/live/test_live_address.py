"""The address of a server that is named on the command line."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.live.live_address import resolve_host


@pytest.mark.parametrize("text", ["127.0.0.1", "::1"])
def test_an_address_is_itself(text: str) -> None:
    """Another machine would be asked."""
    assert resolve_host(text) == ip_address(text)


def test_a_name_is_looked_up() -> None:
    """Servers are known by name."""
    assert resolve_host("localhost").is_loopback


@pytest.mark.parametrize("text", ["unknown.invalid", "a..b", "\u00e9" * 70])
def test_a_name_without_an_address_is_told(text: str) -> None:
    """It would end in a traceback."""
    with pytest.raises(BindctlError, match="has no address"):
        resolve_host(text)
