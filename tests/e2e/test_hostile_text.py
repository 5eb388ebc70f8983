"""Whatever a file, a certificate or a peer says, no command lets a terminal obey it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import socket
import sys
import threading
import tomllib
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from bindctl.__main__ import run
from bindctl.cli.verbs.table import COMMANDS
from bindctl.storage.certificate_store import CertificateStore
from bindctl.terminal.terminal import StyledStream, Terminal
from bindctl.toml.line_editor import format_text
from tests.pki import Draft, chain_pem, issue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.e2e

OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
OUR_COLOURS = re.compile(r"\x1b\[[0-7;]*m")  # 8 hides: only the metabase asks for it
CI_COMMAND = re.compile(r"^\s*::.*::|##(?:vso|teamcity)?\[", re.MULTILINE)
BAD = (
    "::error::a\n::add-mask::b\n##[set-env name=c]d ##vso[task.e]f\r\x1b[8m\x1b[2J\x07"
    "\x00\x7f\x85\x9b2J\u061c\u200e\u200f\u2028\u2029\u202e\u2066\u2069"
)
ONE = BAD.replace("\n", " ").replace("\x00", "")  # what may be a word of a command
TEXT, KEY, RAW = format_text(BAD), format_text(ONE), ONE[ONE.index("\x85") :]
METABASE = f"""\
schema_version = 1 # {RAW} ::error::x ##[error]x
# ::error::x

[w3svc]
DefaultDoc = {TEXT}
{KEY} = {TEXT}

[w3svc.1]
ServerComment = {TEXT} # bindctl: ignore[BND301] {RAW}
ServerBindings = [":80:a.example", {TEXT}, {format_text(":80:" + BAD)}]
SecureBindings = [":443:a.example", {format_text(":443:" + BAD)}]
SSLCertHash = "HASH"
Unheard = {TEXT}

[w3svc.1.root]
Path = {TEXT}

[w3svc.1.root.{KEY}]
KeyType = "IIsWebVirtualDir"
Path = {TEXT}

[w3svc.1.Filters.{KEY}]
KeyType = {TEXT}

[w3svc.2]
ServerComment = '''
::error::x {RAW} ##[error]'''
ServerBindings = [":80:a.example"]
SSLCertHash = {TEXT}

[http.sslcert.{KEY}]
CertHash = {TEXT}
StoreName = {TEXT}

[[test]]
name = {TEXT}
url = "http://a.example/"
site = 2

