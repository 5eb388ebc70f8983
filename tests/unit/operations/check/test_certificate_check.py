"""What check finds of certificates: here or beside, it is the same."""

from __future__ import annotations

import contextlib
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bindctl.operations.certificates.certificates import create_certificate
from bindctl.operations.check.certificate_check import CertificateCheck
from bindctl.routing.reading import Reading
from bindctl.rules.certificates import certificate_findings
from bindctl.storage.workspace import DiskWorkspace
from tests.unit.bindings.tables import site, table

if TYPE_CHECKING:
    from pathlib import Path

    from bindctl.bindings.table import BindingTable
    from bindctl.model.certificate import Certificate

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MANY = 2_500  # sites: worth another process


def _many_sites(certificate: Certificate, count: int) -> BindingTable:
    """Every other site without a certificate, and one host that is not covered."""
    digest = certificate.certificate_hash
    rows = [
        site(
            number,
            secure=(f":443:h{number}.a.example",),
            certificate_hash=digest if number % 2 else None,
            flags=1,
        )
        for number in range(1, count)
    ]
    other = site(count, secure=(":444:other",), certificate_hash=digest)
    return table(*rows, other)


@pytest.mark.parametrize("count", [3, MANY])
def test_what_is_found_beside_is_what_the_rules_find(
    tmp_path: Path, count: int
) -> None:
    """A large metabase would be judged otherwise than a small one."""
    metabase = str(tmp_path / "metabase.toml")
    made = create_certificate(
        DiskWorkspace(metabase), ["*.a.example"], NOW, {}, 20
    ).certificate
    given = _many_sites(made, count)
    with CertificateCheck(
        DiskWorkspace(metabase), Reading(given), NOW, 30, {}
    ) as check:
        report = check.report()
    assert report.looked_at == 1
    facts = {made.certificate_hash: made}
    assert report.findings == [
        *certificate_findings(Reading(given), facts, {}, NOW, 30)
    ]
    codes = {item.code for item in report.findings}
    assert codes == {"CRT303", "CRT101", "CRT201"}


def test_certificates_that_are_about_to_be_made_count(tmp_path: Path) -> None:
    """`check --fix` would offer the same certificate again and again."""
    elsewhere = str(tmp_path / "other.toml")
    made = create_certificate(
        DiskWorkspace(elsewhere), ["*.a.example"], NOW, {}, 90
    ).certificate
    given = table(
        *_many_sites(made, MANY).sites[:1],
        *(site(number) for number in range(2, MANY)),
    )
    metabase = str(tmp_path / "empty" / "metabase.toml")
    facts = {made.certificate_hash: made}
    with CertificateCheck(
        DiskWorkspace(metabase), Reading(given), NOW, 30, facts
    ) as check:
        assert check.report().findings == []
    with CertificateCheck(
        DiskWorkspace(metabase), Reading(given), NOW, 30, {}
    ) as check:
        assert [item.code for item in check.report().findings] == ["CRT102"]


def test_a_store_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """What goes wrong beside has to be told in the words of what goes wrong here."""
    metabase = str(tmp_path / "metabase.toml")
    made = create_certificate(
        DiskWorkspace(metabase), ["*.a.example"], NOW, {}, 90
    ).certificate
    given = _many_sites(made, MANY)
    store = tmp_path / "certificates" / "my"
    store.rename(tmp_path / "moved")
    store.write_text("no folder")
    with CertificateCheck(
        DiskWorkspace(metabase), Reading(given), NOW, 30, {}
    ) as check:
        findings = check.report().findings
    codes = [item.code for item in findings if item.code != "CRT101"]
    assert codes == ["CRT104"]


def test_no_process_is_left_when_nobody_asks(tmp_path: Path) -> None:
    """A mistake in the other half would leave a zombie a check in a long run."""
    given = table(*(site(number) for number in range(1, MANY)))
    with (
        pytest.raises(LookupError),
        CertificateCheck(
            DiskWorkspace(str(tmp_path / "metabase.toml")), Reading(given), NOW, 30, {}
        ),
    ):
        raise LookupError
    ended = os.WEXITED | os.WNOHANG | os.WNOWAIT
    with contextlib.suppress(ChildProcessError):  # there is no child at all
        assert os.waitid(os.P_ALL, 0, ended) is None
