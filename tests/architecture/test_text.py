"""What no file of the repository may hold."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Spelt apart, so that this file does not hold them itself.
MACHINE_PATHS = tuple(
    "/".join(("", *parts))
    for parts in (("home", ""), ("root", ""), ("work", ""), ("Users", ""))
)


def _files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("not a git work tree")
    names = listed.stdout.decode().split("\0")
    return [ROOT / name for name in sorted(names) if name and (ROOT / name).is_file()]


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None  # an image, say


def _is_machine_path(line: str, path: str) -> bool:
    """Whether the line names a place below `path`, not a URL's or a metabase's path."""
    at = line.find(path)
    while at >= 0:
        before = line[at - 1 : at]
        after = line[at + len(path) : at + len(path) + 1]
        if not (before.isalnum() or before in "._-}$]>") and after.isalnum():
            return True
        at = line.find(path, at + 1)
    return False


def test_no_file_names_a_place_of_a_developer_s_machine() -> None:
    """It would work there and nowhere else."""
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for file in _files()
        for number, line in enumerate((_text(file) or "").splitlines(), 1)
        if any(_is_machine_path(line, path) for path in MACHINE_PATHS)
    ]
    assert found == []


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "misc"])
def test_no_module_is_named_after_nothing(name: str) -> None:
    """Name the concept."""
    assert [file for file in _files() if file.stem == name] == []
