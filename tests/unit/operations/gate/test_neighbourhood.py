"""Edits of one site that concern no other: what is seen, and what is left to be judged."""

from __future__ import annotations

import pytest

from bindctl.operations.gate.impact import find_impact
from bindctl.operations.gate.neighbourhood import find_neighbourhood
from bindctl.operations.load.configuration import compile_configuration

AA, BB = ('SSLCertHash = "' + digit * 40 + '"' for digit in "ab")


def _table(number: int, *lines: str) -> str:
    return "\n".join((f"[w3svc.{number}]", *lines, "", ""))


def _http(*items: str) -> str:
    return "ServerBindings = [" + ", ".join(f'"{item}"' for item in items) + "]"


def _https(*items: str) -> str:
    return _http(*items).replace("Server", "Secure")


SNI = "SslFlags = 1"


def _is_alone(before: str, after: str) -> bool:
    near = find_neighbourhood(before.encode(), after.encode())
    return near is not None and near.is_alone()


def _impact(before: str, after: str) -> tuple[int, ...]:
    old, new = (compile_configuration(text.encode()) for text in (before, after))
    return find_impact(old, new).sites


@pytest.mark.parametrize(
    ("other", "old", "new"),
    [
        # another site has the host, the wildcard above it, or no host
        ((_http(":80:a"),), (_http(":80:x"),), (_http(":80:x", "10.0.0.1:80:a"),)),
        (
            (_http("10.0.0.1:80:A."),),
            (_http(":80:x"),),
            (_http(":80:x", "10.0.0.1:80:a"),),
        ),
        ((_http(":80:*.a"),), (), (_http(":80:x.a"),)),
        ((_http(":80:"),), (), (_http(":80:x"),)),
        ((_http(":80:*"),), (), (_http(":80:x"),)),
        ((_http(":80"),), (), (_http(":80:x"),)),
        ((_http(":80:"),), (), (_http(":80:*.a"),)),
        ((_http(":80:"),), (), (_http("10.0.0.1:80:"),)),
        # one keeps the other from starting
        ((_http(":80:a"),), (_http(":80:x"),), (_http(":80:a"),)),
        ((_https(":80:a"), AA, SNI), (), (_http(":80:x"),)),
        ((_http(":443:a"),), (), (_https(":443:x"), AA, SNI)),
        # records that are shared
        ((_https(":443:a"), AA), (_https(":443:x"),), (_https(":443:x"), BB)),
        ((_https("10.0.0.1:443:a"), AA), (), (_https("10.0.0.1:443:x"), BB)),
        ((_https(":443:x.a"), AA), (), (_https(":443:*.a"), BB, SNI)),
        ((_https(":443:a"), AA), (_https(":443:x"), BB, SNI), (_https(":443:x"), BB)),
    ],
)
def test_where_two_sites_meet(
    other: tuple[str, ...], old: tuple[str, ...], new: tuple[str, ...]
) -> None:
    """An impact that nobody is told: the other site loses requests in silence."""
    changed = set()
    for number in (1, 3):  # before the other, and after it
        before, after = (
            "".join(sorted((_table(2, *other), _table(number, *lines))))
            for lines in (old, new)
        )
        assert not _is_alone(before, after)
        assert not _is_alone(after, before)
        changed.update(_impact(before, after))
    assert changed == {2}, "not an example: nothing happens to the other site"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ((), (_http(":80:x"),)),
        ((_http(":80:x"),), (_http(":80:y", "*:80:y.x", "10.0.0.1:8080:z"),)),
        ((_http(":80:x"),), (_http(":80:*.x"), _https(":443:x"))),
        ((_https(":443:x"), AA, SNI), (_https(":443:y"), BB, SNI)),
        ((_https(":443:x"), AA), (_https(":443:y"), BB)),  # site 1 makes the record
        ((_http(":80:x"), 'ServerComment = "x"'), ("ServerAutoStart = false",)),
        (("ServerBindings = [\n  ':80:x',\n]",), (_http(":81:x"), "# why")),
    ],
)
@pytest.mark.parametrize("is_limited", [False, True])
def test_what_concerns_nobody_else_is_seen(
    old: tuple[str, ...], new: tuple[str, ...], *, is_limited: bool
) -> None:
    """Such a `set` among ten thousand sites would take a second instead of nothing."""
    top = '[http]\nListenAddresses = ["127.0.0.1", "10.0.0.1"]\n\n'
    others = [
        _table(1, _http(":80:a"), _https(":443:a"), AA, "ServerAutoStart = true"),
        _table(3, _http("10.0.0.1:80:b.a"), _https(":443:b"), BB, SNI),
        _table(30, _http(":80:*.c"), 'Path = "x"'),
    ]
    root = '[w3svc.2.root]\nPath = "p"\n\n'
    before, after = (
        others[0] + _table(2, *lines) + root + "".join(others[1:])
        for lines in (old, new)
    )
    if is_limited:
        before, after = (top + text for text in (before, after))
    without = (top if is_limited else "") + "".join(others)
    for left, right in ((before, after), (without, after), (before, without)):
        assert _is_alone(left, right), (left, right)
        assert _is_alone(right, left), (left, right)
        assert _impact(left, right) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[w3svc.2]", "  [w3svc.2]"),
        ("[w3svc.2]", "[W3SVC.2]"),
        ("[w3svc.2]", '[w3svc."2"]'),
        ("[w3svc.2]", "[w3svc.02]"),
        ('":80:x"', '":080:x"'),
        ('":80:x"', '":80:x."'),
        ('":80:x"', '"[::1]:80:x"'),
        ('":80:x"', '":80:\\u0078"'),
        ('":80:x"', '":80:é"'),
        ('":80:x"', '""":80:x"""'),
        ('":80:x"', '":80:x", # ]\n'),
        ('":80:x"', '":80"'),
        ('[":80:x"]', '":80:x"'),
        ("ServerBindings", '"ServerBindings"'),
        (SNI, "SslFlags = 2"),
        (SNI, ""),
        ("ServerBindings", 'KeyType = "IIsWebServer"\nServerBindings'),
        ("ServerBindings", "MisdirectedRequest = true\nServerBindings"),
        ("[w3svc]\n", "[w3svc]\nEmulatedVersion = 6\n"),
        ("[w3svc]\n", '[http.sslcert."0.0.0.0:443"]\nCertHash = "aa"\n[w3svc]\n'),
        ("\n", "\r\n"),
    ],
)
def test_what_is_unusual_is_judged_in_full(old: str, new: str) -> None:
    """A spelling that the search does not know would hide a meeting."""
    usual = "[w3svc]\n" + _table(1, _http(":80:a"))
    usual += _table(2, _http(":80:x"), _https(":443:x"), BB, SNI)
    assert old in usual
    for name in (":80:x", ":443:x"):
        assert _is_alone(usual, usual.replace(name, ":81:y"))
    unusual = usual.replace(old, new)
    assert not _is_alone(unusual, unusual.replace(":443:x", ":443:y"))
    assert not _is_alone(usual, unusual)