[[test]]
name = "b"
url = {TEXT}
{KEY} = {TEXT}
"""
NOT_TOML = f'[w3svc.1]\nServerComment = "{RAW}\n{RAW} = ::error::\n'
# Every command; a word that is CERT, FILE … is filled in.
LINES = (
    ["init", "other.toml"],
    ["site", "add", "S", "--host", "b.example", "--path", "sites/b"],
    ["site", "add", ONE, "--host", ONE, "--path", ONE],
    ["sites"],
    ["sites", "--json"],
    ["cert", "list"],
    ["cert", "list", "--json"],
    ["cert", "create", ONE],
    ["cert", "assign", ONE, "1"],
    ["cert", "remove", ONE],
    ["get", "/w3svc/1/ServerComment"],
    ["get", "/w3svc/1/ServerComment", "--json"],
    ["get", f"/w3svc/{ONE}/ServerComment"],
    ["set", "/w3svc/1/ServerComment", ONE],
    ["set", "/w3svc/1/ServerBindings", "--append", ONE, "--strict"],
    ["set", "/w3svc/1/LogType", ONE],
    ["enum", "/w3svc/1"],
    ["enum", "--recursive", "--inherited"],
    ["enum", "--recursive", "--json"],
    ["create", f"/w3svc/{ONE}", ONE],
    ["create", f"/w3svc/1/root/x{RAW}", "IIsWebVirtualDir"],
    ["copy", "/w3svc/1", f"/w3svc/{ONE}"],
    ["move", f"/w3svc/1/root/x{RAW}", "/w3svc/1/root/y"],
    ["delete", f"/w3svc/{ONE}"],
    ["find", "ServerComment"],
    ["find", "Path", "--json"],
    ["adsutil", "GET", "w3svc/1/ServerComment"],
    ["adsutil", "ENUM", "w3svc/1"],
    ["adsutil", "ENUM_ALL"],
    ["adsutil", "FIND", "Path"],
    ["adsutil", "SET", "w3svc/1/ServerComment", ONE],
    ["adsutil", "GET", ONE],
    ["adsutil", ONE, ONE],
    ["edit", "--editor", "true", "--yes"],
    ["fmt", "--diff"],
    ["fmt", "--json"],
    ["history", "list"],
    ["history", "list", "--json"],
    ["history", "show", "1"],
    ["history", "show", "1", "--json"],
    ["history", "diff", "1"],
    ["history", "restore", "99"],
    ["undo"],
    ["backup", "create", ONE],
    ["backup", "create", "a"],
    ["backup", "list"],
    ["backup", "list", "--json"],
    ["restore", ONE],
    ["batch", "FILE", "--dry-run"],
    ["apply", "FILE", "--diff", "--dry-run"],
    ["apply", "DESIRED", "--diff", "--dry-run"],
    ["export"],
    ["export", "--json"],
    ["export", "--format", "json"],
    ["tree"],
    ["tree", "--json"],
    *(["map", "--format", name] for name in ("tree", "mermaid", "dot", "html", "json")),
    ["map", "--host", ONE],
    ["schema", ONE],
    ["check"],
    ["check", "--verbose", "--timeline"],
    ["check", "--fix", "--dry-run"],
    ["check", "--fix", "--dry-run", "--json"],
    *(["check", "--output-format", name] for name in ("json", "sarif", "github")),
    ["check", "--against", "OTHER"],
    ["check", "--as-of", ONE],
    ["check", "--select", ONE],
    ["rule", ONE],
    ["diff", "OTHER"],
    ["diff", "OTHER", "--json"],
    ["what-if", "delete", "/w3svc/1"],
    ["what-if", "stop-site", "1"],
    ["what-if", "set", "/w3svc/1/ServerBindings", ONE],
    ["explain", "http://a.example/"],
    ["explain", "https://a.example/", "--json"],
    ["explain", ONE],
    ["explain", "--host", ONE, "--ip", ONE, "--scheme", ONE],
    ["test"],
    ["test", "--json"],
    ["reset", "--listen", ONE],
    ["reset", "--status"],
    ["status"],
    ["status", "--json"],
    ["probe", "--connect", "PEER", "--all"],
    ["probe", "--connect", "PEER", "--json"],
    ["probe", "--connect", ONE],
    ["check", "--live"],
    ["serve", "--listen", ONE],
    ["iisreset", ONE],
    ["iisweb", "/query"],
    ["iisweb", "/query", ONE],
    ["iisweb", "/create", ONE, ONE, "/b", "80", "/d", ONE],
    ["iisvdir", "/query", "w3svc/1/root"],
    ["iisvdir", "/create", "w3svc/1/root", ONE, ONE],
    ["iisback", "/list"],
    ["iisback", "/backup", "/b", ONE],
    ["iiscnfg", "/export", "/f", "out.xml", "/sp", "/", "/children"],
    ["iiscnfg", "/import", "/f", "FILE", "/sp", "/", "/dp", "/"],
    ["iiscnfg", "/import", "/f", "out.xml", "/sp", "/lm/w3svc/1", "/dp", "/lm/w3svc/8"],
    ["appcmd", "list", "sites"],
    ["appcmd", "list", "site", "/config"],
    ["appcmd", "list", "sites", "/xml"],
    ["appcmd", "set", "site", ONE, f"/{ONE}:{ONE}"],
    [ONE],
    ["check", f"--{ONE}"],
)


class World:
    """A directory full of what a terminal would obey."""

    def __init__(self, directory: Path, peer: int) -> None:
        """Write the files."""
        self.directory = directory
        names = ("a.example", "\x1b[2J##[error].example")
        draft = Draft(names=names, common_name=ONE[:60], days=20)
        issued = issue(draft, None)
        store = CertificateStore(directory / "certificates" / "my")
        stored = store.add(chain_pem(issued), issued.key_pem).certificate_hash
        text = METABASE.replace("HASH", stored)
        self.put("metabase.toml", text)
        self.put("other.toml", text.replace(":80:a.example", ":80:c.example"))
        self.put("file", f"{ONE}\nSET {ONE}\nSET /w3svc/1/ServerComment {ONE}\n")
        self.put(
            "desired.json",
            json.dumps({"w3svc": {"7": {"ServerComment": BAD, ONE: BAD}}}),
        )
        self.words = {
            "FILE": "file",
            "OTHER": "other.toml",
            "DESIRED": "desired.json",
            "PEER": f"127.0.0.1:{peer}",
        }

    def put(self, name: str, text: str) -> None:
        """A file of the directory."""
        (self.directory / name).write_bytes(text.encode())

    def run(self, words: list[str], *, is_screen: bool = False) -> tuple[str, str]:
        """What a command writes to its two streams."""
        stream = Screen if is_screen else io.StringIO
        out, err = stream(), stream()
        home = str(self.directory)
        environment = {"HOME": home, "USER": ONE, "TERM": "xterm", "COLUMNS": "100"}
        terminal = Terminal(out, err, environment, home, lambda: datetime.now(UTC))  # noqa: TID251 - real servers, real certificates
        typed = [self.words.get(word, word) for word in words]
        with (
            contextlib.chdir(self.directory),
            patch.dict(os.environ, environment),
            patch.object(sys, "argv", ["bindctl", *typed]),
            patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"q\n"))),
            contextlib.redirect_stdout(terminal.styled),
            contextlib.redirect_stderr(StyledStream(err, environment)),
        ):
            run(typed, terminal)
        return out.getvalue(), err.getvalue()


class Screen(io.StringIO):
    """Somebody looks at it."""

    def isatty(self) -> bool:
        """Yes."""
        return True


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world, and a peer that answers whatever it is asked with such text."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        peer = threading.Thread(target=_answer, args=(listener,), daemon=True)
        peer.start()
        try:
            yield World(tmp_path, listener.getsockname()[1])
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            peer.join()


def _answer(listener: socket.socket) -> None:
    word = BAD.encode("utf-8").replace(b"\n", b" ").replace(b"\r", b" ")
    head = b"HTTP/1.1 302 " + word + b"\r\nServer: " + word + b"\r\nLocation: " + word
    with contextlib.suppress(OSError):
        while True:
            connection, _address = listener.accept()
            with connection, contextlib.suppress(OSError):
                connection.recv(65536)
                connection.sendall(head + b"\r\n\r\n" + word)


def _faults(words: list[str], out: str, err: str) -> Iterator[str]:
    for name, text in (("stdout", out), ("stderr", err)):
        if found := OBEYED.search(OUR_COLOURS.sub("", text)):
            yield f"{words}: {name} has {found[0]!r}: {text[:2000]!r}"
        is_command = CI_COMMAND.search(text)
        if is_command and "github" not in words:
            yield f"{words}: {name} has a command: {is_command[0]!r}"
    if "Traceback" in err:
        yield f"{words}: {err}"


@pytest.mark.parametrize("is_screen", [False, True])
def test_no_command_lets_anything_be_obeyed(world: World, *, is_screen: bool) -> None:
    """A site's comment must not clear a screen, forge a line or command a build."""
    said = [(words, *world.run(words, is_screen=is_screen)) for words in LINES]
    assert [fault for item in said for fault in _faults(*item)] == []
    silent = [words for words, out, err in said if not out and not err]
    assert silent == []


