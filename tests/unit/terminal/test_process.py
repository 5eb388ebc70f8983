"""A process: what happens when nobody can be told anything."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

NAME = "n" * 300_000  # more than any buffer between us and the answer


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    text = f'[w3svc.1]\nServerComment = "a"\n[w3svc.2]\nServerComment = "{NAME}"\n'
    (tmp_path / "metabase.toml").write_text(text)
    return tmp_path


def _shell(
    directory: Path, words: str, before: str = ""
) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BINDCTL_")}
    return subprocess.run(
        ["/bin/sh", "-c", f'{before}"$0" -m {words}', sys.executable],
        cwd=directory,
        env={**kept, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    "words",
    [
        "bindctl get /w3svc/1/ServerComment",
        "bindctl get /w3svc/2/ServerComment",
        "bindctl get --json /w3svc/2/ServerComment",
        "bindctl set /w3svc/1/ServerComment b",
        "bindctl tree",
        "bindctl --help",
        "bindctl.adsutil GET /w3svc/1/ServerComment",
    ],
)
def test_an_answer_that_cannot_be_written_is_told(directory: Path, words: str) -> None:
    """A script would take an empty file for the answer, or report a bug of ours."""
    done = _shell(directory, words + " >/dev/full")
    first, *rest = done.stderr.splitlines()
    assert first == "CLI003 the answer could not be written: no space left on device"
    assert len(rest) == 1
    assert done.returncode == 5


@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_is_no_bug(directory: Path, closed: str) -> None:
    """Services are started without streams, and the file must not become one."""
    done = _shell(directory, f"bindctl get /w3svc/1/ServerComment {closed}")
    assert (done.returncode, done.stderr) == (0, "")
    done = _shell(directory, f"bindctl set /w3svc/1/ServerComment b {closed}")
    assert (done.returncode, done.stderr) == (0, "")
    text = (directory / "metabase.toml").read_text()
    assert text.startswith('[w3svc.1]\nServerComment = "b"\n[w3svc.2]\n')
    done = _shell(directory, f"bindctl tree {closed}")
    assert (done.returncode, done.stderr) == (0, "")


def test_an_error_that_nobody_can_hear_keeps_its_status(directory: Path) -> None:
    """The exit status is all a script has left."""
    done = _shell(directory, "bindctl get /w3svc/9/ServerComment 2>&-")
    assert (done.returncode, done.stdout) == (1, "")
    done = _shell(directory, "bindctl get /w3svc/1/ServerComment >/dev/full 2>&1")
    assert done.returncode == 5
    for words in ("get /w3svc/9/ServerComment", "check nowhere", "nonsense"):
        told, full = (
            _shell(directory, f"bindctl {words}{to}") for to in ("", " 2>/dev/full")
        )
        assert (full.returncode, full.stdout) == (told.returncode, "")


@pytest.mark.parametrize("words", ["--help", "set --help", "rule"])
def test_a_reader_that_stops_reading_is_no_error(directory: Path, words: str) -> None:
    """Under `set -o pipefail` a look at the first line would end a script."""
    done = _shell(directory, f"bindctl {words}; echo $? >&2; }} | true", "{ ")
    assert done.stderr == "0\n"


def test_an_interrupt_at_a_question_is_one(directory: Path) -> None:
    """A wrapper tells Ctrl-C from a finding by the status alone."""
    editor = directory / "editor"
    editor.write_text("#!/bin/sh\necho x = = 1 >> $1\n")
    editor.chmod(0o755)
    # Whoever runs the tests may ignore the signal, and children inherit that.
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from bindctl.__main__ import main; main()"
    )
    words = [sys.executable, "-c", code, "edit", "--editor", str(editor)]
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        words, cwd=directory, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = b""
        while b"edit it again?" not in shown:
            shown += os.read(ours, 4096)
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(20) == 130
        finally:
            process.kill()
    os.close(ours)
