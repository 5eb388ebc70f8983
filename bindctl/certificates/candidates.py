"""Which certificate of a store to choose for a host.

Each certificate is judged once, and each name searched once: asking for ten thousand
hosts costs no more than ten thousand certificates. Imports neither `cryptography` nor
anything slow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.certificates.coverage import (
    covering_ids,
    covers,
    find_address,
    is_top_level_wildcard,
)
from bindctl.certificates.verdict import certificate_flaws
from bindctl.findings.codes import RULES_BY_CODE
from bindctl.findings.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from bindctl.model.certificate import Certificate, TrustAnchors
    from bindctl.model.endpoint import IpAddress
    from bindctl.model.host import HostPattern

_MAX_TRIED: Final = 16  # certificates of one name, where several hosts are asked for
_THUMBPRINT_DIGITS: Final = 12  # among ten thousand certificates no two share them


class _Rank(NamedTuple):
    """How good a certificate is; the greater, the better."""

    is_sound: bool
    is_accepted: bool
    not_after: datetime


class Candidates:
    """Certificates to choose from, by the names they present."""

    def __init__(
        self,
        certificates: Iterable[Certificate],
        now: datetime,
        anchors: TrustAnchors | None,
    ) -> None:
        """Take them; nothing is judged yet.

        Args:
            certificates: In the order of the store.
            now: Aware UTC: the instant they have to be valid at.
            anchors: Whom clients trust; ``None`` when that is not known.
        """
        self._now = now
        self._anchors = anchors
        self._holders: dict[str | IpAddress, list[Certificate]] = {}
        self._ranked: dict[str | IpAddress, tuple[Certificate, ...]] = {}
        self._best_holders: dict[str | IpAddress, Certificate | None] = {}
        self._ranks: dict[str, _Rank] = {}
        for item in certificates:
            for key in (*item.presented_ids, *item.presented_addresses):
                self._holders.setdefault(key, []).append(item)

    def choose(self, hosts: Sequence[HostPattern]) -> Certificate | None:
        """The best certificate that covers all those hosts, or ``None``.

        Only those without an error count; one that browsers accept comes first, then
        the one that is valid longest.
        """
        if not hosts:
            return None
        found = [
            item
            for key in _keys(hosts[0])
            for item in self._rank_holders(key)
            if all(covers(item, host) for host in hosts[1:])
        ]
        return self.best(found) if found else None

    def name_for_assign(self, certificate: Certificate, host: HostPattern) -> str:
        """Its argument for ``cert assign``: a name if that is enough, else digits."""
        for key in _keys(host):
            if self._find_best_holder(key) is certificate:
                return str(key)
        return certificate.certificate_hash[:_THUMBPRINT_DIGITS]

    def best(self, certificates: Sequence[Certificate]) -> Certificate:
        """The one to prefer: without an error, accepted by browsers, valid longest."""
        return max(certificates, key=self._rank)

    def _find_best_holder(self, key: str | IpAddress) -> Certificate | None:
        if key not in self._best_holders:
            holders = self._holders.get(key)
            self._best_holders[key] = self.best(holders) if holders else None
        return self._best_holders[key]

    def _rank_holders(self, key: str | IpAddress) -> tuple[Certificate, ...]:
        """Those without an error that present that name, best first; only a few."""
        if key not in self._ranked:
            ranked = sorted(self._holders.get(key, ()), key=self._rank, reverse=True)
            sound = [item for item in ranked[:_MAX_TRIED] if self._rank(item).is_sound]
            self._ranked[key] = tuple(sound)
        return self._ranked[key]

    def _rank(self, certificate: Certificate) -> _Rank:
        key = certificate.certificate_hash
        if key not in self._ranks:
            flaws = [*certificate_flaws(certificate, self._now, self._anchors)]
            severities = {
                flaw.severity or RULES_BY_CODE[flaw.code].severity for flaw in flaws
            }
            self._ranks[key] = _Rank(
                Severity.ERROR not in severities,
                not any(flaw.is_refused for flaw in flaws),
                certificate.not_after,
            )
        return self._ranks[key]


def _keys(host: HostPattern) -> Iterator[str | IpAddress]:
    """The names that cover the host and that browsers accept."""
    address = find_address(host)
    if address is not None:
        yield address
        return
    for name in covering_ids(host):
        if not is_top_level_wildcard(name):
            yield name
