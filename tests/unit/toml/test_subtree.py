"""Copying and moving keys within a document."""

from __future__ import annotations

import tomllib

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.toml.editor import Editor
from bindctl.toml.subtree import copy_key, move_in

SITE = ("w3svc", "1")
OTHER = ("w3svc", "2")


def move_key(
    octets: bytes, source: tuple[str, ...], destination: tuple[str, ...]
) -> bytes:
    """The document with a key at another place."""
    editor = Editor(octets)
    move_in(editor, source, destination)
    return editor.octets()


def _parse(octets: bytes) -> dict[str, object]:
    return tomllib.loads(octets.decode().replace("\r\n", "\n"))


@pytest.mark.parametrize(
    "document",
    [
        "[w3svc.1]\nServerComment = 'a'\n",
        "[w3svc]\n1.ServerComment = 'a'\n1.root.Path = 'x'\n",
        "[w3svc]\n1 = { ServerComment = 'a', root = { Path = 'x' } }\n",
        "[w3svc.1.root]\nPath = 'x'\n",
        "[w3svc.1.root]\nPath = 'x'\n[http]\n[w3svc.1]\nServerComment = 'a'\n",
        "[w3svc.1]\nroot.Path = 'x'\n[w3svc.1.root.more]\nPath = 'y'\n",
        "[w3svc]\n1.ServerComment = 'a'\n[w3svc.1.root]\nPath = 'x'\n",
        "[w3svc.1]\n[[w3svc.1.list]]\na = 1\n[[w3svc.1.list]]\na = 2\n",
        '[w3svc.1]\n\n[w3svc.1."a.b ]#".\'c"d\']\nx = """\n[w3svc.1]\n"""\n',
        '[w3svc.1 ] # ]\nWhen = 2026-11-22\nB = [["a"], [1]]',
        "[W3SVC.1]\nServerComment = 'a'",
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_copy_holds_the_same_and_changes_nothing_else(
    document: str, newline: str
) -> None:
    """However a key is written: as tables, dotted, inline, apart from each other."""
    octets = document.replace("\n", newline).encode()
    before = _parse(octets)
    after = _parse(copy_key(octets, SITE, OTHER))
    (service,) = (value for key, value in after.items() if key.lower() == "w3svc")
    assert isinstance(service, dict)
    assert service["2"] == service["1"]
    del service["2"]
    assert after == before


def test_comments_inside_come_along() -> None:
    """The note beside a binding is as true of the copy."""
    octets = (
        b"# Of the first.\n[w3svc.1] # live\n# why\nServerComment = 'a' # so\n\n"
        b"# Its pages.\n[w3svc.1.root]\nPath = 'x'\n"
    )
    copied = copy_key(octets, SITE, OTHER)
    assert copied == octets + (
        b"\n[w3svc.2] # live\n# why\nServerComment = 'a' # so\n\n"
        b"# Its pages.\n[w3svc.2.root]\nPath = 'x'\n"
    )


def test_a_move_takes_the_comment_above_along() -> None:
    """Nobody is left to read it where it was."""
    octets = b"# The shop.\n[w3svc.1]\nServerComment = 'a'\n\n[http]\n"
    moved = move_key(octets, SITE, OTHER)
    assert moved == b"# The shop.\n[w3svc.2]\nServerComment = 'a'\n\n[http]\n"


def test_keys_above_come_with_the_destination() -> None:
    """COPY creates the path it is given."""
    copied = copy_key(b"[w3svc.1]\na = 1\n", SITE, ("w3svc", "9", "root", "b"))
    assert copied == b"[w3svc.1]\na = 1\n\n[w3svc.9.root.b]\na = 1\n"


@pytest.mark.parametrize(
    ("source", "destination", "code"),
    [
        (("w3svc", "9"), OTHER, "MET101"),
        (SITE, ("W3SVC", "1"), "MET106"),
        (SITE, ("w3svc", "1", "root"), "MET120"),
        ((), ("w3svc", "3"), "MET120"),
        (SITE, ("w3svc", "1", "ServerComment"), "MET120"),
        (SITE, ("w3svc", "DefaultDoc"), "MET108"),
    ],
)
@pytest.mark.parametrize("edit", [copy_key, move_key])
def test_what_cannot_be_is_refused(
    edit: object, source: tuple[str, ...], destination: tuple[str, ...], code: str
) -> None:
    """A copy never overwrites and never holds itself."""
    octets = b"[w3svc]\nDefaultDoc = 'x'\n[w3svc.1]\nServerComment = 'a'\n"
    with pytest.raises(BindctlError) as caught:
        edit(octets, source, destination)  # type: ignore[operator]  # one of the two
    assert caught.value.code == code
