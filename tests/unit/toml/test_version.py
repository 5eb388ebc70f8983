"""A file of another version is left alone."""

from __future__ import annotations

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.toml.version import require_known_version


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"schema_version = 1\n[w3svc]\n",
        b"[w3svc]\nschema_version = 9\n",
        b"# schema_version = 9\n",
        b"schema_version = \n",
    ],
)
def test_this_version_and_none_are_read(octets: bytes) -> None:
    """Files written before there was a version still open."""
    require_known_version(octets)


@pytest.mark.parametrize("value", ["2", "0", "true", '"1"'])
def test_another_version_is_refused(value: str) -> None:
    """Read by other rules, it would come back changed."""
    with pytest.raises(BindctlError) as caught:
        require_known_version(f"# top\nschema_version = {value}\n[a]\n".encode())
    assert caught.value.code == "MET008"
