"""What is told from reduced documents, and what takes the whole ones."""

from __future__ import annotations

import pytest

from bindctl.operations.gate.impact import find_impact
from bindctl.operations.gate.neighbourhood import find_neighbourhood
from bindctl.operations.gate.reduced_impact import find_reduced_impact
from bindctl.operations.load.configuration import compile_configuration

AA, BB = ('SSLCertHash = "' + digit * 40 + '"\n' for digit in "ab")
SNI = "SslFlags = 1\n"
ROOT = '[w3svc.2.root]\nPath = "p"\n\n'


def _table(number: int, http: str, https: str = "", more: str = "") -> str:
    lists = "".join(
        f'{name} = ["{items}"]\n'
        for name, items in (("ServerBindings", http), ("SecureBindings", https))
        if items
    )
    return f"[w3svc.{number}]\n{lists}{more}\n"


FIRST = _table(1, ":80:", ":443:", AA)
OTHERS = (
    '[http]\nListenAddresses = ["127.0.0.1"]\n\n',
    _table(3, ":80:c", ":443:c", BB + SNI),
    _table(4, ":80:*.d", ":443:*.d", BB + SNI),
    _table(5, ":8080:"),
)


def _impact(before: str, after: str) -> tuple[int, ...] | None:
    """The sites concerned; ``None`` where the whole documents have to be compared."""
    near = find_neighbourhood(before.encode(), after.encode())
    assert near is not None
    assert not near.is_alone()
    impact = find_reduced_impact(near, before.encode(), after.encode())
    old, new = (compile_configuration(text.encode()) for text in (before, after))
    assert impact is None or impact.sites == find_impact(old, new).sites
    return None if impact is None else impact.sites


@pytest.mark.parametrize(
    ("first", "old", "new", "sites"),
    [
        # a site without host answers before, or after
        (FIRST, _table(2, ":80:x"), _table(2, ":80:y"), (1,)),
        (FIRST, "", _table(2, ":80:y") + ROOT, (1,)),
        (FIRST, _table(2, "", ":443:x", BB + SNI), _table(2, "", ":443:y"), (1,)),
        (FIRST, "", _table(2, "", ":443:y", BB + SNI), (1,)),
        # so does a wildcard, with its own record
        (FIRST, "", _table(2, ":80:x.d", ":443:x.d", BB + SNI), (4,)),
        # a copy does not start beside the original, or keeps it from starting
        (FIRST, "", _table(9, ":80:c", ":443:c", BB + SNI), ()),
        (FIRST, "", _table(2, ":80:c", ":443:c", BB + SNI), (3,)),
        # a site that it keeps from starting leaves requests to another
        (
            FIRST + _table(8, ":81:") + _table(9, ':80:q", ":81:q'),
            _table(2, ":80:x"),
            _table(2, ":80:q"),
            (1, 8, 9),
        ),
        # a wildcard takes nothing where another site keeps it from starting
        (
            _table(1, ":80:") + _table(7, ":81:z") + _table(8, ':80:*.e", ":81:z'),
            "",
            _table(9, ":80:x.e"),
            (1,),
        ),
        # a name without a record of its own gets that of the wildcard above it
        (
            FIRST + _table(6, "", ":443:x.e", SNI),
            "",
            _table(2, "", ":443:*.e", BB + SNI),
            (1, 6),
        ),
        # the first site makes the record, though no host of it is met
        (
            _table(1, "", ":443:q", AA) + _table(6, "", ":443:*.f", SNI),
            "",
            _table(2, "", ":443:x.f", BB + SNI),
            (6,),
        ),
        # nobody visits the site without host, which has no certificate
        (_table(1, "", ":443:", SNI), "", _table(2, "", ":443:x", BB + SNI), ()),
    ],
)
def test_neighbours_are_judged_by_themselves(
    first: str, old: str, new: str, sites: tuple[int, ...]
) -> None:
    """Ten thousand sites that have no part in it would be read for each `set`."""
    before, after = (first + table + "".join(OTHERS) for table in (old, new))
    assert _impact(before, after) == sites
    assert _impact(after, before) == sites


@pytest.mark.parametrize(
    ("more", "old", "new"),
    [
        # a binding of the port names an address
        (_table(6, "10.0.0.1:80:q"), _table(2, ":80:x"), _table(2, ":80:y")),
        # the port opens, or speaks another scheme elsewhere
        ("", "", _table(2, ":8081:x") + _table(6, ":8081:", more="# x\n")),
        (_table(6, "", ":80:q"), _table(2, ":80:x"), _table(2, ":80:y")),
        (_table(6, ":443:q"), "", _table(2, "", ":443:y", BB + SNI)),
        # the edit names an address
        ("", "", _table(2, "10.0.0.1:80:y")),
        # everybody without a record of his own sees another certificate
        (_table(6, "", ":8443:q"), "", _table(2, "", ":8443:x", AA)),
        # a header stands where the search looks for none
        (
            _table(6, ":80:q", more="  [w3svc]\nWildcardHostDepth = 2\n"),
            "",
            _table(2, ":80:*.d"),
        ),
        # another site may make the record
        (
            _table(6, "", ":8443:") + _table(7, "", ":8443:q", BB),
            "",
            _table(2, "", ":8443:x", AA + SNI),
        ),
    ],
)
def test_what_may_concern_more_sites_is_compared_whole(
    more: str, old: str, new: str
) -> None:
    """An impact that nobody is told is worse than a slow command."""
    before, after = (FIRST + table + "".join(OTHERS) + more for table in (old, new))
    near = find_neighbourhood(before.encode(), after.encode())
    assert (
        near is None
        or find_reduced_impact(near, before.encode(), after.encode()) is None
    )


def test_a_certificate_inherited_from_the_first_line_is_compared_whole() -> None:
    """A site that the edit does not meet makes the record of the port of it."""
    after = (
        f"[w3svc]\n{BB}\n" + _table(4, "", ":443:", AA + SNI) + _table(3, "", ":443:a")
    )
    before = after + _table(9, "", ":443:b", SNI)
    assert _impact(before, after) is None
    assert _impact(after, before) is None
