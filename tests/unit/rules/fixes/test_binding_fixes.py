"""What is proposed for findings about texts and registrations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.model.fix import FixKind, SetProperty
from tests.unit.bindings.tables import site, table
from tests.unit.bindings.worlds import fixes, words, world

if TYPE_CHECKING:
    from bindctl.bindings.table import BindingTable


@pytest.mark.parametrize(
    ("code", "made", "text"),
    [
        ("BND103", table(site(1, ":80:a.example.")), ":80:a.example"),
        ("BND107", table(site(1, "10.0.0.1:80:*")), "10.0.0.1:80:"),
        ("BND104", table(site(1, ":80:10.0.0.1")), "10.0.0.1:80:"),
    ],
)
def test_one_text_is_written_otherwise(
    code: str, made: BindingTable, text: str
) -> None:
    """What the hint says by words, the fix does."""
    (fix,) = fixes(code, world(made))
    assert fix.edits == (SetProperty(("w3svc", "1"), "ServerBindings", (text,)),)


def test_a_repeated_item_goes() -> None:
    """The later of the two."""
    made = world(table(site(1, ":80:a", ":80:b", ":80:A")))
    (fix,) = fixes("BND202", made)
    assert fix.kind is FixKind.REMOVE
    assert fix.edits == (
        SetProperty(("w3svc", "1"), "ServerBindings", (":80:a", ":80:b")),
    )


def test_two_spellings_become_the_plainer_one() -> None:
    """In both sites, and in Unicode where somebody wrote it so."""
    made = world(
        table(site(1, "*:080:münchen.example"), site(2, ":80:xn--mnchen-3ya.example"))
    )
    (fix,) = fixes("BND204", made)
    plain = (":80:münchen.example",)
    assert fix.edits == (
        SetProperty(("w3svc", "1"), "ServerBindings", plain),
        SetProperty(("w3svc", "2"), "ServerBindings", plain),
    )


def test_one_of_two_holders_gives_way_or_goes_elsewhere() -> None:
    """To a name it has already, or to a port that nobody has."""
    made = world(table(site(1, ":80:"), site(2, ":80:", secure=(":443:b.example",))))
    assert words("BND201", made) == [
        'remove ":80:" from ServerBindings of site 2 "S2"',
        'remove ":80:" from ServerBindings of site 1 "S1"',
        'write ":80:" of site 2 "S2" as ":80:b.example"',
        'move ":80:" of site 2 "S2" to port 8080',
    ]


def test_every_binding_of_the_wrong_scheme_moves() -> None:
    """The finding is said once a site and port, and mended once."""
    made = world(
        table(
            site(1, secure=(":443:a",)),
            site(2, ":443:b", ":80:c", "10.0.0.1:443:d"),
        )
    )
    found = fixes("BND203", made)
    assert [fix.words for fix in found] == [
        'move ":443:b", "10.0.0.1:443:d" of site 2 "S2" to port 80',
        'move ":443:b", "10.0.0.1:443:d" of site 2 "S2" to port 8080',
        'move ":443:b", "10.0.0.1:443:d" of site 2 "S2" to SecureBindings',
    ]
    assert found[0].edits == (
        SetProperty(
            ("w3svc", "2"), "ServerBindings", (":80:b", ":80:c", "10.0.0.1:80:d")
        ),
    )
    assert found[2].edits == (
        SetProperty(("w3svc", "2"), "ServerBindings", (":80:c",)),
        SetProperty(("w3svc", "2"), "SecureBindings", (":443:b", "10.0.0.1:443:d")),
    )


def test_https_on_the_port_of_http_goes_to_its_own() -> None:
    """443, then 8443."""
    made = world(table(site(1, ":80:a"), site(2, secure=(":80:b",))))
    assert words("BND203", made) == [
        'move ":80:b" of site 2 "S2" to port 443',
        'move ":80:b" of site 2 "S2" to port 8443',
        'move ":80:b" of site 2 "S2" to ServerBindings',
    ]
