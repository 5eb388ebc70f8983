"""How a service may be run."""

from __future__ import annotations

import pytest

from bindctl.server.service.options import ServiceOptions


@pytest.mark.parametrize("offset", [-1, 65535, 70000])
def test_an_offset_that_leaves_no_port_is_refused(offset: int) -> None:
    """A service that listens nowhere would look as if it ran."""
    with pytest.raises(ValueError, match="is not between 0 and 65534"):
        ServiceOptions(1, offset)


def test_every_other_offset_is_taken() -> None:
    """Ports 80 and 443 without privileges."""
    assert ServiceOptions(1, 65534).port_offset == 65534
