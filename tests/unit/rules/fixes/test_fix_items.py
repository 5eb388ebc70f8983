"""Items of binding lists, rewritten."""

from __future__ import annotations

import pytest

from bindctl.findings.finding import Place
from bindctl.model.binding import Protocol
from bindctl.model.fix import SetProperty
from bindctl.rules.finding_places import place_of
from bindctl.rules.fixes.fix_items import (
    edit_items,
    find_entry,
    find_free_port,
    find_site,
    other_hosts,
    with_host,
    with_port,
    without_address,
)
from tests.unit.bindings.tables import site, table


@pytest.mark.parametrize(
    ("text", "port", "host", "address"),
    [
        (":80:a.example", ":8080:a.example", ":80:b", ":80:a.example"),
        ("*:080:A.example", "*:8080:A.example", "*:080:b", ":080:A.example"),
        ("[::1]:80:", "[::1]:8080:", "[::1]:80:b", ":80:"),
        ("10.0.0.1:80:a", "10.0.0.1:8080:a", "10.0.0.1:80:b", ":80:a"),
        (":443", ":8080:", ":443:b", ":443:"),
    ],
)
def test_one_part_changes_and_the_others_stay_as_they_are_spelt(
    text: str, port: str, host: str, address: str
) -> None:
    """A fix of the port is no reason to respell the host."""
    assert with_port(text, 8080) == port
    assert with_host(text, "b") == host
    assert without_address(text) == address


def test_a_free_port_is_one_that_no_binding_has() -> None:
    """Of either scheme: a port speaks one."""
    made = table(site(1, ":8080:", secure=(":8081:", ":8443:")))
    assert find_free_port(made, Protocol.HTTP) == 8082
    assert find_free_port(made, Protocol.HTTPS) == 8444


def test_items_are_changed_in_their_places() -> None:
    """One edit a list, with every other item as it is."""
    made = table(
        site(1, ":80:a", ":80:b", secure=(":443:a",)), site(2, ":80:c", "junk")
    )
    first, second = made.sites
    edits = edit_items(made, {first.entries[1]: None, second.entries[0]: ":81:c"})
    assert edits == (
        SetProperty(("w3svc", "1"), "ServerBindings", (":80:a",)),
        SetProperty(("w3svc", "2"), "ServerBindings", (":81:c", "junk")),
    )


def test_places_lead_back_to_what_they_are_of() -> None:
    """A fix changes the binding that the finding is about."""
    made = table(site(1, ":80:a"), site(12, ":80:b", secure=(":443:b",)))
    entry = made.sites[1].entries[1]
    assert find_entry(made, place_of(entry)) is entry
    assert find_site(made, Place("/LM/W3SVC/12/ROOT", "Path")) is made.sites[1]
    assert find_site(made, Place("/LM/W3SVC")) is None
    assert find_site(made, Place("/LM/HTTP/SSLCERT/0.0.0.0:443")) is None
    assert find_entry(made, Place("/LM/W3SVC/3", "ServerBindings", 0)) is None


def test_other_hosts_are_those_nobody_has_there() -> None:
    """A site can be known by a name it has already."""
    made = table(
        site(1, ":80:a", ":80:b"), site(2, ":80:a", secure=(":443:c", ":443:b"))
    )
    second = made.sites[1]
    binding = second.entries[0].binding
    assert binding is not None
    assert [str(host) for host in other_hosts(made, second, binding)] == ["c"]
