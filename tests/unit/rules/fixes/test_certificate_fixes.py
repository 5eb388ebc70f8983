"""What is proposed for findings about certificates."""

from __future__ import annotations

import pytest

from bindctl.model.fix import NEW_CERTIFICATE, FixKind, SetProperty
from tests.unit.bindings.tables import A, B, C, site, table
from tests.unit.bindings.worlds import certificate, fixes, words, world

UNTIL = "valid until 2027-02-20,"


def test_a_binding_without_a_certificate_gets_one_that_covers() -> None:
    """All hosts of its site; else a new one, where the authority is there."""
    made = table(site(1, secure=(":443:a.example.com", ":443:b.example.com")))
    with_one = world(made, certificate(A, "*.example.com"), certificate(B, "x.test"))
    assert words("CRT101", with_one) == [
        f'assign certificate aaaaaaaa (*.example.com), {UNTIL} to site 1 "S1"',
        (
            "create a certificate for a.example.com, b.example.com and assign it to "
            'site 1 "S1"'
        ),
    ]
    assert words("CRT101", world(made, authority=None)) == []


def test_any_host_is_covered_by_the_hosts_of_http() -> None:
    """What the site is called elsewhere is what people will ask for."""
    made = world(
        table(site(1, ":80:a.example", secure=(":443:",))), certificate(A, "a.example")
    )
    assert fixes("CRT101", made)[0].edits == (
        SetProperty(("w3svc", "1"), "SSLCertHash", A),
    )


@pytest.mark.parametrize("code", ["CRT102", "CRT301", "CRT303"])
def test_a_bad_certificate_is_replaced_wherever_it_is_named(code: str) -> None:
    """At one site alone it would still be shown at the other, and by the record."""
    days = {"CRT102": None, "CRT301": -1, "CRT303": 5}[code]
    made = table(
        site(1, secure=(":443:a.example",), certificate_hash=A),
        site(2, secure=(":444:a.example",), certificate_hash=A),
        records={"10.0.0.1:445": A},
    )
    old = [] if days is None else [certificate(A, "a.example", days=days)]
    replaced, created = fixes(code, world(made, *old, certificate(B, "a.example")))
    assert replaced.edits == (
        SetProperty(("w3svc", "1"), "SSLCertHash", B),
        SetProperty(("w3svc", "2"), "SSLCertHash", B),
        SetProperty(("http", "sslcert", "10.0.0.1:445"), "CertHash", B),
    )
    assert created.names == ("a.example",)
    assert {edit.value for edit in created.edits if isinstance(edit, SetProperty)} == {
        NEW_CERTIFICATE
    }


def test_nobody_is_handed_from_a_public_authority_to_a_private_one() -> None:
    """Browsers of the public would refuse what was meant to mend."""
    made = table(site(1, secure=(":443:a.example",), certificate_hash=A))
    public = certificate(A, "a.example", days=5, issuer="CN=Public CA")
    assert fixes("CRT303", world(made, public)) == []
    other = certificate(A, "b.example", issuer="CN=Public CA")
    assert [fix.kind for fix in fixes("CRT201", world(made, other))] == []


def test_a_certificate_of_another_store_is_named_there() -> None:
    """The thumbprint is right, and SSLStoreName is not."""
    made = table(site(1, secure=(":443:a.example",), certificate_hash=A))
    elsewhere = certificate(A, "a.example", store="WEB")
    found = fixes("CRT102", world(made, elsewhere, authority=None))
    assert found[0].edits == (
        SetProperty(("w3svc", "1"), "SSLCertHash", A),
        SetProperty(("w3svc", "1"), "SSLStoreName", "WEB"),
    )


def test_an_uncovered_host_of_its_own_site_gets_a_wider_certificate() -> None:
    """One that covers all the site's hosts, or a new one with one name more."""
    made = table(
        site(1, secure=(":443:a.example", ":443:b.example"), certificate_hash=A)
    )
    wide = certificate(B, "a.example", "b.example")
    found = fixes("CRT201", world(made, certificate(A, "a.example"), wide))
    assert [fix.kind for fix in found] == [FixKind.ASSIGN, FixKind.CREATE]
    assert found[1].names == ("a.example", "b.example")
    assert found[1].words == (
        "create a certificate for b.example and the names of aaaaaaaa, and assign it "
        'to site 1 "S1"'
    )


def test_an_uncovered_host_that_is_shown_another_sites_gets_its_own_record() -> None:
    """SNI with its own certificate, or with a new one; or a wider one for all."""
    made = table(
        site(1, secure=(":443:a.example",), certificate_hash=A),
        site(2, secure=(":443:b.example",), certificate_hash=B),
    )
    certificates = [certificate(A, "a.example"), certificate(B, "b.example")]
    assert words("CRT201", world(made, *certificates)) == [
        'set SslFlags of site 2 "S2" to 1 (SNI)',
        (
            'create a certificate for b.example and assign it to site 2 "S2", and set its '
            "SslFlags to 1 (SNI)"
        ),
        (
            "create a certificate for b.example and the names of aaaaaaaa, and assign it "
            'to site 1 "S1"'
        ),
    ]


def test_a_record_of_the_metabase_is_rewritten() -> None:
    """It decides, whatever the site names."""
    made = table(
        site(1, secure=(":443:a.example",), certificate_hash=B),
        records={"0.0.0.0:443": A},
    )
    certificates = [certificate(A, "x.example"), certificate(C, "a.example")]
    assigned, created = fixes("CRT201", world(made, *certificates))
    assert assigned.edits == (
        SetProperty(("http", "sslcert", "0.0.0.0:443"), "CertHash", C),
    )
    assert created.names == ("x.example", "a.example")


def test_the_central_store_is_left_to_its_own_findings() -> None:
    """Its certificates are chosen by name of the file."""
    made = table(
        site(1, secure=(":443:a.example",), certificate_hash=A),
        site(2, secure=(":443:b.example",), flags=2),
    )
    assert fixes("CRT201", world(made, certificate(A, "a.example"))) == []
