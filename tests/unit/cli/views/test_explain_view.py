"""How an explanation reads."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from ipaddress import ip_address
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from bindctl.certificates.flaw import Flaw
from bindctl.cli.views.explain_view import (
    address_words,
    browser_words,
    certificate_words,
    coalescing_words,
    host_words,
    other_words,
    print_explanation,
    record_loser_words,
    site_words,
)
from bindctl.model.certificate import Certificate, KeyStatus
from bindctl.operations.answers.explain import explain
from bindctl.operations.answers.explain_certificates import Verdict
from bindctl.operations.answers.explain_question import AskedRequest
from bindctl.routing.classes import OTHER_ADDRESS, OTHER_IPV6
from bindctl.routing.coalescing import CoalescedHost, Coalescing, CoalescingOutcome
from bindctl.routing.record_reasons import RecordLoser
from bindctl.storage.workspace import DiskWorkspace
from bindctl.terminal.terminal import Terminal
from tests.unit.routing.questions import https

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bindctl.model.endpoint import IpAddress

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def _shown(
    folder: Path,
    document: str,
    asked: AskedRequest,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> list[str]:
    """The lines of an explanation, told from a directory."""
    path = folder / "metabase.toml"
    path.write_text(document)
    out = StringIO()
    at = str(directory or folder)
    terminal = Terminal(out, StringIO(), environment or {}, at, lambda: NOW)
    print_explanation(terminal, explain(DiskWorkspace(str(path)), asked, NOW))
    return out.getvalue().splitlines()


def test_the_verdict_is_the_first_line(tmp_path: Path) -> None:
    """Who reads one line only has the answer."""
    document = '[w3svc.1]\nServerComment = "A"\nServerBindings = [":80:a"]\n'
    lines = _shown(tmp_path, document, AskedRequest("http://a/"))
    assert lines[0] == (
        'http://a/ at every address: 404 from site 1 "A": the site has no root folder'
    )
    assert [line.strip() for line in lines if line[:3] == "  " + line[2:3].strip()] == [
        "HTTP",
        "if site 1 stopped",
        "try",
    ]


def test_a_comment_cannot_clear_the_screen(tmp_path: Path) -> None:
    """A name in a metabase may come from anywhere."""
    document = (
        '[w3svc.1]\nServerComment = "\\u001b[2J\\nx"\nServerBindings = [":80:a"]\n'
    )
    lines = _shown(tmp_path, document, AskedRequest("http://a/"))
    assert not any("\x1b" in line for line in lines)
    assert '"\\u001b[2J\\nx"' in lines[0]


def test_colour_is_for_those_who_see_it(tmp_path: Path) -> None:
    """A log stays plain; a terminal tells good from bad at a glance."""
    document = '[w3svc.1]\nServerBindings = [":80:a"]\n'
    plain = _shown(tmp_path, document, AskedRequest("http://b/"))
    painted = _shown(
        tmp_path, document, AskedRequest("http://b/"), {"FORCE_COLOR": "1"}
    )
    assert "\x1b[1;31m400 Invalid Hostname" in painted[0]
    assert not any("\x1b" in line for line in plain)


def test_paths_are_told_from_where_one_stands(tmp_path: Path) -> None:
    """Below the working directory they are short, elsewhere they are whole."""
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "x.txt").write_text("hello")
    document = '[w3svc.1]\nServerBindings = [":80:a"]\nroot.Path = "www"\n'
    asked = AskedRequest("http://a/x.txt")
    near = _shown(tmp_path, document, asked)
    assert "    path         www/x.txt" in near
    assert "    answer       200, sends www/x.txt" in near
    far = _shown(tmp_path, document, asked, directory=tmp_path / "www" / "..")
    assert far == near
    other = tmp_path / "wwwroot"
    other.mkdir()
    whole = _shown(tmp_path, document, asked, directory=other)
    assert f"    path         {tmp_path}/www/x.txt" in whole


@pytest.mark.parametrize(
    ("count", "shown", "more"), [(6, 6, ""), (7, 7, ""), (8, 6, "    and 2 more")]
)
def test_a_long_list_is_cut(tmp_path: Path, count: int, shown: int, more: str) -> None:
    """A screen is for reading; the JSON has the rest."""
    stopped = "".join(
        f'[w3svc.{number}]\nServerAutoStart = false\nServerBindings = [":80:a"]\n'
        for number in range(2, count + 2)
    )
    document = f'[w3svc.1]\nServerBindings = [":80:a"]\n{stopped}'
    lines = _shown(tmp_path, document, AskedRequest("http://a/"))
    assert sum("ServerAutoStart is false" in line for line in lines) == shown
    assert (more in lines) is bool(more)


def test_many_addresses_get_one_line_each(tmp_path: Path) -> None:
    """The first are explained; of the others the verdict is enough."""
    document = "".join(
        f'[w3svc.{number}]\nServerBindings = ["10.0.0.{number}:80:"]\n'
        for number in range(1, 19)
    )
    lines = _shown(tmp_path, document, AskedRequest("http://a/"))
    heads = [line for line in lines if line.startswith("http://a/ at ")]
    assert len(heads) == 16
    assert sum(line == "  HTTP" for line in lines) == 3
    assert lines[-1] == "and 2 more local addresses; --ip asks about one"
    assert lines[-2] == heads[-1]


def test_a_rehearsed_version_is_named(tmp_path: Path) -> None:
    """An answer of IIS 6 must not be taken for one of today's."""
    document = '[w3svc]\nEmulatedVersion = 6\n[w3svc.1]\nServerBindings = [":80:"]\n'
    (first, *_rest) = _shown(tmp_path, document, AskedRequest("http://a/"))
    assert first.endswith(" (as IIS 6)")


