"""What a write does to sites that it does not edit."""

from __future__ import annotations

import pytest

from bindctl.operations.gate.impact import edited_sites, find_impact
from bindctl.operations.load.configuration import compile_configuration

A, B = "aa" * 20, "bb" * 20
BASE = f"""
[w3svc.1]
ServerComment = "One"
ServerBindings = [":80:a"]
SecureBindings = [":443:a"]
SSLCertHash = "{A}"

[w3svc.2]
ServerComment = "Two"
ServerBindings = [":80:"]
SecureBindings = [":443:b"]
SSLCertHash = "{B}"
"""


def impact(after: str, before: str = BASE) -> tuple[set[str], set[int]]:
    """URLs of the changes, and the sites that are concerned."""
    old, new = (compile_configuration(text.encode()) for text in (before, after))
    found = find_impact(old, new)
    urls = {
        f"{item.change.protocol.value}://{item.change.host}" for item in found.changes
    }
    return urls, set(found.sites)


@pytest.mark.parametrize(
    ("old", "new", "urls", "sites"),
    [
        # what concerns the edited site alone is no impact
        ("", "", set(), set()),
        ('":80:a"', '":81:a", ":80:a"', set(), set()),
        ('"One"', '"Other"', set(), set()),
        # it takes a host from the one that answers all others, or leaves one to it
        ('":80:a"', '":80:a", ":80:c"', {"http://c"}, {2}),
        ('":80:a"', "", {"http://a"}, {2}),
        # it makes the record that the other is shown
        (f'"{A}"', f'"{B}"', {"https://b"}, {2}),
        # it takes the other's binding, so that it does not start at all
        ('":80:a"', '":80:"', {"http://*", "https://b"}, {2}),
        # nobody's site is edited: everybody is concerned
        ("\n[w3svc.1]", "\n[w3svc]\nSslFlags = 1\n[w3svc.1]", {"https://b"}, {2}),
        ("\n[w3svc.1]", f"\n[http.sslcert.'0.0.0.0:443']\nCertHash = '{B}'\n[w3svc.1]",
         {"https://a", "https://b"}, {1, 2}),
    ],
)  # fmt: skip
def test_others_are_concerned_by_what_they_share(
    old: str, new: str, urls: set[str], sites: set[int]
) -> None:
    """Ports, records, and the place behind everybody else."""
    assert impact(BASE.replace(old, new, 1)) == (urls, sites)


CATCH_ALL = f"""
[w3svc.1]
SecureBindings = [":443:"]
SslFlags = 1

[w3svc.2]
SecureBindings = [":443:b"]
SSLCertHash = "{B}"
SslFlags = 1
"""
ADDED = f"""
[w3svc.3]
SecureBindings = [":443:c"]
SSLCertHash = "{A}"
SslFlags = 1
"""


def test_a_site_without_host_loses_no_visitor_whose_handshake_was_refused() -> None:
    """Each site added beside one would need --allow-impact, for requests nobody makes.

    Before, `c` was reached only by who opened a connection to `b` and asked for `c`.
    """
    assert impact(CATCH_ALL + ADDED, CATCH_ALL) == (set(), set())
    assert impact(CATCH_ALL, CATCH_ALL + ADDED) == (set(), set())


def test_a_site_without_host_loses_visitors_that_it_had() -> None:
    """It has a certificate for every name: `c` was shown it, and answered."""
    shown = CATCH_ALL.replace("SslFlags = 1", f'SSLCertHash = "{B}"', 1)
    assert impact(shown + ADDED, shown) == ({"https://c"}, {1})


def test_a_host_that_is_bound_loses_requests_on_any_connection() -> None:
    """Its site is meant by them, whatever name opened the connection."""
    bound = CATCH_ALL.replace('":443:"', '":443:*.c"')
    added = ADDED.replace(":443:c", ":443:x.c")
    assert impact(bound + added, bound) == ({"https://x.c"}, {1})


def test_a_site_that_is_gone_leaves_its_requests() -> None:
    """Who gets them is concerned."""
    after = BASE[BASE.index("[w3svc.2]") :]
    assert impact(after) == ({"http://a", "https://b"}, {2})
    assert impact(BASE, after) == ({"http://a", "https://b"}, {2})


def test_a_site_that_gets_another_number_is_edited() -> None:
    """It is the same site to whoever moved it."""
    after = BASE.replace("[w3svc.2]", "[w3svc.7]")
    assert impact(after) == (set(), set())


@pytest.mark.parametrize(
    ("before", "after", "sites"),
    [
        ({}, {}, set()),
        ({"w3svc": {"1": {"A": 1}}}, {"W3SVC": {"1": {"A": 1}}}, set()),
        ({"w3svc": {"1": {"A": 1}}}, {"w3svc": {"1": {"A": 2}}}, {1}),
        ({"w3svc": {"1": {"root": {"P": "a"}}}}, {"w3svc": {"1": {"root": {}}}}, {1}),
        ({"w3svc": {"1": {}}}, {"w3svc": {"2": {}}}, {1, 2}),
        ({"w3svc": {"A": 1, "AppPools": {}}}, {"w3svc": {"A": 2}}, set()),
        ({"http": {"1": 1}}, {"http": {"1": 2}}, set()),
    ],
)
def test_a_site_is_edited_when_a_key_of_it_differs(
    before: dict[str, object], after: dict[str, object], sites: set[int]
) -> None:
    """However the command did it."""
    assert edited_sites(before, after) == sites
