"""The answer of `explain` for people: a verdict, then the reasons, part by part."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from bindctl.model.binding import Protocol, format_binding
from bindctl.model.endpoint import format_address
from bindctl.model.harmless_text import one_line
from bindctl.model.host import to_unicode
from bindctl.routing.classes import OTHER_ADDRESS, OTHER_IPV6
from bindctl.routing.coalescing import CoalescingOutcome
from bindctl.routing.reason import ROW_NAMES, Reason, Why
from bindctl.routing.site_reasons import ROW_CATEGORIES
from bindctl.terminal.style import make_folder, make_painter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bindctl.model.binding import Binding
    from bindctl.model.certificate import Certificate
    from bindctl.model.endpoint import IpAddress
    from bindctl.operations.answers.explain import ExplainResult
    from bindctl.operations.answers.explain_answer import AddressAnswer
    from bindctl.operations.answers.explain_certificates import Verdict
    from bindctl.operations.answers.explain_content import ContentAnswer
    from bindctl.routing.coalescing import CoalescedHost, Coalescing
    from bindctl.routing.explain import Explanation
    from bindctl.routing.record_reasons import RecordLoser
    from bindctl.routing.request import Request
    from bindctl.routing.site_reasons import Loser
    from bindctl.terminal.terminal import Terminal

_MAX_BLOCKS: Final = 3  # of further addresses the verdict alone is shown
_MAX_SHOWN: Final = 6  # of losers, and of hosts; all are in the JSON
_MAX_NAME: Final = 40  # characters of a host, in its column
_LABEL: Final = 13
_MARGIN: Final = 2
_INDENT: Final = 4
_PROMPT: Final = "$"  # before a command, which is there to be pasted
_NEWEST: Final = "IIS 10"


def print_explanation(terminal: Terminal, result: ExplainResult) -> None:
    """The whole answer: one block for each group of local addresses."""
    view = _View(terminal, result)
    for number, answer in enumerate(result.answers):
        if number in range(1, _MAX_BLOCKS + 1):
            terminal.print()
        if number < _MAX_BLOCKS:
            view.print_answer(answer)
        else:
            view.print_verdict(answer)
    if result.left_out:
        count = len(result.left_out)
        terminal.print(f"and {count:,} more local addresses; --ip asks about one")


class _View:
    """Prints answers of one result."""

    def __init__(self, terminal: Terminal, result: ExplainResult) -> None:
        self._terminal = terminal
        self._result = result
        self._paint = make_painter(terminal)
        self._fold = make_folder(terminal)

    def print_verdict(self, answer: AddressAnswer) -> None:
        """The result of the request, on one line."""
        paint, result = self._paint, self._result
        words, style = verdict_words(answer, result)
        where = address_words(answer.addresses, result)
        url = one_line(result.question.url)
        head = f"{paint(url, 'bold')} {where}: "
        column = len(f"{url} {where}: ")
        version = result.emulated_version
        tail = "" if version == _NEWEST else paint(f" (as {version})", "yellow")
        shown = self._fold(one_line(words), column, _MARGIN)
        self._write(head + paint(shown, style) + tail)

    def print_answer(self, answer: AddressAnswer) -> None:
        """The same, with the reasons."""
        self.print_verdict(answer)
        if answer.explanation.is_connected:
            if self._result.request.protocol is Protocol.HTTPS:
                self._print_part("TLS", self._tls_lines(answer))
            self._print_part("HTTP", self._http_lines(answer))
            self._print_stopped(answer)
        elif answer.refusal:
            self._print_part("TLS", self._tls_lines(answer))
            self._print_part("HTTP", self._http_lines(answer))
        self._print_losers(answer)
        self._print_coalescing(answer)
        self._print_part("try", ((_PROMPT, line) for line in answer.witnesses), 2)

    def _tls_lines(self, answer: AddressAnswer) -> Iterator[tuple[str, str]]:
        explanation = answer.explanation
        name = self._result.request.server_name
        yield "server name", "none" if name is None else host_words(name)
        if explanation.emulation:
            yield "version", str(explanation.emulation)
        yield "record", record_words(explanation)
        if explanation.record is None:
            return
        if answer.certificate is None:
            yield "certificate", str(answer.refusal)
            return
        yield "certificate", certificate_words(answer.certificate)
        yield "thumbprint", answer.certificate.certificate_hash
        if answer.refusal:
            yield "handshake", f"refused: {answer.refusal}"
        if answer.verdict is not None:
            yield from browser_words(answer.verdict, self._result.request)

    def _http_lines(self, answer: AddressAnswer) -> Iterator[tuple[str, str]]:
        result = self._result
        host = result.request.host
        yield "host", "none (HTTP/1.0)" if host is None else host_words(host)
        match = answer.explanation.match
        if match is None:
            yield "site", "none matches"
            return
        would = "would be " if answer.refusal else ""
        binding = binding_words(match.route.binding)
        site = site_words(match.route.site, result).removeprefix("site ")
        yield "site", f'{would}{site}, by "{binding}"'
        row = match.row
        yield "row", f"{row}, {ROW_NAMES[row]} ({ROW_CATEGORIES[row]})"
        content = answer.content
        if content is None:
            return
        if content.virtual_directory is not None:
            yield "directory", content.virtual_directory
        if content.physical_path is not None:
            yield "path", self._shown_path(content.physical_path)
        path = "" if content.file is None else self._shown_path(content.file)
        yield "answer", path_words(content, path)

    def _shown_path(self, path: str) -> str:
        """Below the working directory as from there."""
        folder = os.path.realpath(self._terminal.directory)
        if path == folder or path.startswith(os.path.join(folder, "")):
            return os.path.relpath(path, folder)
        return path

    def _print_stopped(self, answer: AddressAnswer) -> None:
        match = answer.explanation.match
        if match is None or answer.runner_up is None:
            return
        words = runner_up_words(answer, self._result)
        self._print_part(f"if site {match.route.site} stopped", (("", words),))

    def _print_losers(self, answer: AddressAnswer) -> None:
        explanation = answer.explanation
        lines = _cut(loser_words(item, self._result) for item in explanation.losers)
        records = _cut(map(record_loser_words, explanation.record_losers))
        others = other_words(explanation)
        self._print_part(
            "not chosen", (("", line) for line in (*lines, *records, *others))
        )

    def _print_coalescing(self, answer: AddressAnswer) -> None:
        coalescing = answer.coalescing
        if coalescing is None:
            return
        summary, rows = coalescing_words(coalescing, self._result)
        lines = [summary]
        if rows:
            width = min(max(len(name) for name, _words in rows[:_MAX_SHOWN]), _MAX_NAME)
            lines += _cut(f"{name:<{width}}  {words}" for name, words in rows)
        self._print_part("HTTP/2", (("", line) for line in lines))

    def _print_part(
        self, title: str, lines: Iterable[tuple[str, str]], width: int = _LABEL
    ) -> None:
        """A title and its lines, each below its label; nothing without a line."""
        rows = list(lines)
        if not rows:
            return
        self._write(f"  {self._paint(title, 'bold')}")
        is_labelled = any(label for label, _text in rows)
        for label, text in rows:
            space = self._paint(f"{label:<{width}}", "dim") if is_labelled else ""
            column = _INDENT + (width if is_labelled else 0)
            shown = one_line(text)
            if label != _PROMPT:
                shown = self._fold(shown, column, column if label else column + _MARGIN)
            self._write(f"{' ' * _INDENT}{space}{shown}")

    def _write(self, line: str) -> None:
        self._terminal.styled.write(line.rstrip() + "\n")


def _cut(lines: Iterable[str]) -> list[str]:
    every = list(lines)
    more = len(every) - _MAX_SHOWN
    if more <= 1:  # a line about the rest would be as long
        return every
    return [*every[:_MAX_SHOWN], f"and {more:,} more"]


_MAX_ADDRESSES: Final = 4
_MAX_NAMES: Final = 5  # of a certificate
_SHORT_HASH: Final = 8  # digits of a thumbprint, where two are told apart
_CENTRAL_FILE: Final = ".pfx"
_GOOD, _DOUBTFUL, _BAD = "bold green", "bold yellow", "bold red"
_OK: Final = 200
_BAD_REQUEST: Final = 400
_MISDIRECTED: Final = 421
_INVALID_HOSTNAME: Final = "400 Invalid Hostname"


def verdict_words(answer: AddressAnswer, result: ExplainResult) -> tuple[str, str]:
    """The result of the request, and a style for it."""
    explanation, content = answer.explanation, answer.content
    early = _failure_words(answer, result.request)
    if early:
        return early, _BAD
    if explanation.match is None:
        return f"{_INVALID_HOSTNAME}: no site matches", _BAD
    site = site_words(explanation.match.route.site, result)
    if content is None:
        words = f"{_MISDIRECTED} Misdirected Request from {site}: the connection shows"
        return f"{words} another certificate than its host has", _BAD
    words, style = f"{content.status} from {site}", _GOOD
    if content.status != _OK:
        words, style = f"{words}: {content.reason}", _DOUBTFUL
    if answer.verdict is not None and not answer.verdict.is_accepted:
        return f"{words}; a browser refuses the certificate", _BAD
    return words, style


def _failure_words(answer: AddressAnswer, request: Request) -> str:
    """Why no site is asked; empty when a site is asked, or none has the host."""
    explanation = answer.explanation
    if not explanation.is_listening:
        return f"no connection: no running site is bound to port {request.port}"
    if not explanation.is_open:
        where = _one_address(explanation.address, is_split=False)
        return f"no connection: nothing listens on port {request.port} at {where}"
    if not explanation.is_scheme_right:
        if request.protocol is Protocol.HTTPS:
            return f"no handshake: port {request.port} speaks HTTP"
        return f"{_BAD_REQUEST} Bad Request: port {request.port} speaks HTTPS"
    return f"handshake refused: {answer.refusal}" if answer.refusal else ""


def address_words(addresses: Sequence[IpAddress], result: ExplainResult) -> str:
    """``at 10.0.0.1``, ``at every address``: the addresses of an answer."""
    is_asked = result.question.address is not None
    is_alone = len(result.answers) == 1 and not result.left_out
    if is_alone and not is_asked and OTHER_ADDRESS in addresses:
        return "at every address"
    rest = set().union(*(answer.addresses for answer in result.answers))
    is_split = OTHER_IPV6 in rest
    shown = [_one_address(item, is_split=is_split) for item in addresses]
    more = len(shown) - _MAX_ADDRESSES
    if more > 1:
        shown = [*shown[:_MAX_ADDRESSES], f"{more:,} more addresses"]
    *first, last = shown
    return f"at {', '.join(first)} and {last}" if first else f"at {last}"


def _one_address(address: IpAddress, *, is_split: bool) -> str:
    if address == OTHER_ADDRESS:
        return "any other IPv4 address" if is_split else "any other address"
    if address == OTHER_IPV6:
        return "any other IPv6 address"
    return format_address(address)


def record_words(explanation: Explanation) -> str:
    """Which record decides, and why; or that none does."""
    reason = explanation.record_reason
    if reason is not None and reason.why is Why.NO_RECORD_FOR:
        reason = Reason(Why.NONE_FOR, **reason.data)
    return str(reason)


def site_words(site: int, result: ExplainResult) -> str:
    """``site 2 "Test"``."""
    comment = result.comments.get(site, "")
    return f'site {site} "{comment}"' if comment else f"site {site}"


def host_words(host: str) -> str:
    """The name as it is compared, and as people read it."""
    readable = to_unicode(host)
    return host if readable == host else f"{host} ({readable})"


def binding_words(binding: Binding) -> str:
    """``:80:bücher.example``: as people write it."""
    endpoint, colon, host = format_binding(binding).rpartition(":")
    return f"{endpoint}{colon}{to_unicode(host)}"


def certificate_words(certificate: Certificate) -> str:
    """Its names, and its end."""
    names = [to_unicode(name) for name in certificate.presented_ids]
    names += map(str, certificate.presented_addresses)
    more = len(names) - _MAX_NAMES
    if more > 1:
        names = [*names[:_MAX_NAMES], f"and {more:,} more"]
    shown = ", ".join(names) or f"no name ({certificate.subject or 'no subject'})"
    return f"{shown}; until {certificate.not_after:%Y-%m-%d}"


def browser_words(verdict: Verdict, request: Request) -> Iterator[tuple[str, str]]:
    """Whether a browser accepts the certificate, and why."""
    label = "browser"
    for flaw in verdict.flaws:
        yield label, f"refuses it: it {flaw.words} ({flaw.code})"
        label = ""
    if verdict.flaws:
        return
    if verdict.covering_id is None:
        words = "accepts it"
    else:
        name = request.host if request.host is not None else request.server_name
        covering = to_unicode(verdict.covering_id)
        words = f"accepts it: {covering} covers {to_unicode(name or '')}"
        if name == verdict.covering_id:
            words = f"accepts it: it names {covering}"
    if not verdict.is_trust_known:
        words += "; if it trusts the issuer"
    elif verdict.is_own_authority:
        words += "; where your own authority is trusted"
    yield label, words


def path_words(content: ContentAnswer, path: str) -> str:
    """``200, sends sites/a/index.html``; ``404: nothing is there``."""
    if content.status == _OK:
        return f"{content.status}, sends {path}"
    return f"{content.status}: {content.reason}"


def runner_up_words(answer: AddressAnswer, result: ExplainResult) -> str:
    """The answer in the winner's place."""
    found = answer.runner_up
    if found is None or not found.is_open:
        return "no connection: no other running site opens the port there"
    if answer.runner_up_refusal:
        return f"the handshake would be refused: {answer.runner_up_refusal}"
    words = f"{_INVALID_HOSTNAME}: no other site matches"
    if found.match is not None:
        route, row = found.match.route, found.match.row
        site, binding = site_words(route.site, result), binding_words(route.binding)
        words = f'{site}, by "{binding}": row {row}, {ROW_NAMES[row]}'
    used = answer.explanation.record
    if found.record is None or used is None:
        return words
    if found.record.certificate_hash == used.certificate_hash:
        return words
    return f"{words}; with certificate {_short(found.record.certificate_hash)}"


