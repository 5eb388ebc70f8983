"""find: where a property is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.editing.find_property import find_property
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = """\
[w3svc]
AccessFlags = 1
DefaultDoc = "a"

[w3svc.10]
AccessFlags = ["AccessScript"]

[w3svc.2]
AccessFlags = "wrong"

[w3svc.2.root.b]
accessflags = 0

[custom]
"""


@pytest.fixture
def metabase(tmp_path: Path) -> str:
    path = tmp_path / "metabase.toml"
    path.write_text(DOCUMENT)
    return str(path)


@pytest.mark.parametrize(
    ("name", "start", "found"),
    [
        ("AccessFlags", "", {"w3svc": 1, "w3svc/2/root/b": 0, "w3svc/10": 512}),
        ("accessflags", "/LM/W3SVC/2", {"w3svc/2/root/b": 0}),
        ("AccessRead", "w3svc", {"w3svc": True, "w3svc/2/root/b": False,
         "w3svc/10": False}),
        ("DefaultDoc", "w3svc/2", {}),
        ("ServerState", "", {"w3svc/2": 4, "w3svc/10": 4}),
        ("KeyType", "custom", {}),
        ("KeyType", "w3svc/10", {"w3svc/10": "IIsWebServer"}),
    ],
)  # fmt: skip
def test_keys_that_store_it_are_found_in_the_order_of_a_listing(
    metabase: str, name: str, start: str, found: dict[str, object]
) -> None:
    """Neither keys that inherit it nor values of another type; 2 stands before 10."""
    result = find_property(DiskWorkspace(metabase), name, start)
    assert [("/".join(path), value) for path, value in result.keys] == [*found.items()]


@pytest.mark.parametrize(
    ("name", "start", "code"),
    [("Nothing", "", "MET102"), ("Path", "w3svc/9", "MET101")],
)
def test_what_cannot_be_searched_is_refused(
    metabase: str, name: str, start: str, code: str
) -> None:
    """A misspelling must not look like "nowhere"."""
    with pytest.raises(BindctlError) as caught:
        find_property(DiskWorkspace(metabase), name, start)
    assert caught.value.code == code
