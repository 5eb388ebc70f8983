"""Certificate records: what `netsh http show sslcert` would list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.bindings.lowering import parse_record_key
from bindctl.bindings.records import certificate_claims, ssl_records
from bindctl.model.endpoint import Endpoint
from tests.unit.bindings.tables import A, B, C, site, table

if TYPE_CHECKING:
    from bindctl.bindings.table import BindingTable


def _records(made: BindingTable, *started: int) -> dict[str, tuple[str, int | None]]:
    found = ssl_records(made, started or {s.identifier for s in made.sites})
    return {
        f"{key.address}:{key.port}" if isinstance(key, Endpoint) else str(key): (
            record.certificate_hash,
            record.site,
        )
        for key, record in found.items()
    }


ANY = "AnyAddress.ANY_ADDRESS:443"


@pytest.mark.parametrize(
    ("made", "records"),
    [
        (table(site(1, secure=(":443:a",), certificate_hash=A)), {ANY: (A, 1)}),
        (table(site(1, secure=("10.0.0.1:443:a",), certificate_hash=A)),
         {"10.0.0.1:443": (A, 1)}),
        (table(site(1, secure=(":443:a",), certificate_hash=A, flags=1)),
         {"a:443": (A, 1)}),
        (table(site(1, secure=("10.0.0.1:443:*.a",), certificate_hash=A, flags=1)),
         {"*.a:443": (A, 1)}),
        (table(site(1, secure=(":443:",), certificate_hash=A, flags=1)), {}),
        (table(site(1, secure=(":443:a",), certificate_hash=A, flags=2)),
         {"*:443": ("", 1)}),
        (table(site(1, secure=(":443:a",), flags=3)), {"*:443": ("", 1)}),
        (table(site(1, secure=(":443:a",), certificate_hash=A, flags=4)), {ANY: (A, 1)}),
        (table(site(1, secure=(":443:",), flags=3)), {}),
        (table(site(1, secure=(":443:a",), certificate_hash=A, flags=3), version=7),
         {ANY: (A, 1)}),
        (table(site(1, secure=(":443:a",))), {}),
        (table(site(1, ":80:a", certificate_hash=A)), {}),
    ],
)  # fmt: skip
def test_a_site_s_flags_decide_its_record(
    made: BindingTable, records: dict[str, tuple[str, int | None]]
) -> None:
    """By IP:port, by name, or by file; bits of later IIS versions change nothing."""
    assert _records(made) == records


def test_the_first_started_site_that_names_a_certificate_makes_the_record() -> None:
    """Which certificate is shown must not depend on chance."""
    made = table(
        site(1, secure=(":443:a",)),
        site(2, secure=(":443:b",), certificate_hash=B),
        site(3, secure=(":443:c",), certificate_hash=C),
    )
    assert _records(made) == {ANY: (B, 2)}
    assert _records(made, 1, 3) == {ANY: (C, 3)}


def test_an_explicit_record_decides() -> None:
    """As on IIS 7+: an imported record keeps its meaning whatever the sites say."""
    made = table(
        site(1, secure=(":443:a",), certificate_hash=A),
        records={"0.0.0.0:443": B, "a:443": C},
    )
    assert _records(made) == {ANY: (B, None), "a:443": (C, None)}
    (claim,) = certificate_claims(made)
    assert claim.key == parse_record_key("0.0.0.0:443")
