"""cert create, assign, list and remove: the store and who uses it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError, ExitStatus
from bindctl.operations.certificates.certificates import (
    assign_certificate,
    create_certificate,
    list_certificates,
    remove_certificate,
)
from bindctl.storage.certificate_store import open_store
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SITES = """\
[w3svc.1]
SecureBindings = [":443:www.a.example"]

[w3svc.2]
SecureBindings = [":443:www.b.example"]
SslFlags = 1
"""


@pytest.fixture
def metabase(tmp_path: Path) -> str:
    """Two sites without a certificate; the absolute path."""
    path = tmp_path / "metabase.toml"
    path.write_text(SITES)
    return str(path)


def _create(metabase: str, *names: str, days: int | None = None) -> str:
    made = create_certificate(DiskWorkspace(metabase), names, NOW, {}, days)
    return made.certificate.certificate_hash


def _refusal(metabase: str, name: str) -> BindctlError:
    with pytest.raises(BindctlError) as caught:
        remove_certificate(DiskWorkspace(metabase), name, NOW)
    return caught.value


def test_one_that_is_needed_stays(metabase: str) -> None:
    """Visitors would be refused within a second."""
    name = _create(metabase, "*.a.example")
    assign_certificate(DiskWorkspace(metabase), name, [1], NOW)
    error = _refusal(metabase, "*.a.example")
    assert (error.code, error.exit_status) == ("CRT004", ExitStatus.REFUSED)
    assert open_store(DiskWorkspace(metabase)).hashes() == (name,)
    (finding,) = error.findings
    assert finding.place.path == "/LM/W3SVC/1"
    assert '":443:www.a.example"' in finding.message
    assert finding.hint == (
        "bindctl cert create www.a.example; bindctl cert assign www.a.example 1"
    )


def test_replacement_is_named(metabase: str) -> None:
    """The administrator would search the store by hand."""
    old = _create(metabase, "*.a.example")
    assign_certificate(DiskWorkspace(metabase), old, [1], NOW)
    _create(metabase, "www.a.example")
    (finding,) = _refusal(metabase, old).findings
    assert finding.hint == "bindctl cert assign www.a.example 1"


def test_one_that_nobody_needs_goes_with_its_key(metabase: str, tmp_path: Path) -> None:
    """Keys of certificates long gone would pile up."""
    name = _create(metabase, "www.a.example")
    done = remove_certificate(DiskWorkspace(metabase), name[:8], NOW)
    assert done.certificate_hash == name
    assert done.losses == ()
    assert not list((tmp_path / "certificates" / "my").glob("*.key"))
    assert _refusal(metabase, name).code == "CRT001"


def test_force_tells_what_was_lost(metabase: str) -> None:
    """A script that forces would not know what it broke."""
    name = _create(metabase, "*.a.example")
    assign_certificate(DiskWorkspace(metabase), name, [1, 2], NOW)
    done = remove_certificate(DiskWorkspace(metabase), name, NOW, force=True)
    assert open_store(DiskWorkspace(metabase)).hashes() == ()
    assert [
        (loss.site, [item.host for item in loss.shown]) for loss in done.losses
    ] == [
        (1, ["www.a.example"]),
        (2, ["www.b.example"]),
    ]


def test_one_of_several_has_to_be_named(metabase: str) -> None:
    """The new one would be removed in place of the old one."""
    old, new = (
        _create(metabase, "www.a.example", days=9),
        _create(metabase, "www.a.example"),
    )
    error = _refusal(metabase, "www.a.example")
    assert (error.code, error.exit_status) == ("CRT005", ExitStatus.USAGE)
    assert old[:8] in error.message
    assert new[:8] in error.message
    assert set(open_store(DiskWorkspace(metabase)).hashes()) == {old, new}


def test_damaged_file_is_removed_by_its_thumbprint(
    metabase: str, tmp_path: Path
) -> None:
    """It would have to be deleted by hand, as no name leads to it."""
    name = _create(metabase, "www.a.example")
    (tmp_path / "certificates" / "my" / f"{name}.pem").write_bytes(b"nonsense")
    assert _refusal(metabase, "www.a.example").code == "CRT001"
    done = remove_certificate(DiskWorkspace(metabase), name[:12].upper(), NOW)
    assert (done.certificate_hash, done.certificate) == (name, None)
    assert open_store(DiskWorkspace(metabase)).hashes() == ()


def test_many_dependants_are_counted(metabase: str, tmp_path: Path) -> None:
    """The refusal of a wildcard certificate would be ten thousand lines long."""
    name = _create(metabase, "*.a.example")
    sites = "".join(
        f'[w3svc.{i}]\nSecureBindings = [":443:h{i}.a.example"]\n'
        f'SslFlags = 1\nSSLCertHash = "{name}"\n'
        for i in range(1, 101)
    )
    (tmp_path / "metabase.toml").write_text(sites)
    error = _refusal(metabase, name)
    assert error.message.endswith(
        "site 8, site 9, site 10 and 90 more; nothing was removed"
    )
    assert len(error.findings) == 10


def test_sound_one_is_assigned_before_one_that_lives_longer(
    metabase: str, tmp_path: Path
) -> None:
    """Following `check`'s hint would assign the certificate that has no key."""
    sound = _create(metabase, "www.a.example", days=20)
    longer = _create(metabase, "www.a.example", days=90)
    (tmp_path / "certificates" / "my" / f"{longer}.key").unlink()
    done = assign_certificate(DiskWorkspace(metabase), "www.a.example", [1], NOW)
    assert done.certificate.certificate_hash == sound
    assert done.others == 1


def test_list_tells_whose_visitors_are_shown_it(metabase: str, tmp_path: Path) -> None:
    """A certificate that others share would look as if one site used it."""
    late = _create(metabase, "www.x.example", days=90)
    shared = _create(metabase, "*.a.example", days=20)
    assign_certificate(DiskWorkspace(metabase), shared, [1], NOW)
    text = (tmp_path / "metabase.toml").read_text()
    text += f'[w3svc.3]\nServerBindings = [":80:"]\nSSLCertHash = "{late}"\n'
    (tmp_path / "metabase.toml").write_text(text)
    first, second = list_certificates(DiskWorkspace(metabase)).certificates
    assert first.certificate.certificate_hash == shared
    assert first.sites == (1,)
    assert [(item.site, item.host) for item in first.shown] == [
        (1, "www.a.example"),
        (2, "www.b.example"),
    ]
    assert first.is_used
    assert (second.sites, second.shown, second.is_used) == ((3,), (), False)


@pytest.mark.parametrize(("days", "is_shortened"), [(None, False), (9999, True)])
def test_a_life_that_is_cut_short_is_told(
    metabase: str, days: int | None, *, is_shortened: bool
) -> None:
    """Ten years for twenty-seven would be found when visitors are refused."""
    made = create_certificate(DiskWorkspace(metabase), ["a.example"], NOW, {}, days)
    assert made.is_shortened is is_shortened
