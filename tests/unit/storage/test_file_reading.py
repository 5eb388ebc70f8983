"""Files are read within a bound."""

from __future__ import annotations

import errno
import os
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.storage.authority_store import find_authority
from bindctl.storage.file_reading import (
    MAX_INPUT_OCTETS,
    MEBIBYTE,
    read_file,
    read_octets,
    read_stream,
)
from tests.unit.storage.test_authority_store import NOW

if TYPE_CHECKING:
    from pathlib import Path


def test_what_fits_is_read_whole(tmp_path: Path) -> None:
    """To the last octet."""
    (tmp_path / "a").write_bytes(bytes(3 * MEBIBYTE))
    assert len(read_file(str(tmp_path / "a"), 3 * MEBIBYTE)) == 3 * MEBIBYTE
    assert read_stream(BytesIO(b"abc"), 3) == b"abc"


def test_what_does_not_fit_is_refused() -> None:
    """A stream without end would fill the memory."""
    with (
        open("/dev/zero", "rb", buffering=0) as endless,
        pytest.raises(OSError, match="it is larger than 2 MiB") as caught,
    ):
        read_stream(endless, 2 * MEBIBYTE)
    assert caught.value.errno == errno.EFBIG


def test_a_metabase_as_large_as_a_disk_is_refused(tmp_path: Path) -> None:
    """`--metabase` may name any file."""
    path = tmp_path / "metabase.toml"
    path.touch()
    os.truncate(path, MAX_INPUT_OCTETS + 1)
    with pytest.raises(BindctlError, match="is larger than 256 MiB") as caught:
        read_octets(str(path))
    assert caught.value.code == "MET002"


def test_an_authority_as_large_as_a_disk_is_refused(tmp_path: Path) -> None:
    """BINDCTL_AUTHORITY may name any folder."""
    (tmp_path / "authority.pem").touch()
    os.truncate(tmp_path / "authority.pem", 1 << 40)
    with pytest.raises(BindctlError, match="is larger than 1 MiB"):
        find_authority(str(tmp_path), NOW)
