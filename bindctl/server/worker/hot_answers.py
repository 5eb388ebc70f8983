"""Ready answers to requests as browsers send them: the shortest way through the server.

1. The key of a request holds every octet that an answer can depend on; a law holds it to
   the long way. A request of another shape has no key.
2. An answer depends on nothing but the plan and what `FileEntry.is_current` looks at,
   which is asked before every use; the table is emptied with the plan.
3. Nothing is kept that was not asked for twice, and the number of entries is bounded,
   for each file too: one page can be asked for by millions of hosts and conditions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bindctl.server.http.request import RequestHead
from bindctl.server.http.response import end_of_head
from bindctl.server.worker.access_log import request_fields
from bindctl.server.worker.generations import Generations

if TYPE_CHECKING:
    from bindctl.model.site import SiteContent
    from bindctl.server.http.answer import CacheableResponse
    from bindctl.server.http.response_cache import FileEntry
    from bindctl.server.worker.access_log import AccessLogs, SiteLog
    from bindctl.server.worker.endpoint_view import EndpointView

MAX_REQUEST_OCTETS: Final = 8 * 1024  # a head with many cookies
MAX_KEY_OCTETS: Final = 256
_SHORT_OCTETS: Final = 256  # a request that is quicker matched than looked up
_MAX_KNOWN_OCTETS: Final = 1024  # of lines before a cookie; Chrome's are 650
MAX_BODY_OCTETS: Final = 64 * 1024
MAX_ENTRIES: Final = 131072
MAX_SPELLINGS: Final = 1024  # of requests for one file, in each generation
_SIGHT_BITS: Final = 20  # a mebibyte: of 50,000 keys it loses one in twenty

# Fields that no answer of ours depends on, as clients spell them. A field that begins to
# matter leaves this list.
_IGNORED: Final = (
    rb"(?:[Aa]ccept(?:-(?:[Ee]ncoding|[Ll]anguage))?"
    rb"|[Cc](?:ookie|ache-[Cc]ontrol|onnection(?=: [Kk]eep-[Aa]live\r))"
    rb"|[Ss]ec-(?:[Cc][Hh]-[A-Za-z-]++|[Ff]etch-[A-Za-z-]++|GPC|Purpose)"
    rb"|[Uu](?:ser-[Aa]gent|pgrade-[Ii]nsecure-[Rr]equests)"
    rb"|[Rr]eferer|[Pp](?:ragma|riority)|[Oo]rigin|DNT|X-Requested-With)"
)
_VALUE: Final = rb"[^\x00-\x08\x0a-\x1f\x7f]*+"
_LINES: Final = rb"(?>" + _IGNORED + rb": " + _VALUE + rb"\r\n){0,60}+"
_CONDITIONS: Final = rb"((?>[Ii]f-(?:[Nn]one-[Mm]atch|[Mm]odified-[Ss]ince): [!-~][ -~]{0,80}+\r\n){0,2}+)"

_match_ignored: Final = re.compile(_LINES).fullmatch
# Groups: method and path, query, host, conditions.
_match_whole: Final = re.compile(
    rb"((?:GET|HEAD) /[^\x00-\x20#?\x7f-\xff]*+)(?:\?([^\x00-\x20#\x7f-\xff]*+))?+"
    rb" HTTP/1\.1\r\nHost: ([0-9A-Za-z.:\[\]-]++)\r\n"
    + _LINES
    + _CONDITIONS
    + _LINES
    + rb"\r\n"
).fullmatch
_AGENT: Final = re.compile(rb"\r\n[Uu]ser-[Aa]gent: ([^\r]*)")
_REFERER: Final = re.compile(rb"\r\n[Rr]eferer: ([^\r]*)")


def match_request(request: bytes) -> re.Match[bytes] | None:
    """What an answer can depend on: groups as `_match_whole` has them.

    Args:
        request: All octets that have come.

    Returns:
        ``None`` for a request of another shape.
    """
    if len(request) > _SHORT_OCTETS:
        cookie = request.rfind(b"ookie: ") - 1
        begin = request.find(b"\n", request.find(b"\n") + 1) + 1
        if begin < cookie <= begin + _MAX_KNOWN_OCTETS and _are_ignored(
            request[begin:cookie]
        ):
            request = request[:begin] + request[cookie:]
    return _match_whole(request)


# A browser sends the same lines between Host and every cookie. To look them up and leave
# them out is quicker than to match them: with Chrome's lines 1.2 µs, not 2.2.
@lru_cache(maxsize=1024)
def _are_ignored(lines: bytes) -> bool:
    return _match_ignored(lines) is not None


def request_key(match: re.Match[bytes], view_mark: bytes) -> bytes:
    """The key of a request that `match_request` matched.

    Args:
        match: The match.
        view_mark: `EndpointView.mark`: where it arrived.
    """
    return b" ".join((view_mark, match[1], match[3], match[4]))


def matched_head(match: re.Match[bytes], request: bytes) -> RequestHead:
    """What `parse_head` makes of such a request, less the fields that nobody asks for.

    Args:
        match: Of `match_request`.
        request: All octets of the request.
    """
    method, _blank, stem = match[1].partition(b" ")
    fields = {b"host": [match[3]]}
    for line in match[4].split(b"\r\n")[:-1]:
        name, _colon, value = line.partition(b":")
        fields.setdefault(name.lower(), []).append(value.strip(b" \t"))
    for name, found in (
        (b"user-agent", _AGENT.search(request)),
        (b"referer", _REFERER.search(request)),
    ):
        if found is not None:
            fields[name] = [found[1].strip(b" \t")]
    return RequestHead(
        method="GET" if method == b"GET" else "HEAD",
        target=stem if match[2] is None else stem + b"?" + match[2],
        is_http11=True,
        fields=fields,
        keep_alive=True,
        content_length=0,
        is_chunked=False,
        expects_continue=False,
        octets=len(request),
    )


@dataclass(frozen=True, slots=True)
class HotAnswer:
    """One ready answer.

    Attributes:
        entry: The file, whose state it depends on.
        head: Everything between the Date line and the body.
        is_ok: 200 rather than 304.
        has_body: The file's octets follow.
        closes: The connection ends after it.
        log: The site's log, or ``None`` when it keeps none.
        timeout_s: How long the connection may be silent after it.
    """

    entry: FileEntry
    head: bytes
    is_ok: bool
    has_body: bool
    closes: bool
    log: SiteLog | None
    timeout_s: float


class HotTable:
    """The ready answers of one worker."""

    __slots__ = ("_answers", "_generation", "_marks", "get")

    def __init__(self) -> None:
        """Start empty."""
        self._generation = 0
        self._answers: Generations[bytes, HotAnswer] = Generations(MAX_ENTRIES)
        self._marks = bytearray(1 << _SIGHT_BITS)
        self.get = self._answers.get

    def is_wanted(self, key: bytes) -> bool:
        """Whether this is not the first time that the key is asked for.

        Now and then it answers yes too early, and no to what was long ago.
        """
        number = hash(key)
        slot = number & ((1 << _SIGHT_BITS) - 1)
        mark = (number >> _SIGHT_BITS) & 0xFF
        is_known = self._marks[slot] == mark
        self._marks[slot] = mark
        return is_known and len(key) <= MAX_KEY_OCTETS

    def put(self, key: bytes, hot: HotAnswer) -> None:
        """Keep an answer; too many for one file are the end of a generation."""
        generation, count = hot.entry.spellings
        count = count + 1 if generation == self._generation else 1
        if count > MAX_SPELLINGS:
            self._answers.turn()
            self._generation += 1
            count = 1
        hot.entry.spellings = (self._generation, count)
        self._answers.put(key, hot)

    def forget(self) -> None:
        """Drop everything: the plan has changed."""
        self._answers.clear()


def remember_answer(  # noqa: PLR0913 - all that an answer depends on
    hot: HotTable,
    logs: AccessLogs,
    key: bytes,
    content: SiteContent,
    latest: tuple[RequestHead, CacheableResponse],
    *,
    is_tls: bool,
) -> None:
    """Keep an answer that every request with that key would get.

    Args:
        hot: Where to.
        logs: The worker's.
        key: Of the request.
        content: The site that answered.
        latest: The request and its answer.
        is_tls: Whether the request came over TLS.
    """
    head, answered = latest
    response, entry = answered
    is_ok = response.status == 200  # noqa: PLR2004 - OK
    if entry is None or not (is_ok or response.status == 304):  # noqa: PLR2004
        return
    has_body = is_ok and head.method != "HEAD"
    if has_body and (entry.body is None or entry.size > MAX_BODY_OCTETS):
        return
    if content.misdirected_request and is_tls:
        return  # depends on the connection's server name
    closes = not content.allow_keep_alive
    ready = HotAnswer(
        entry,
        end_of_head(response, head, close=closes),
        is_ok,
        has_body,
        closes,
        logs.find(content.log_directory, content.identifier),
        content.connection_timeout_s,
    )
    hot.put(key, ready)


def hot_log_fields(
    view: EndpointView, match: re.Match[bytes], request: bytes
) -> tuple[bytes, bytes]:
    """The columns of the log that such a request decides."""
    method, _blank, stem = match[1].partition(b" ")
    agent, referer = _AGENT.search(request), _REFERER.search(request)
    return request_fields(
        view.log_place,
        (method, stem, match[2]),
        None if agent is None else agent[1].strip(b" \t"),
        None if referer is None else referer[1].strip(b" \t"),
        match[3],
    )
