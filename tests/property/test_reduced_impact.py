"""The impact that is told from reduced documents is that of the full comparison."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple

from hypothesis import event, given
from hypothesis import strategies as st

from bindctl.findings.errors import BindctlError
from bindctl.operations.editing.keys import copy_in, delete_in, move_in
from bindctl.operations.gate.impact import find_impact
from bindctl.operations.gate.neighbourhood import find_neighbourhood
from bindctl.operations.gate.reduced_impact import find_reduced_impact
from bindctl.operations.load.configuration import compile_configuration
from bindctl.toml.editor import Editor

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from bindctl.operations.gate.impact import Impact

NUMBERS = (1, 2, 3, 4, 5, 7, 10)
HOSTS = ("", "", "", "a", "b", "x.a", "y.a", "y.x.a", "*.a", "*.x.a", "z", "*.b", "c.b")
ODD_HOSTS = ("A", "a.", "*")
ODD_BINDINGS = ("x", ":80", "[::1]:80:a", ":080:a", "0.0.0.0:443:a", ":443:a:b")
HASHES = tuple(digit * 40 for digit in "aab")
PORTS = {
    "ServerBindings": (*(80,) * 90, *(81,) * 12, 443),
    "SecureBindings": (*(443,) * 90, *(8443,) * 12, 80),
}
LISTS = tuple(PORTS)
FLAGS = (0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 4, 5, 2)
HEADS = (
    "[w3svc]\nWildcardHostDepth = 0\n",
    "[w3svc]\nWildcardHostDepth = 2\n",
    "[w3svc]\nSslFlags = 1\n",
    f'[w3svc]\nSSLCertHash = "{"c" * 40}"\n',
    "[w3svc]\nServerAutoStart = false\n",
    "[w3svc]\nEmulatedVersion = 6\n",
    '[w3svc]\nCentralCertStorePath = "central"\n',
    '[http]\nListenAddresses = ["127.0.0.1"]\n',
    '[http]\nListenAddresses = ["127.0.0.1", "10.0.0.1"]\n',
    f'[http.sslcert."0.0.0.0:443"]\nCertHash = "{"c" * 40}"\n',
    f'[http.sslcert."a:443"]\nCertHash = "{"c" * 40}"\n',
    # Other spellings of what sites inherit, and a site that comes before all others.
    '["w3svc"]\nSslFlags = 1\n',
    f"['w3svc']\nSSLCertHash = '{'c' * 40}'\n",
    f' [w3svc]\nSSLCertHash = "{"c" * 40}"\n',
    "w3svc.SslFlags = 1\n",
    "SslFlags = 1\n",
    f'SSLCertHash = "{"c" * 40}"\n',
    f'[w3svc.0]\nSecureBindings = [":443:"]\nSSLCertHash = "{"c" * 40}"\n',
)


def one_in(count: int, random: Random) -> bool:
    """Whether something that rare happens."""
    return random.randrange(count) == 0


def some_bindings(random: Random, name: str, most: int) -> list[str]:
    """A list of bindings; few of them name an address or are odd."""
    found = []
    for _index in range(random.randint(0, most)):
        host = random.choice(ODD_HOSTS if one_in(150, random) else HOSTS)
        address = random.choice(("*", "10.0.0.1")) if one_in(60, random) else ""
        usual = f"{address}:{random.choice(PORTS[name])}:{host}"
        found.append(random.choice(ODD_BINDINGS) if one_in(150, random) else usual)
    return found


# What a property of a site, and one of the service, may get.
Values = dict[str, "Callable[[Random], object]"]
SITE: Values = {
    "ServerBindings": lambda random: some_bindings(random, "ServerBindings", 3),
    "SecureBindings": lambda random: some_bindings(random, "SecureBindings", 3),
    "SSLCertHash": lambda random: random.choice(HASHES),
    "SslFlags": lambda random: random.choice(FLAGS),
    "ServerAutoStart": lambda random: one_in(2, random),
    "ServerComment": lambda random: random.choice(("One", "Two")),
}
RARE: Values = {
    "MisdirectedRequest": lambda random: one_in(2, random),
    "SSLStoreName": lambda random: random.choice(("MY", "WebHosting")),
    "KeyType": lambda _random: "IIsWebVirtualDir",
    "ServerComment": lambda _random: ":80:a",
}
SERVICE: Values = {
    "WildcardHostDepth": lambda random: random.randint(0, 2),
    "EmulatedVersion": lambda random: random.randint(6, 8),
    "SslFlags": lambda random: random.randint(0, 1),
    "SSLCertHash": lambda random: random.choice(HASHES),
    "ServerAutoStart": lambda random: one_in(2, random),
    "CentralCertStorePath": lambda _random: "central",
}


# Other ways to write the same, or nearly so.
SPELLINGS = (
    ("[w3svc.3]", "  [w3svc.3]"),
    ("[w3svc.3]", '[w3svc."3"]'),
    ("[w3svc.3]", "[w3svc.03]"),
    ("[w3svc.3]", "[W3SVC.3]"),
    ("[w3svc.3.root]", "[w3svc.2.root]"),
    ("\n[w3svc.3]\n", '\n[w3svc]\n3.ServerBindings = [":80:a", ":80:"]\n'),
    ("SslFlags = 1\n", "SslFlags = 1 # why\n"),
    ("SslFlags = 1\n", '"SslFlags" = 1\n'),
    ("SslFlags = 1\n", "SslFlags = 0x1\n"),
    ("SslFlags = 1\n", "sslflags = 1\n"),
    ("SslFlags = 1\n", "Odd = [\n[1],\n]\nSslFlags = 1\n"),
    ("SslFlags = 1\n", "  [http]\nSslFlags = 1\n"),
    ('"]\n', '", # ]\n]\n'),
    ('["', '[\n  "'),
    ('"', "'"),
    ("\n", "\r\n"),
)


class Edit(NamedTuple):
    """A document before and after one command."""

    verb: str
    before: bytes
    after: bytes


def make_edit(random: Random) -> Edit:
    """A command of any kind, most of them about one site's bindings."""
    before, numbers = make_document(random)
    verb = random.choice((*("set",) * 6, "delete", "copy", "create", "move"))
    site = random.choice(numbers)
    other = random.choice([number for number in NUMBERS if number not in numbers])
    editor = Editor(before)
    with contextlib.suppress(BindctlError):
        if verb == "set":
            set_property(random, editor, site)
        elif verb == "delete":
            delete_in(editor, f"w3svc/{site}/")
        elif verb == "create":
            editor.create_key(("w3svc", str(other)), {})
            for _time in range(random.randint(0, 4)):
                set_property(random, editor, other)
        else:
            edit = copy_in if verb == "copy" else move_in
            edit(editor, f"w3svc/{site}", f"w3svc/{other}")
    return Edit(verb, before, editor.octets())


