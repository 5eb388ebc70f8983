"""Canonical order: what goes where, and which comment goes with it."""

from __future__ import annotations

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.metabase.canonical import canonical_octets

CASES = {
    "sites by number, root before folders": (
        (
            "[w3svc.10]\n[w3svc.2.root.a]\n[w3svc.2.filters]\n[w3svc.2.root]\n"
            "[w3svc.apppools]\n[w3svc.2]\n[w3svc]\n[logging]\n[http]\n"
        ),
        (
            "[http]\n\n[w3svc]\n\n[w3svc.2]\n\n[w3svc.2.root]\n\n"
            "[w3svc.2.root.a]\n\n[w3svc.2.filters]\n\n[w3svc.10]\n\n"
            "[w3svc.apppools]\n\n[logging]\n"
        ),
    ),
    "properties by the schema, others behind, as they stood": (
        '[w3svc.1]\nzz = 1\nServerBindings = []\naa = 2\nkeytype = "IIsWebServer"\n',
        '[w3svc.1]\nKeyType = "IIsWebServer"\nServerBindings = []\nzz = 1\naa = 2\n',
    ),
    "names of keys that are fixed": (
        "[W3SVC.1.ROOT.Images]\n",
        "[w3svc.1.root.Images]\n",
    ),
    "a comment at the top stays at the top": (
        "# mine\n\n# two\n[w3svc.2]\n[w3svc.1]\n",
        "# mine\n\n[w3svc.1]\n\n# two\n[w3svc.2]\n",
    ),
    "a comment right above goes along": (
        "schema_version = 1\n# two\n[w3svc.2]\n# one\n[w3svc.1]\n",
        "schema_version = 1\n\n# one\n[w3svc.1]\n\n# two\n[w3svc.2]\n",
    ),
    "comments at the ends stay": (
        "[w3svc.2]\nzz = 1\n# last of two\n\n# the end",
        "[w3svc.2]\nzz = 1\n# last of two\n\n# the end\n",
    ),
    "values over several lines": (
        "[http]\nzz = '''\n[w3svc.2]\n# no comment\n'''\nListenAddresses = [\n # x\n]\n",
        "[http]\nListenAddresses = [\n # x\n]\nzz = '''\n[w3svc.2]\n# no comment\n'''\n",
    ),
    "arrays of tables are left as they are": (
        "[[x]]\nb = 1\na = 2\n[x.y]\n[[x]]\n[w3svc]\n",
        "[w3svc]\n\n[[x]]\nb = 1\na = 2\n\n[x.y]\n\n[[x]]\n",
    ),
    "a key written twice, dotted and with a header": (
        "W3SVC.1.x = 1\n[W3SVC.2]\n",
        "W3SVC.1.x = 1\n\n[W3SVC.2]\n",
    ),
    "nothing": ("", ""),
    "blank lines only": ("\n \n", ""),
    "two spellings of a key are one": (
        "# B\n[W3SVC.1]\nSslFlags = 1\n[W3SVC.2]\n# A\n[w3svc.1]\nPath = 'x' # y\n",
        "# B\n[w3svc.1]\nSslFlags = 1\n# A\nPath = 'x' # y\n\n[w3svc.2]\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES)
def test_everything_has_its_place(before: str, after: str) -> None:
    """Two people's files can be compared line by line."""
    assert canonical_octets(before.encode()).decode() == after
    assert canonical_octets(after.encode()).decode() == after


@pytest.mark.parametrize(
    "octets", [b"[a]\nb = 1\n[A]\nb = 2\n", b"[a]\nb = 1\nB = 2\n"]
)
def test_names_that_differ_only_in_case_are_refused(octets: bytes) -> None:
    """Which of the two counts depends on their order."""
    with pytest.raises(BindctlError) as caught:
        canonical_octets(octets)
    assert (caught.value.code, caught.value.exit_status) == ("MET013", 3)


def test_a_broken_file_is_told() -> None:
    """With its line, as everywhere."""
    with pytest.raises(BindctlError, match="line 1"):
        canonical_octets(b"broken\n")
