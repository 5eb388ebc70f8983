"""What `explain` answers, for people: a verdict, then why, part by part."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from bindctl.cli.views.explain_words import (
    address_words,
    binding_words,
    browser_words,
    certificate_words,
    coalescing_words,
    host_words,
    loser_words,
    other_words,
    path_words,
    record_loser_words,
    record_words,
    runner_up_words,
    site_words,
    verdict_words,
)
from bindctl.model.binding import Protocol
from bindctl.model.harmless_text import one_line
from bindctl.routing.reason import ROW_NAMES
from bindctl.routing.site_reasons import ROW_CATEGORIES
from bindctl.terminal.color import make_painter
from bindctl.terminal.wrap import make_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bindctl.operations.answers.explain import ExplainResult
    from bindctl.operations.answers.explain_answer import AddressAnswer
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
        """What comes of the request, on one line."""
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
        """The same, and what led to it."""
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
    if more <= 1:  # the line that says so would be as long
        return every
    return [*every[:_MAX_SHOWN], f"and {more:,} more"]
