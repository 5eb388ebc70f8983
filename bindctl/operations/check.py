"""check: everything that is wrong with a metabase, with its place and remedy."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from bindctl.bindings.certificate_rules import certificate_findings
from bindctl.bindings.conflicts import binding_findings
from bindctl.bindings.listen_list import listen_list_findings
from bindctl.findings.codes import make_finding
from bindctl.findings.finding import Place, make_report
from bindctl.metabase.line_index import LineIndex
from bindctl.metabase.path import parse_path, without_root
from bindctl.metabase.rules import metabase_findings
from bindctl.metabase.tree import web_sites
from bindctl.operations.certificates import open_store
from bindctl.operations.configuration import compile_configuration
from bindctl.operations.site_content import (
    find_directories,
    hidden_paths,
    physical_path,
)
from bindctl.storage.metabase_file import read_octets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from bindctl.findings.finding import Finding, Report
    from bindctl.operations.configuration import Configuration


class CheckResult(NamedTuple):
    """What `check` found, and how much it looked at.

    Attributes:
        report: The findings.
        sites: How many sites there are.
        bindings: How many bindings.
        certificates: How many certificates the store holds.
    """

    report: Report
    sites: int
    bindings: int
    certificates: int


def check(metabase: str, now: datetime) -> CheckResult:
    """Judge the metabase as it stands; nothing is written.

    Args:
        metabase: Absolute path of the file.
        now: Aware UTC: the instant certificates are judged at.

    Raises:
        BindctlError: The metabase cannot be read.
    """
    return check_lines(metabase, now)[0]


def check_lines(metabase: str, now: datetime) -> tuple[CheckResult, Sequence[bytes]]:
    """What `check` finds, and the lines of the document its findings name."""
    octets = read_octets(metabase)
    return check_octets(metabase, octets, now), octets.split(b"\n")


def check_octets(metabase: str, octets: bytes, now: datetime) -> CheckResult:
    """Judge `octets` as if they were the metabase's.

    Args:
        metabase: Absolute path of the file, beside which stores and folders are.
        octets: The document, in the file or about to be.
        now: Aware UTC: the instant certificates are judged at.

    Raises:
        BindctlError: MET002.
    """
    configuration = compile_configuration(octets)
    table = configuration.table
    contents = open_store(metabase).load_contents()
    certificates = {item.certificate_hash: item for item in contents.certificates}
    problems = {item.certificate_hash: item.reason for item in contents.problems}
    findings = [
        *metabase_findings(configuration.root),
        *directory_findings(configuration, metabase),
        *binding_findings(table),
        *listen_list_findings(table, configuration.listen),
        *certificate_findings(table, certificates, problems, now),
    ]
    located = _with_lines(findings, configuration.octets)
    return CheckResult(
        report=make_report(located),
        sites=len(table.sites),
        bindings=sum(len(site.entries) for site in table.sites),
        certificates=len(certificates),
    )


def directory_findings(
    configuration: Configuration, metabase: str
) -> Iterator[Finding]:
    """MET204, MET205 and MET207: folders that are not there, or hold too much."""
    hidden = hidden_paths(metabase)
    for identifier, key in web_sites(configuration.root):
        root = key.child("root")
        if root is None or not root.text("Path"):
            message = f"site {identifier} has no root folder"
            yield make_finding("MET205", Place(key.location()), message)
            continue
        for directory in find_directories(root):
            path = directory.key.text("Path")
            folder = physical_path(metabase, path)
            if not directory.has_own_path:
                continue
            place = Place(directory.key.location(), "Path")
            if not os.path.isdir(folder):
                message = f'"{path}" is no folder'
                yield make_finding("MET204", place, message)
            elif _holds_any(folder, hidden):
                message = f'"{path}" holds the metabase or its certificates'
                yield make_finding("MET207", place, message)


def _holds_any(folder: str, hidden: tuple[str, ...]) -> bool:
    real = os.path.realpath(folder)
    return any(os.path.commonpath((real, path)) == real for path in hidden)


def _with_lines(findings: Sequence[Finding], octets: bytes) -> list[Finding]:
    if not findings:
        return []
    index = LineIndex(octets)
    return [_with_line(finding, index) for finding in findings]


def _with_line(finding: Finding, index: LineIndex) -> Finding:
    place = finding.place
    path = without_root(parse_path(place.path))
    line = index.find(path, place.property_name)
    return finding._replace(place=replace(place, line=line))
