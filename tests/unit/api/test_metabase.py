"""The metabase of a program: one transaction, by the operations of the commands."""

from __future__ import annotations

import doctest
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import bindctl
from bindctl.operations.editing.properties import set_property
from bindctl.storage.workspace import DiskWorkspace

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "reference" / "api.md"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
DOCUMENT = """\
schema_version = 1

[w3svc]

# the first site
[w3svc.1]
ServerComment = "Test"  # shown
ServerBindings = [":80:test.example"]

[w3svc.1.root]
Path = "sites/test"
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sites" / "test").mkdir(parents=True)
    path = tmp_path / "metabase.toml"
    path.write_text(DOCUMENT)
    return path


def test_the_page_about_the_api_is_true(file: Path) -> None:
    """Who copies an example gets what the page shows."""
    text = PAGE.read_text(encoding="utf-8").replace("```", "   ")
    toml = text.split("   toml\n")[1].split("\n   \n")[0]
    file.write_text(toml + "\n")
    parser = doctest.DocTestParser()
    test = parser.get_doctest(text, {}, "api.md", str(PAGE), 0)
    result = doctest.DocTestRunner().run(test)
    assert result.attempted > 20
    assert result.failed == 0


@pytest.mark.usefixtures("file")
def test_the_example_of_lists_is_true() -> None:
    """The docstring is what an editor shows."""
    from bindctl.api import sites  # noqa: PLC0415 - its docstrings

    result = doctest.testmod(sites)
    assert result.attempted > 4
    assert result.failed == 0


def test_a_block_is_one_write(file: Path) -> None:
    """Nobody ever sees half of what a program meant to do."""
    with bindctl.open(file) as mb:
        mb["/w3svc/1/ServerComment"] = "New"
        mb["/w3svc/1/SslFlags"] = 1
        assert file.read_text() == DOCUMENT
        assert mb["/w3svc/1/SslFlags"] == 1
    after = DOCUMENT.replace('"Test"  #', '"New"  #')
    after = after.replace('.example"]\n', '.example"]\nSslFlags = 1\n')
    assert file.read_text() == after


def test_a_block_that_raises_writes_nothing(file: Path) -> None:
    """An exception half-way leaves the metabase, and the folders, as they were."""
    with pytest.raises(KeyError), bindctl.open(file) as mb:  # noqa: PT012 - the block
        mb["/w3svc/1/ServerComment"] = "New"
        mb.sites.add("Shop", hosts=["shop.example"], path="sites/shop")
        raise KeyError
    assert file.read_text() == DOCUMENT
    assert not (file.parent / "sites" / "shop").exists()


def test_edits_of_somebody_else_are_not_lost(file: Path) -> None:
    """The program is told that it read what no longer is."""
    with pytest.raises(bindctl.BindctlError) as caught, bindctl.open(file) as mb:  # noqa: PT012 - the block
        mb.sites.add("Shop", path="sites/shop")
        set_property(DiskWorkspace(str(file)), "/w3svc/1/ServerComment", ["Other"])
    assert caught.value.code == "MET007"
    assert file.read_text() == DOCUMENT.replace("Test", "Other")
    assert not (file.parent / "sites" / "shop").exists()


def test_a_block_without_edits_writes_nothing(file: Path) -> None:
    """A program that finds all in order leaves no version of history."""
    inode = file.stat().st_ino
    with bindctl.open(file) as mb:
        mb["/w3svc/1/ServerComment"] = "Test"
    assert file.stat().st_ino == inode


def test_update_edits_under_the_lock(file: Path) -> None:
    """Counters of many processes add up."""
    result = bindctl.update(file, lambda mb: mb.sites.add("Shop", path="sites/shop"))
    assert result.identifier == 2
    assert (file.parent / "sites" / "shop" / "index.html").exists()
    with pytest.raises(RuntimeError):
        result.description = "late"
    with pytest.raises(ZeroDivisionError):
        bindctl.update(file, lambda mb: mb.sites.add("X", path="sites/x") and 1 / 0)
    assert len(bindctl.open(file).sites) == 2
    assert not (file.parent / "sites" / "x").exists()


def test_a_metabase_is_entered_once(file: Path) -> None:
    """A second block would write over what the first one wrote."""
    mb = bindctl.open(file)
    with mb:
        mb["/w3svc/1/SslFlags"] = 1
    with pytest.raises(RuntimeError, match="open it again"):
        mb.__enter__()
    with pytest.raises(RuntimeError, match="inside the with block"):
        mb["/w3svc/1/SslFlags"] = 0


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/w3svc/1/ServerComment", "C:\\x"),
        ("/w3svc/1/SslFlags", 127),
        ("/w3svc/1/MaxBandwidth", 0xFFFFFFFF),
        ("/w3svc/1/ServerAutoStart", False),
        ("/w3svc/1/SecureBindings", [":443:", ":443:a"]),
        ("/w3svc/1/SecureBindings", []),
        ("/w3svc/1/root/AccessWrite", True),
        ("w3svc\\1\\ServerComment", ""),
    ],
)
def test_a_value_is_read_as_it_was_stored(
    file: Path, path: str, value: str | int | list[str]
) -> None:
    """Python's types are the schema's."""
    with bindctl.open(file) as mb:
        mb[path] = value
    found = bindctl.open(file)[path]
    assert found == value
    assert isinstance(found, bool) is isinstance(value, bool)


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("/w3svc/1/ServerComment", 5, "MET105"),
        ("/w3svc/1/SslFlags", "1", "MET105"),
        ("/w3svc/1/SslFlags", 128, "MET105"),
        ("/w3svc/1/SslFlags", True, "MET105"),
        ("/w3svc/1/ServerAutoStart", 1, "MET105"),
        ("/w3svc/1/SecureBindings", ":443:", "MET105"),
        ("/w3svc/1/SecureBindings", [443], "MET105"),
        ("/w3svc/1/ServerState", 2, "MET107"),
        ("/w3svc/1/Nonsense", 2, "MET102"),
        ("/w3svc/1/AppFriendlyName", "x", None),
        ("/w3svc/9/ServerComment", "x", "MET101"),
        ("/w3svc/AppPools/ServerBindings", ["x"], "MET101"),
    ],
)
def test_a_value_of_another_type_is_refused(
    file: Path, path: str, value: str | int, code: str | None
) -> None:
    """As the command line refuses it, by the same code."""
    try:
        with bindctl.open(file) as mb:
            mb[path] = value
    except bindctl.BindctlError as error:
        assert error.code == code  # noqa: PT017 - one case has none
    else:
        assert code is None


def test_what_is_stored_is_told_from_what_is_in_force(file: Path) -> None:
    """A program that copies settings must not copy defaults."""
    mb = bindctl.open(file)
    assert mb.in_force("/w3svc/1/ConnectionTimeout") == 120
    with pytest.raises(bindctl.BindctlError) as caught:
        mb["/w3svc/1/ConnectionTimeout"]
    assert caught.value.code == "MET104"
    assert mb.get("/w3svc/1/ConnectionTimeout", 7) == 7
    assert mb.get("/w3svc/9/ConnectionTimeout") is None
    with pytest.raises(bindctl.BindctlError, match="no property"):
        mb.get("/w3svc/1/Nonsense")
    assert "/w3svc/1/ServerComment" in mb
    assert "/w3svc/1" in mb
    for path in ("/w3svc/1/ConnectionTimeout", "/w3svc/9", "/w3svc/1/Nonsense", 5):
        assert path not in mb
    with pytest.raises(TypeError):
        iter(mb)  # type: ignore[call-overload]


def test_keys_and_properties_are_deleted_and_made(file: Path) -> None:
    """As `delete` and `create` do."""
    with bindctl.open(file) as mb:
        del mb["/w3svc/1/ServerComment"]
        del mb["/w3svc/1/root"]
        mb.create("/w3svc/1/root")
        mb.create("/w3svc/AppPools")
        with pytest.raises(bindctl.BindctlError, match="exists already"):
            mb.create("/w3svc/1")
        with pytest.raises(bindctl.BindctlError, match="not in the metabase"):
            del mb["/w3svc/9"]
    mb = bindctl.open(file)
    assert "/w3svc/1/ServerComment" not in mb
    assert "/w3svc/1/root/Path" not in mb
    assert "/w3svc/AppPools" in mb


def test_check_and_explain_see_edits_before_they_are_written(file: Path) -> None:
    """A program looks before it leaps."""
    with bindctl.open(file) as mb:
        assert not mb.check(NOW).report.findings
        mb.sites[1].server_bindings.append(":oops:")
        assert [f.place.line for f in mb.check(NOW).report.findings] == [8]
        mb.sites[1].server_bindings[-1] = ":80:other.example"
        assert mb.explain("http://other.example/").is_answered
        assert not bindctl.open(file).explain("http://other.example/").is_answered
    assert mb.check().bindings == 2


def test_explain_takes_what_the_command_takes(file: Path) -> None:
    """A program asks about a request without a URL, too."""
    mb = bindctl.open(file)
    (host,) = (item.rpartition(":")[2] for item in mb.sites[1].server_bindings)
    found = mb.explain(host=host, port=8080, address="127.0.0.1", port_offset=8000)
    assert found.is_answered
    assert found.question.url == f"http://{host}:8080/"
    (answer,) = found.answers
    assert [str(item) for item in answer.addresses] == ["127.0.0.1"]
    secure = mb.explain(f"https://{host}/", without_server_name=True, now=NOW)
    assert secure.request.server_name is None
    assert mb.explain(host=host, scheme="https", server_name="b").request.port == 443
    with pytest.raises(bindctl.BindctlError) as caught:
        mb.explain()
    assert caught.value.code == "RTE003"


def test_a_missing_metabase_is_named(file: Path) -> None:
    """The code is that of the commands."""
    with pytest.raises(bindctl.BindctlError) as caught:
        bindctl.open("nowhere.toml")
    assert caught.value.code == "MET001"
    assert repr(bindctl.open()) == f"<Metabase {os.fspath(file)!r}>"


def test_importing_the_package_loads_nothing() -> None:
    """`bindctl get` imports it too."""
    program = (
        "import sys, bindctl; before = set(sys.modules); "
        "assert 'open' in dir(bindctl) and not hasattr(bindctl, 'nonsense'); "
        "print(sorted(n for n in before if n.startswith('bindctl'))); "
        "bindctl.open; print('bindctl.api' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "['bindctl']\nTrue\n"


@pytest.mark.parametrize("value", [None, 1.5, b"x", {"a": 1}, object()])
def test_a_value_no_property_has_is_refused(file: Path, value: object) -> None:
    """A program handles one kind of error, whatever it passes on."""
    for name in ("ServerComment", "ServerSize", "ServerAutoStart"):
        with pytest.raises(bindctl.BindctlError) as caught, bindctl.open(file) as mb:
            mb[f"/w3svc/1/{name}"] = value  # type: ignore[assignment]
        assert caught.value.code == "MET105"


def test_update_copies_and_moves(file: Path) -> None:
    """What copies under the lock is written as any other edit is, in its order."""

    def change(mb: bindctl.Metabase) -> None:
        mb["/w3svc/1/ServerSize"] = 2
        mb.copy("/w3svc/1", "/w3svc/2")
        mb.move("/w3svc/2", "/w3svc/3")
        mb["/w3svc/3/ServerComment"] = "Copy"

    bindctl.update(file, change)
    found = bindctl.open(file)
    assert found.find("ServerSize") == {
        "/w3svc/1/ServerSize": 2,
        "/w3svc/3/ServerSize": 2,
    }
    assert found.find("servercomment", "/w3svc/3") == {"/w3svc/3/ServerComment": "Copy"}
    assert found.find("ServerBindings", "/w3svc/3") == {
        "/w3svc/3/ServerBindings": [":80:test.example"]
    }


def test_a_program_steps_back(file: Path) -> None:
    """History is the one the commands show, and undo one of its writes."""
    with bindctl.open(file) as mb:
        mb["/w3svc/1/ServerSize"] = 2
    assert [version.number for version in bindctl.history(file)] == [1, 2]
    assert bindctl.undo(file).number == 1
    assert file.read_text() == DOCUMENT


def test_a_value_of_another_type_is_told(file: Path) -> None:
    """A default would hide the mistake; a site still has a name to show."""
    file.write_text(DOCUMENT.replace('"Test"', "7"))
    mb = bindctl.open(file)
    assert "/w3svc/1/ServerComment" not in mb
    assert mb.sites[1].description == ""
    with pytest.raises(bindctl.BindctlError) as caught:
        mb.get("/w3svc/1/ServerComment", "none")
    assert caught.value.code == "MET105"


TWO = """\
[w3svc.1]
ServerBindings = [":80:a"]

