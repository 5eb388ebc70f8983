"""Law: a fix mends its finding, breaks nothing, and touches nothing else."""

from __future__ import annotations

import tempfile
import tomllib
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bindctl.findings.finding import Severity
from bindctl.model.binding import format_binding
from bindctl.model.fix import SetProperty
from bindctl.operations.certificates.certificates import create_certificate
from bindctl.operations.check.check_options import CommandLine
from bindctl.operations.check.fix import FixSession, mend_all
from bindctl.storage.workspace import DiskWorkspace
from tests.property.strategies import HASHES, draft_sites

if TYPE_CHECKING:
    from bindctl.findings.finding import Finding
    from bindctl.operations.check.check import CheckResult
    from bindctl.operations.check.fix import Candidate
    from tests.property.strategies import DraftSite

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
# Of each of the strategy's thumbprints a real one, but for the last.
NAMES = (("a.example",), ("*.a.example", "example"), ("b.a.example",))
IGNORED = CommandLine(ignore="MET204,MET205")
_slips = st.sampled_from(["", "", 'ServerCommet = "x" # a slip\n', "SslFlags = 4096\n"])


@cache
def _folder() -> tuple[Path, dict[str, str]]:
    """A store with those certificates, made once."""
    folder = Path(tempfile.mkdtemp(prefix="bindctl-fix-"))
    made = [
        create_certificate(
            DiskWorkspace(str(folder / "metabase.toml")), names, NOW, {}
        ).certificate
        for names in NAMES
    ]
    hashes = [item.certificate_hash for item in made]
    return folder, dict(zip(HASHES, [*hashes, HASHES[-1]], strict=True))


def _document(drafts: list[DraftSite], slip: str) -> bytes:
    """The sites as somebody might have written them, with comments."""
    _directory, hashes = _folder()
    lines = ["# kept by hand"]
    for number, draft in enumerate(drafts, 1):
        lines += ["", f"[w3svc.{number}] # site {number}"]
        for name, is_secure in (("ServerBindings", False), ("SecureBindings", True)):
            items = [
                f'  "{format_binding(binding)}", # item {index}'
                for index, (protocol, binding) in enumerate(draft.bindings)
                if (protocol.value == "https") is is_secure
            ]
            if items:
                lines += [f"{name} = [", *items, "]"]
        if draft.certificate_hash is not None:
            lines.append(f'SSLCertHash="{hashes[draft.certificate_hash]}" # as named')
        if not slip.startswith("SslFlags") or number > 1:
            lines.append(f"  SslFlags   =   {int(draft.ssl_flags)}")
        if not draft.auto_start:
            lines.append("ServerAutoStart = false")
        if number == 1 and slip:
            lines.append(slip.rstrip("\n"))
    return "\n".join([*lines, "", "# the end"]).encode()


def _kept_lines(octets: bytes, candidate: Candidate) -> list[tuple[str, str]]:
    """Lines that no edit of the fix is about, with their table."""
    edited = {
        (".".join(edit.path).lower(), edit.name)
        for edit in candidate.fix.edits
        if isinstance(edit, SetProperty)
    }
    texts = [edit for edit in candidate.fix.edits if not isinstance(edit, SetProperty)]
    kept = []
    table = name = ""
    for line in octets.decode().split("\n"):
        if line.startswith("["):
            table, name = line[1:].partition("]")[0], ""
        elif "=" in line and not line.lstrip().startswith(("#", '"')):
            name = line.split("=")[0].strip()
        is_edited = (table, name) in edited and not line.startswith(("[", "#"))
        is_slip = texts and name.startswith("ServerComm")
        if line.strip() and not is_edited and not is_slip:
            kept.append((table, line))
    return kept


def _errors(result: CheckResult) -> Counter[tuple[str, str]]:
    return Counter(
        (item.code, item.place.path)
        for item in result.report.findings
        if item.severity is Severity.ERROR
    )


def _count(result: CheckResult, finding: Finding) -> int:
    return sum(
        (item.code, item.place.path) == (finding.code, finding.place.path)
        for item in result.report.findings
    )


@given(st.lists(draft_sites, min_size=1, max_size=4), _slips, st.data())
def test_a_fix_mends_its_finding_and_touches_nothing_else(
    drafts: list[DraftSite], slip: str, data: st.DataObject
) -> None:
    """Whichever is chosen, and whatever was chosen before."""
    folder, _hashes = _folder()
    metabase = folder / "metabase.toml"
    metabase.write_bytes(_document(drafts, slip))
    mender = FixSession(DiskWorkspace(str(metabase)), NOW, {}, IGNORED)
    while (found := mender.next()) is not None:
        finding, candidates = found
        candidate = data.draw(st.sampled_from(candidates))
        before, octets = mender.result, mender.octets
        mender.take(finding, candidate)
        after = mender.result
        assert _count(after, finding) < _count(before, finding)
        key = finding.code, finding.place.path
        more = _errors(after) - _errors(before)
        assert not set(more) - {key}
        kept = _kept_lines(octets, candidate)
        assert kept == _kept_lines(mender.octets, candidate)


# Each beside others of its kind, and beside what changes answers when it is mended.
_more = st.lists(
    st.lists(
        st.sampled_from(
            [
                'ServerCommet = "x"',
                "servercomment = 'y'",
                "ServerComment = 'z'",
                "SslFlags = 4097",
                'ServerBindings = [":80:m", ":80:m"]',
                'ServerBindings = [":80:m."]',
                'ServerBindings = [":80:n"]',
                "MaxBandwith = 1 # bindctl: ignore[BND]",
            ]
        ),
        max_size=3,
        unique=True,
    ),
    max_size=5,
)


@given(st.lists(draft_sites, max_size=2), _slips, _more)
def test_all_at_once_are_those_that_one_by_one_are_taken(
    drafts: list[DraftSite], slip: str, more: list[list[str]]
) -> None:
    """The quick way must not take what the careful way would not."""
    folder, _hashes = _folder()
    metabase = folder / "metabase.toml"
    sites = ["\n".join([f"[w3svc.{n}]", *lines]) for n, lines in enumerate(more, 11)]
    text = "\n".join(["", *sites, ""]).encode()
    try:
        tomllib.loads((_document(drafts, slip) + text).decode())
    except tomllib.TOMLDecodeError:
        return
    metabase.write_bytes(_document(drafts, slip) + text)
    quick = FixSession(DiskWorkspace(str(metabase)), NOW, {}, IGNORED)
    seen = [(m.finding.place, m.candidate.fix, quick.octets) for m in mend_all(quick)]
    slow = FixSession(DiskWorkspace(str(metabase)), NOW, {}, IGNORED)
    expected = []
    while (found := slow.next()) is not None:
        finding, candidates = found
        slow.take(finding, candidates[0])
        expected.append((finding.place, candidates[0].fix, slow.octets))
    made = [draft for draft in expected if draft[1].names]  # a new one each time
    if not made:
        assert seen == expected
        assert quick.result.report.findings == slow.result.report.findings
    assert len(seen) == len(expected)
