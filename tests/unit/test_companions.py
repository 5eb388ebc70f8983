"""Each switch and attribute of each companion is stored, or is refused by name."""

from __future__ import annotations

import io
import tomllib
from datetime import UTC, datetime
from importlib import import_module
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from bindctl.__main__ import run
from bindctl.companions.appcmd_values import ATTRIBUTES, find_attribute
from bindctl.companions.iisreset import MODIFIED
from bindctl.companions.script import SCRIPTS
from bindctl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

METABASE = """\
[w3svc.1]
ServerComment = "A"
SecureBindings = [":443:a"]

[w3svc.1.root]
Path = "a"

[w3svc.1.root.docs]
Path = "docs"
"""
BINDING = "[protocol='https',bindingInformation='*:443:a'{}]"
TEXTS = {"BOOL": "true", "DWORD": "7", "STRING": "x", "EXPANDSZ": "x"}
WORDS = {
    "LogType": ("true", 1),
    "LogFilePeriod": ("hourly", 4),
    "ConnectionTimeout": ("1.00:00:02", 86402),
}
KEYS = {"SITE": ("1",), "APP": ("1", "root"), "VDIR": ("1", "root", "docs")}
NAMES = {"SITE": "A", "APP": "A/", "VDIR": "A/docs"}


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    file = tmp_path / "metabase.toml"
    file.write_text(METABASE)
    return file


def _run(metabase: Path, *words: str) -> tuple[int, str]:
    out = StringIO()
    world = Terminal(
        out, out, {}, str(metabase.parent), lambda: datetime(2026, 11, 22, tzinfo=UTC)
    )
    return run(words, world), out.getvalue()


def _stored(metabase: Path, *path: str) -> dict[str, object]:
    table: dict[str, object] = tomllib.loads(metabase.read_text())["w3svc"]
    for name in path:
        table = table[name]  # type: ignore[assignment]  # a table of tables
    return table


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in ATTRIBUTES for name in ATTRIBUTES[kind]]
)
def test_appcmd_stores_each_attribute(metabase: Path, kind: str, name: str) -> None:
    """A release that sets it finds it set."""
    row = find_attribute(kind, name)
    assert row is not None
    text = TEXTS[row.data_type]
    text, value = WORDS.get(row.name, (text, {"true": True, "7": 7}.get(text, text)))
    words = ("appcmd", "set", kind.lower(), NAMES[kind], f"/{name.upper()}:{text}")
    assert _run(metabase, *words)[0] == 0
    assert _stored(metabase, *KEYS[kind])[row.name] == value


@pytest.mark.parametrize("verb", ["list", "add", "set", "delete", "start", "stop"])
@pytest.mark.parametrize("kind", [*ATTRIBUTES, "apppool", "config", "backup", "wp"])
@pytest.mark.parametrize(
    "word",
    ["/enabledProtocols:http", "/limits.maxUrlSegments:3", "/commit:apphost", "more"],
)
def test_appcmd_refuses_what_it_cannot_store(
    metabase: Path, verb: str, kind: str, word: str
) -> None:
    """And names it, or the object or command it does not know."""
    new = {
        "SITE": ("/name:N",),
        "APP": ("/site.name:A", "/path:/n"),
        "VDIR": ("/app.name:A/", "/path:/n"),
    }
    named = new.get(kind, ()) if verb == "add" else (NAMES.get(kind, "x"),)
    if word == "more" and verb == "add":
        named = ("one",)
    status, said = _run(metabase, "appcmd", verb, kind.lower(), *named, word)
    assert status != 0
    wanted = (
        word[1:].partition(":")[0] if word[0] == "/" else "",
        kind.upper(),
        "Must",
    )
    assert said.startswith("ERROR ( message:"), said
    assert any(text in said for text in wanted)
    assert metabase.read_text() == METABASE


@pytest.mark.parametrize(
    "name",
    [
        f"+bindings.{BINDING.format(chr(44) + 'certificateHash=' + repr('00'))}",
        f"+bindings.{BINDING.format(chr(44) + 'protocol=' + repr('http'))}",
        f"bindings.{BINDING.format('')}.certificateHash:00",
        f"bindings.{BINDING.format('')}.sslFlags:many",
        "bindings.[@start].sslFlags:1",
        "[path='/'].[path='/'].logonMethod:Batch",
        "[path='/'].[path='/'].[path='/'].physicalPath:x",
        "[path='/',x='y'].applicationPool:x",
        "+[path='/new']",
        "virtualDirectoryDefaults.physicalPath:x",
        "traceFailedRequestsLogging.enabled:true",
        "limits.connectionTimeout:120",
        "limits.maxConnections:4294967296",
        "logFile.period:Yearly",
        "bindings:http/*:80:,http/*:80:",
    ],
)
def test_appcmd_refuses_parts_of_an_attribute(metabase: Path, name: str) -> None:
    """Nothing of the command is stored, not even what stood before it."""
    words = ("appcmd", "set", "site", "A", "/serverAutoStart:false", f"/{name}")
    status, said = _run(metabase, *words)
    assert status != 0
    assert said.startswith("ERROR ( message:")
    assert metabase.read_text() == METABASE


