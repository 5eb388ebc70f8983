"""Tests of sites as the scripts name them."""

from __future__ import annotations

import pytest

from bindctl.companions.errors import ScriptError
from bindctl.companions.sites import find_site, find_sites, parse_site_path
from bindctl.model.site import ServerState, Win32Error
from bindctl.operations.editing.sites import SiteSummary


def _site(identifier: int, description: str) -> SiteSummary:
    state, error = ServerState.STOPPED, Win32Error.SUCCESS
    return SiteSummary(identifier, description, state, error, (), (), "")


SITES = (_site(1, "One"), _site(2, "W3SVC/1"), _site(3, "Twin"), _site(4, "twin"))


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("W3SVC/1", 1),
        ("/lm/w3svc/12", 12),
        ("w3svc\\3", 3),
        ("w3svc", None),
        ("w3svc/x", None),
        ("w3svc/²", None),
        ("w3svc/1/root", None),
        ("Default Web Site", None),
    ],
)
def test_paths(text: str, identifier: int | None) -> None:
    """A name with a slash in it is still a name."""
    assert parse_site_path(text) == identifier


def test_a_path_means_the_number() -> None:
    """A site called W3SVC/1 must not be deleted in the place of site 1."""
    found = find_site(SITES, "W3SVC/1")
    assert found is not None
    assert found.identifier == 1


def test_names_are_compared_without_case() -> None:
    """So does IIS."""
    assert find_site(SITES, "oNE") == SITES[0]
    assert find_site(SITES, "nothing") is None


def test_a_name_of_two_sites_is_refused() -> None:
    """Stopping one of the two at random would be worse."""
    with pytest.raises(ScriptError, match="W3SVC/3 W3SVC/4"):
        find_site(SITES, "Twin")


def test_each_site_comes_once_and_what_is_missing_is_told() -> None:
    """A misspelt name among others must not pass in silence."""
    found, missing = find_sites(SITES, ["One", "w3svc/1", "nothing"])
    assert (found, missing) == ([SITES[0]], ["nothing"])
    with pytest.raises(ScriptError, match="not found"):
        find_sites(SITES, ["nothing"])
