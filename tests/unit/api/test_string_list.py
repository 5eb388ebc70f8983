"""List properties as lists."""

from __future__ import annotations

import pytest

from bindctl.api.metabase import Metabase
from bindctl.api.session import Session
from bindctl.api.string_list import StringList
from bindctl.storage.workspace import DiskWorkspace

DOCUMENT = b'[w3svc.1]\nServerBindings = [":80:a", ":80:b"]\n'


@pytest.fixture
def bindings() -> StringList:
    session = Session(DiskWorkspace("metabase.toml"), DOCUMENT, is_writable=True)
    return Metabase(session).sites[1].server_bindings


def test_it_is_a_list(bindings: StringList) -> None:
    """Whatever a list does, the property does."""
    bindings.insert(1, ":80:c")
    bindings += [":80:d"]
    assert bindings == [":80:a", ":80:c", ":80:b", ":80:d"]
    bindings.remove(":80:c")
    bindings[0] = ":81:"
    bindings[1:] = [":82:", ":83:"]
    assert list(bindings) == [":81:", ":82:", ":83:"]
    del bindings[1]
    assert bindings.pop() == ":83:"
    assert bindings.index(":81:") == 0
    assert bindings[:1] == [":81:"]
    bindings.clear()
    assert not bindings
    assert bindings != "x"
    assert repr(bindings) == "StringList([])"


def test_two_of_one_property_agree(bindings: StringList) -> None:
    """A list kept in a variable does not go stale."""
    other = StringList(bindings._session, "/W3SVC/1/serverbindings")
    bindings.append(":80:c")
    assert other == bindings
    assert ":80:c" in other


def test_a_property_that_is_not_stored_is_empty() -> None:
    """The first item stores it."""
    session = Session(DiskWorkspace("metabase.toml"), DOCUMENT, is_writable=True)
    secure = Metabase(session).sites[1].secure_bindings
    assert len(secure) == 0
    secure.append(":443:")
    assert session.octets().endswith(b'SecureBindings = [":443:"]\n')


def test_nothing_is_edited_outside_of_a_block() -> None:
    """The change would be lost without a word."""
    bindings = (
        Metabase(Session(DiskWorkspace("metabase.toml"), DOCUMENT))
        .sites[1]
        .server_bindings
    )
    with pytest.raises(RuntimeError):
        bindings.append("x")
    assert len(bindings) == 2