def test_every_command_is_tried() -> None:
    """A new command has to be added to the lines."""
    assert set(COMMANDS) == {words[0] for words in LINES} & set(COMMANDS)


def test_a_broken_metabase_is_shown_harmless(world: World) -> None:
    """The line that is wrong is quoted, and is as hostile as any other."""
    world.put("metabase.toml", NOT_TOML)
    said = [(words, *world.run(words)) for words in LINES if words[0] != "init"]
    assert [fault for item in said for fault in _faults(*item)] == []


def test_annotations_are_the_only_commands_and_hold_no_others(world: World) -> None:
    """An annotation's text is data, whatever it looks like."""
    out, _err = world.run(["check", "--output-format", "github"])
    *lines, _summary = out.splitlines()
    assert lines
    for line in lines:
        assert re.match(r"::(error|warning|notice) file=metabase\.toml,", line)


def test_data_for_programs_is_the_data_of_the_file(world: World) -> None:
    """Escapes are those of the format: the values are what they were."""
    out, _err = world.run(["get", "/w3svc/1/ServerComment", "--json"])
    assert json.loads(out)["data"]["value"] == BAD
    for words, load in (([], tomllib.loads), (["--format", "json"], json.loads)):
        out, _err = world.run(["export", *words])
        document = load(out)
        assert document["w3svc"]["1"]["ServerComment"] == BAD
        assert document["w3svc"]["1"]["root"][ONE]["Path"] == BAD