NOW = datetime(2026, 11, 22, tzinfo=UTC)
A = "a1b2c3d4" * 5
Addresses = tuple["IpAddress", ...]


def _result(*groups: Addresses, **more: object) -> Any:  # Any: as much of it as is read
    answers = [SimpleNamespace(addresses=group) for group in groups]
    question = SimpleNamespace(address=None)
    parts: dict[str, object] = {
        "answers": answers,
        "question": question,
        "left_out": (),
        "comments": {1: "One", 2: ""},
    }
    return SimpleNamespace(**(parts | more))


ONE, TWO, SIX = map(ip_address, ("10.0.0.1", "10.0.0.2", "::1"))


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ([(OTHER_ADDRESS,)], ["at every address"]),
        ([(ONE, OTHER_ADDRESS)], ["at every address"]),
        ([(ONE, SIX)], ["at 10.0.0.1 and [::1]"]),
        ([(ONE,), (OTHER_ADDRESS,)], ["at 10.0.0.1", "at any other address"]),
        ([(OTHER_ADDRESS,), (OTHER_IPV6,)],
         ["at any other IPv4 address", "at any other IPv6 address"]),
        ([(ONE, TWO, OTHER_ADDRESS), (SIX,)],
         ["at 10.0.0.1, 10.0.0.2 and any other address", "at [::1]"]),
        ([tuple(ip_address(number) for number in range(1, 8)), (SIX,)],
         ["at 0.0.0.1, 0.0.0.2, 0.0.0.3, 0.0.0.4 and 3 more addresses", "at [::1]"]),
    ],
)  # fmt: skip
def test_where_an_answer_is_given(groups: list[Addresses], words: list[str]) -> None:
    """Other than which, when there are others; alone it is every address."""
    result = _result(*groups)
    assert [address_words(group, result) for group in groups] == words


def test_the_address_that_was_asked_about_is_said() -> None:
    """An answer about one address must not read as one about all."""
    question = SimpleNamespace(address=ONE)
    assert address_words((ONE,), _result((ONE,), question=question)) == "at 10.0.0.1"
    question = SimpleNamespace(address=OTHER_ADDRESS)
    shown = address_words(
        (OTHER_ADDRESS,), _result((OTHER_ADDRESS,), question=question)
    )
    assert shown == "at any other address"


def test_sites_and_hosts_are_told_as_people_know_them() -> None:
    """By number and name; in Unicode beside the A-labels that are compared."""
    assert site_words(1, _result()) == 'site 1 "One"'
    assert site_words(2, _result()) == site_words(2, _result(comments={})) == "site 2"
    assert host_words("a.example") == "a.example"
    assert host_words("xn--bcher-kva.de") == "xn--bcher-kva.de (bücher.de)"


def _certificate(*names: str, addresses: tuple[str, ...] = ()) -> Certificate:
    return Certificate(
        A, "MY", "CN=x", "", names, tuple(map(ip_address, addresses)), NOW, NOW,
        KeyStatus.MATCHES, 1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("certificate", "words"),
    [
        (_certificate("a", addresses=("10.0.0.1",)), "a, 10.0.0.1"),
        (_certificate("xn--bcher-kva.de"), "bücher.de"),
        (_certificate(*"abcdef"), "a, b, c, d, e, f"),
        (_certificate(*"abcdefg"), "a, b, c, d, e, and 2 more"),
        (_certificate(), "no name (CN=x)"),
    ],
)
def test_a_certificate_is_known_by_its_names(
    certificate: Certificate, words: str
) -> None:
    """A thumbprint tells nobody anything."""
    assert certificate_words(certificate) == f"{words}; until 2026-11-22"


