"""Who writes the metabase, and by which command: history keeps it with each version.

On the quickest path of writers: imports only `os`, `sys`, `time` and the schema.

1. No password is kept: the values of secure properties, and of switches that take a
   password, become stars.
2. An author is one line of text, whatever a command line holds.
"""

import os
import sys
import time

from bindctl.metabase.schema import find_property
from bindctl.metabase.values import STARS
from bindctl.model.harmless_text import one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

MAX_COMMAND = 1000  # characters; a command line may hold a megabyte
_USER_VARIABLES = ("SUDO_USER", "LOGNAME", "USER", "USERNAME")
_SAFE = frozenset("/.,:=+-_@%^")  # every shell reads these as themselves
# Switches whose next word is a password: letters, by the script of IIS.
_PASSWORD_SWITCHES = {"iisweb": "p", "iisvdir": "p", "iisback": "pe", "iiscnfg": "pd"}
_PASSWORD_ATTRIBUTES = ("/password:", "-password:", ".password:")  # of appcmd
# Options of `set` that may follow the property.
_OPTIONS = frozenset(
    {"--append", "--remove", "--replace", "--at", "--strict", "--allow-impact"}
    | {"--json", "--metabase", "-m"}
)


class Author:
    """Who writes, how and when, and where to report what went wrong beside the write.

    Attributes:
        user: A name, or a number where there is none.
        command: The command line, without passwords.
        time: ISO 8601 in UTC, to the second.
        tell: Takes a line for people; `None` if nobody reads it.
    """

    __slots__ = ("command", "tell", "time", "user")

    def __init__(
        self,
        user: str,
        command: str,
        when: str,
        tell: "Callable[[str], object] | None" = None,
    ) -> None:
        """Keep the parts, each as one line."""
        self.user = _word(user)
        self.command = _word(command)
        self.time = when
        self.tell = tell


def process_author() -> Author:
    """This process, now: the author of a write if the caller names none."""
    user = user_name(os.environ)
    return Author(user, command_line(sys.argv), format_time(), sys.stderr.write)


def user_name(environment: "Mapping[str, str]") -> str:
    """The person's name by the environment, else the number of the account."""
    for name in _USER_VARIABLES:
        if environment.get(name):
            return environment[name]
    if not hasattr(os, "getuid"):
        return ""
    import pwd  # noqa: PLC0415 - asked only where the environment is bare

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def format_time(seconds: float | None = None) -> str:
    """ISO 8601 in UTC of a file's time, or of the present."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def command_line(arguments: "Sequence[str]") -> str:
    """The words of a command as a shell takes them, without secrets."""
    if not arguments:
        return ""
    folder, program = os.path.split(arguments[0])
    if program == "__main__.py":
        program = os.path.basename(folder)
    return " ".join(map(quote_word, (program, *without_passwords(arguments[1:]))))


def without_passwords(words: "Sequence[str]") -> "Iterator[str]":
    """The words of a command with stars in place of secrets."""
    switches = set(_switches_of(words))
    has_attributes = any(word.lower() == "appcmd" for word in words)
    is_secret = False  # of every word that follows: a property's values
    is_next_secret = False
    is_option = True  # words that begin with two dashes, until a lone `--`
    for word in words:
        is_option = is_option and word != "--"
        if is_next_secret or (is_secret and not _is_shown(word, is_option=is_option)):
            is_next_secret = False
            yield STARS
            continue
        is_next_secret = word.lower() in switches
        end = _end_of_attribute(word) if has_attributes else 0
        if end:
            yield f"{word[:end]}{STARS}"
            continue
        name, equals, _value = word.partition("=")
        if equals and _is_secret(name):
            yield f"{name}={STARS}"
            continue
        is_secret = is_secret or _is_secret(word)
        yield word


def _is_shown(word: str, *, is_option: bool) -> bool:
    """Whether a word after a secure property cannot be its value."""
    return word == "--" or (word in _OPTIONS and is_option)


def _switches_of(words: "Iterable[str]") -> "Iterator[str]":
    for word in words:
        for letter in _PASSWORD_SWITCHES.get(word.lower(), ""):
            yield from (f"/{letter}", f"-{letter}")


def _end_of_attribute(word: str) -> int:
    """Where the password of ``/[path='/'].password:word`` begins; 0 without one."""
    places = ((word.lower().find(mark), len(mark)) for mark in _PASSWORD_ATTRIBUTES)
    return min((place + size for place, size in places if place >= 0), default=0)


def _is_secret(word: str) -> bool:
    """Whether a word is a path that ends in a secure property."""
    name = word.replace("\\", "/").strip("/").rpartition("/")[2]
    row = find_property(name)
    return row is not None and row.is_secure


def quote_word(word: str) -> str:
    """A word as a shell takes it; stars stay as they are."""
    if word == STARS or (word and all(c.isalnum() or c in _SAFE for c in word)):
        return word
    return "'" + word.replace("'", "'\"'\"'") + "'"


def _word(text: str) -> str:
    cut = text if len(text) <= MAX_COMMAND else text[:MAX_COMMAND] + "…"
    return one_line(cut).replace("\t", "\\t")  # the list has its words between TABs