def test_a_record_is_not_sure_where_its_site_stays_stopped() -> None:
    """The record would be the next site's."""
    first = _table(1, _https(":443:a"), AA, "ServerAutoStart = false")
    before = first + _table(2, _https(":443:x"), BB) + _table(3, _https(":443:b"), AA)
    after = before.replace(BB, AA)
    assert not _is_alone(before, after)
    assert _impact(before, after) == (3,)


def test_what_is_put_before_the_first_table_belongs_to_no_site() -> None:
    """The table below it would seem to be all that is edited."""
    before = _table(2, _http(":80:x")) + _table(1, _http(":80:a"))
    after = 'http.ListenAddresses = ["10.0.0.1"]\n' + before
    assert not _is_alone(before, after)
    assert not _is_alone(after, before)
    assert _impact(before, after) == (1, 2)


def test_a_record_is_not_sure_where_another_site_is_before_the_first() -> None:
    """Site 0 holds what site 1 would register, and makes no record."""
    top = _table(0, _https(":443:a")) + _table(1, _https(":443:a"), AA)
    before = top + _table(2, _https(":443:b")) + _table(3, _https(":443:x"))
    after = before + BB + "\n"
    assert not _is_alone(before, after)
    assert not _is_alone(after, before)
    assert _impact(before, after) == (0, 2)


@pytest.mark.parametrize(
    "service",
    [
        '["w3svc"]\nSslFlags = 1',
        "['w3svc']\nSslFlags = 1",
        "[ w3svc ]\nSslFlags = 1",
        "[w3svc ]\nSslFlags = 1",
        "[x]\n  [w3svc]\nSslFlags = 1",
        "w3svc.SslFlags = 1",
        "SslFlags = 1",
        '"W3SVC".SslFlags = 1',
    ],
)
def test_what_sites_inherit_is_not_sure_in_another_spelling(service: str) -> None:
    """The first site would seem to make the record, and has one of its own."""
    own = "SslFlags = 0"
    top = f"{service}\n\n" + _table(1, _https(":443:a"), AA)
    before = top + _table(2, _https(":443:b"), own) + _table(3, _https(":443:x"), own)
    after = before.rstrip("\n") + f"\n{BB}\n"
    assert not _is_alone(before, after)
    assert not _is_alone(after, before)
    assert _impact(before, after) == (2,)


@pytest.mark.parametrize("listed", ['["x"]', "[]", '["10.0.0.1", "x"]', '["::1"]'])
def test_a_record_is_not_sure_where_its_site_may_not_listen(listed: str) -> None:
    """The first site would not start, and its certificate not be shown to others."""
    top = f"[http]\nListenAddresses = {listed}\n\n" + _table(1, _https(":443:a"), AA)
    before = top + _table(2, _https(":443:x"), BB)
    assert not _is_alone(before, before.replace(":443:x", ":443:y"))
