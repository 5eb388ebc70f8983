"""check: findings of every layer, with their lines."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.check.check import check, check_octets
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def _check(tmp_path: Path, text: str) -> list[tuple[str, int | None]]:
    path = tmp_path / "metabase.toml"
    path.write_text(text)
    result = check(DiskWorkspace(str(path)), NOW)
    return [(f.code, f.place.line) for f in result.report.findings]


def test_findings_of_every_layer_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    """One command, one list, from top to bottom."""
    text = """\
[w3svc]
Foo = 1

[w3svc.1]
ServerBindings = [":80:a"]
SecureBindings = [":443:a"]

[w3svc.1.root]
Path = "nowhere"

[w3svc.2]
"ServerBindings" = [":80:a"]
"""
    assert _check(tmp_path, text) == [
        ("MET201", 2),
        ("CRT101", 6),
        ("MET204", 9),
        ("MET205", 11),
        ("BND201", 12),
    ]


def test_a_clean_metabase_is_counted_and_silent(tmp_path: Path) -> None:
    """A clean "nothing to report" has to say how much was looked at."""
    path = tmp_path / "metabase.toml"
    (tmp_path / "www").mkdir()
    site = "[w3svc.1]\nServerBindings = [':80:', ':81:']\nroot.Path = 'www'\n"
    path.write_text(site)
    result = check(DiskWorkspace(str(path)), NOW)
    assert result.report.findings == ()
    assert (result.sites, result.bindings, result.certificates) == (1, 2, 0)


def test_folders_are_looked_for_beside_the_file(tmp_path: Path) -> None:
    """A relative Path is relative to the metabase, also for virtual directories."""
    (tmp_path / "here").mkdir()
    text = """\
[w3svc.1]
ServerBindings = [":80:"]
[w3svc.1.root]
Path = "here"
[w3svc.1.root.images]
Path = "gone"
[w3svc.1.root.inherits]
"""
    assert _check(tmp_path, text) == [("MET204", 6)]


def test_a_key_without_end_is_a_syntax_error(tmp_path: Path) -> None:
    """Not a traceback: the file is wrong, bindctl is not."""
    with pytest.raises(BindctlError, match="nested") as caught:
        _check(tmp_path, "[" + ".".join(["a"] * 3000) + "]\n")
    assert caught.value.code == "MET002"


def test_thousands_of_findings_cost_one_pass_over_the_file(tmp_path: Path) -> None:
    """Each has its line; finding it does not read the file again."""
    sites = 2_000
    text = "".join(f"[w3svc.{n}]\nOops = {n}\n" for n in range(1, sites + 1))
    found = [line for code, line in _check(tmp_path, text) if code == "MET201"]
    assert found == [2 * n for n in range(1, sites + 1)]


def test_an_inherited_property_is_shown_where_it_is_stored(tmp_path: Path) -> None:
    """The line to change is in the service's table, not in the site's."""
    text = """\
[w3svc]
EmulatedVersion = 8
SslFlags = 4
[w3svc.1]
SecureBindings = [":443:a"]
[w3svc.2]
SslFlags = 8
SecureBindings = [":444:a"]
"""
    assert ("BND312", 3) in _check(tmp_path, text)
    own = text.replace("SslFlags = 4\n", "")
    assert ("BND312", 6) in _check(tmp_path, own)


@pytest.mark.parametrize(
    ("text", "line", "below"),
    [
        ('[w3svc.1]\nServerBindings = [":80:b\u00fccher", ":80:a b"]\n', 2, ' b"]'),
        ("[w3svc.1]\n\tServerBindings = [\n\t\t':80:a b',\n\t]\n", 3, " b',"),
        ("[w3svc]\n1 = { ServerBindings = [':80:\u00fc', ':0:'] }\n", 2, "0:'] }"),
        ("w3svc.1.ServerBindings = [':80:a', '''::1:80:''']\n", 1, "::1:80:''']"),
        # an escape makes the text another than the value: the whole item
        ('[w3svc.1]\nServerBindings = [":80:\\u0020"]\n', 2, '":80:\\u0020"]'),
    ],
)
@pytest.mark.parametrize("variant", ["plain", "crlf", "bom"])
def test_the_column_is_that_of_the_wrong_character(
    tmp_path: Path, text: str, line: int, below: str, variant: str
) -> None:
    """Editors and code scanning jump there."""
    document = text.replace("\n", "\r\n") if variant == "crlf" else text
    octets = ("\ufeff" if variant == "bom" else "").encode() + document.encode()
    result = check_octets(DiskWorkspace(str(tmp_path / "metabase.toml")), octets, NOW)
    (place,) = [f.place for f in result.report.findings if f.code == "BND101"]
    assert place.line == line
    assert place.column is not None
    assert text.split("\n")[line - 1][place.column - 1 :] == below