@pytest.mark.parametrize(
    "site",
    [
        '<site name="N"><limits maxUrlSegments="3"/></site>',
        '<site name="N"><limits><more/></limits></site>',
        '<site name="N" more="x"/>',
        '<site name="N"><more x="y"/></site>',
        '<site name="N"><bindings><binding protocol="http"/></bindings></site>',
        '<site name="N"><bindings><clear/></bindings></site>',
        '<site name="N"><bindings more="x"/></site>',
        '<site name="N"><application path="/" enabledProtocols="http"/></site>',
        '<site name="N"><application path="/"><more/></application></site>',
        '<site name="A"/>',
        "<more/>",
        "",
    ],
)
def test_appcmd_refuses_xml_it_cannot_store(
    metabase: Path, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A site that moves without a part of it would be another site."""
    xml = f'<appcmd><SITE SITE.NAME="N">{site}</SITE></appcmd>'
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(xml.encode())))
    status, said = _run(metabase, "appcmd", "add", "site", "/in")
    assert status != 0
    assert said.startswith("ERROR ( message:")
    assert metabase.read_text() == METABASE


@pytest.mark.parametrize("shown", ["*:443:", ":443", "*:443", ":443:"])
def test_appcmd_finds_a_binding_as_it_is_listed(metabase: Path, shown: str) -> None:
    """IIS 5 stored it without the second colon."""
    metabase.write_text(METABASE.replace(":443:a", ":443"))
    element = f"[protocol='https',bindingInformation='{shown}']"
    assert _run(metabase, "appcmd", "set", "site", "A", f"/-bindings.{element}")[0] == 0
    assert _stored(metabase, "1")["SecureBindings"] == []


def test_appcmd_tells_what_xml_does_not_hold(metabase: Path) -> None:
    """A certificate and a secret do not move with a site: who moves it must know."""
    metabase.write_text(
        METABASE
        + 'UNCPassword = "s"\nDefaultDoc = "x"\n\n[w3svc.1.root.file]\n'
        + 'KeyType = "IIsWebFile"\n'
    )
    status, said = _run(metabase, "appcmd", "list", "site", "/config", "/xml")
    assert status == 0
    assert "left out: /LM/W3SVC/1/ROOT/DOCS: UNCPassword, DefaultDoc\n" in said
    assert "left out: /LM/W3SVC/1/ROOT/FILE, which is IIsWebFile\n" in said


def test_appcmd_takes_names_from_xml(
    metabase: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`list site /xml | set site /in` is how people change many sites."""
    _status, listed = _run(metabase, "appcmd", "list", "site", "/xml")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(listed.encode())))
    words = ("appcmd", "set", "site", "/in", "/serverAutoStart:false")
    assert _run(metabase, *words) == (0, 'SITE object "A" changed\n')
    assert _stored(metabase, "1")["ServerAutoStart"] is False


def _operations() -> list[tuple[str, str, str]]:
    """Script, operation, and each switch of the script, known to the operation or not."""
    scripts = {
        name: import_module(f"bindctl.companions.{name}").SCRIPT for name in SCRIPTS
    }
    return [
        (name, operation, switch)
        for name, script in sorted(scripts.items())
        for operation in script.operations
        for switch in (*script.counts, "nonsense")
        if script.aliases.get(switch, switch) not in ("s", "u", "p")
    ]


@pytest.mark.parametrize(("script", "operation", "switch"), _operations())
def test_scripts_refuse_switches_of_other_operations(
    metabase: Path, script: str, operation: str, switch: str
) -> None:
    """`iisweb /start A /d host` must not start A and forget the host."""
    known = import_module(f"bindctl.companions.{script}").SCRIPT
    meant = known.aliases.get(switch, switch)
    words = ["x"] * max(known.counts.get(switch, 0), 0)
    own = ["A"] * known.operations[operation].least
    if meant == operation or meant in known.operations[operation].switches:
        assert (
            f"/{meant}"
            in " ".join(
                line for item in known.operations.values() for line in item.usage
            )
            or operation == "copy"
        )
        return
    status, said = _run(metabase, script, f"/{operation}", *own, f"/{switch}", *words)
    assert status == 1
    is_operation = meant in known.operations
    assert f"Invalid switch: {meant}" in said or (is_operation and "only one" in said)
    assert metabase.read_text() == METABASE


@pytest.mark.parametrize(
    "words",
    [
        *(
            (f"/{action}", f"/{name}:1")
            for action in ("status", "enable", "disable")
            for name in MODIFIED
        ),
        ("/stop", "--port-offset:1"),
        ("/stop:now",),
        ("/stop", "/stop"),
        ("/timeout:1", "/timeout:2"),
        ("/nonsense",),
        ("localhost", "more"),
    ],
)
def test_iisreset_refuses_what_an_action_does_not_take(
    metabase: Path, words: tuple[str, ...]
) -> None:
    """Before anything is stopped."""
    status, said = _run(metabase, "iisreset", *words)
    assert status == 87
    assert any(word in said.splitlines()[0] for word in ("Invalid", "twice", "take"))


def test_a_metabase_that_is_not_named_is_no_other(metabase: Path) -> None:
    """`--metabase $EMPTY` must not edit the metabase that lies there."""
    status, said = _run(metabase, "iisweb", "/delete", "A", "--metabase", "")
    assert (status, said.partition(" ")[0]) == (2, "CLI001")
    assert metabase.read_text() == METABASE
