"""What TOML has no room for is refused before it is written."""

from __future__ import annotations

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.toml.document import set_property
from bindctl.toml.limits import (
    is_text,
    require_no_array,
    require_no_key,
    require_room,
)
from bindctl.toml.scanner import scan_tables


@pytest.mark.parametrize(
    ("octets", "path"),
    [
        (b"[[w3svc]]\n", ("w3svc",)),
        (b"[[w3svc]]\n", ("W3SVC", "1")),
        (b"[w3svc]\n[[w3svc.1]]\n", ("w3svc", "1", "root")),
    ],
)
def test_no_table_beside_or_below_an_array_of_tables(
    octets: bytes, path: tuple[str, ...]
) -> None:
    """TOML would read it as part of the array's last row, or refuse the file."""
    with pytest.raises(BindctlError, match="cannot be edited in place"):
        require_no_array(scan_tables(octets), path)


def test_a_table_above_or_elsewhere_is_free() -> None:
    """An array of tables that bindctl does not know must not stop other edits."""
    spans = scan_tables(b"[[w3svc.1.things]]\n[[extras]]\n")
    require_no_array(spans, ("w3svc", "1"))
    require_no_array(spans, ("w3svc", "2"))


@pytest.mark.parametrize(
    "octets",
    [
        b"[w3svc.Path]\n",
        b'[w3svc."Path"]\n',
        b"[w3svc . Path.x]\n",
        b"[[w3svc.Path]]\n",
    ],
)
def test_a_property_may_not_take_a_table_s_name(octets: bytes) -> None:
    """The file would no longer be TOML, and the service would not start."""
    with pytest.raises(BindctlError) as caught:
        require_no_key(octets, ("w3svc", "Path"))
    assert caught.value.code == "MET108"


def test_a_property_of_another_name_is_free() -> None:
    """Only the very name is taken."""
    require_no_key(b"[w3svc.Path2]\nx = 'a.Path'\n", ("w3svc", "Path"))
    require_no_key(b"[w3svc]\n", ("x",))
    with pytest.raises(BindctlError):
        require_no_key(b"[x.y]\n", ("x",))


@pytest.mark.parametrize(
    ("octets", "header", "is_refused"),
    [
        (b"[x]\ny = 1\n", "[x.y]", True),
        (b"[x]\ny = {}\n", "[x.y.z]", True),
        (b"[x]\ny.a = 1\n", "[x.y]", True),
        (b"[x]\ny.a = 1\n", "[x.y.z]", False),
        (b"[x]\na = 1\n", "[x.y]", False),
    ],
)
def test_a_header_needs_room_in_the_table_above(
    octets: bytes,
    header: str,
    is_refused: bool,
) -> None:
    """An inline table is closed; a dotted one may still get tables below it."""
    span = scan_tables(octets)[1]
    if not is_refused:
        require_room(octets, span, header)
        return
    with pytest.raises(BindctlError) as caught:
        require_room(octets, span, header)
    assert caught.value.code == "MET108"


def test_a_property_is_not_written_over_a_key_in_other_letter_case() -> None:
    """`root` beside a key ROOT would hide the site's folder from every reader."""
    octets = b"[W3SVC.1]\n[W3SVC.1.ROOT]\n"
    with pytest.raises(BindctlError) as caught:
        set_property(octets, ("w3svc", "1"), "root", 1)
    assert caught.value.code == "MET108"


def test_words_are_text_however_deep_they_stand() -> None:
    """An item of a list is refused like a value of its own."""
    assert is_text(("a", "ü", {"x": ["😀", 1]}))
    assert not is_text({"x": ["a", "\udcff"]})
    assert not is_text({"\udcff": 1})