def make_document(random: Random) -> tuple[bytes, list[int]]:
    """A metabase, and the sites that it has: few of them keep others from starting."""
    numbers = random.sample(NUMBERS, random.randint(2, 6))
    if one_in(2, random):
        numbers.sort()
    hands: dict[tuple[str, int], list[str]] = {
        (name, number): [] for name in LISTS for number in numbers
    }
    for name in LISTS:
        items = some_bindings(random, name, 10)
        for item in items if one_in(8, random) else dict.fromkeys(items):
            hands[name, random.choice(numbers)].append(item)
    parts = [random.choice(HEADS) if one_in(5, random) else ""]
    is_misdirecting = one_in(16, random)
    for number in numbers:
        parts.append(f"[w3svc.{number}]\n")
        for name in LISTS:
            if items := hands[name, number]:
                quoted = ", ".join(f'"{item}"' for item in items)
                parts.append(f"{name} = [{quoted}]\n")
        parts += [
            line + "\n"
            for line, is_in in (
                (f'SSLCertHash = "{random.choice(HASHES)}"', not one_in(6, random)),
                (f"SslFlags = {random.choice(FLAGS)}", not one_in(4, random)),
                ("ServerAutoStart = false", one_in(16, random)),
                ("MisdirectedRequest = true", is_misdirecting and one_in(2, random)),
                (f"\n[w3svc.{number}.root]\nPath = 'p'", one_in(4, random)),
            )
            if is_in
        ]
        parts.append("\n")
    text = "".join(parts)
    if one_in(6, random):
        text = text.replace(*random.choice(SPELLINGS), random.choice((1, -1)))
    return text.encode(), numbers


def set_property(random: Random, editor: Editor, site: int) -> None:
    """One property of a site, rarely of the service, gets or loses a value."""
    at: tuple[str, ...] = ("w3svc", str(site))
    known = SITE
    if one_in(40, random):
        known = RARE
    elif one_in(20, random) and editor.read_key(("w3svc",)) is not None:
        at, known = ("w3svc",), SERVICE
    name = random.choice(LISTS if known is SITE and one_in(2, random) else tuple(known))
    had = (editor.read_key(at) or {}).get(name)
    how = random.choice(("set", "append", "append", "remove", "unset"))
    value = known[name](random)
    if isinstance(had, list) and isinstance(value, list):
        if how == "append":
            value = [*had, *value]
        elif how == "remove":
            value = [item for item in had if one_in(2, random)]
    if how == "unset":
        editor.delete_property(at, name)
    else:
        editor.set_property(at, name, value)


def _told(impact: Impact) -> object:
    """All that is told of an impact."""
    comments = {site: impact.comments.get(site) for site in impact.sites}
    return impact.changes, impact.edited, impact.sites, comments


@given(st.randoms(use_true_random=True))
def test_reduced_documents_tell_what_the_whole_ones_do(random: Random) -> None:
    """An impact that nobody is told is worse than a slow command."""
    edit = make_edit(random)
    for before, after in ((edit.before, edit.after), (edit.after, edit.before)):
        near = None if before == after else find_neighbourhood(before, after)
        if near is None:
            event("unsure")
            continue
        try:
            old, new = compile_configuration(before), compile_configuration(after)
        except BindctlError:
            continue
        whole = find_impact(old, new)
        if near.is_alone():
            event("alone")
            assert not whole.changes, (before, after)
        impact = find_reduced_impact(near, before, after)
        if impact is None:
            event("whole")
            continue
        event(f"reduced, {edit.verb}, {'told' if whole.changes else 'nothing told'}")
        assert _told(impact) == _told(whole), (before, after)
