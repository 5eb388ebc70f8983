"""check --fix: what is offered, in which order, and what is written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.model.fix import Fix, FixKind, ReplaceText, SetProperty
from bindctl.operations.certificates.certificates import create_certificate
from bindctl.operations.check.check_options import CommandLine
from bindctl.operations.check.fix import FIXABLE, FixSession, apply_fix, mend_all
from bindctl.storage.certificate_store import open_store
from bindctl.storage.workspace import DiskWorkspace, Gated

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
IGNORED = CommandLine(ignore="MET204,MET205")
DUPLICATE = """\
[w3svc.1]
ServerBindings = [":80:a.example"] # the first

[w3svc.2]
ServerBindings = [
  ":80:b.example",
  ":80:a.example", # again
]
"""


def _write(tmp_path: Path, text: str) -> str:
    file = tmp_path / "metabase.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def _mender(metabase: str) -> FixSession:
    return FixSession(DiskWorkspace(metabase), NOW, {}, IGNORED)


def _read(metabase: str) -> str:
    with open(metabase, encoding="utf-8") as file:
        return file.read()


def test_the_change_that_changes_least_comes_first(tmp_path: Path) -> None:
    """And each says how many kinds of requests it changes."""
    mender = _mender(_write(tmp_path, DUPLICATE))
    found = mender.next()
    assert found is not None
    finding, candidates = found
    assert finding.code == "BND201"
    assert [(item.fix.kind, item.impact) for item in candidates] == [
        (FixKind.REMOVE, 1),  # site 2 starts: b.example is answered
        (FixKind.REMOVE, 2),  # and a.example by it
        (FixKind.MOVE, 3),  # or a port is opened
    ]
    assert [item.code for item in candidates[1].new] == ["BND102"]


def test_nothing_is_written_before_it_is_asked_for(tmp_path: Path) -> None:
    """A dry run takes everything and writes nothing."""
    metabase = _write(tmp_path, DUPLICATE)
    mender = _mender(metabase)
    assert len(list(mend_all(mender))) == 1
    assert mender.result.report.findings == ()
    assert _read(metabase) == DUPLICATE
    mender.write()
    assert _read(metabase) == DUPLICATE.replace('  ":80:a.example", # again\n', "")


def test_what_was_declined_is_not_offered_again(tmp_path: Path) -> None:
    """No is an answer."""
    mender = _mender(_write(tmp_path, DUPLICATE))
    found = mender.next()
    assert found is not None
    mender.decline(found[0])
    assert mender.next() is None


def test_mending_goes_on_until_nothing_is_left(tmp_path: Path) -> None:
    """What one fix brings to light the next one mends."""
    made = create_certificate(
        DiskWorkspace(str(tmp_path / "metabase.toml")), ["a.example"], NOW, {}
    ).certificate
    text = f"""
