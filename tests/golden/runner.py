"""The grammar of golden cases, and how one is run.

One file is one story. In this order::

    # words about it
    ~ a.example *.a.example days=90         a certificate for the store, $HASH1
    + sites/a/index.html text               a line of a file, with its folders
    | [w3svc.1]                             the metabase, line by line
    % locked .bindctl/metabase.toml/write.lock            what the commands meet: see below
    $ bindctl check                         a command line, or adsutil's
    > what it prints, ! says on stderr, ? exits with (0 when left out)
    = unchanged                             the metabase afterwards, or its lines

``~`` takes these options, in any order::

    days=N not_before=YYYY-MM-DD
    pfx=FILE                                it lies there, and in no store
    key=missing|other                       beside it lies none, or another's
    key=rsa1024|rsa2050|p224|ed25519|...    what kind it is
    hash=sha1|md5                           what it is signed over
    usage=client                            what it is for, instead of servers
    authority=yes                           as an authority's own
    names=common                            the name is its common name, and no other
    chain=public                            from a public authority, by an intermediate
    chain=missing|misordered                the same, without it, or with its root first
    chain=ended                             by an intermediate that has ended
    chain=self|stranger|open                signed by itself; by an untrusted root; by
                                            an intermediate of it, the root left out
    store=NAME                              a store beside MY

``%`` is one of these::

    locked FILE       another process holds that lock
    unreadable FILE   who runs the commands is nobody in particular, and may not read it
    listening         another program, $PROGRAM, has the port $PORT of 127.0.0.1

Without those from ``key=rsa1024`` on `bindctl cert create` makes it. The machine trusts
the public authority. Thumbprints differ from run to run and stand as ``$HASH1``, ``$HASH2`` (all digits) and
``$START1`` (the first twelve) and ``$SHORT1`` (the first eight); ``$DIR`` is the directory.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shlex
import socket
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Final
from unittest.mock import patch

from bindctl.operations.certificates.certificates import create_certificate
from bindctl.storage import file_lock
from bindctl.storage.trust_anchors import BUNDLE_VARIABLE
from bindctl.storage.workspace import DiskWorkspace
from bindctl.terminal.terminal import Terminal
from tests.golden.odd_certificates import store_odd_certificate
from tests.nobody import nobody, open_way_to
from tests.pfx_files import make_pfx
from tests.pki import bundle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Names = Sequence[tuple[str, str]]

CASES: Final = Path(__file__).parent / "cases"
UPDATE_VARIABLE: Final = "BINDCTL_UPDATE_GOLDEN"
NOW: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
UNCHANGED: Final = "unchanged"
_REAL_GMTIME: Final = time.gmtime
_LISTENING: Final = "listening"
_COMMANDS_OWN: Final = frozenset({"days", "not_before", "key", "pfx"})
_KEYS_BESIDE: Final = (None, "missing", "other")
_PROGRAMS: Final = {
    "bindctl": "bindctl.__main__",
    "adsutil": "bindctl.adsutil.__main__",
}


@dataclass
class Step:
    """One command and what it answers."""

    command: str
    stdout: list[str] = field(default_factory=list)
    stderr: list[str] = field(default_factory=list)
    status: int = 0


@dataclass
class Case:
    """One file of the cases."""

    comments: list[str] = field(default_factory=list)
    certificates: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    metabase: list[str] | None = None
    conditions: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    result: list[str] | None = None


def parse_case(text: str) -> Case:
    """Read a case.

    Raises:
        ValueError: A line begins with no mark, or stands where it cannot.
    """
    case = Case()
    for number, line in enumerate(text.splitlines(), 1):
        mark, rest = line[:1], line[2:]
        if line[1:2] not in ("", " ") or not _take(case, mark, rest):
            message = f"line {number} of the case is none: {line!r}"
            raise ValueError(message)
    return case


def format_case(case: Case) -> str:
    """The inverse of `parse_case`."""
    marked = [
        *(("#", line) for line in case.comments),
        *(("~", line) for line in case.certificates),
        *(("+", line) for line in case.files),
        *(("|", line) for line in case.metabase or ()),
        *(("%", line) for line in case.conditions),
    ]
    for step in case.steps:
        marked.append(("$", step.command))
        marked += [(">", line) for line in step.stdout]
        marked += [("!", line) for line in step.stderr]
        if step.status:
            marked.append(("?", str(step.status)))
    marked += [("=", line) for line in case.result or ()]
    return "".join(f"{mark} {line}\n" if line else f"{mark}\n" for mark, line in marked)


def run_case(case: Case, directory: Path) -> Case:
    """The case as it really goes, in an empty directory."""
    with contextlib.ExitStack() as conditions:
        return _run(case, directory, conditions)


def _run(case: Case, directory: Path, conditions: contextlib.ExitStack) -> Case:
    hashes = [_make_certificate(line, directory) for line in case.certificates]
    names = list(_names(hashes, directory))
    if _LISTENING in case.conditions:
        listener = conditions.enter_context(socket.create_server(("127.0.0.1", 0)))
        program = Path("/proc/self/comm").read_text(encoding="utf-8").strip()
        names += [
            ("$PORT", str(listener.getsockname()[1])),
            ("$PROGRAM", f"{program} (pid {os.getpid()})"),
        ]
    for line in case.files:
        name, _space, text = line.partition(" ")
        path = directory / _fill(name, names)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(_fill(text, names) + "\n")
    metabase = directory / "metabase.toml"
    if case.metabase is not None:
        lines = [_fill(line, names) + "\n" for line in case.metabase]
        metabase.write_bytes("".join(lines).encode())
        os.utime(metabase, (NOW.timestamp(), NOW.timestamp()))
    before = metabase.read_bytes() if metabase.exists() else None
    home = directory.parent / "home"
    home.mkdir()
    (home / "bundle.pem").write_bytes(bundle())
    for line in case.conditions:
        if line != _LISTENING:
            conditions.enter_context(_meet(line, directory))
    steps = [_run_step(step, names, directory) for step in case.steps]
    result = None
    if case.result is not None:
        after = metabase.read_bytes() if metabase.exists() else None
        result = [UNCHANGED]
        if after != before:
            text = "" if after is None else after.decode()
            result = _mask(text, names).splitlines()
    return Case(
        case.comments,
        case.certificates,
        case.files,
        case.metabase,
        case.conditions,
        steps,
        result,
    )


def _take(case: Case, mark: str, rest: str) -> bool:
    """Put one line into the case; whether it is one."""
    before_steps: dict[str, Callable[[str], None]] = {
        "#": case.comments.append,
        "~": case.certificates.append,
        "+": case.files.append,
        "|": lambda line: _metabase_of(case).append(line),
        "%": case.conditions.append,
    }
    if mark in before_steps and not case.steps:
        before_steps[mark](rest)
    elif mark == "$" and case.result is None:
        case.steps.append(Step(rest))
    elif mark == "=" and case.steps:
        case.result = [*(case.result or ()), rest]
    elif case.steps and case.result is None and mark in (">", "!", "?"):
        _take_answer(case.steps[-1], mark, rest)
    else:
        return False
    return True


def _metabase_of(case: Case) -> list[str]:
    if case.metabase is None:
        case.metabase = []
    return case.metabase


def _take_answer(step: Step, mark: str, rest: str) -> None:
    if mark == "?":
        step.status = int(rest)
    else:
        (step.stdout if mark == ">" else step.stderr).append(rest)


def _make_certificate(line: str, directory: Path) -> str:
    words = shlex.split(line)
    options = dict(word.split("=", 1) for word in words if "=" in word)
    names = [word for word in words if "=" not in word]
    if _COMMANDS_OWN.issuperset(options) and options.get("key") in _KEYS_BESIDE:
        made = _create_certificate(names, options, directory)
    else:
        made = store_odd_certificate(names, options, directory / "certificates", NOW)
    key = made.with_suffix(".key")
    if options.get("key") == "missing":
        key.unlink()
    elif options.get("key") == "other":
        authority = directory / "certificates" / "authority" / "authority.key"
        key.write_bytes(authority.read_bytes())
    if "pfx" in options:
        pfx = directory / options["pfx"]
        pfx.parent.mkdir(parents=True, exist_ok=True)
        pfx.write_bytes(make_pfx(made.read_bytes(), key.read_bytes()))
        made.unlink()
        key.unlink()
    return made.stem


def _create_certificate(
    names: Sequence[str], options: Mapping[str, str], directory: Path
) -> Path:
    now = NOW
    if "not_before" in options:
        now = datetime.fromisoformat(options["not_before"]).replace(tzinfo=UTC)
    days = int(options["days"]) if "days" in options else None
    metabase = str(directory / "metabase.toml")
    made = create_certificate(DiskWorkspace(metabase), names, now, {}, days).certificate
    return directory / "certificates" / "my" / f"{made.certificate_hash}.pem"


@contextlib.contextmanager
def _meet(line: str, directory: Path) -> Iterator[None]:
    """What a case's commands meet.

    Raises:
        ValueError: There is no such condition.
    """
    word, _space, name = line.partition(" ")
    path = directory / name
    if word == "locked":
        for folder in (path.parent.parent, path.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        with (
            path.open("w") as file,
            patch.object(file_lock.take_lock, "__defaults__", (0.0, None)),
        ):
            path.chmod(0o600)
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
    elif word == "unreadable":
        path.chmod(0)
        for parent in (*directory.rglob("*"), directory, directory.parent):
            if parent.is_dir():
                parent.chmod(0o755)
        open_way_to(path)
        with nobody():
            yield
    else:
        message = f"{line!r} is no condition of a case"
        raise ValueError(message)


def _run_step(step: Step, names: Names, directory: Path) -> Step:
    program, *arguments = shlex.split(_fill(step.command, names))
    run = import_module(_PROGRAMS[program]).run
    home = directory.parent / "home"
    trusted = home / "bundle.pem"
    out, err = StringIO(), StringIO()
    environment = {"HOME": str(home)}
    terminal = Terminal(out, err, environment, str(directory), lambda: NOW)
    # Typer words its own usage errors on the process's streams, and history asks the
    # process who it is.
    with (
        patch.object(sys, "argv", [program, *arguments]),
        patch.object(time, "gmtime", _gmtime),
        patch.dict(os.environ, {BUNDLE_VARIABLE: str(trusted)}),
        contextlib.chdir(directory),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        status = run(arguments, terminal)
    return Step(
        step.command,
        _mask(out.getvalue(), names).splitlines(),
        _mask(err.getvalue(), names).splitlines(),
        status,
    )


def _gmtime(seconds: float | None = None) -> time.struct_time:
    """The present is `NOW`."""
    return _REAL_GMTIME(NOW.timestamp() if seconds is None else seconds)


def _names(hashes: Sequence[str], directory: Path) -> Iterator[tuple[str, str]]:
    for number, value in enumerate(hashes, 1):
        yield f"$HASH{number}", value
        yield f"$START{number}", value[:12]
        yield f"$SHORT{number}", value[:8]
    yield "$DIR", os.fspath(directory)


def _fill(text: str, names: Names) -> str:
    for name, value in names:
        text = text.replace(name, value)
    return text


def _mask(text: str, names: Names) -> str:
    for name, value in names:
        text = text.replace(value, name).replace(value.upper(), name)
    return text