def loser_words(loser: Loser, result: ExplainResult) -> str:
    """``site 1 "Default" ":80:": row 5 comes after row 2``."""
    return f'{site_words(loser.site, result)} "{loser.binding}": {loser.reason}'


def record_loser_words(loser: RecordLoser) -> str:
    """``record a.example:443 with certificate 5d0f… of site 1: …``."""
    maker = f" of site {loser.site}" if loser.site is not None else ""
    certificate = f"certificate {_short(loser.certificate_hash)}"
    if not loser.key:
        return f"{certificate}{maker}: {loser.reason}"
    shown = f" with {certificate}" if loser.certificate_hash else ""
    return f"record {loser.key}{shown}{maker}: {loser.reason}"


def other_words(explanation: Explanation) -> Iterator[str]:
    """How many bindings and records are for other hosts."""
    count = explanation.other_hosts
    if count:
        words = "binding names another host"
        yield f"{count:,} more {words if count == 1 else 'bindings name other hosts'}"
    count = explanation.other_records
    if count:
        words = "record is" if count == 1 else "records are"
        yield f"{count:,} more {words} for other names or addresses"


def coalescing_words(
    coalescing: Coalescing, result: ExplainResult
) -> tuple[str, list[tuple[str, str]]]:
    """Whether the connection is shared; a row for each host, those at risk first."""
    if coalescing.impossible:
        return f"the connection is not shared: {coalescing.impossible}", []
    count = len(coalescing.hosts)
    if not count:
        return "the connection is not shared: the certificate has no other host", []
    rows = [
        (_coalesced_name(item), _outcome_words(item, result))
        for item in coalescing.hosts
    ]
    hosts = "1 more host" if count == 1 else f"{count:,} more hosts"
    words = f"a browser may ask for {hosts} on this connection"
    worse = len(coalescing.at_risk) + len(coalescing.elsewhere)
    if not worse:
        return f"{words}; the answer is the same as on a separate connection", rows
    some = "" if worse == count else f"for {worse:,} of them "
    return f"{words}; {some}the answer differs from that on a separate one", rows


def _coalesced_name(item: CoalescedHost) -> str:
    name = to_unicode(item.host)
    return f"other {name}" if name.startswith("*.") else name


def _outcome_words(item: CoalescedHost, result: ExplainResult) -> str:
    site = _INVALID_HOSTNAME if item.site is None else site_words(item.site, result)
    match item.outcome:
        case CoalescingOutcome.SAME:
            return site
        case CoalescingOutcome.OTHER_CERTIFICATE:
            shown = _short(item.certificate_hash or "")
            return f"{site}; on its own connection: certificate {shown}"
        case CoalescingOutcome.OTHER_POLICY:
            return f"{site}; on its own connection: other SslFlags"
        case CoalescingOutcome.REFUSED_ALONE:
            return f"{site}; on its own connection: handshake refused"
        case CoalescingOutcome.MISDIRECTED:
            return f"421 from {site}; the browser then opens a separate connection"
        case CoalescingOutcome.ELSEWHERE:
            return f"{site}, because its bindings are to other addresses"


def _short(certificate_hash: str) -> str:
    """The first digits of a thumbprint; the whole name of a file."""
    if certificate_hash.endswith(_CENTRAL_FILE):
        return certificate_hash
    return certificate_hash[:_SHORT_HASH]
