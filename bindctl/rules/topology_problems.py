"""Which findings mark which nodes of the picture, and in what words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.bindings.records import format_record_key
from bindctl.findings.codes import RULES_BY_CODE
from bindctl.findings.finding import Severity
from bindctl.model.path import parse_path, without_root

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bindctl.bindings.table import BindingEntry, BindingTable, SiteRow
    from bindctl.findings.finding import Finding, Place
    from bindctl.model.certificate import SslRecord

# Words for people in a hurry; other findings are called by the name of their rule.
_WORDS: Final = {
    "BND101": "not a binding",
    "BND102": "no binding",
    "BND201": "registered twice",
    "BND202": "registered twice",
    "BND203": "HTTP and HTTPS on one port",
    "BND301": "another certificate is shown",
    "BND304": "another certificate is shown",
    "CRT101": "no certificate",
    "CRT102": "not in the store",
    "CRT103": "unreadable",
    "CRT104": "store unreadable",
    "CRT201": "not covered",
    "CRT301": "expired",
    "CRT302": "not yet valid",
    "CRT303": "expires soon",
    "CRT401": "no private key",
    "CRT402": "another private key",
}
_CERTIFICATE_PROPERTIES: Final = frozenset({"SSLCertHash", "CertHash"})
_MARKED_FAMILIES: Final = ("BND", "CRT")
_ORDER: Final = (Severity.ERROR, Severity.WARNING, Severity.INFO)
_SITE_PARTS: Final = 2  # W3SVC, the identifier


class Problem(NamedTuple):
    """What is wrong with a node.

    Attributes:
        code: The finding's code; empty for what starting the service says.
        severity: How bad it is.
        words: What it is, in two or three words.
        message: What it is, in full.
    """

    code: str
    severity: Severity
    words: str
    message: str


class Problems:
    """Findings by what they are about."""

    def __init__(self, table: BindingTable, findings: Iterable[Finding]) -> None:
        """Sort them.

        Args:
            table: The table they are about.
            findings: Those for information, and those that are about neither bindings
                nor certificates, are left out.
        """
        self._entries: dict[tuple[int, str, int], list[Problem]] = {}
        self._sites: dict[int, list[Problem]] = {}
        self._certificates: dict[str, list[Problem]] = {}
        self._hashes = {
            site.identifier: site.certificate_hash or "" for site in table.sites
        }
        self._records = {
            format_record_key(record.key).upper(): record.certificate_hash
            for record in table.records
        }
        named: tuple[SiteRow | SslRecord, ...] = (*table.sites, *table.records)
        self._stores = {
            item.certificate_hash or "": item.certificate_store_name.upper()
            for item in named
        }
        for finding in findings:
            is_marked = finding.code.startswith(_MARKED_FAMILIES)
            if is_marked and finding.severity is not Severity.INFO:
                self._add(finding)

    def of_entry(self, entry: BindingEntry) -> tuple[Problem, ...]:
        """Problems of a binding."""
        key = (entry.site, entry.property_name, entry.index)
        return tuple(self._entries.get(key, ()))

    def of_site(self, identifier: int) -> tuple[Problem, ...]:
        """Problems of a site as a whole."""
        return sort_problems(self._sites.get(identifier, ()))

    def of_certificate(self, certificate_hash: str) -> tuple[Problem, ...]:
        """Problems of a certificate, wherever it is used."""
        return sort_problems(self._certificates.get(certificate_hash, ()))

    def _add(self, finding: Finding) -> None:
        problem = _problem(finding)
        place = finding.place
        if place.property_name in _CERTIFICATE_PROPERTIES:
            for certificate_hash in self._named_hashes(finding):
                self._certificates.setdefault(certificate_hash, []).append(problem)
            return
        site = _site_of(place)
        if site is None:
            return
        if place.index is None or place.property_name is None:
            self._sites.setdefault(site, []).append(problem)
        else:
            key = (site, place.property_name, place.index)
            self._entries.setdefault(key, []).append(problem)

    def _named_hashes(self, finding: Finding) -> Iterable[str]:
        """The certificate that the finding's place names, or all of its store."""
        site = _site_of(finding.place)
        if site is not None:
            named = self._hashes.get(site, "")
        else:
            named = self._records.get(finding.place.path.rpartition("/")[2], "")
        if finding.code != "CRT104":
            return (named,)
        store = self._stores.get(named)
        return [item for item, other in self._stores.items() if other == store]


def sort_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, worst first."""
    return tuple(
        sorted(dict.fromkeys(problems), key=lambda item: _ORDER.index(item.severity))
    )


def _problem(finding: Finding) -> Problem:
    words = _WORDS.get(finding.code)
    if words is None:
        words = RULES_BY_CODE[finding.code].name.replace("_", " ")
    return Problem(finding.code, finding.severity, words, finding.message)


def _site_of(place: Place) -> int | None:
    """The identifier of the site a place lies at or below."""
    parts = without_root(parse_path(place.path))
    is_site = len(parts) >= _SITE_PARTS and parts[0].upper() == "W3SVC"
    return int(parts[1]) if is_site and parts[1].isdecimal() else None
