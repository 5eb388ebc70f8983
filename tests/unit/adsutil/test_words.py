"""The command line of adsutil."""

from __future__ import annotations

import pytest

from bindctl.adsutil.__main__ import load_verb
from bindctl.adsutil.words import (
    HELP,
    USAGE,
    VERBS,
    complaint,
    is_this_computer,
    parse_command_line,
    parse_enum_words,
)


def test_server_switch_may_stand_anywhere_and_the_last_counts() -> None:
    """A batch file that appends -S:WebServerName to every line would break."""
    line = parse_command_line(["-s:one", "GET", "w3svc/1/Path", "-S:Two"])
    assert (line.server, line.verb, list(line.words)) == (
        "Two",
        "GET",
        ["w3svc/1/Path"],
    )


def test_server_is_localhost_without_a_switch() -> None:
    """Error lines name IIS://localhost/Schema, which scripts compare."""
    assert parse_command_line(["GET", "a"]).server == "localhost"


def test_no_argument_at_all_shows_the_usage() -> None:
    """Who runs it to see what it can do sees that."""
    assert list(complaint(parse_command_line([]))) == list(USAGE)


@pytest.mark.parametrize("arguments", [["-s:web"], [""]])
def test_a_switch_alone_is_no_verb(arguments: list[str]) -> None:
    """The script shows its usage only when nothing was typed."""
    lines = complaint(parse_command_line(arguments))
    assert lines[0] == "Command not recognized: "


def test_a_server_without_a_name_is_this_computer() -> None:
    """`-s:%SERVER%` with the variable unset means the machine it runs on."""
    assert parse_command_line(["GET", "a", "-s:"]).server == "localhost"


def test_other_switches_stay_words() -> None:
    """/lang: counts as a word, so that GET with it is refused as the script does."""
    line = parse_command_line(["GET", "a", "/lang:1033"])
    assert complaint(line) == ("Error: Wrong number of Args for the GET command",)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["GET"], "Error: Wrong number of Args for the GET command"),
        (["get", "a", "b"], "Error: Wrong number of Args for the GET command"),
        (["Set", "a"], "Error: Wrong number of Args for the SET command"),
        (["ENUM", "a", "b", "/P"], "Error: Wrong number of Args for the ENUM command"),
        (["ENUM", "a", "b"], "Error: Invalid arguments for the ENUM command"),
        (["RENAME", "a"], "Command not recognized: RENAME"),
        (["ENUM_ALL", "a", "b"], "Error: Invalid arguments for the ENUM command"),
        (["CREATE"], "Error: Wrong number of Args for the CREATE command"),
        (["MOVE", "a"], "Error: Wrong number of Args for the Copy/Move command"),
        (["FIND"], "Error: Wrong number of Args for the FIND_DATA command"),
        (["APPCREATEINPROC"], "Error: Wrong number of Args for the APPCREATE command"),
    ],
)
def test_wrong_words_are_named(words: list[str], message: str) -> None:
    """A log searched for these lines would miss the failure."""
    assert complaint(parse_command_line(words))[0] == message


@pytest.mark.parametrize(
    "words",
    [
        ["GET", "a"],
        ["set", "a", "b"],
        ["SET", "a", *"bcdefghijklmn"],
        ["ENUM"],
        ["HELP", "a", "b"],
    ],
)
def test_right_words_pass(words: list[str]) -> None:
    """A SET of a list of a dozen bindings would be refused."""
    assert not complaint(parse_command_line(words))


@pytest.mark.parametrize(
    ("words", "path", "paths_only"),
    [
        ([], "", False),
        (["/P"], "", True),
        (["w3svc", "/p"], "w3svc", True),
        (["/P", "/w3svc"], "/w3svc", True),
        (["/P", "/P"], "/P", True),
    ],
)
def test_enum_switch_stands_on_either_side(
    words: list[str], path: str, *, paths_only: bool
) -> None:
    """FOR loops write `ENUM /P path`, people write `ENUM path /P`."""
    asked = parse_enum_words(words)
    assert asked is not None
    assert (asked.path, asked.paths_only) == (path, paths_only)


@pytest.mark.parametrize(
    "server", ["localhost", "LOCALHOST", "127.0.0.1", "web01", "WEB01.corp.test"]
)
def test_this_computer_goes_by_several_names(server: str) -> None:
    """A script that passes -s:%COMPUTERNAME% would be refused on its own machine."""
    assert is_this_computer(server, "web01.corp.test")


@pytest.mark.parametrize("server", ["", "web02", "corp.test", "web01.other.test"])
def test_another_computer_is_not_this_one(server: str) -> None:
    """A change meant for another server would be made here."""
    assert not is_this_computer(server, "web01.corp.test")


def test_nameless_computer_is_not_every_server() -> None:
    """Where the machine's name is unknown, -s: with nothing must not match it."""
    assert not is_this_computer("", "")


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_has_a_function(verb: str) -> None:
    """A verb without one would end in a traceback."""
    *_counts, place, _told = VERBS[verb]
    assert callable(load_verb(place))


def test_every_verb_of_the_help_is_served() -> None:
    """Who reads HELP types what it says."""
    lines = [line.split() for line in HELP if line.startswith(" adsutil.vbs")]
    assert {words[1] for words in lines} <= set(VERBS)
