"""How a service may be run, and what it is told."""

from __future__ import annotations

import pytest

from bindctl.model.secret import Secret
from bindctl.server.service.service_plan import CentralFiles, ServiceOptions


@pytest.mark.parametrize("offset", [-1, 65535, 70000])
def test_an_offset_that_leaves_no_port_is_refused(offset: int) -> None:
    """A service that listens nowhere would look as if it ran."""
    with pytest.raises(ValueError, match="is not between 0 and 65534"):
        ServiceOptions(1, offset)


def test_every_other_offset_is_taken() -> None:
    """Ports 80 and 443 without privileges."""
    assert ServiceOptions(1, 65534).port_offset == 65534


def test_a_file_is_found_by_its_name_on_disk() -> None:
    """A store copied from Windows has names in any case."""
    files = CentralFiles("/ccs", Secret("geheim"), {"a.example.pfx": "A.Example.PFX"})
    assert files.path("a.example.pfx") == "/ccs/A.Example.PFX"
    assert files.path("b.example.pfx") == "/ccs/b.example.pfx"
    assert "geheim" not in repr(files)
