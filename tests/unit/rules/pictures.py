"""Pictures for tests, from the texts a metabase would hold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bindctl.findings.codes import make_finding
from bindctl.findings.finding import Place
from bindctl.model.certificate import Certificate, KeyStatus
from bindctl.routing.reading import Reading
from bindctl.rules.bindings import binding_findings
from bindctl.rules.topology import Topology, make_topology
from tests.unit.bindings.tables import A, B, site, table

if TYPE_CHECKING:
    from bindctl.bindings.table import BindingTable
    from bindctl.findings.finding import Finding

LAST_DAY = datetime(2027, 6, 9, 8, 41, tzinfo=UTC)


def certificate(certificate_hash: str, *names: str) -> Certificate:
    """Facts of a certificate with those names."""
    return Certificate(
        certificate_hash=certificate_hash,
        certificate_store_name="MY",
        subject="",
        issuer="",
        presented_ids=names,
        presented_addresses=(),
        not_before=datetime(2026, 11, 20, tzinfo=UTC),
        not_after=LAST_DAY,
        key_status=KeyStatus.MATCHES,
        chain_length=1,
        common_name="by its subject",
    )


def at(
    code: str, site: int, name: str, index: int | None = None, message: str = "so it is"
) -> Finding:
    """A finding about a property of a site."""
    return make_finding(code, Place(f"/LM/W3SVC/{site}", name, index), message)


def picture(made: BindingTable, *findings: Finding, **names: str) -> Topology:
    """What `bindctl map` draws of a table.

    Args:
        made: The table.
        findings: Besides those that rules about bindings report.
        names: Of the certificates ``A`` and ``B``, with spaces between.
    """
    reading = Reading(made)
    hashes = {"A": A, "B": B}
    known = {
        hashes[key]: certificate(hashes[key], *text.split())
        for key, text in names.items()
    }
    return make_topology(reading, known, [*binding_findings(reading), *findings])


def sample() -> Topology:
    """A little of everything: shared, wrong, stopped, without a binding."""
    return picture(
        table(
            site(
                1,
                ":80:www.example.com",
                secure=(":443:www.example.com",),
                certificate_hash=A,
            ),
            site(
                2,
                ":80:www.example.com",
                secure=(":443:xn--mnchen-3ya.example",),
                certificate_hash=A,
            ),
            site(3, "[::1]:80:", "80:oops", auto_start=False),
            site(4),
        ),
        at("CRT201", 2, "SecureBindings", 0, "not covered at all"),
        at("CRT303", 1, "SSLCertHash", message="ends in 9 day(s)"),
        A="*.example.com example.com",
    )


def many(hosts: int, domains: int = 3) -> Topology:
    """Sites of one host each, on two shared endpoints with one certificate."""
    return picture(
        table(
            *(
                site(
                    number,
                    f":80:{host}",
                    secure=(f":443:{host}",),
                    certificate_hash=A,
                )
                for number in range(1, hosts + 1)
                for host in (f"www{number}.d{number % domains}.example",)
            )
        ),
        A="*.example",
    )
