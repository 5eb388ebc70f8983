"""Why a handshake gets its certificate record, and why the others lose."""

from __future__ import annotations

import pytest

from bindctl.bindings.lowering import parse_record_key
from bindctl.model.binding import EmulatedVersion
from bindctl.routing.record_reasons import record_row
from tests.unit.bindings.tables import A, B, C, site, table
from tests.unit.routing.questions import explained, https

ALL_ROWS = table(
    site(1, secure=("10.0.0.1:443:",), certificate_hash=A),
    site(2, secure=(":443:a.x.com",), certificate_hash=B, flags=1),
    site(3, secure=(":443:*.x.com",), certificate_hash=C, flags=1),
    site(4, secure=(":443:b.x.com",), flags=3),
    records={"0.0.0.0:443": "d" * 40, "[::]:443": "e" * 40},
)._replace(central_files=frozenset({"b.y.com.pfx"}))


@pytest.mark.parametrize(
    ("address", "name", "reason"),
    [
        ("10.0.0.1", "a.x.com", ("10.0.0.1:443: a concrete address comes before "
                                 "any server name")),
        ("10.0.0.2", "a.x.com", "a.x.com:443, chosen by the server name"),
        ("10.0.0.2", "c.x.com", "*.x.com:443, chosen by the server name"),
        ("10.0.0.2", "b.y.com", ("*:443, the central store: file b.y.com.pfx by "
                                 "the server name")),
        ("::1", "other", ("[::]:443, for every IPv6 address: no nearer record "
                          "matches")),
        ("10.0.0.2", "other", ("0.0.0.0:443, the port's own: no nearer record "
                               "matches")),
        ("10.0.0.2", None, ("0.0.0.0:443, the port's own: no nearer record "
                            "matches")),
    ],
)  # fmt: skip
def test_says_why_that_certificate(address: str, name: str | None, reason: str) -> None:
    """Half of all TLS questions are about which certificate is shown."""
    found = explained(ALL_ROWS, address, https("a.x.com", name))
    assert str(found.record_reason) == reason


@pytest.mark.parametrize(
    ("name", "said"), [("b", "server name b"), (None, "no server name")]
)
def test_says_why_there_is_no_certificate(name: str | None, said: str) -> None:
    """The handshake fails before any site is asked."""
    made = table(site(1, secure=(":443:a",), certificate_hash=A, flags=1))
    found = explained(made, "10.0.0.2", https("a", name))
    assert found.record is None
    assert str(found.record_reason) == f"no record for {said}, and none for the port"


def test_records_that_come_later_say_after_which_row() -> None:
    """Who put a certificate there by name sees what stands before it."""
    found = explained(ALL_ROWS, "10.0.0.1", https("a.x.com"))
    first = "comes after row 1 (this address)"
    assert [(item.key, item.row, str(item.reason)) for item in found.record_losers] == [
        ("a.x.com:443", 2, f"row 2 (this server name) {first}"),
        ("*.x.com:443", 3, f"row 3 (a wildcard server name) {first}"),
        ("*:443", 4, f"row 4 (the central store) {first}"),
        ("[::]:443", 5, "the connection is not IPv6"),
        ("0.0.0.0:443", 6, f"row 6 (any address) {first}"),
    ]
    assert found.other_records == 0
    assert [item.site for item in found.record_losers] == [2, 3, 4, None, None]


def test_records_of_other_addresses_and_names_are_counted() -> None:
    """Nobody expects them; that they are there is enough."""
    found = explained(ALL_ROWS, "10.0.0.2", https("other"))
    keys = [item.key for item in found.record_losers]
    assert keys == ["*:443", "[::]:443"]
    assert found.other_records == 3


def test_the_records_of_the_host_say_that_nobody_asked_for_them() -> None:
    """A client that names another host, or none, is not shown the host's own."""
    instead = explained(ALL_ROWS, "10.0.0.2", https("a.x.com", "other"))
    reasons = {item.key: str(item.reason) for item in instead.record_losers}
    assert reasons["a.x.com:443"] == "the client names other"
    assert reasons["*.x.com:443"] == "the client names other"
    nameless = explained(ALL_ROWS, "10.0.0.2", https("a.x.com", None))
    reasons = {item.key: str(item.reason) for item in nameless.record_losers}
    assert reasons["a.x.com:443"] == "the client sends no server name"
    assert reasons["*:443"] == "the client sends no server name"


