"""The [[test]] tables of a metabase: requests and the expected answers.

::

    [[test]]
    url = "https://www.example.com/x"
    site = 1
    certificate = "*.example.com"
    status = 200
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from bindctl.findings.errors import BindctlError
from bindctl.model.binding import Protocol
from bindctl.model.endpoint import parse_ip_address
from bindctl.model.host import parse_authority
from bindctl.operations.answers.explain_question import AskedRequest, understand
from bindctl.routing.plan import RoutingPlan
from bindctl.toml.scanner import Span, statements
from bindctl.toml.table_splitter import cut_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bindctl.model.endpoint import IpAddress
    from bindctl.routing.request import Request

# What a test may expect of an answer; False is "none".
Wanted: TypeAlias = int | str | bool

TEST_TABLE: Final = "test"
TEST_LOCATION: Final = "/LM/TEST"
_STATUSES: Final = range(100, 600)
_NO_PLAN: Final = RoutingPlan({})


class WrittenTest(NamedTuple):
    """One request, and the expected answer.

    Attributes:
        name: What it is called; its URL where it has no name.
        url: As written.
        line: Of its header in the file; ``None`` where it has none.
        request: The part that routing needs.
        target: Path and query.
        address: The local address it arrives at; ``None`` for every one.
        wanted: ``site``, ``certificate``, ``status``, ``redirect`` and ``browser``, as
            far as the test says; in the order written.
        spots: Where each option stands, by its name.
    """

    name: str
    url: str
    line: int | None
    request: Request
    target: str
    address: IpAddress | None
    wanted: Mapping[str, Wanted]
    spots: Mapping[str, Spot]


class InvalidTest(NamedTuple):
    """Why a table is not a valid test.

    Attributes:
        number: Of the table, from 0.
        option: The option at fault; ``None`` for the whole.
        line: Of the option, or of the header; ``None`` where it has none.
        column: Of the option, from 1; ``None`` for the whole.
        message: The thing first, then the cause.
    """

    number: int
    option: str | None
    line: int | None
    column: int | None
    message: str


class WrittenTests(NamedTuple):
    """What the tables hold."""

    tests: tuple[WrittenTest, ...]
    problems: tuple[InvalidTest, ...]


def read_tests(document: Mapping[str, object], octets: bytes) -> WrittenTests:
    """The tests of a document, and what is wrong with invalid ones.

    Args:
        document: The parsed metabase.
        octets: The same as it is written, for the lines.
    """
    name = next((key for key in document if key.lower() == TEST_TABLE), None)
    if name is None:
        return WrittenTests((), ())
    tables = document[name]
    places = list(_find_places(octets))
    if not isinstance(tables, list):
        line = places[0].line if places else None
        message = "tests are written as [[test]], with two brackets"
        return WrittenTests((), (InvalidTest(0, None, line, None, message),))
    tests: list[WrittenTest] = []
    problems: list[InvalidTest] = []
    for number, table in enumerate(tables):
        place = places[number] if len(places) == len(tables) else _Spot(None, {})
        read = _Reading(number, place)
        test = read.table(table)
        problems += read.problems
        if test is not None and not read.problems:
            tests.append(test)
    return WrittenTests(tuple(tests), tuple(problems))


class Spot(NamedTuple):
    """Where an option stands.

    Attributes:
        line: From 1; ``None`` where it has none.
        column: Of its first character, from 1; ``None`` for the whole line.
    """

    line: int | None
    column: int | None


class _Spot(NamedTuple):
    """Where a table stands, and each of its options."""

    line: int | None
    options: dict[str, Spot]


class _Reading:
    """One table, read option by option."""

    def __init__(self, number: int, place: _Spot) -> None:
        self.problems: list[InvalidTest] = []
        self._number = number
        self._place = place

    def table(self, table: object) -> WrittenTest | None:
        """The test; ``None`` if something is wrong with it."""
        if not isinstance(table, dict):
            self._complain(None, "it is not a table")
            return None
        self._require({key.lower() for key in table})
        values: dict[str, Wanted] = {}
        for key, value in table.items():
            self._read(key, value, values)
        url = values.get("url")
        if not isinstance(url, str):
            return None
        try:
            return self._test(url, values)
        except (ValueError, BindctlError) as error:
            self._complain("url", str(error))
            return None

    def _require(self, options: set[str]) -> None:
        """Complain about parts that every test needs and this one lacks."""
        if options.isdisjoint(_EXPECTATIONS):
            *most, last = _EXPECTATIONS
            choice = f"{', '.join(most)} or {last}"
            self._complain(None, f"it expects nothing: say {choice}")
        if "url" not in options:
            self._complain(None, "it has no url")

    def _read(self, key: str, value: object, values: dict[str, Wanted]) -> None:
        reader = _READERS.get(key.lower())
        if reader is None:
            known = ", ".join(_READERS)
            self._complain(key, f"it has no option {key!r}, but {known}")
            return
        try:
            values[key.lower()] = reader(value)
        except (ValueError, BindctlError) as error:
            self._complain(key, f"{key}: {error}")

    def _test(self, url: str, values: Mapping[str, Wanted]) -> WrittenTest:
        request, target = _understand(url, values)
        wanted = {key: item for key, item in values.items() if key in _EXPECTATIONS}
        for option in _TLS_OPTIONS if request.protocol is Protocol.HTTP else ():
            if option in values:
                self._complain(option, f"{option}: a request over HTTP has none")
        address = values.get("ip")
        return WrittenTest(
            name=str(values.get("name", url)),
            url=url,
            line=self._place.line,
            request=request,
            target=target,
            address=None if address is None else parse_ip_address(str(address)),
            wanted=wanted,
            spots=self._place.options,
        )

    def _complain(self, option: str | None, message: str) -> None:
        whole = Spot(self._place.line, None)
        spot = self._place.options.get((option or "").lower(), whole)
        self.problems.append(InvalidTest(self._number, option, *spot, message))


def _understand(url: str, values: Mapping[str, Wanted]) -> tuple[Request, str]:
    """The request and its target.

    Raises:
        BindctlError: RTE001, it is not a URL.
    """
    sni, host = values.get("sni"), values.get("host")
    question = understand(AskedRequest(url, without_server_name=sni is False), _NO_PLAN)
    request = question.request
    if isinstance(sni, str):
        request = request._replace(server_name=parse_authority(sni).host)
    if host is not None:
        named = parse_authority(host).host if isinstance(host, str) else None
        request = request._replace(host=named)
    return request, question.target


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        message = f"{_shown(value)} is not text"
        raise ValueError(message)
    return value


def _text_or_false(value: object) -> str | bool:
    return False if value is False else _text(value)


def _name_or_false(value: object) -> str | bool:
    """A host or a server name; false for none."""
    if value is False:
        return False
    text = _text(value)
    parse_authority(text)
    return text


def _address(value: object) -> str:
    text = _text(value)
    parse_ip_address(text)
    return text


def _site(value: object) -> int | bool:
    if value is False:
        return False
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        message = f"{_shown(value)} is not the identifier of a site; false is for none"
        raise ValueError(message)
    return value


def _status(value: object) -> int:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if not is_number or value not in _STATUSES:
        message = f"{_shown(value)} is not an HTTP status"
        raise ValueError(message)
    return int(str(value))


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        message = f"{_shown(value)} is neither true nor false"
        raise ValueError(message)  # noqa: TRY004 - the document is wrong
    return value


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)


_READERS: Final[Mapping[str, Callable[[object], Wanted]]] = {
    "url": _text,
    "name": _text,
    "ip": _address,
    "host": _name_or_false,
    "sni": _name_or_false,
    "site": _site,
    "certificate": _text_or_false,
    "status": _status,
    "redirect": _text,
    "browser": _boolean,
}
_EXPECTATIONS: Final = ("site", "certificate", "status", "redirect", "browser")
_TLS_OPTIONS: Final = ("sni", "certificate", "browser")


def _find_places(octets: bytes) -> Iterator[_Spot]:
    """Where each [[test]] stands, in order."""
    line = 1
    for path, piece, _is_array in cut_tables(octets):
        if tuple(name.lower() for name in path) == (TEST_TABLE,):
            yield _Spot(line, dict(_find_options(piece, line)))
        line += piece.count(b"\n")


def _find_options(piece: bytes, line: int) -> Iterator[tuple[str, Spot]]:
    """Each option of a table with its place."""
    body = piece.find(b"\n") + 1 or len(piece)
    for start, end in statements(piece, Span((), 0, body, len(piece))):
        key = piece[start:end].split(b"=", 1)[0].strip(b" \t\"'")
        name = key.decode("utf-8", "replace").lower()
        indent = piece[piece.rfind(b"\n", 0, start) + 1 : start]
        column = len(indent.decode("utf-8", "replace")) + 1
        yield name, Spot(line + piece.count(b"\n", 0, start), column)