[w3svc.2]
ServerBindings = [":80:"]
"""


@pytest.mark.parametrize(
    ("before", "gate", "is_refused"),
    [
        (TWO, None, False),
        (TWO, True, True),
        (f"[check]\ngate = true\n{TWO}", None, True),
        (f"[check]\ngate = true\n{TWO}", False, False),
    ],
)
def test_a_gate_refuses_what_changes_others(
    file: Path, before: str, gate: bool | None, is_refused: bool
) -> None:
    """As on the command line: by the block, by update and by undo, and nothing is left."""
    file.write_text(before)

    def edit(mb: bindctl.Metabase) -> None:
        mb.sites[1].server_bindings.append(":80:b")
        mb.sites.add("New", hosts=["new"], path="new")

    def by_block() -> None:
        with bindctl.open(file, gate=gate) as mb:
            edit(mb)

    def by_update() -> None:
        bindctl.update(file, edit, gate=gate)

    def by_undo() -> None:
        bindctl.undo(file, gate=gate)

    for write in (by_block, by_update):
        file.write_text(before)
        if not is_refused:
            write()
            assert file.read_text() != before
            continue
        with pytest.raises(bindctl.BindctlError) as caught:
            write()
        assert (caught.value.code, caught.value.exit_status) == ("BND003", 3)
        assert file.read_text() == before
        assert not (file.parent / "new").exists()
    file.write_text(before.replace(":80:a", ":80:c"))
    bindctl.update(file, lambda mb: mb.copy("/w3svc/2", "/w3svc/3"), gate=False)
    if is_refused:
        file.write_text(before)
        with pytest.raises(bindctl.BindctlError, match="site 2"):
            by_undo()
        assert file.read_text() == before
    else:
        by_undo()


def test_what_if_tells_what_the_edits_would_change(file: Path) -> None:
    """Before they are written, and without writing them."""
    file.write_text(TWO)
    mb = bindctl.open(file)
    assert mb.what_if() == ()
    with mb:
        mb.sites[1].server_bindings = [":80:b"]
        would = mb.what_if()
        assert file.read_text() == TWO
        mb.sites[1].server_bindings = [":80:a"]
        assert mb.what_if() == ()
    assert all(isinstance(item, bindctl.ReasonedChange) for item in would)
    sites = [(item.change.before.site, item.change.after.site) for item in would]
    assert ([item.change.host for item in would], sites) == (
        ["a", "b"],
        [(1, 2), (2, 1)],
    )
    assert bindctl.update(file, lambda each: each.what_if()) == ()