def test_a_wildcard_record_is_as_deep_as_the_metabase_says() -> None:
    """The certificate would cover one label; the record stands for no more."""
    made = table(
        site(1, secure=(":443:*.x.com",), certificate_hash=A, flags=1),
        site(2, secure=(":443:*.b.x.com",), certificate_hash=B, flags=1),
    )
    found = explained(made, "10.0.0.1", https("a.b.x.com"))
    assert [(item.key, str(item.reason)) for item in found.record_losers] == [
        ("*.x.com:443", "*.x.com stands for one label (WildcardHostDepth is 1)")
    ]
    deep = explained(made._replace(wildcard_depth=0), "10.0.0.1", https("a.b.x.com"))
    assert [(item.key, str(item.reason)) for item in deep.record_losers] == [
        ("*.x.com:443", "row 3 too, but the winner's suffix is longer")
    ]


def test_the_central_store_says_which_file_it_lacks() -> None:
    """The file's name is the whole interface of the central store."""
    found = explained(ALL_ROWS, "10.0.0.2", https("b.z.com"))
    (loser,) = (item for item in found.record_losers if item.key == "*:443")
    assert (
        str(loser.reason)
        == "no file b.z.com.pfx or _.z.com.pfx is in the central store"
    )
    assert loser.certificate_hash == ""


def test_a_certificate_that_makes_no_record_says_who_made_it() -> None:
    """One record, one winner: the other site's certificate is never shown."""
    made = table(
        site(1, secure=(":443:a",), certificate_hash=A),
        site(2, secure=(":443:b",), certificate_hash=B),
        site(3, secure=(":443:b", ":444:"), certificate_hash=C),
        site(4, secure=(":443:",), certificate_hash=C, flags=1),
        site(5, secure=(":443:b",), certificate_hash="e" * 40, auto_start=False),
        site(6, secure=(":443:c",), certificate_hash="f" * 40),
    )
    found = explained(made, "10.0.0.1", https("b"))
    assert [(item.key, item.site, str(item.reason)) for item in found.record_losers] == [
        ("0.0.0.0:443", 2, "site 1 comes first and made the record"),
        ("0.0.0.0:443", 3, ("the site cannot start: https://b:443/ collides with a "
         "binding of site 2")),
        ("0.0.0.0:443", 5, "the site is stopped (ServerAutoStart is false)"),
        ("", 4, "SslFlags asks for a server name, and its binding has no host"),
    ]  # fmt: skip
    explicit = made._replace(records=table(records={"0.0.0.0:443": C}).records)
    found = explained(explicit, "10.0.0.1", https("b"))
    assert found.record is not None
    assert found.record.certificate_hash == C
    assert str(found.record_losers[0].reason) == (
        "the metabase has a record of that key, which decides"
    )


def test_the_same_certificate_is_missed_by_nobody() -> None:
    """Two sites share a wildcard certificate: that is the normal case."""
    made = table(
        site(1, secure=(":443:a",), certificate_hash=A),
        site(2, secure=(":443:b",), certificate_hash=A),
        site(3, secure=(":443:b",), certificate_hash=A, auto_start=False),
    )
    found = explained(made, "10.0.0.1", https("b"))
    assert (found.record_losers, found.other_records) == ((), 0)


def test_an_old_version_has_one_record_for_all() -> None:
    """IIS 7 puts what asks for SNI under the address, first come first served."""
    made = table(
        site(1, secure=(":443:a",), certificate_hash=A, flags=1),
        site(2, secure=(":443:b",), certificate_hash=B, flags=1),
    )._replace(emulated_version=EmulatedVersion.IIS7)
    found = explained(made, "10.0.0.1", https("b"))
    assert found.record is not None
    assert found.record.certificate_hash == A
    assert [item.key for item in found.record_losers] == ["0.0.0.0:443"]


@pytest.mark.parametrize(
    ("key", "row"),
    [
        ("10.0.0.1:443", 1),
        ("[::1]:443", 1),
        ("a.example:443", 2),
        ("*.example:443", 3),
        ("*:443", 4),
        ("[::]:443", 5),
        ("0.0.0.0:443", 6),
    ],
)
def test_the_row_of_a_record(key: str, row: int) -> None:
    """The order of Microsoft's own list, with the wildcard name after the exact."""
    assert record_row(parse_record_key(key)) == row
