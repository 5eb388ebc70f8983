"""Coverage: a certificate for each host of each secure binding."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bindctl.model.certificate import Certificate, KeyStatus
from bindctl.operations.certificates.coverage import Gap, Judge, find_gaps, shown_hosts
from bindctl.operations.load.configuration import compile_configuration
from bindctl.operations.load.known_certificates import KnownCertificates

NOW = datetime(2026, 11, 22, tzinfo=UTC)
A, B = "aa" * 20, "bb" * 20


def certificate(digest: str, *names: str, days: int = 100) -> Certificate:
    return Certificate(
        digest, "MY", "CN=x", "CN=ca", names, (), NOW - timedelta(days=1),
        NOW + timedelta(days=days), KeyStatus.MATCHES, 1,
    )  # fmt: skip


def gaps(
    text: str,
    *certificates: Certificate,
    at: datetime = NOW,
    days: int = 0,
    problems: dict[str, str] | None = None,
) -> list[Gap]:
    reading = compile_configuration(text.encode())
    known = {item.certificate_hash: item for item in certificates}
    judge = Judge(KnownCertificates(known, problems or {}, None, {}, {}), at, days)
    return list(find_gaps(reading, judge))


def site(number: int, digest: str, *bindings: str, flags: int = 0) -> str:
    listed = ", ".join(f'"{item}"' for item in bindings)
    return (
        f"[w3svc.{number}]\nSecureBindings = [{listed}]\nSslFlags = {flags}\n"
        f"SSLCertHash = '{digest}'\n"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (site(1, A, ":443:a.example"), []),
        (site(1, A, ":443:b.example"), [("b.example", "CRT201")]),
        (site(1, A, ":443:"), []),  # any name: nobody can say which
        (site(1, A, ":443:*.w.example"), []),
        (site(1, A, ":443:*.v.example"), [("*.v.example", "CRT201")]),
        (site(1, B, ":443:a.example"), [("a.example", "CRT102")]),
        ("[w3svc.1]\nSecureBindings = [':443:a.example']", [("a.example", "CRT101")]),
        (site(1, A, ":443:a.example") + "ServerAutoStart = false", []),
        ("[w3svc.1]\nServerBindings = [':80:b.example']", []),
    ],
)  # fmt: skip
def test_each_host_has_one_that_a_browser_accepts(
    text: str, expected: list[tuple[str, str]]
) -> None:
    """What is shown counts, and only where a site answers."""
    found = gaps(text, certificate(A, "a.example", "*.w.example"))
    assert list(dict.fromkeys((gap.host, gap.code) for gap in found)) == expected


def test_what_is_shown_counts_not_what_the_site_names() -> None:
    """A concrete address hides the certificate of a server name."""
    text = site(1, A, ":443:a.example", flags=1) + site(2, B, "10.0.0.1:443:b.example")
    found = gaps(text, certificate(A, "a.example"), certificate(B, "b.example"))
    assert [(gap.site, gap.host, str(gap.address)) for gap in found] == [
        (1, "a.example", "10.0.0.1")
    ]
    assert found[0].witness == (
        "openssl s_client -connect 10.0.0.1:443 -servername a.example </dev/null"
    )
    assert found[0].words == (
        f"certificate {B} does not cover a.example: it names b.example"
    )


def test_it_has_to_be_valid_at_that_instant_and_for_so_many_days() -> None:
    """A certificate that ends next week is no answer for a year."""
    text = site(1, A, ":443:a.example")
    shown = certificate(A, "a.example", days=20)
    assert gaps(text, shown) == []
    assert {gap.code for gap in gaps(text, shown, days=30)} == {"CRT303"}
    later = NOW + timedelta(days=21)
    assert {gap.code for gap in gaps(text, shown, at=later)} == {"CRT301"}
    earlier = NOW - timedelta(days=2)
    assert {gap.code for gap in gaps(text, shown, at=earlier)} == {"CRT302"}


def test_one_that_cannot_be_used_is_told_with_the_reason() -> None:
    """The store knows why."""
    found = gaps(site(1, A, ":443:a.example"), problems={A: "it is damaged"})
    assert {gap.code for gap in found} == {"CRT103"}
    assert found[0].words == f"certificate {A} cannot be used: it is damaged"
    other = certificate(A, "a.example")._replace(key_status=KeyStatus.MISMATCH)
    assert {gap.code for gap in gaps(site(1, A, ":443:a.example"), other)} == {"CRT402"}


def test_hosts_are_shown_where_their_binding_answers() -> None:
    """A nearer binding of the same host answers at its own address."""
    text = site(1, A, ":443:a") + site(2, A, "10.0.0.1:443:a")
    reading = compile_configuration(text.encode())
    found = [(item.route.site, str(item.address)) for item in shown_hosts(reading)]
    assert found == [(1, "0.0.0.0"), (1, "::"), (2, "10.0.0.1")]  # noqa: S104 - any
