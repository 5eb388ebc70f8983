"""The documentation tells the truth: fresh, complete, linked and run."""

from __future__ import annotations

import ast
import importlib.util
import io
import os
import re
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import pytest
import typer

from bindctl.__main__ import run
from bindctl.cli.run.app import make_app
from bindctl.findings.codes import RULES_BY_CODE
from bindctl.metabase.schema_data import PROPERTIES
from bindctl.storage.trust_anchors import BUNDLE_VARIABLE
from bindctl.terminal.terminal import Terminal
from tests.pki import bundle

ROOT = Path(__file__).resolve().parents[2]
GENERATOR = ROOT / "tools" / "generate_reference.py"
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "changelog.d").glob("*.md"),
    ]
)
# Modules that turn properties into what the server does.
READERS = (
    "bindings/listen_list.py",
    "bindings/lowering.py",
    "operations/service/service_plan.py",
    "operations/load/site_content.py",
)
# The instant at which every story happens: certificates end on a known day.
NOW = datetime(2026, 11, 22, 9, 41, 47, tzinfo=UTC)
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
THUMBPRINT = re.compile(r"\b[0-9a-f]{40}\b|\b[0-9a-f]{8}(?=…)")
ASSIGNMENT = re.compile(r"^[A-Z_]+=")
# In scripts and unit files: up to a pipe, a redirection or the end of a substitution.
IN_SCRIPT = re.compile(r"(?:^|[\s/(])bindctl (?=[a-z])([^|;>)\n]*)")
VARIABLE = re.compile(r"\$\w+")


class Block:
    """One fenced block.

    Attributes:
        language: The word after the fence.
        lines: Without the fences and their indentation.
        is_story: Whether its output is compared.
    """

    def __init__(self, language: str, *, is_story: bool) -> None:
        """Start empty."""
        self.language = language
        self.lines: list[str] = []
        self.is_story = is_story

    def commands(self) -> list[tuple[str, list[str]]]:
        """Each line after a ``$``, with the output shown below it."""
        found: list[tuple[str, list[str]]] = []
        for line in self.lines:
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif found:
                found[-1][1].append(line)
        return found


def read_blocks(page: Path) -> list[Block]:
    blocks: list[Block] = []
    block: Block | None = None
    indent = 0
    is_story = False
    for line in page.read_text(encoding="utf-8").splitlines():
        stripped = line.strip()
        if stripped.startswith("```") and block is None:
            indent = len(line) - len(line.lstrip())
            block = Block(stripped[3:].strip(), is_story=is_story)
        elif stripped.startswith("```") and block is not None:
            blocks.append(block)
            block, is_story = None, False
        elif block is not None:
            block.lines.append(line[indent:])
        elif stripped:
            is_story = stripped == "<!-- story -->"
    return blocks


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    text = page.read_text(encoding="utf-8")
    return re.sub(r"^ *```.*?^ *```$", "", text, flags=re.DOTALL | re.MULTILINE)


def slug(heading: str) -> str:
    """The anchor a forge gives a heading."""
    text = re.sub(r"[`*]", "", heading).lower()
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    return {slug(heading) for heading in HEADING.findall(prose(page))}


def load_generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_reference", GENERATOR)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def bindctl_lines(page: Path) -> list[list[str]]:
    """Arguments of every ``bindctl`` command of the page's shell blocks."""
    found: list[list[str]] = []
    for block in read_blocks(page):
        if block.language in {"bash", "ini", "yaml"}:
            for line in block.lines:
                plain = VARIABLE.sub("1", line)
                found += [shlex.split(text) for text in IN_SCRIPT.findall(plain)]
        if block.language != "console":
            continue
        for line, _output in block.commands():
            words = shlex.split(line.split(" | ")[0], comments=True)
            while words and (ASSIGNMENT.match(words[0]) or words[0] in {"sudo", "-u"}):
                words = words[2:] if words[0] == "-u" else words[1:]
            if words and words[0] == "bindctl":
                found.append(words[1:])
    return found


def parse_command(arguments: list[str]) -> None:
    """Let Typer read a command line without running it."""
    command: Any = typer.main.get_command(make_app())
    words = list(arguments)
    while hasattr(command, "commands") and words and not words[0].startswith("-"):
        name = words.pop(0)
        assert name in command.commands, f"bindctl has no command {name}"
        command = command.commands[name]
    if hasattr(command, "commands"):
        assert words in (["--version"], ["--help"]), f"no command in {arguments}"
        return
    command.make_context("bindctl", words)


def run_line(line: str, folder: Path) -> tuple[int, str]:
    """Run one ``bindctl`` line in this process; its status and all it printed."""
    words = shlex.split(line, comments=True)
    assert words[0] == "bindctl", f"a story runs bindctl only, not {words[0]}"
    stream = io.StringIO()
    terminal = Terminal(stream, stream, {}, str(folder), lambda: NOW)
    trusted = folder.parent / f"{folder.name}-bundle.pem"
    if not trusted.exists():
        trusted.write_bytes(bundle())
    with patch.dict(os.environ, {BUNDLE_VARIABLE: str(trusted)}):
        status = run(words[1:], terminal)
    return status, stream.getvalue()


