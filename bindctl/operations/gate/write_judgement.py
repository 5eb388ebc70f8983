"""The verdict of the gate on a write: its impact, and why it is refused, if it is.

A write is refused, in this order, if it changes the answers of sites that it does not
edit (BND003), leaves a host of a secure binding without a certificate that browsers
accept (BND004), breaks a test of the metabase (BND005), or brings any other error that
`check` does not find now (BND002). Faults that were there before do not count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.findings.codes import make_finding
from bindctl.findings.errors import BindctlError
from bindctl.findings.finding import Place
from bindctl.operations.answers.answer_findings import change_findings
from bindctl.operations.check.check_options import read_check_table
from bindctl.operations.gate.impact import ACCESS_DENIED, Impact, find_impact
from bindctl.operations.gate.irrelevant_edits import is_irrelevant
from bindctl.operations.load.configuration import compile_configuration
from bindctl.routing.classes import named_addresses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from bindctl.findings.finding import Finding
    from bindctl.model.endpoint import LocalAddress
    from bindctl.operations.certificates.coverage import Gap
    from bindctl.routing.reading import Reading
    from bindctl.storage.workspace import Workspace

_MAX_FINDINGS: Final = 10  # of a refusal; the rest is counted
_TEST_TABLE: Final = "test"


class Asked(NamedTuple):
    """What the command line asked for.

    Attributes:
        is_strict: Whether to refuse, whatever the metabase says.
        allows_impact: Whether sites may be changed that the write does not edit.
        sites: Identifiers that it means, whether or not the write edits them.
    """

    is_strict: bool = False
    allows_impact: bool = False
    sites: frozenset[int] = frozenset()


class _Write(NamedTuple):
    """A write to be judged."""

    workspace: Workspace
    before: Reading
    after: Reading
    now: datetime
    expiring_days: int


def judge_write(
    workspace: Workspace, before: bytes, after: bytes, asked: Asked
) -> Impact | None:
    """What a write does to sites that it does not edit.

    Args:
        workspace: The metabase.
        before: Its octets.
        after: Those that are to replace them.
        asked: What the command line asked for.

    Returns:
        ``None`` if that is not known, because one of the two is not a metabase.

    Raises:
        BindctlError: BND002, BND003, BND004 or BND005; MET002, the file stays broken,
            and the command line asked for a judgement.
    """
    try:
        old = compile_configuration(before, workspace)
    except BindctlError:
        if asked.is_strict:  # what stays broken cannot be judged
            compile_configuration(after, workspace)
        return None  # a broken file is being mended
    try:
        new = compile_configuration(after, workspace)
    except BindctlError:
        return None  # the writer refuses it himself
    # Where routing has no part in what differs, requests and coverage are as before.
    is_irrelevant_edit = is_irrelevant(before, after)
    impact = (
        Impact((), frozenset(), {})
        if is_irrelevant_edit
        else find_impact(old, new, asked.sites)
    )
    options, _findings = read_check_table(old.document)
    if asked.is_strict or options.gate:
        if impact.changes and not asked.allows_impact:
            raise _refused_by_impact(impact)
        write = _Write(workspace, old, new, workspace.clock(), options.expiring_days)
        if not is_irrelevant_edit:
            _require_coverage(write)
        _require_tests(write)
        from bindctl.operations.gate.strict import refuse_new_errors  # noqa: PLC0415 - gate

        refuse_new_errors(workspace, before, after, write.now)
    return impact


def _refused_by_impact(impact: Impact) -> BindctlError:
    findings = tuple(change_findings("BND003", impact.changes, impact.edited))
    sites = ", ".join(map(str, impact.sites))
    word = "site" if len(impact.sites) == 1 else "sites"
    return _refusal(
        "BND003",
        f"the command changes the answer to requests of {word} {sites}, which it does "
        "not name",
        "bindctl's --allow-impact lifts this refusal; bindctl what-if shows it whole",
        findings,
    )


def _refusal(
    code: str, message: str, hint: str, findings: tuple[Finding, ...]
) -> BindctlError:
    more = len(findings) - _MAX_FINDINGS
    if more > 0:
        message += f" ({more} more than shown)"
    error = BindctlError(
        code,
        f"refused: {message}; nothing was written",
        hint,
        hresult=ACCESS_DENIED,
    )
    error.findings = findings[:_MAX_FINDINGS]
    return error


def _require_coverage(write: _Write) -> None:
    """Refuse a write that takes the accepted certificate from a host.

    Raises:
        BindctlError: BND004.
    """
    from bindctl.operations.certificates.coverage import Judge, find_gaps  # noqa: PLC0415 - gate
    from bindctl.operations.load.known_certificates import (  # noqa: PLC0415 - as above
        load_known_certificates,
    )

    known = load_known_certificates(write.workspace, write.after.table)
    judge = Judge(known, write.now, write.expiring_days)
    addresses = _addresses(write.before) | _addresses(write.after)
    gaps = find_gaps(write.after, judge, addresses)
    found = {gap.identity: gap for gap in gaps}
    if not found:
        return
    known = load_known_certificates(write.workspace, write.before.table)
    judge = Judge(known, write.now, write.expiring_days)
    for gap in find_gaps(write.before, judge, addresses):
        found.pop(gap.identity, None)
    if found:
        findings = tuple(_gap_findings(found.values()))
        days = f" for {write.expiring_days} days more" if write.expiring_days else ""
        raise _refusal(
            "BND004",
            "hosts of secure bindings would be left without a certificate that "
            f"browsers accept{days}",
            "assign a certificate that covers the host: bindctl cert assign",
            findings,
        )


def _addresses(configuration: Reading) -> set[LocalAddress]:
    found: set[LocalAddress] = set(configuration.listen.addresses)
    for plan in configuration.plan.ports.values():
        found |= named_addresses(plan)
    return found


def _gap_findings(gaps: Iterable[Gap]) -> Iterator[Finding]:
    """One gap for all addresses that have the same."""
    seen: set[tuple[object, ...]] = set()
    for gap in gaps:
        key = (gap.site, gap.host, gap.port, gap.code, gap.words)
        if key in seen:
            continue
        seen.add(key)
        place = Place(f"/LM/W3SVC/{gap.site}", "SecureBindings")
        message = f"https://{gap.host}:{gap.port}/ : {gap.words}"
        hint = f"shown by {gap.witness}"
        yield make_finding(gap.code, place, message, hint, witness=gap.witness)


def _require_tests(write: _Write) -> None:
    """Refuse a write that breaks a test that passes.

    Raises:
        BindctlError: BND005.
    """
    if _TEST_TABLE not in map(str.lower, write.after.document):
        return
    from bindctl.operations.tests.metabase_tests import (  # noqa: PLC0415 - gate
        difference_finding,
        try_configuration,
    )

    after = try_configuration(write.after, write.workspace, write.now)
    broken = {(test.name, test.url): test for test in after.tests if test.differences}
    if not broken:
        return
    before = try_configuration(write.before, write.workspace, write.now)
    held = {(test.name, test.url) for test in before.tests if test.is_passed}
    findings = tuple(
        difference_finding(test, difference._replace(line=None, column=None))
        for name, test in broken.items()
        if name in held
        for difference in test.differences
    )
    if findings:
        raise _refusal(
            "BND005",
            "a test of the metabase would fail",
            "mend the change, or the test: bindctl test",
            findings,
        )
