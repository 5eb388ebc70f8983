"""check --fix: the smallest change for each finding, tried on a copy and ranked.

1. A fix is offered only if, on a copy, the finding is gone, no key has more errors of
   any code than before, and the whole report is better: fewer errors, or as many and
   fewer warnings, and so on. So mending comes to an end.
2. Several fixes are sorted by how few errors they leave, then by how few classes of
   requests get a different answer, then by how few findings are new, then by how simple
   they are.
3. Fixes of the text that have no alternative are tried together, since each try is a
   whole check. They are taken so only if nothing but their findings goes, no finding
   comes and no answer changes. Fixes of bindings are not: they may undo each other.
4. Fixes are taken in memory; `FixSession.write` writes what has been taken since the last
   write at once, or nothing when somebody else has written: one version of history.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.findings.errors import BindctlError
from bindctl.findings.finding import Severity
from bindctl.model.fix import NEW_CERTIFICATE, ReplaceText, SetProperty
from bindctl.operations.certificates.issuing import Issuer, discard_draft, store_draft
from bindctl.operations.check.check import check_configuration
from bindctl.operations.check.text_fixes import FINDERS as TEXT_FINDERS
from bindctl.operations.check.text_fixes import find_text_fixes, replace_text
from bindctl.operations.load.configuration import compile_configuration
from bindctl.operations.load.known_certificates import load_known_certificates
from bindctl.routing.compare import compare
from bindctl.rules.fixes.fix_context import FixContext
from bindctl.rules.fixes.fixes import FINDERS, find_fixes
from bindctl.toml.document import set_property

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from bindctl.findings.finding import Finding
    from bindctl.model.fix import Fix
    from bindctl.operations.certificates.issuing import DraftCertificate
    from bindctl.operations.check.check import CheckResult
    from bindctl.operations.check.check_options import CommandLine
    from bindctl.routing.reading import Reading
    from bindctl.storage.workspace import Workspace

FIXABLE: Final = frozenset(FINDERS) | frozenset(TEXT_FINDERS)
_SEVERITIES: Final = tuple(Severity)  # worst first


class Candidate(NamedTuple):
    """A fix that has been tried.

    Attributes:
        fix: The change.
        configuration: The document with it.
        result: What `check` says then.
        new: Findings that were not there.
        impact: Classes of requests that get a different answer.
    """

    fix: Fix
    configuration: Reading
    result: CheckResult
    new: tuple[Finding, ...]
    impact: int


class Mended(NamedTuple):
    """A finding, and the fix that was taken for it.

    Attributes:
        finding: As it was.
        candidate: The fix.
        others: Other fixes for it, best first.
    """

    finding: Finding
    candidate: Candidate
    others: tuple[Candidate, ...] = ()


class _Step(NamedTuple):
    """A finding, its only fix, and the document with it and those before it."""

    finding: Finding
    fix: Fix
    octets: bytes


class FixSession:
    """A metabase while its findings are mended one by one.

    Attributes:
        result: What `check` says now.
        octets: The document now.
        mended: The fixes taken, in order.
    """

    def __init__(
        self,
        workspace: Workspace,
        now: datetime,
        environment: Mapping[str, str],
        command_line: CommandLine | None = None,
    ) -> None:
        """Judge the metabase as it stands.

        Args:
            workspace: The metabase.
            now: Aware UTC: the instant certificates are judged at, and made.
            environment: The process's environment variables.
            command_line: Options of `check`: what is not reported is not mended.

        Raises:
            BindctlError: The metabase cannot be read; CLI004.
        """
        self._workspace = workspace
        self._now = now
        self._command_line = command_line
        self._drafts: dict[str, DraftCertificate] = {}  # by thumbprint
        self._issuer = Issuer(workspace, now, environment)
        self._declined: set[tuple[object, ...]] = set()
        self._hopeless: set[tuple[object, ...]] = set()  # as things stand
        self.mended: list[Mended] = []
        self._written = workspace.read()
        self._configuration = compile_configuration(self._written, workspace)
        self.result = self._judge(self._configuration, self._drafts)
        self._context: FixContext | None = None  # of the document now, once asked for

        self.octets = self._written

    def next(self) -> tuple[Finding, list[Candidate]] | None:
        """The next finding that can be mended, and its fixes, best first."""
        for finding in self.result.report.findings:
            identity = finding.identity
            if identity in self._declined or identity in self._hopeless:
                continue
            candidates = self._candidates(finding)
            if candidates:
                return finding, candidates
            self._hopeless.add(identity)
        return None

    def decline(self, finding: Finding) -> None:
        """Leave a finding as it is."""
        self._declined.add(finding.identity)

    def take(
        self,
        finding: Finding,
        candidate: Candidate,
        others: tuple[Candidate, ...] = (),
    ) -> None:
        """Go on with a fix; nothing is written yet."""
        if candidate.fix.names:
            draft = self._issuer.issue(candidate.fix.names)
            self._drafts[draft.facts.certificate_hash] = draft
        self._go_on(candidate)
        self.mended.append(Mended(finding, candidate, others))

    def take_together(self) -> Iterator[Mended]:
        """Take the next fixes of the text that have no alternative, if all at once can be.

        While they are yielded `octets` is the document with each, `result` as before.
        """
        steps = self._find_steps()
        while len(steps) > 1:
            candidate = self._try_together(steps)
            if candidate is None:
                steps = steps[: len(steps) // 2]
                continue
            for step in steps:
                self.octets = step.octets
                taken = candidate._replace(fix=step.fix)
                self.mended.append(Mended(step.finding, taken))
                yield self.mended[-1]
            self._go_on(candidate)
            return

    def _go_on(self, candidate: Candidate) -> None:
        self._configuration, self.result = candidate.configuration, candidate.result
        self.octets = candidate.configuration.octets
        self._context = None
        self._hopeless.clear()

    def write(self) -> None:
        """Write what has been taken, and the certificates it names, before it.

        Raises:
            BindctlError: MET007, somebody else has changed the file; or it, or the
                store, cannot be written.
        """
        drafts = [
            draft
            for digest, draft in self._drafts.items()
            if digest.encode() in self.octets and digest.encode() not in self._written
        ]
        try:
            for draft in drafts:
                store_draft(self._workspace, draft)
            self._workspace.replace(self._written, self.octets)
        except BindctlError:
            for draft in drafts:
                discard_draft(self._workspace, draft)
            raise
        self._written = self.octets

    def _candidates(self, finding: Finding) -> list[Candidate]:
        tried = (self._try(finding, fix) for fix in self._propose(finding))
        found = [item for item in tried if item is not None]
        found.sort(key=_rank)
        return found

    def _propose(self, finding: Finding) -> list[Fix]:
        if finding.code not in FIXABLE:
            return []
        fixes = find_text_fixes(finding, self.octets)
        if finding.code in FINDERS:
            fixes += find_fixes(finding, self._find_context())
        return fixes

    def _find_steps(self) -> list[_Step]:
        """The next such fixes, each at another key, that leave lines where they are."""
        steps: list[_Step] = []
        octets, places = self.octets, set()
        for finding in self.result.report.findings:
            if finding.identity in self._declined or finding.identity in self._hopeless:
                continue
            fixes = self._propose(finding)
            if not fixes:
                continue
            changed = None
            is_text = finding.code in TEXT_FINDERS
            if is_text and len(fixes) == 1 and finding.place.path not in places:
                changed = _apply_plainly(octets, fixes[0])
            if changed is None:
                break
            places.add(finding.place.path)
            steps.append(_Step(finding, fixes[0], changed))
            octets = changed
        return steps

    def _try_together(self, steps: Sequence[_Step]) -> Candidate | None:
        try:
            after = compile_configuration(steps[-1].octets, self._workspace)
            result = self._judge(after, self._drafts)
        except BindctlError:
            return None
        expected = _by_key(self.result)
        expected.subtract((f.code, f.place.path, f.severity) for f, *_rest in steps)
        if +expected != _by_key(result) or any(compare(self._configuration, after)):
            return None
        return Candidate(steps[-1].fix, after, result, (), 0)

    def _try(self, finding: Finding, fix: Fix) -> Candidate | None:
        """The result of a fix; ``None`` when it mends nothing, or breaks something."""
        made = dict(self._drafts)
        try:
            digest = ""
            if fix.names:
                draft = self._issuer.issue(fix.names)
                digest = draft.facts.certificate_hash
                made[digest] = draft
            octets = apply_fix(self.octets, fix, digest)
            if octets is None or octets == self.octets:
                return None
            configuration = compile_configuration(octets, self._workspace)
            result = self._judge(configuration, made)
        except BindctlError:
            return None  # such a name cannot be certified, or the place not edited
        if not _is_better(finding, self.result, result):
            return None
        changes = compare(self._configuration, configuration)
        impact = sum(1 for _change in changes)
        new = _new_findings(self.result, result)
        return Candidate(fix, configuration, result, new, impact)

    def _judge(
        self, configuration: Reading, drafts: Mapping[str, DraftCertificate]
    ) -> CheckResult:
        made = {digest: draft.facts for digest, draft in drafts.items()}
        return check_configuration(
            self._workspace, configuration, self._now, self._command_line, made=made
        )

    def _find_context(self) -> FixContext:
        if self._context is None:
            reading = self._configuration
            known = load_known_certificates(self._workspace, reading.table)
            made = {digest: draft.facts for digest, draft in self._drafts.items()}
            certificates = {**known.certificates, **made, **known.central}
            subject = self._issuer.subject
            self._context = FixContext(
                reading, certificates, self._now, known.anchors, subject
            )
        return self._context


def mend_all(mender: FixSession) -> Iterator[Mended]:
    """Take the best fix of each finding that has one; yields each as it is taken."""
    while True:
        yield from mender.take_together()
        found = mender.next()
        if found is None:
            return
        finding, candidates = found
        mender.take(finding, candidates[0], tuple(candidates[1:]))
        yield mender.mended[-1]


def apply_fix(octets: bytes, fix: Fix, digest: str = "") -> bytes | None:
    """The document with a fix; ``None`` when a text it replaces is not there.

    Args:
        octets: The document.
        fix: The change.
        digest: Thumbprint of the certificate that was made for it.

    Raises:
        BindctlError: MET101 or MET108, a key cannot be edited.
    """
    for edit in fix.edits:
        if isinstance(edit, ReplaceText):
            changed = replace_text(octets, edit)
            if changed is None:
                return None
            octets = changed
        else:
            octets = _set(octets, edit, digest)
    return octets


def _apply_plainly(octets: bytes, fix: Fix) -> bytes | None:
    """The same where no certificate is made and lines stay where they are."""
    try:
        changed = None if fix.names else apply_fix(octets, fix)
    except BindctlError:
        return None
    if changed in (None, octets):
        return None
    return changed if changed.count(b"\n") == octets.count(b"\n") else None


def _rank(item: Candidate) -> tuple[int, ...]:
    errors = item.result.report.count(Severity.ERROR)
    return errors, item.impact, len(item.new), item.fix.kind


def _set(octets: bytes, edit: SetProperty, digest: str) -> bytes:
    value: object = edit.value
    if value == NEW_CERTIFICATE:
        value = digest
    elif isinstance(value, tuple):
        value = list(value)
    return set_property(octets, edit.path, edit.name, value)


def _is_better(finding: Finding, before: CheckResult, after: CheckResult) -> bool:
    """Whether the finding is gone, no key is worse, and the report is better."""
    old, new = _by_key(before), _by_key(after)
    key = finding.code, finding.place.path
    if _total(new, key) >= _total(old, key):
        return False
    errors = [item for item in new if item[2] is Severity.ERROR]
    if any(new[item] > old[item] and item[:2] != key for item in errors):
        return False
    return _severities(after) < _severities(before)


def _by_key(result: CheckResult) -> Counter[tuple[str, str, Severity]]:
    """How many findings of each code and severity each key has.

    Texts and places of others change with a fix; a key of the metabase does not.
    """
    return Counter(
        (item.code, item.place.path, item.severity) for item in result.report.findings
    )


def _total(counts: Counter[tuple[str, str, Severity]], key: tuple[str, str]) -> int:
    return sum(counts[*key, severity] for severity in _SEVERITIES)


def _severities(result: CheckResult) -> tuple[int, ...]:
    return tuple(result.report.count(severity) for severity in _SEVERITIES)


def _new_findings(before: CheckResult, after: CheckResult) -> tuple[Finding, ...]:
    """Findings beyond the number that their key had of their code before."""
    counts = _by_key(before)
    found = []
    for item in after.report.findings:
        key = item.code, item.place.path, item.severity
        counts[key] -= 1
        if counts[key] < 0:
            found.append(item)
    return tuple(found)