def with_names_of_any_certificate(text: str) -> str:
    return THUMBPRINT.sub("<thumbprint>", text)


def test_generated_pages_are_fresh() -> None:
    """A reader would look up an option or a code that is not there any more."""
    result = subprocess.run(
        [sys.executable, str(GENERATOR), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_check_tells_a_stale_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A generator that never fails would let every page rot."""
    generator = load_generator()
    monkeypatch.setattr(generator, "REFERENCE", tmp_path)
    monkeypatch.setattr(generator, "EXAMPLES_FILE", str(tmp_path / "examples.json"))
    assert generator.main([]) == 0
    assert generator.main(["--check"]) == 0
    (tmp_path / "cli.md").write_text("old", encoding="utf-8")
    assert generator.main(["--check"]) == 1
    assert (tmp_path / "cli.md").read_text(encoding="utf-8") == "old"


def test_every_code_has_one_heading() -> None:
    """A code in a message leads to its explanation."""
    text = (ROOT / "docs/reference/findings.md").read_text(encoding="utf-8")
    headings = [item for item in HEADING.findall(text) if item[-3:].isdigit()]
    assert sorted(headings) == sorted(RULES_BY_CODE)


def test_every_command_is_in_the_reference() -> None:
    """Every command can be looked up."""
    root: Any = typer.main.get_command(make_app())
    text = (ROOT / "docs/reference/cli.md").read_text(encoding="utf-8")
    headings = set(HEADING.findall(text))
    for name, command in root.commands.items():
        children = getattr(command, "commands", None)
        names = [f"bindctl {name}"]
        if children is not None:
            names = [f"bindctl {name} {child}" for child in children]
        assert headings.issuperset(names)
        for each in names:
            assert f"`{each}`](#{slug(each)})" in text


def test_server_column_names_what_the_code_reads() -> None:
    """The page of properties does not promise, or hide, what the server does."""
    use = set(load_generator().SERVER_USE)
    assert use <= set(PROPERTIES)
    flags = {flag: name for name, row in PROPERTIES.items() for flag in row[7] or ()}
    read: set[str] = set()
    for reader in READERS:
        tree = ast.parse((ROOT / "bindctl" / reader).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                name = flags.get(node.value, node.value)
                if name in PROPERTIES:
                    read.add(name)
    reported = {"ServerState", "Win32Error"}
    assert use == read | reported


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_resolve(page: Path) -> None:
    """A reader follows a link and arrives."""
    wrong = []
    for target in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _hash, anchor = target.partition("#")
        other = (page.parent / name).resolve() if name else page
        if not other.exists() or (anchor and anchor not in anchors(other)):
            wrong.append(target)
    assert not wrong, f"{page.relative_to(ROOT)}: {wrong}"


def test_every_page_is_reached_from_the_index() -> None:
    """No page of docs/ is lost."""
    index = ROOT / "docs" / "index.md"
    linked = {
        (index.parent / target.partition("#")[0]).resolve()
        for target in LINK.findall(index.read_text(encoding="utf-8"))
    }
    pages = set((ROOT / "docs").rglob("*.md")) - {index}
    assert {page.relative_to(ROOT) for page in pages - linked} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_command_lines_parse(page: Path) -> None:
    """A command that a page shows is one that bindctl takes."""
    for arguments in bindctl_lines(page):
        parse_command(arguments)


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if any(block.is_story for block in read_blocks(page))],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_story_does_what_it_shows(page: Path, tmp_path: Path) -> None:
    """Who types what a page shows, sees what it shows."""
    status = 0
    for block in read_blocks(page):
        if not block.is_story:
            continue
        for line, shown in block.commands():
            if line == "echo $?":
                printed = f"{status}\n"
            else:
                status, printed = run_line(line, tmp_path)
            expected = "".join(f"{each}\n" for each in shown)
            assert with_names_of_any_certificate(
                printed
            ) == with_names_of_any_certificate(expected), line


def test_the_readme_and_the_tutorial_tell_a_story() -> None:
    """A marker that is misspelt would silence the comparison."""
    for name in ("README.md", "docs/tutorials/first-sites.md"):
        blocks = [block for block in read_blocks(ROOT / name) if block.is_story]
        lines = [line for block in blocks for line, _shown in block.commands()]
        assert any("cert assign" in line for line in lines), name
        assert "bindctl check" in lines, name
        assert "echo $?" in lines, name


def test_no_page_names_a_place_of_one_machine() -> None:
    """Documentation is read elsewhere."""
    for page in PAGES:
        assert str(ROOT) not in page.read_text(encoding="utf-8"), page
