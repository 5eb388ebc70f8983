"""START_SERVER and its brothers, with a service that is stood in for."""

from __future__ import annotations

import pytest

from bindctl.adsutil.errors import AdsiError
from bindctl.adsutil.server import control_pool, control_site
from bindctl.findings.errors import BindctlError
from bindctl.storage.workspace import DiskWorkspace


class Service:
    """A running service that keeps what it was asked, or refuses."""

    def __init__(self, refusal: BindctlError | None = None) -> None:
        self.asked: list[tuple[str, int, str]] = []
        self.refusal = refusal

    def control(self, metabase: str, identifier: int, action: str) -> None:
        self.asked.append((metabase, identifier, action))
        if self.refusal is not None:
            raise self.refusal


@pytest.mark.parametrize("action", ["start", "stop", "pause", "continue"])
def test_the_service_is_asked_for_that_site(action: str) -> None:
    """A STOP_SERVER that reached another site would take the wrong one down."""
    service = Service()
    control_site(DiskWorkspace("m"), ("W3SVC", "12"), action, "line", service.control)
    assert service.asked == [("m", 12, action)]


@pytest.mark.parametrize(
    ("refusal", "number"),
    [
        (BindctlError("SRV001", "no service runs"), 0x80070426),
        (BindctlError("SRV004", "refused", hresult=0x800700B7), 0x800700B7),
        (BindctlError("SRV004", "refused", hresult=0x80070020), 0x80070020),
    ],
)
def test_a_refusal_is_an_error_block(refusal: BindctlError, number: int) -> None:
    """Scripts test the number they know; a person wants to know which site it is."""
    with pytest.raises(AdsiError) as caught:
        control_site(
            DiskWorkspace("m"),
            ("w3svc", "1"),
            "start",
            "line",
            Service(refusal).control,
        )
    assert (caught.value.number, caught.value.lines) == (number, ("line",))
    assert caught.value.cause is refusal


def test_a_service_that_does_not_answer_is_bindctl_s_own_error() -> None:
    """No number of Windows says that; the words on standard error do."""
    refusal = BindctlError("SRV003", "the service does not answer")
    with pytest.raises(BindctlError) as caught:
        control_site(
            DiskWorkspace("m"),
            ("w3svc", "1"),
            "start",
            "line",
            Service(refusal).control,
        )
    assert caught.value is refusal


@pytest.mark.parametrize(
    "path", [("w3svc", "x"), ("w3svc", "01"), ("w3svc", "Info", "1"), ("w3svc",)]
)
def test_what_is_no_site_of_the_service_is_not_asked_for(path: tuple[str, ...]) -> None:
    """A template below Info has a site's key type and no state."""
    service = Service()
    with pytest.raises(AdsiError) as caught:
        control_site(DiskWorkspace("m"), path, "start", "line", service.control)
    assert caught.value.number == 438
    assert service.asked == []


def test_a_pool_cannot_pause() -> None:
    """An application pool has two methods only."""
    with pytest.raises(AdsiError) as caught:
        control_pool(DiskWorkspace("m"), "pause", "line")
    assert caught.value.number == 438
