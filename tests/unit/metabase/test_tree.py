"""The metabase as a tree of keys."""

from __future__ import annotations

import pytest

from bindctl.metabase.tree import Key, make_tree, require_row, web_sites
from bindctl.toml.reader import parse_document

DOCUMENT = b"""\
schema_version = 1
MaxBandwidth = 5

[W3SVC]
defaultdoc = "a.htm"
ConnectionTimeout = "soon"

[W3SVC.10]
[W3SVC.2]
ServerComment = "Two"
SERVERCOMMENT = "two again"
ServerBindings = [":80:"]
AccessFlags = ["AccessRead", "AccessScript"]

[W3SVC.2.Root]
Path = "sites/two"

[W3SVC.2.Root.Images]
DefaultDoc = ""

[W3SVC.2.ROOT]
Path = "elsewhere"

[W3SVC.007]
[W3SVC."\xc2\xb2"]
[W3SVC.Info]
[W3SVC.5]
KeyType = "IIsObject"
"""


def _key(*names: str) -> Key:
    key = make_tree(parse_document(DOCUMENT)).find(*names)
    assert key is not None
    return key


def test_a_key_is_found_in_any_letter_case() -> None:
    """`/w3svc/2/root` and `/W3SVC/2/ROOT` are one place, in the file's spelling."""
    assert _key("w3svc", "2", "root").path == ("W3SVC", "2", "Root")
    assert make_tree({}).find("w3svc", "1") is None


def test_only_the_first_of_two_spellings_counts() -> None:
    """Which one is in force must not depend on the question asked."""
    site = _key("w3svc", "2")
    assert site.text("ServerComment") == "Two"
    assert site.duplicates == ["SERVERCOMMENT"]
    assert _key("w3svc", "2", "root").text("Path") == "sites/two"


def test_of_two_spellings_of_a_key_the_one_in_lower_case_counts_first() -> None:
    """It is the one that is found without reading the whole file."""
    tables = {"W3SVC": {"2": {}, "DefaultDoc": "a"}, "w3svc": {"1": {}}, "W3Svc": {}}
    root = make_tree({**tables, "W3SVc": {"DefaultDoc": "b"}})
    assert root.duplicates == []
    service = root.child("w3svc")
    assert service is not None
    assert [key.path for key in service.children()] == [("w3svc", "1"), ("w3svc", "2")]
    assert service.text("DefaultDoc") == "b"  # small letters before capitals
    assert service.duplicates == ["DefaultDoc"]


def test_numbers_are_listed_by_value_before_names() -> None:
    """`enum` lists 2 before 10, as IIS does."""
    names = [key.path[-1] for key in _key("w3svc").children()]
    assert names == ["2", "5", "10", "007", "Info", "²"]


def test_sites_are_numbered_keys_of_their_type() -> None:
    """A key that only looks like a number starts no site and no traceback."""
    sites = web_sites(make_tree(parse_document(DOCUMENT)))
    assert [number for number, _key in sites] == [2, 10]
    assert list(web_sites(make_tree({}))) == []


@pytest.mark.parametrize(
    ("names", "name", "value"),
    [
        (("w3svc",), "DefaultDoc", "a.htm"),
        (("w3svc", "2", "root"), "DefaultDoc", "a.htm"),
        (("w3svc", "2", "root", "images"), "DefaultDoc", ""),
        (("w3svc", "2"), "ConnectionTimeout", 120),
        (("w3svc", "10"), "ServerComment", ""),
        (("w3svc", "2", "root"), "ServerBindings", ()),
        (("w3svc", "2", "root"), "AccessFlags", 0x201),
        (("w3svc", "10"), "MaxBandwidth", 5),
        (("w3svc", "10"), "KeyType", "IIsWebServer"),
        ((), "KeyType", "IIsComputer"),
    ],
)
def test_a_value_in_force_is_own_inherited_or_default(
    names: tuple[str, ...], name: str, value: object
) -> None:
    """A mistyped value counts as none: the next one above, or the default, holds."""
    assert _key(*names).effective(require_row(name)) == value


def test_values_by_type() -> None:
    """A caller asks for a type and gets it, whatever is stored."""
    site = _key("w3svc", "2")
    assert site.items("ServerBindings") == (":80:",)
    assert site.is_true("ServerAutoStart")
    assert site.number("ConnectionTimeout") == 120
    assert site.text("ServerBindings") == ""
    assert site.items("ServerComment") == ()
    assert site.number("ServerComment") == 0


def test_stored_properties_come_in_the_order_of_the_schema() -> None:
    """`enum` prints KeyType first, and never a mistyped value."""
    names = [row.name for row, _value in _key("w3svc", "2").own_properties()]
    assert names == ["KeyType", "ServerComment", "ServerBindings", "AccessFlags"]
    names = [row.name for row, _value in _key("w3svc").own_properties()]
    assert names == ["KeyType", "DefaultDoc"]


def test_the_document_s_own_entries_are_no_properties() -> None:
    """schema_version belongs to the file, not to the computer."""
    root = _key()
    assert "schema_version" not in root.raw
    assert root.raw == {"MaxBandwidth": 5}
    assert root.location() == "/LM"
    assert _key("w3svc", "2", "root").location() == "/LM/W3SVC/2/ROOT"


def test_a_row_bindctl_names_itself_must_exist() -> None:
    """A misspelling in our own code is a bug, said at once."""
    with pytest.raises(LookupError, match="NoSuchProperty"):
        require_row("NoSuchProperty")