[w3svc.1]
SecureBindings = [":443:"]
SSLCertHash = "{made.certificate_hash}"
SslFlags = 1
[w3svc.2]
SecureBindings = [":443:"]
SSLCertHash = "{made.certificate_hash}"
SslFlags = 1
"""
    mender = _mender(_write(tmp_path, text))
    done = [mended.finding.code for mended in mend_all(mender)]
    assert done == ["BND303", "BND201"]
    assert [item.code for item in mender.result.report.findings] == ["BND102"]


def test_somebody_elses_change_is_not_lost(tmp_path: Path) -> None:
    """The fix was tried on other octets than those in the file now."""
    metabase = _write(tmp_path, DUPLICATE)
    mender = _mender(metabase)
    list(mend_all(mender))
    _write(tmp_path, DUPLICATE + "# more\n")
    with pytest.raises(BindctlError) as caught:
        mender.write()
    assert caught.value.code == "MET007"
    assert _read(metabase) == DUPLICATE + "# more\n"


def test_a_new_certificate_is_stored_when_it_is_written(tmp_path: Path) -> None:
    """Not when it was merely tried; and only the one that was taken."""
    metabase = str(tmp_path / "metabase.toml")
    old = create_certificate(
        DiskWorkspace(metabase), ["a.example"], NOW, {}, 10
    ).certificate
    _write(
        tmp_path,
        f'[w3svc.1]\nSecureBindings = [":443:a.example", ":443:b.example"]\n'
        f'SSLCertHash = "{old.certificate_hash}"\n',
    )
    mender = _mender(metabase)
    done = [mended.finding.code for mended in mend_all(mender)]
    assert open_store(DiskWorkspace(metabase)).hashes() == (old.certificate_hash,)
    mender.write()
    assert done
    assert mender.result.report.findings == ()
    hashes = open_store(DiskWorkspace(metabase)).hashes()
    assert len(hashes) == 2
    (new,) = set(hashes) - {old.certificate_hash}
    assert new in _read(metabase)


def test_what_is_not_reported_is_not_mended(tmp_path: Path) -> None:
    """--ignore and --select say what is meant."""
    metabase = _write(tmp_path, DUPLICATE)
    ignored = CommandLine(ignore="MET204,MET205,BND201")
    assert FixSession(DiskWorkspace(metabase), NOW, {}, ignored).next() is None


def test_a_fix_that_breaks_something_else_is_not_offered(tmp_path: Path) -> None:
    """SNI for a site with a binding that has no host would be the next error."""
    metabase = str(tmp_path / "metabase.toml")
    first = create_certificate(
        DiskWorkspace(metabase), ["a.example"], NOW, {}
    ).certificate
    second = create_certificate(
        DiskWorkspace(metabase), ["b.example"], NOW, {}
    ).certificate
    _write(
        tmp_path,
        f"""
[w3svc.1]
SecureBindings = [":443:"]
SSLCertHash = "{first.certificate_hash}"
[w3svc.2]
SecureBindings = [":443:b.example"]
SSLCertHash = "{second.certificate_hash}"
""",
    )
    found = _mender(metabase).next()
    assert found is not None
    words = [candidate.fix.words for candidate in found[1]]
    assert words[0] == "set SslFlags of site 2 to 1 (SNI)"
    assert not [text for text in words if "SslFlags of site 1" in text]


def test_codes_that_can_be_mended_are_codes_of_check() -> None:
    """At least those that a script would mend by hand."""
    assert {"BND201", "BND301", "CRT201", "CRT301", "MET201"} <= FIXABLE


@pytest.mark.parametrize(
    ("edits", "after"),
    [
        ((SetProperty(("w3svc", "1"), "SslFlags", 1),), b"[w3svc.1]\nSslFlags = 1\n"),
        ((ReplaceText(1, 9, "]", " ]"),), b"[w3svc.1 ]\n"),
        ((ReplaceText(1, 9, "x", ""),), None),
    ],
)
def test_edits_are_made_in_order(
    edits: tuple[SetProperty | ReplaceText, ...], after: bytes | None
) -> None:
    """Or not at all, where a text is not there."""
    fix = Fix(FixKind.FLAGS, "", edits)
    assert apply_fix(b"[w3svc.1]\n", fix) == after


def test_a_refused_fix_leaves_no_certificate_behind(tmp_path: Path) -> None:
    """One that the gate refuses, or that comes too late, was made for nothing."""
    metabase = _write(tmp_path, '[w3svc.1]\nSecureBindings = [":443:b.example"]\n')
    create_certificate(
        DiskWorkspace(metabase), ["a.example"], NOW, {}
    )  # and an authority
    stored = open_store(DiskWorkspace(metabase)).hashes()
    octets = _read(metabase)
    refuses = [True]

    def judge(*write: Any) -> None:
        if refuses.pop():
            made = set(open_store(DiskWorkspace(metabase)).hashes()) - set(stored)
            assert [
                name for name in made if name.encode() in write[2]
            ]  # judged with it
            raise BindctlError("BND003", "no")

    mender = FixSession(Gated(DiskWorkspace(metabase), judge), NOW, {}, IGNORED)
    assert list(mend_all(mender))
    with pytest.raises(BindctlError):
        mender.write()
    assert open_store(DiskWorkspace(metabase)).hashes() == stored
    assert len(list((tmp_path / "certificates/my").glob("*.key"))) == len(stored)
    assert _read(metabase) == octets
    refuses.append(False)
    mender.write()  # allowed after all
    assert len(open_store(DiskWorkspace(metabase)).hashes()) == len(stored) + 1