@pytest.mark.parametrize(
    ("verdict", "lines"),
    [
        (Verdict((), "*.x.de", is_trust_known=True), ["accepts it: *.x.de covers a.x.de"]),
        (Verdict((), "a.x.de", is_trust_known=False),
         ["accepts it: it names a.x.de; if it trusts the issuer"]),
        (Verdict((), None, is_trust_known=True), ["accepts it"]),
        (Verdict((Flaw("CRT301", "ended"), Flaw("CRT201", "covers not")), None,
                 is_trust_known=True),
         ["refuses it: it ended (CRT301)", "refuses it: it covers not (CRT201)"]),
    ],
)  # fmt: skip
def test_whether_a_browser_accepts_it_and_why(
    verdict: Verdict, lines: list[str]
) -> None:
    """One reason a line, and the code to look up."""
    shown = list(browser_words(verdict, https("a.x.de")))
    assert [text for _label, text in shown] == lines
    assert [label for label, _text in shown] == ["browser", ""][: len(lines)]


@pytest.mark.parametrize(
    ("loser", "words"),
    [
        (RecordLoser("a:443", A, 1, "why", 2),
         "record a:443 with certificate a1b2c3d4 of site 1: why"),
        (RecordLoser("a:443", A, None, "why", 2),
         "record a:443 with certificate a1b2c3d4: why"),
        (RecordLoser("*:443", "", 3, "why", 4), "record *:443 of site 3: why"),
        (RecordLoser("*:443", "a.pfx", 3, "why", 4),
         "record *:443 with certificate a.pfx of site 3: why"),
        (RecordLoser("", A, 4, "why", 0), "certificate a1b2c3d4 of site 4: why"),
    ],
)  # fmt: skip
def test_a_record_that_lost_says_whose_it_was(loser: RecordLoser, words: str) -> None:
    """The site is where it can be changed."""
    assert record_loser_words(loser) == words


def test_the_rest_of_the_port_is_counted() -> None:
    """In one or in several, each with its right verb."""
    one: Any = SimpleNamespace(other_hosts=1, other_records=1)
    many: Any = SimpleNamespace(other_hosts=1200, other_records=2)
    none: Any = SimpleNamespace(other_hosts=0, other_records=0)
    assert list(other_words(one)) == [
        "1 more binding names another host",
        "1 more record is for other names or addresses",
    ]
    assert list(other_words(many)) == [
        "1,200 more bindings name other hosts",
        "2 more records are for other names or addresses",
    ]
    assert list(other_words(none)) == []


def test_each_outcome_of_coalescing_has_its_words() -> None:
    """What is otherwise on a connection of the host's own is what people need."""
    hosts = [
        CoalescedHost(f"{item.value}.de", 1, A, item) for item in CoalescingOutcome
    ]
    same, risk, elsewhere = hosts[:1], hosts[1:-1], hosts[-1:]
    unknown = CoalescedHost("*.xn--bcher-kva.de", None, None, CoalescingOutcome.SAME)
    found = Coalescing("", tuple(risk), (*same, unknown), tuple(elsewhere))
    summary, rows = coalescing_words(found, _result())
    assert summary == (
        "a browser may ask for 7 more hosts on this connection; for 5 of them the answer "
        "differs from that on a separate one"
    )
    assert rows == [
        (
            "other_certificate.de",
            'site 1 "One"; on its own connection: certificate a1b2c3d4',
        ),
        ("other_policy.de", 'site 1 "One"; on its own connection: other SslFlags'),
        ("refused_alone.de", 'site 1 "One"; on its own connection: handshake refused'),
        (
            "misdirected.de",
            '421 from site 1 "One"; the browser then opens a separate connection',
        ),
        ("elsewhere.de", 'site 1 "One", because its bindings are to other addresses'),
        ("same.de", 'site 1 "One"'),
        ("other *.bücher.de", "400 Invalid Hostname"),
    ]


@pytest.mark.parametrize(
    ("found", "summary"),
    [
        (Coalescing("IIS 8 speaks no HTTP/2"),
         "the connection is not shared: IIS 8 speaks no HTTP/2"),
        (Coalescing(), "the connection is not shared: the certificate has no other host"),
        (Coalescing(harmless=(CoalescedHost("a", 1, A, CoalescingOutcome.SAME),)),
         ("a browser may ask for 1 more host on this connection; the answer is the same "
          "as on a separate connection")),
        (Coalescing(at_risk=(CoalescedHost("a", 1, None, CoalescingOutcome.REFUSED_ALONE),)),
         ("a browser may ask for 1 more host on this connection; the answer differs "
          "from that on a separate one")),
    ],
)  # fmt: skip
def test_what_becomes_of_a_connection(found: Coalescing, summary: str) -> None:
    """Shared or not, harmless or not, in one line."""
    assert coalescing_words(found, _result())[0] == summary
