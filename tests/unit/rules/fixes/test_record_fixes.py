"""What is proposed for findings about records and SslFlags."""

from __future__ import annotations

from bindctl.model.binding import EmulatedVersion
from bindctl.model.fix import FixKind, SetProperty
from tests.unit.bindings.tables import A, B, C, site, table
from tests.unit.bindings.worlds import certificate, fixes, words, world


def test_conflicting_certificates_can_be_had_apart_or_as_one() -> None:
    """SNI on either site or both, one certificate for both, another port."""
    made = world(
        table(
            site(1, secure=(":443:a.example",), certificate_hash=A),
            site(2, secure=(":443:b.example",), certificate_hash=B),
        ),
        certificate(A, "a.example"),
        certificate(B, "b.example"),
        certificate(C, "*.example", "a.example", "b.example"),
    )
    until = "valid until 2027-02-20,"
    assert words("BND301", made) == [
        'set SslFlags of site 2 "S2" to 1 (SNI)',
        'set SslFlags of site 1 "S1" to 1 (SNI)',
        'set SslFlags of site 1 "S1" and site 2 "S2" to 1 (SNI)',
        f'assign certificate aaaaaaaa (a.example), {until} to site 2 "S2"',
        f'assign certificate bbbbbbbb (b.example), {until} to site 1 "S1"',
        (
            "assign certificate cccccccc (*.example, a.example, b.example), "
            f'{until} to site 1 "S1", site 2 "S2"'
        ),
        (
            'create a certificate for a.example, b.example and assign it to site 1 "S1", '
            'site 2 "S2"'
        ),
        'move ":443:b.example" of site 2 "S2" to port 8443',
    ]


def test_other_bits_of_flags_stay() -> None:
    """SNI is added to what is there."""
    made = world(
        table(
            site(1, secure=(":443:a",), certificate_hash=A),
            site(2, secure=(":443:b",), certificate_hash=B, flags=4),
        )
    )
    first = fixes("BND301", made)[0]
    assert first.edits == (SetProperty(("w3svc", "2"), "SslFlags", 5),)
    assert first.words == 'set SslFlags of site 2 "S2" to 5 (SNI)'


def test_a_record_by_name_has_one_certificate() -> None:
    """No flag helps: the same certificate at both addresses, or another port."""
    made = world(
        table(
            site(1, secure=("10.0.0.1:443:a",), certificate_hash=A, flags=1),
            site(2, secure=("10.0.0.2:443:a",), certificate_hash=B, flags=1),
        ),
        certificate(A, "a"),
        authority=None,
    )
    assert [fix.kind for fix in fixes("BND304", made)] == [
        FixKind.ASSIGN,
        FixKind.MOVE,
    ]


def test_what_hides_server_names_gets_one_or_any_address() -> None:
    """Every binding that makes the record, not the first alone."""
    made = world(
        table(
            site(1, secure=(":443:a",), certificate_hash=A, flags=1),
            site(2, secure=("10.0.0.1:443:b", "10.0.0.1:443:c"), certificate_hash=B),
            site(3, secure=("10.0.0.1:443:d",), certificate_hash=B),
        )
    )
    flags, addresses = fixes("BND302", made)
    assert flags.words == 'set SslFlags of site 2 "S2" and site 3 "S3" to 1 (SNI)'
    assert addresses.edits == (
        SetProperty(("w3svc", "2"), "SecureBindings", (":443:b", ":443:c")),
        SetProperty(("w3svc", "3"), "SecureBindings", (":443:d",)),
    )


def test_sni_without_a_host_loses_the_flag_or_gets_a_host() -> None:
    """One that the site has elsewhere."""
    made = world(
        table(site(1, ":80:a.example", secure=(":443:",), certificate_hash=A, flags=3))
    )
    assert words("BND303", made) == [
        'set SslFlags of site 1 "S1" to 0 (by IP:port)',
        'write ":443:" of site 1 "S1" as ":443:a.example"',
    ]


def test_later_bits_go_for_all_sites_at_once() -> None:
    """The finding is said once for all of them."""
    made = world(
        table(
            site(1, secure=(":443:a",), flags=6),
            site(2, secure=(":443:b",), flags=2),
            site(3, secure=(":443:c",), flags=3 | 8),
            site(4, secure=(":443:d",), flags=4, certificate_hash=A),
        )
    )
    (fix,) = fixes("BND311", made)
    assert fix.edits == (
        SetProperty(("w3svc", "1"), "SslFlags", 2),
        SetProperty(("w3svc", "3"), "SslFlags", 3),
    )


def test_bits_that_a_version_does_not_know_go() -> None:
    """IIS 8 knows 0 to 3."""
    made = table(site(1, secure=(":443:a",), flags=5, certificate_hash=A))
    old = made._replace(emulated_version=EmulatedVersion.IIS8)
    (fix,) = fixes("BND312", world(old))
    assert fix.edits == (SetProperty(("w3svc", "1"), "SslFlags", 1),)
