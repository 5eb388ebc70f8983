"""Edits that change no answer, told from the text."""

from __future__ import annotations

import pytest

from bindctl.bindings.listen_list import lower_listen_list
from bindctl.bindings.lowering import lower_table
from bindctl.metabase import schema
from bindctl.metabase.schema_data import PROPERTIES
from bindctl.metabase.tree import make_tree
from bindctl.metabase.values import typed_value
from bindctl.operations.gate.irrelevant_edits import ROUTING_PROPERTIES, is_irrelevant

BEFORE = b"""# a metabase
[w3svc]
DefaultDoc = "index.html"

[w3svc.1]
ServerComment = "One"
ServerBindings = [
  ":80:a", # why
]
"SslFlags" = 0

[w3svc.1.root]
Path = "a"
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"", b""),
        (b'ServerComment = "One"', b'ServerComment = "Two"'),
        (b'ServerComment = "One"\n', b""),
        (b'"One"\n', b'"One"\nServerSize = 1\n'),
        (b"# a metabase", b"# ours\n\n"),
        (b'Path = "a"', b'Path = "[:443:]"'),
        (b'DefaultDoc = "index.html"', b"'DefaultDoc' = \"x\""),
    ],
)
def test_what_routing_has_no_part_in_is_irrelevant(old: bytes, new: bytes) -> None:
    """Such a write costs what it always did."""
    assert old in BEFORE
    assert is_irrelevant(BEFORE, BEFORE.replace(old, new, 1))
    assert is_irrelevant(BEFORE.replace(old, new, 1), BEFORE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'":80:a"', b'":81:a"'),
        (b"# why", b"# nothing"),  # it stands behind an item
        (b"\n[w3svc.1]", b"\n[w3svc.2]"),
        (b'\n"SslFlags" = 0', b'\n"SslFlags" = 1'),
        (b'\n"SslFlags" = 0', b""),
        (b'\n[w3svc.1.root]\nPath = "a"\n', b""),
        (b'"One"\n', b'"One"\nSSLCertHash = "ab"\n'),
        (b'"One"\n', b'"One"\nsslCERThash = "ab"\n'),
        (b'"One"\n', b'"One"\nroot.Path = "x"\n'),
        (b'"One"\n', b'"One"\nroot = {Path = "x"}\n'),
        (b'"One"\n', b'"One"\nMimeMap = [\n'),
        (b'"One"\n', b'"One"\nServerComment\n'),
        (b'  ":80:a"', b'  "ServerComment = x",\n  ":80:a"'),
    ],
)
def test_what_may_change_an_answer_is_not(old: bytes, new: bytes) -> None:
    """In doubt it is looked at: headers, lists, dotted keys, what is no line of its own."""
    assert old in BEFORE
    assert not is_irrelevant(BEFORE, BEFORE.replace(old, new, 1))
    assert not is_irrelevant(BEFORE.replace(old, new, 1), BEFORE)


@pytest.mark.parametrize("marks", [b'"""', b"'''"])
def test_a_text_of_several_lines_is_looked_at(marks: bytes) -> None:
    """A line in it may look like a statement, and be a binding's."""
    before = b"[w3svc.1]\nServerBindings = [" + marks + b"\nAnon = 1\n" + marks + b"]\n"
    assert not is_irrelevant(before, before.replace(b"Anon = 1", b"Anon = 2"))


def test_an_edit_at_either_end_is_seen_whole() -> None:
    """The line that differs begins where the line does, not where the octets do."""
    assert not is_irrelevant(b"SslFlags = 1", b"SslFlags = 11")
    assert not is_irrelevant(b"SslFlags = 1\n", b"")
    assert not is_irrelevant(b"ServerState = 1\nSslFlags = 1", b"ServerState = 1")
    assert is_irrelevant(b"x = 1", b"xx = 11")


DOCUMENT = {
    "http": {"sslcert": {"0.0.0.0:443": {"CertHash": "ab" * 20}}},
    "w3svc": {"1": {"SecureBindings": [":443:a"], "ServerBindings": [":80:"]}},
}
PLACES = (
    (),
    ("http",),
    ("http", "sslcert", "0.0.0.0:443"),
    ("w3svc",),
    ("w3svc", "1"),
)


def _document(place: tuple[str, ...], name: str, value: object) -> dict[str, object]:
    def copy(table: dict[str, object], rest: tuple[str, ...]) -> dict[str, object]:
        done = {
            key: copy(item, rest[1:] if rest[:1] == (key,) else ("",))
            if isinstance(item, dict)
            else item
            for key, item in table.items()
        }
        if not rest:
            done[name] = value
        return done

    return copy(DOCUMENT, place)  # type: ignore[arg-type]  # tables of tables


def _values(row: schema.Property) -> list[object]:
    typical = {
        "DWORD": [0, 1, 2, 6, 7, 255],
        "BOOL": [True, False],
        "BINARY": ["00" * 20],
        "MULTISZ": [[], ["x"], [":81:"]],
        "MIMEMAP": [[], [".x,y/z"]],
    }
    found = typical.get(row.data_type, ["", "x", "10.0.0.1"])
    return [item for item in found if typed_value(row, item) is not None]


def test_every_property_that_routing_reads_is_known() -> None:
    """One that is added to the table must not be passed over by the gate."""
    plain = _read(DOCUMENT)
    moving = set()
    for name in PROPERTIES:
        row = schema.find_property(name)
        assert row is not None
        for value in _values(row):
            for place in PLACES:
                if _read(_document(place, name, value)) != plain:
                    moving.add(name.lower())
    assert {"serverbindings", "sslflags", "listenaddresses"} <= moving
    assert moving - {"servercomment"} <= {item.decode() for item in ROUTING_PROPERTIES}


def _read(document: dict[str, object]) -> tuple[object, object]:
    root = make_tree(document)
    return lower_table(root), lower_listen_list(root)
