"""A report as SARIF 2.1.0, for code scanning.

Source:
    OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0"; what
    code scanning reads of it: GitHub docs, "SARIF support for code scanning".
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

from bindctl import __version__
from bindctl.findings.codes import RULES_BY_CODE
from bindctl.findings.finding import Finding, Place, Severity
from bindctl.model.path import parse_path, without_root
from bindctl.toml.line_index import LineIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bindctl.findings.finding import Rule

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
HOME: Final = "https://github.com/bindctl/bindctl"
PAGES: Final = f"{HOME}/blob/main/docs/reference/findings.md"
FINGERPRINT: Final = "bindctlPlace/v1"
_LEVELS: Final = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "note",
}


class SarifResult(NamedTuple):
    """A finding of the log.

    Attributes:
        finding: What was found.
        suppression: The reason a comment of the file takes it out for; ``None`` when
            it stands.
    """

    finding: Finding
    suppression: str | None = None


def make_sarif(
    results: Iterable[SarifResult],
    file: str,
    octets: bytes,
    *,
    exit_code: int,
    version: int = 10,
) -> dict[str, object]:
    """The log, as data for JSON.

    Args:
        results: In the order of the file.
        file: The document, relative to the working directory.
        octets: The document: what a finding is about tells it from its like.
        exit_code: Of the command.
        version: Which IIS is rehearsed.
    """
    results = list(results)
    codes = sorted({result.finding.code for result in results})
    maker = _ResultMaker(file, octets, codes)
    driver = {
        "name": "bindctl",
        "version": __version__,
        "informationUri": HOME,
        "rules": [_describe(RULES_BY_CODE[code], version) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": exit_code <= 1, "exitCode": exit_code}],
        "results": [maker.make(result) for result in results],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


class _ResultMaker:
    """Makes results of findings about one document."""

    def __init__(self, file: str, octets: bytes, codes: Sequence[str]) -> None:
        self._uri = quote(file.replace("\\", "/"))
        self._index = LineIndex(octets)
        self._indices = {code: index for index, code in enumerate(codes)}
        self._seen: dict[str, int] = {}

    def make(self, result: SarifResult) -> dict[str, object]:
        finding = result.finding
        text = finding.message
        if finding.hint:
            text += f"\nnext: {finding.hint}"
        made: dict[str, object] = {
            "ruleId": finding.code,
            "ruleIndex": self._indices[finding.code],
            "level": _LEVELS[finding.severity],
            "message": {"text": text},
            "locations": [self._locate(finding.place)],
            "partialFingerprints": {FINGERPRINT: self._fingerprint(finding)},
        }
        if finding.witness:
            made["properties"] = {"witness": finding.witness}
        if result.suppression is not None:
            suppression = {"kind": "inSource", "justification": result.suppression}
            made["suppressions"] = [suppression]
        return made

    def _locate(self, place: Place) -> dict[str, object]:
        region: dict[str, object] = {"startLine": place.line or 1}
        if place.line and place.column:
            region["startColumn"] = place.column
            if place.end_column:
                region["endColumn"] = place.end_column
        name = place.path
        if place.property_name:
            name += f"/{place.property_name}"
        return {
            "physicalLocation": {
                "artifactLocation": {"uri": self._uri},
                "region": region,
            },
            "logicalLocations": [{"fullyQualifiedName": name}],
        }

    def _fingerprint(self, finding: Finding) -> str:
        """A fingerprint that stays the same for one defect, whatever moves around it.

        Lines and messages change from day to day: a certificate that ends in 9 days
        ends in 8 tomorrow.
        """
        place = finding.place
        item = "" if place.index is None else self._item(place, place.index)
        parts = (finding.code, place.path, place.property_name or "", item)
        digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
        self._seen[digest] = number = self._seen.get(digest, 0) + 1
        return f"{digest}:{number}"

    def _item(self, place: Place, index: int) -> str:
        """The item of the list as it is written: where it stands may change."""
        path = without_root(parse_path(place.path))
        spot = self._index.locate(path, place.property_name, index)
        return "" if spot is None else spot.text


def _describe(rule: Rule, version: int) -> dict[str, object]:
    help_text = f"{rule.meaning}\n\nNext step: {rule.remedy}"
    on_iis = rule.on_iis_of(version)
    if on_iis:
        help_text += f"\n\nOn IIS {int(version)}: {on_iis}"
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("_")),
        "shortDescription": {"text": rule.name.replace("_", " ")},
        "fullDescription": {"text": rule.meaning},
        "help": {"text": help_text, "markdown": help_text},
        "helpUri": f"{PAGES}#{rule.code.lower()}",
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }
