"""An editor keeps one index over many edits."""

from __future__ import annotations

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.toml.editor import Editor

OCTETS = b"# top\n[w3svc.1]\nServerComment = 'a'\n\n[w3svc.1.root]\nPath = 'p'\n"


def test_what_is_not_edited_stays_octet_for_octet() -> None:
    """A comment of another table is nobody's to change."""
    editor = Editor(OCTETS)
    editor.set_property(("W3SVC", "1"), "ServerComment", "b")
    assert editor.octets() == OCTETS.replace(b"'a'", b'"b"')


def test_a_new_key_can_be_edited_and_removed_again() -> None:
    """Later lines of a batch see what earlier ones made."""
    editor = Editor(OCTETS)
    editor.create_key(("w3svc", "2"), {"ServerComment": "two"})
    editor.set_property(("w3svc", "2"), "ServerComment", "zwei")
    assert editor.read_key(("w3svc", "2")) == {"ServerComment": "zwei"}
    editor.delete_key(("w3svc", "2"))
    assert editor.read_key(("w3svc", "2")) is None


def test_a_missing_key_is_refused_as_everywhere() -> None:
    """The same code for the same mistake, in a batch or alone."""
    with pytest.raises(BindctlError) as caught:
        Editor(OCTETS).set_property(("w3svc", "9"), "ServerComment", "x")
    assert caught.value.code == "MET101"


def test_arrays_of_tables_are_no_keys() -> None:
    """A batch must see what a single command sees."""
    octets = b"[[w3svc.rows]]\nx = 1\n[w3svc.rows.below]\n[[test]]\n[test.a]\n"
    editor = Editor(octets)
    for path in (("w3svc", "rows"), ("w3svc", "ROWS", "below"), ("test", "a")):
        assert editor.read_key(path) is None
        with pytest.raises(BindctlError) as caught:
            editor.delete_key(path)
        assert caught.value.code == "MET101"
        with pytest.raises(BindctlError) as caught:
            editor.create_key(path, {})
        assert caught.value.code == "MET108"
    assert editor.octets() == octets


def test_a_name_that_is_not_unicode_is_refused() -> None:
    """Octets of an old console ended in a traceback."""
    editor = Editor(b"[w3svc]\nx = 1\n[w3svc.1]\n")
    assert editor.read_key(("w3svc", "\udcff")) is None
    with pytest.raises(BindctlError) as caught:
        editor.create_key(("w3svc", "\udcff"), {})
    assert caught.value.code == "MET108"
