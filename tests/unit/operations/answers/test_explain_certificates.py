"""What a record has to show, and whether a browser accepts it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bindctl.bindings.lowering import parse_record_key
from bindctl.model.certificate import (
    CENTRAL_STORE_NAME,
    CentralKey,
    SslRecord,
    TrustAnchors,
)
from bindctl.operations.answers.explain_certificates import CertificateReader
from bindctl.operations.certificates.certificates import create_certificate
from bindctl.storage.workspace import DiskWorkspace
from tests.pfx_files import make_pfx
from tests.unit.bindings.tables import site, table
from tests.unit.routing.questions import https

if TYPE_CHECKING:
    from bindctl.model.certificate import Certificate

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def metabase(tmp_path: Path) -> str:
    return str(tmp_path / "metabase.toml")


def _record(certificate_hash: str, store: str = "MY") -> SslRecord:
    return SslRecord(parse_record_key("0.0.0.0:443"), certificate_hash, store, 1)


def _create(metabase: str, *names: str) -> Certificate:
    return create_certificate(DiskWorkspace(metabase), names, NOW, {}).certificate


def _key_file(metabase: str, certificate: Certificate) -> Path:
    store = Path(metabase).parent / "certificates" / "my"
    return store / f"{certificate.certificate_hash}.key"


def test_a_certificate_is_read_once_and_remembered(metabase: str) -> None:
    """Sixteen addresses show one certificate; its files are read once."""
    made = _create(metabase, "a.example")
    facts: dict[str, Certificate] = {}
    reader = CertificateReader(DiskWorkspace(metabase), facts)
    shown = reader.find(_record(made.certificate_hash))
    assert (shown.certificate, shown.problem) == (made, None)
    assert facts == {made.certificate_hash: made}
    _key_file(metabase, made).unlink()
    assert reader.find(_record(made.certificate_hash, "my")) is shown


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        (None, "the certificate's private key is missing"),
        (
            b"garbage",
            "the certificate's key belongs to another certificate, or is encrypted or damaged",
        ),
    ],
)
def test_a_certificate_without_its_key_shows_nothing(
    metabase: str, key: bytes | None, problem: str
) -> None:
    """Its names are known, and every handshake is refused."""
    made = _create(metabase, "a.example")
    file = _key_file(metabase, made)
    file.unlink() if key is None else file.write_bytes(key)
    shown = CertificateReader(DiskWorkspace(metabase), {}).find(
        _record(made.certificate_hash)
    )
    assert shown.certificate is not None
    assert str(shown.problem) == problem


@pytest.mark.parametrize("store", ["MY", "WebHosting", "CENTRAL"])
def test_a_certificate_that_is_not_there_says_so(metabase: str, store: str) -> None:
    """`check` has a finding for it; here it is why the handshake is refused."""
    facts: dict[str, Certificate] = {}
    shown = CertificateReader(DiskWorkspace(metabase), facts).find(
        _record("ab" * 20, store)
    )
    assert shown.certificate is None
    assert str(shown.problem) == f"store {store.upper()} has no certificate {'ab' * 20}"
    assert facts == {}


def test_a_file_of_the_central_store_is_read_there(metabase: str) -> None:
    """Its record names a file, and the facts are those of the file's certificate."""
    made = _create(metabase, "a.example")
    key = _key_file(metabase, made)
    central = Path(metabase).parent / "central"
    central.mkdir()
    pfx = make_pfx(key.with_suffix(".pem").read_bytes(), key.read_bytes())
    (central / "a.example.pfx").write_bytes(pfx)
    (central / "b.example.pfx").write_bytes(b"garbage")
    asking = table(site(1, secure=(":443:a.example",), flags=3))
    asking = asking._replace(central_store_path="central")
    facts: dict[str, Certificate] = {}
    reader = CertificateReader(DiskWorkspace(metabase), facts, table=asking)
    record = SslRecord(CentralKey(443), "a.example.pfx", CENTRAL_STORE_NAME, 1)
    shown = reader.find(record)
    assert shown.problem is None
    assert facts["a.example.pfx"].certificate_hash == made.certificate_hash
    broken = reader.find(record._replace(certificate_hash="b.example.pfx"))
    assert (broken.certificate, bool(broken.problem)) == (None, True)


@pytest.mark.parametrize(
    ("host", "name", "covering", "codes"),
    [
        ("a.x.example", "", "*.x.example", []),
        ("one.example", "", "one.example", []),
        ("x.example", "", None, ["CRT201"]),
        ("x.example", "a.x.example", None, ["CRT201"]),
        (None, "a.x.example", "*.x.example", []),
        (None, None, None, []),
        ("10.0.0.1", None, "10.0.0.1", []),
        ("[2001:db8::a]", None, "2001:db8::a", []),
        ("[2001:db8::b]", None, None, ["CRT201"]),
    ],
)
def test_a_browser_looks_for_the_host(
    metabase: str,
    host: str | None,
    name: str | None,
    covering: str | None,
    codes: list[str],
) -> None:
    """What it asked for has to stand in the certificate, wherever it connected."""
    names = ("*.x.example", "one.example", "10.0.0.1", "2001:db8::a")
    made = _create(metabase, *names)
    verdict = CertificateReader(DiskWorkspace(metabase), {}).judge(
        made, https(host, name), NOW
    )
    assert [flaw.code for flaw in verdict.flaws] == codes
    assert (verdict.covering_id, verdict.is_accepted) == (covering, not codes)
    assert not verdict.is_trust_known


def test_a_browser_looks_at_the_dates(metabase: str) -> None:
    """The very same certificate is refused a year on."""
    made = _create(metabase, "a.example")
    later = NOW + timedelta(days=366)
    verdict = CertificateReader(DiskWorkspace(metabase), {}).judge(
        made, https("a.example"), later
    )
    assert [flaw.code for flaw in verdict.flaws] == ["CRT301"]


def test_trust_is_judged_where_somebody_can_tell_it(metabase: str) -> None:
    """Whom the machine's browsers trust is read at most once, and only when needed."""
    made = _create(metabase, "a.example")
    asked = []

    def read_anchors() -> TrustAnchors:
        asked.append(1)
        return TrustAnchors(private=frozenset({made.issuer}))

    trusting = CertificateReader(DiskWorkspace(metabase), {}, read_anchors)
    assert not asked
    verdict = trusting.judge(made, https("a.example"), NOW)
    assert (verdict.is_accepted, verdict.is_trust_known) == (True, True)
    trusting.judge(made, https("b.example"), NOW)
    assert asked == [1]
    strange = CertificateReader(DiskWorkspace(metabase), {}, TrustAnchors)
    verdict = strange.judge(made, https("a.example"), NOW)
    assert [flaw.code for flaw in verdict.flaws] == ["CRT501"]
