"""The schema: properties, flags, key types."""

from __future__ import annotations

import pytest

from bindctl.metabase.schema import (
    MAX_DWORD,
    SYNTAX_NAMES,
    Property,
    deduce_key_type,
    find_class,
    find_flag,
    find_property,
    is_identifier,
    key_type_at,
    properties_of,
)
from bindctl.metabase.schema_data import CLASSES, PROPERTIES
from bindctl.metabase.values import typed_value


def test_a_property_is_found_in_any_letter_case() -> None:
    """Scripts write `serverbindings`; the schema's spelling is stored."""
    row = find_property("SERVERBINDINGS")
    assert row is not None
    assert (row.name, row.data_type, row.syntax) == (
        "ServerBindings",
        "MULTISZ",
        "LIST",
    )
    assert find_property("ServerBinding") is None


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("ServerAutoStart", True),
        ("ConnectionTimeout", 120),
        ("AccessFlags", 1),
        ("SslFlags", 0),
        ("WildcardHostDepth", 1),
        ("ServerBindings", ()),
        ("SSLCertHash", None),
        ("AppOopRecoverLimit", MAX_DWORD),
    ],
)
def test_a_default_has_the_type_of_the_property(name: str, default: object) -> None:
    """A site without ServerAutoStart starts; one without SslFlags has no SNI."""
    assert Property(name).default() == default


@pytest.mark.parametrize("name", sorted(PROPERTIES))
def test_every_default_fits_its_own_row(name: str) -> None:
    """`check` would otherwise call the schema's own default wrong."""
    row = Property(name)
    default = row.default()
    raw = list(default) if isinstance(default, tuple) else default
    assert default is None or typed_value(row, raw) == default
    assert row.data_type in SYNTAX_NAMES


@pytest.mark.parametrize(
    ("flag", "owner", "bit"),
    [("accessread", "AccessFlags", 1), ("AccessSSL", "AccessSSLFlags", 8),
     ("EnableDefaultDoc", "DirBrowseFlags", 0x40000000), ("SslFlagsSni", "SslFlags", 1)],
)  # fmt: skip
def test_a_flag_is_a_bit_of_its_property(flag: str, owner: str, bit: int) -> None:
    """`set AccessRead False` has to clear one bit and keep the others."""
    found = find_flag(flag)
    assert found is not None
    assert (found[1].name, found[2]) == (owner, bit)
    assert find_flag("NoSuchFlag") is None


@pytest.mark.parametrize(
    ("path", "key_type"),
    [
        ((), "IIsComputer"),
        (("W3SVC",), "IIsWebService"),
        (("w3svc", "1"), "IIsWebServer"),
        (("w3svc", "4294967295"), "IIsWebServer"),
        (("w3svc", "one"), "IIsObject"),
        (("w3svc", "007"), "IIsObject"),
        (("w3svc", "²"), "IIsObject"),
        (("w3svc", "1", "Root"), "IIsWebVirtualDir"),
        (("w3svc", "1", "root", "images"), "IIsWebVirtualDir"),
        (("w3svc", "apppools", "x"), "IIsApplicationPool"),
        (("http", "sslcert", "0.0.0.0:443"), "HttpSslCertificate"),
        (("elsewhere",), "IIsObject"),
    ],
)
def test_the_path_decides_the_key_type(path: tuple[str, ...], key_type: str) -> None:
    """A metabase written by hand leaves KeyType out."""
    assert key_type_at(path) == key_type


def test_a_stored_key_type_decides_when_it_is_known() -> None:
    """An imported metabase names types that the path cannot know."""
    assert (
        deduce_key_type("IIsWebVirtualDir", "x", "iiswebdirectory") == "IIsWebDirectory"
    )
    assert deduce_key_type("IIsWebVirtualDir", "x", "Nonsense") == "IIsWebVirtualDir"
    assert deduce_key_type("IIsWebService", "1", 7) == "IIsWebServer"


@pytest.mark.parametrize(
    ("name", "is_number"),
    [("0", True), ("1", True), ("4294967295", True), ("4294967296", False), ("01", False), ("-1", False),
     ("", False), ("1" * 5000, False), ("\u0661", False), ("\u00b9", False)],
)  # fmt: skip
def test_a_site_is_named_by_a_plain_number(name: str, is_number: bool) -> None:
    """Two keys may not be one site, and no key name may end in a traceback."""
    assert is_identifier(name) is is_number


def test_classes_name_only_what_the_schema_has() -> None:
    """`enum` walks the class lists and would stumble over a missing row."""
    for name, (properties, children, _rest) in CLASSES.items():
        assert find_class(name.upper()) == name
        assert [p for p in properties_of(name) if p not in PROPERTIES] == []
        assert [c for c in children if find_class(c) is None] == []
        assert properties[0] == "KeyType" or "KeyType" in properties


def test_identifiers_of_properties_are_unique() -> None:
    """A metabase identifier names one property."""
    rows = [Property(name) for name in PROPERTIES]
    numbers = [row.property_id for row in rows if row.is_own]
    assert len(numbers) == len(set(numbers))
    assert all(number > 90000 for number in numbers)
