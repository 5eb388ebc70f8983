"""Why a gate refuses a write, and in which order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.gate.write_gate import WriteGate
from bindctl.operations.gate.write_judgement import Asked, judge_write
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, tzinfo=UTC)
BASE = """
[w3svc.1]
ServerBindings = [":80:a"]
root.Path = "."

[w3svc.2]
ServerBindings = [":80:"]
root.Path = "."
"""
GATED = "[check]\ngate = true\n" + BASE
TAKES_HOST = ('":80:a"', '":80:a", ":80:b"')
BREAKS = ('":80:a"', '"nonsense", ":80:a"')


def judge(
    tmp_path: Path, before: str, change: tuple[str, str], **asked: bool
) -> tuple[str, int]:
    """The code of the refusal, or none; and the number of changes."""
    after = before.replace(*change, 1)
    assert after != before
    metabase = str(tmp_path / "metabase.toml")
    wish = Asked(**asked)
    try:
        found = judge_write(
            DiskWorkspace(metabase), before.encode(), after.encode(), wish
        )
    except BindctlError as error:
        refusal = error
    else:
        assert found is not None
        return "", len(found.changes)
    assert refusal.exit_status == 3
    assert refusal.message.endswith("nothing was written")
    return refusal.code, len(refusal.findings)


@pytest.mark.parametrize(
    ("before", "asked", "expected"),
    [
        (BASE, {}, ("", 1)),
        (BASE, {"is_strict": True}, ("BND003", 1)),
        (BASE, {"is_strict": True, "allows_impact": True}, ("", 1)),
        (GATED, {}, ("BND003", 1)),
        (GATED, {"allows_impact": True}, ("", 1)),
        (GATED.replace("true", "false"), {}, ("", 1)),
    ],
)
def test_impact_is_told_or_refused(
    tmp_path: Path, before: str, asked: dict[str, bool], expected: tuple[str, int]
) -> None:
    """By the command's wish, or the metabase's; the permission is the command's."""
    assert judge(tmp_path, before, TAKES_HOST, **asked) == expected


def test_the_gate_in_force_is_the_one_before(tmp_path: Path) -> None:
    """A write that turns it off is the last one to pass it."""
    before = GATED + 'ServerComment = "x"\n'
    off = before.replace("true", "false")
    change = (before, off.replace('":80:a"', '":80:a", ":80:b"'))
    assert judge(tmp_path, before, change)[0] == "BND003"
    on = (BASE, GATED.replace('":80:a"', '":80:a", ":80:b"'))
    assert judge(tmp_path, BASE, on) == ("", 1)


def test_errors_are_refused_even_where_impact_is_allowed(tmp_path: Path) -> None:
    """The permission is for others' requests, not for mistakes."""
    assert judge(tmp_path, GATED, BREAKS)[0] == "BND003"
    assert judge(tmp_path, GATED, BREAKS, allows_impact=True) == ("BND002", 1)


def test_what_was_broken_before_is_no_reason(tmp_path: Path) -> None:
    """A metabase with old mistakes can be changed, one at a time."""
    secure = 'SecureBindings = [":443:a", ":443:b"]\n'
    before = GATED.replace("[w3svc.2]", f"{secure}\n[w3svc.2]")
    assert judge(tmp_path, before, (', ":443:b"', "")) == ("", 0)
    assert judge(tmp_path, before, ('":443:b"', '":443:b", ":443:c"'))[0] == "BND004"


def test_a_file_that_is_no_metabase_is_left_to_others(tmp_path: Path) -> None:
    """It is being mended; or the writer says what is wrong with it."""
    metabase = str(tmp_path / "metabase.toml")
    strict = Asked(is_strict=True)
    for before, after in ((b"[w3svc", BASE.encode()), (BASE.encode(), b"[w3svc")):
        assert judge_write(DiskWorkspace(metabase), before, after, strict) is None


def test_what_stays_broken_is_not_judged(tmp_path: Path) -> None:
    """A strict write would otherwise be written, whatever it does to others."""
    workspace = DiskWorkspace(str(tmp_path / "metabase.toml"))
    broken = (b"[w3svc", b"[w3svc ")
    with pytest.raises(BindctlError) as caught:
        judge_write(workspace, *broken, Asked(is_strict=True))
    assert caught.value.code == "MET002"
    assert judge_write(workspace, *broken, Asked()) is None


def test_a_long_refusal_is_cut(tmp_path: Path) -> None:
    """Ten are enough to see what is wrong; the number says how many there are."""
    listed = ", ".join(f'":80:h{n}"' for n in range(30))
    with pytest.raises(BindctlError) as caught:
        judge_write(
            DiskWorkspace(str(tmp_path / "m")),
            BASE.encode(),
            BASE.replace('":80:a"', f'":80:a", {listed}').encode(),
            Asked(is_strict=True),
        )
    assert len(caught.value.findings) <= 10
    assert "h0:80/" in caught.value.findings[0].message


def test_a_gate_looks_at_what_may_matter(tmp_path: Path) -> None:
    """A comment of a site is none of its business, unless it was told to be strict."""
    path = str(tmp_path / "metabase.toml")
    plain, gated = WriteGate(), WriteGate(is_strict=True)
    old = BASE.encode()
    plain(DiskWorkspace(path), old, old + b'ServerComment = "x"\n')
    plain(DiskWorkspace(path), None, old)
    assert plain.found == []
    taken = BASE.replace(*TAKES_HOST).encode()
    plain(DiskWorkspace(path), old, taken)
    (impact,) = plain.found
    assert impact.sites == (2,)
    with pytest.raises(BindctlError):
        gated(DiskWorkspace(path), old, taken)
    assert gated.found == []
