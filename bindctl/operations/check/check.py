"""check: everything that is wrong with a metabase, with its place and remedy."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.findings.finding import Place
from bindctl.findings.report import make_report
from bindctl.model.binding import EmulatedVersion
from bindctl.model.path import parse_path, without_root
from bindctl.operations.check.certificate_check import CertificateCheck
from bindctl.operations.check.check_options import (
    apply_options,
    read_check_table,
    with_command_line,
)
from bindctl.operations.check.directory_rules import directory_findings
from bindctl.operations.load.configuration import compile_configuration
from bindctl.rules.binding_caret import find_wrong_part
from bindctl.rules.bindings import binding_findings
from bindctl.rules.metabase import metabase_findings
from bindctl.toml.line_index import LineIndex, Spot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from bindctl.findings.finding import Finding
    from bindctl.findings.report import Report
    from bindctl.model.certificate import Certificate
    from bindctl.operations.check.check_options import CommandLine
    from bindctl.operations.check.suppressions import Suppressed
    from bindctl.routing.reading import Reading
    from bindctl.storage.workspace import Workspace

TEST_TABLE: Final = "test"
SUPPRESSION_MARK: Final = b"bindctl:"
# Where the fault is in a list's item, by code; other codes are about the whole item.
_PARTS: Final[Mapping[str, Callable[[str], int]]] = {"BND101": find_wrong_part}
_FEW: Final = 100  # so few findings that only their keys are indexed
_TRIPLES: Final = ('"""', "'''")
_ESCAPES: Final = frozenset("\\\n")  # with these the text differs from the value
_NOTHING: Final[Mapping[str, Certificate]] = MappingProxyType({})


class CheckResult(NamedTuple):
    """What `check` found, and how much it looked at.

    Attributes:
        report: The findings.
        sites: How many sites there are.
        bindings: How many bindings.
        certificates: How many certificates the stores hold.
        suppressed: Findings that a comment of the metabase takes out of the report.
        emulated_version: Which IIS is rehearsed.
    """

    report: Report
    sites: int
    bindings: int
    certificates: int
    suppressed: tuple[Suppressed, ...] = ()
    emulated_version: EmulatedVersion = EmulatedVersion.IIS10


def check(workspace: Workspace, now: datetime) -> CheckResult:
    """Judge the metabase as it stands; nothing is written.

    Args:
        workspace: The metabase.
        now: Aware UTC: the instant certificates are judged at.

    Raises:
        BindctlError: The metabase cannot be read.
    """
    return check_octets(workspace, workspace.read(), now)


def check_octets(  # noqa: PLR0913 - a document, and all that goes with it
    workspace: Workspace,
    octets: bytes,
    now: datetime,
    command_line: CommandLine | None = None,
    *,
    is_live: bool = False,
    more: Callable[[Reading], Iterable[Finding]] | None = None,
) -> CheckResult:
    """Judge `octets` as if they were the metabase's.

    Args:
        workspace: The metabase, beside which stores and folders are.
        octets: The document, in the file or about to be.
        now: Aware UTC: the instant certificates are judged at.
        command_line: Options that win over those of the document.
        is_live: Whether this machine is asked, too, what it can open.
        more: What else is found of the document.

    Raises:
        BindctlError: MET002; CLI004, of the command line.
    """
    configuration = compile_configuration(octets, workspace)
    return check_configuration(
        workspace, configuration, now, command_line, is_live=is_live, more=more
    )


def check_configuration(  # noqa: PLR0913 - as above
    workspace: Workspace,
    configuration: Reading,
    now: datetime,
    command_line: CommandLine | None = None,
    *,
    is_live: bool = False,
    more: Callable[[Reading], Iterable[Finding]] | None = None,
    made: Mapping[str, Certificate] = _NOTHING,
) -> CheckResult:
    """As `check_octets`, of a document that is compiled.

    `made` are certificates that are about to be in the store MY, by thumbprint.
    """
    octets = configuration.octets
    table = configuration.table
    options, findings = read_check_table(configuration.document)
    if command_line is not None:
        options = with_command_line(options, command_line)
    asked = (workspace, configuration, now, options.expiring_days, made)
    with CertificateCheck(*asked) as certificates:
        findings += [
            *metabase_findings(configuration.root),
            *directory_findings(configuration.root, workspace),
            *binding_findings(configuration),
        ]
        located = locate_findings(findings, octets)  # while the other half goes on
        shown = certificates.report()
    findings = [*shown.findings]
    if is_live:
        findings += _ask_machine(configuration, workspace)
    if more is not None:
        findings += more(configuration)
    if TEST_TABLE in map(str.lower, configuration.document):
        # Imported here: few documents hold tests.
        from bindctl.operations.tests.metabase_tests import (  # noqa: PLC0415
            metabase_test_findings,
        )

        findings += metabase_test_findings(configuration, workspace, now)
    located += locate_findings(findings, octets)
    kept, suppressed = _suppress(located, octets)
    return CheckResult(
        report=make_report(apply_options(kept, options)),
        sites=len(table.sites),
        bindings=sum(len(site.entries) for site in table.sites),
        certificates=shown.looked_at,
        suppressed=tuple(suppressed),
        emulated_version=table.emulated_version,
    )


def _ask_machine(configuration: Reading, workspace: Workspace) -> Iterator[Finding]:
    # Imported here: the only part that opens sockets.
    from bindctl.operations.check.live_check import (  # noqa: PLC0415
        find_own_service,
        live_findings,
    )
    from bindctl.operations.check.machine import Machine  # noqa: PLC0415 - as above

    return live_findings(configuration, find_own_service(workspace), Machine())


def locate_findings(findings: Sequence[Finding], octets: bytes) -> list[Finding]:
    """The same findings with line and column of a document."""
    if not findings:
        return []
    paths = [without_root(parse_path(finding.place.path)) for finding in findings]
    index = LineIndex(octets, paths if len(paths) <= _FEW else None)
    return [
        _locate(finding, path, index)
        for finding, path in zip(findings, paths, strict=True)
    ]


def _locate(finding: Finding, path: tuple[str, ...], index: LineIndex) -> Finding:
    place = finding.place
    spot = _find_spot(index, path, place)
    if finding.code == "MET203":
        spot = index.locate_repeat(path, place.property_name)
    if spot is None or place.line is not None:
        return finding
    column = spot.column
    if column is not None and spot.text:
        find_part = _PARTS.get(finding.code)
        if find_part is not None and not _ESCAPES.intersection(spot.text):
            quotes = 1 if spot.text[:3] not in _TRIPLES else len(_TRIPLES[0])
            column += quotes + find_part(spot.text[quotes:-quotes])
    place = Place(
        place.path,
        place.property_name,
        place.index,
        spot.line,
        column,
        spot.end_column,
    )
    return finding._replace(place=place)


def _find_spot(index: LineIndex, path: tuple[str, ...], place: Place) -> Spot | None:
    """The position of a place; for an inherited property, where it is stored."""
    spot = index.locate(path, place.property_name, place.index)
    if spot is None or not spot.is_key:
        return spot
    for length in range(len(path) - 1, 0, -1):
        above = index.locate(path[:length], place.property_name)
        if above is not None and not above.is_key:
            return above
    return spot


def _suppress(
    findings: list[Finding], octets: bytes
) -> tuple[list[Finding], list[Suppressed]]:
    if SUPPRESSION_MARK not in octets:
        return findings, []
    # Imported here: most documents have no such comment.
    from bindctl.operations.check.suppressions import (  # noqa: PLC0415
        find_suppressions,
        suppress,
    )

    return suppress(findings, find_suppressions(octets))
