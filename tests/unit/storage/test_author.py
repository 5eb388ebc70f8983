"""Who wrote, by what command, and what must not be kept of it."""

from __future__ import annotations

import sys

import pytest

from bindctl.storage.author import (
    MAX_COMMAND,
    Author,
    command_line,
    format_time,
    process_author,
    user_name,
)


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["/usr/bin/bindctl", "set", "/w3svc/1/SslFlags", "1"], "/w3svc/1/SslFlags 1"),
        (["x/bindctl/__main__.py", "undo"], "bindctl undo"),
        (["bindctl", "set", "/w3svc/1/ServerComment", "a b"], "ServerComment 'a b'"),
        (["bindctl", "set", "p", "it's"], """'it'"'"'s'"""),
        (["bindctl", "set", "p", ""], "set p ''"),
        (["bindctl", "set", "p", "$HOME;*"], "'$HOME;*'"),
        ([], ""),
    ],
)
def test_a_command_line_can_be_typed_again(arguments: list[str], shown: str) -> None:
    """Who finds it in the history may want to run it on another machine."""
    assert command_line(arguments).endswith(shown)


@pytest.mark.parametrize(
    "arguments",
    [
        ["bindctl", "set", "/w3svc/AnonymousUserPass", "geheim"],
        ["bindctl", "set", "w3svc\\1\\root\\UNCPassword", "geheim"],
        ["adsutil", "SET", "W3SVC/anonymoususerpass", "geheim", "geheim"],
        ["bindctl", "set", "/w3svc/AnonymousUserPass=geheim"],
        ["bindctl", "set", "/w3svc/1/UNCPassword", "--", "--geheim", "--json"],
        ["bindctl", "set", "/w3svc/1/UNCPassword", "--geheim"],
        ["bindctl", "iisback", "/restore", "/b", "x", "/e", "geheim"],
        ["bindctl", "iisback", "-restore", "-b", "x", "-E", "geheim"],
        ["bindctl", "iiscnfg", "/import", "/d", "geheim"],
        ["bindctl", "iisweb", "/create", "/u", "me", "/p", "geheim"],
        ["bindctl", "iisvdir", "-create", "-u", "me", "-p", "geheim"],
        ["bindctl", "appcmd", "set", "vdir", "A/", "/password:geheim"],
        ["bindctl", "appcmd", "set", "vdir", "A/", "-PassWord:a.password:geheim"],
        ["bindctl", "appcmd", "set", "app", "A/", "/[path='/'].password:geheim"],
    ],
)
def test_no_password_is_kept(arguments: list[str]) -> None:
    """The list of versions is shown to whoever looks over a shoulder."""
    shown = command_line(arguments)
    assert "geheim" not in shown
    assert "**********" in shown
    assert arguments[1] in shown


def test_options_after_a_secret_value_stay() -> None:
    """Which file was changed is no secret."""
    shown = command_line(["bindctl", "set", "/w3svc/UNCPassword", "x", "--json"])
    assert shown.endswith("********** --json")


def test_an_author_is_one_line() -> None:
    """A line feed in an argument would forge a line of the index."""
    author = Author("a\tb", "set x 'y\n0000000009\tz\x1b[2J\udc80'", "now")
    assert author.user.isprintable()
    assert author.command.isprintable()
    assert "\\n" in author.command
    assert len(Author("a", "x" * 10_000, "now").command) <= MAX_COMMAND + 1


def test_the_person_is_named_not_root() -> None:
    """After sudo, "root did it" answers nothing."""
    assert user_name({"SUDO_USER": "alice", "LOGNAME": "root"}) == "alice"
    assert user_name({"LOGNAME": "", "USER": "bob"}) == "bob"
    assert user_name({}) != ""


def test_the_process_is_its_own_author() -> None:
    """Whoever calls the API without an author is named all the same."""
    author = process_author()
    assert author.command == command_line(sys.argv)
    assert author.time.endswith("Z")
    assert author.tell is not None


def test_times_are_utc() -> None:
    """Two machines' histories are compared by time."""
    assert format_time(0) == "1970-01-01T00:00:00Z"
    assert len(format_time()) == 20
