"""Law: `explain` agrees with the running server on every request, over real sockets."""

from __future__ import annotations

import socket
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import pytest

from bindctl.model.binding import Protocol
from bindctl.operations.answers.explain import explain
from bindctl.operations.answers.explain_question import AskedRequest
from bindctl.operations.certificates.certificates import create_certificate
from bindctl.operations.live.live_client import (
    TIMEOUT_S,
    LiveAnswer,
    LiveRequest,
    Stage,
    ask_all,
)
from bindctl.operations.service.service import (
    StartOptions,
    reset_service,
    start_service,
    stop_service,
)
from bindctl.server.http.response import PROBE_FIELD, SITE_FIELD
from bindctl.storage.file_locations import runtime_directory
from bindctl.storage.workspace import DiskWorkspace
from tests.e2e.conftest import find_port_offset
from tests.pfx_files import make_pfx

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bindctl.operations.answers.explain_answer import AddressAnswer

pytestmark = pytest.mark.e2e

DOCUMENTS, REQUESTS = 16, 60
HOPELESS_TIMEOUT_S = 1.0
HTTP_PORTS, HTTPS_PORTS = (80, 81), (443, 444)
PORTS = (*HTTP_PORTS, *HTTPS_PORTS, 445)  # the last is bound to nothing
DOMAIN = "example.test"
HOSTS = (f"a.{DOMAIN}", f"b.{DOMAIN}", f"c.b.{DOMAIN}", f"bücher.{DOMAIN}")
WILDCARDS = (f"*.{DOMAIN}", f"*.b.{DOMAIN}")
UNNAMED = (f"x.{DOMAIN}", f"y.x.{DOMAIN}", "nobody.test")
CERTIFICATES = ((f"*.{DOMAIN}", f"*.b.{DOMAIN}"), (f"a.{DOMAIN}",), (HOSTS[3],))
ABSENT = "0123456789" * 4
TARGETS = ("/", "/nothing", "/folder", "/folder/", "/Pictures/cat.txt", "/a%2fb")
PATTERNS = ("", "", *HOSTS, *HOSTS, *WILDCARDS)
A_LABELS = f"xn--bcher-kva.{DOMAIN}"
NAMES = (None, *HOSTS[:3], *HOSTS[:3], *UNNAMED, A_LABELS)
SPELT = (*HOSTS, *UNNAMED, HOSTS[0].upper(), f"{HOSTS[1]}.", A_LABELS, "127.0.0.1",
         "[::1]")  # fmt: skip
RECORDS = ("0.0.0.0:443", "[::]:443", "127.0.0.1:444", f"{HOSTS[0]}:444")
FOLDERS = """\
[w3svc.{0}.root]
Path = "www"
[w3svc.{0}.root.pictures]
KeyType = "IIsWebVirtualDir"
Path = "pictures"
"""


class Served(NamedTuple):
    """A metabase and the service that runs from it."""

    metabase: Path
    port_offset: int
    hashes: tuple[str, ...]


class Asked(NamedTuple):
    """One request, as a client writes it and as `explain` is asked about it."""

    address: str
    port: int
    protocol: Protocol
    server_name: str | None
    host: str | None
    target: str
    has_port: bool

    @property
    def is_hopeless(self) -> bool:
        """A ClientHello sent to HTTP: the server waits for the rest of a head."""
        return self.protocol is Protocol.HTTPS and self.port in HTTP_PORTS

    def live(self, offset: int, *fields: tuple[str, str]) -> LiveRequest:
        host = f"{self.host}:9" if self.host and self.has_port else self.host
        real = self.port + offset
        name = self.server_name if self.protocol is Protocol.HTTPS else None
        return LiveRequest(
            self.protocol, self.address, real, name, host, self.target, fields
        )

    def asked(self, offset: int) -> AskedRequest:
        scheme = self.protocol.value
        is_secure = self.protocol is Protocol.HTTPS
        asked = AskedRequest(
            address=self.address,
            port=self.port + offset,
            server_name=self.server_name if is_secure else None,
            without_server_name=is_secure and self.server_name is None,
            port_offset=offset,
        )
        is_plain = not is_secure or self.host == self.server_name
        if self.host is None or not is_plain:
            return asked._replace(host=self.host or "", scheme=scheme)
        url = f"{scheme}://{self.host}:{self.port + offset}{self.target}"
        return asked._replace(url=url, port=None)


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


BOUND = [*[""] * 5, "127.0.0.1", "127.0.0.2", *(["[::]", "[::1]"] * _has_ipv6())]
ARRIVES = ["127.0.0.1", "127.0.0.2", "127.0.0.3", *(["::1"] * _has_ipv6())]


class Draft:
    """A random metabase; the same number always gives the same."""

    def __init__(self, number: int, hashes: Sequence[str]) -> None:
        self.random = Random(number)  # noqa: S311 - it has to be the same again
        self.hashes = hashes
        self.taken: set[str] = set()
        self.refused: tuple[str, ...] = ()

    def document(self) -> str:
        """Up to six sites, most of which start, and a few records."""
        choose = self.random.choice
        service = f"WildcardHostDepth = {choose((1, 1, 0, 2))}"
        version = choose((*[10] * 6, 8, 7, 6))
        parts = [f"[w3svc]\nDefaultDoc = 'index.htm'\nEmulatedVersion = {version}"]
        parts.append(service)
        if choose((True, False)):
            parts.append('CentralCertStorePath = "central"')
        if choose((True, *[False] * 5)):
            parts.append(f"[http]\nListenAddresses = {ARRIVES[:1] + ARRIVES[2:]}")
            self.refused = ("127.0.0.2", "[::]")
        if version != 10:
            self.refused += ("*", "xn--") if version != 6 else ("*", "xn--", "[")
        parts += [
            f'[http.sslcert."{key}"]\nCertHash = "{choose(self.hashes)}"'
            for key in self.random.sample(RECORDS, choose((0, 0, 1, 2)))
        ]
        parts += map(self.site, range(1, choose((3, 4, 5, 6)) + 1))
        return "\n".join(parts)

    def site(self, number: int) -> str:
        """One site with its folders."""
        choose = self.random.choice
        certificate = choose((*self.hashes[:3] * 3, *self.hashes, ABSENT))
        lines = [
            f"[w3svc.{number}]",
            f"ServerBindings = {self.bindings(HTTP_PORTS)}",
            f"SecureBindings = {self.bindings(HTTPS_PORTS)}",
            f"SslFlags = {choose((0, 0, 1, 1, 1, 1, 2, 3, 3))}",
            f'SSLCertHash = "{certificate}"',
            f"ServerAutoStart = {choose(('true', 'true', 'true', 'false'))}",
            f"MisdirectedRequest = {choose(('true', 'false'))}",
        ]
        if choose((True, True, True, False)):
            lines.append(FOLDERS.format(number))
        return "\n".join(lines)

    def bindings(self, ports: tuple[int, ...]) -> list[str]:
        """Up to three; seldom one that another site has, or that is refused."""
        choose = self.random.choice
        drawn = [
            f"{choose(BOUND)}:{choose(ports)}:{choose(PATTERNS)}"
            for _each in range(choose((1, 2, 3, 4)))
        ]
        is_wrong = choose((True, *[False] * 11))
        kept = [text for text in drawn if is_wrong or self.may_start(text)]
        self.taken.update(kept)
        return list(dict.fromkeys(kept))

    def may_start(self, text: str) -> bool:
        """Whether nothing is known that would keep a site from starting with it."""
        is_refused = any(part in text for part in self.refused)
        return text not in self.taken and not is_refused

    def question(self) -> Asked:
        """One request, mostly of a port that is bound."""
        choose = self.random.choice
        port = choose((*PORTS[:4] * 5, PORTS[4]))
        usual = Protocol.HTTPS if port in HTTPS_PORTS else Protocol.HTTP
        other = Protocol.HTTP if usual is Protocol.HTTPS else Protocol.HTTPS
        protocol = choose((*[usual] * 9, other))
        name = choose(NAMES)
        host = choose((choose(SPELT), choose(HOSTS), name, name, None))
        is_url = host is not None and (protocol is Protocol.HTTP or host == name)
        return Asked(
            address=choose(ARRIVES),
            port=port,
            protocol=protocol,
            server_name=name,
            host=host,
            target=choose(TARGETS) if is_url else "/",
            has_port=choose((True, False)),
        )


@pytest.fixture(scope="module")
def kinds() -> Counter[object]:
    """How often each kind of answer was given."""
    return Counter()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service, of a metabase that every example writes anew."""
    folder = tmp_path_factory.mktemp("agrees")
    for path in ("www/index.htm", "www/folder/x.txt", "pictures/cat.txt"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("hello")
    metabase = folder / "metabase.toml"
    metabase.write_text("")
    now = datetime.now(UTC)  # noqa: TID251 - the server's clock is the system's
    hashes = [
        create_certificate(
            DiskWorkspace(str(metabase)), names, now, {}
        ).certificate.certificate_hash
        for names in CERTIFICATES
    ]
    _fill_central_store(metabase, hashes)
    hashes.append(_without_key(metabase, now))
    offset = find_port_offset(PORTS)
    start_service(str(metabase), StartOptions(port_offset=offset, workers=1))
    try:
        yield Served(metabase, offset, tuple(hashes))
    finally:
        stop_service(str(metabase))


def _fill_central_store(metabase: Path, hashes: Sequence[str]) -> None:
    """A file for one name, one for the names of a wildcard, and one that is none."""
    store = metabase.parent / "certificates" / "my"
    central = metabase.parent / "central"
    central.mkdir()
    for name, digest in zip((f"_.{DOMAIN}", f"a.{DOMAIN}"), hashes, strict=False):
        chain, key = (store / f"{digest}.{end}" for end in ("pem", "key"))
        pfx = make_pfx(chain.read_bytes(), key.read_bytes())
        (central / f"{name}.pfx").write_bytes(pfx)
    (central / f"b.{DOMAIN}.pfx").write_bytes(b"garbage")


def _without_key(metabase: Path, now: datetime) -> str:
    made = create_certificate(
        DiskWorkspace(str(metabase)), [f"b.{DOMAIN}"], now, {}
    ).certificate
    store = metabase.parent / "certificates" / "my"
    (store / f"{made.certificate_hash}.key").unlink()
    return made.certificate_hash


@pytest.mark.parametrize("number", range(DOCUMENTS))
def test_explain_says_what_the_server_does(
    served: Served, number: int, kinds: Counter[object]
) -> None:
    """An explanation that is not what happens is worse than none."""
    draft = Draft(number, served.hashes)
    served.metabase.write_text(draft.document(), encoding="utf-8")
    reset_service(str(served.metabase), hard=False)
    secret = Path(runtime_directory(str(served.metabase)), "probe-secret")
    field = (PROBE_FIELD, secret.read_text(encoding="ascii").strip())
    requests = [draft.question() for _each in range(REQUESTS)]
    hopeless = [item for item in requests if item.is_hopeless]
    requests = [item for item in requests if not item.is_hopeless]
    for group, timeout_s in ((requests, TIMEOUT_S), (hopeless, HOPELESS_TIMEOUT_S)):
        plain = [item.live(served.port_offset) for item in group]
        probes = [item.live(served.port_offset, field) for item in group]
        answers = ask_all((*plain, *probes), timeout_s=timeout_s)
        pairs = zip(answers[: len(group)], answers[len(group) :], strict=True)
        for item, (answer, probe) in zip(group, pairs, strict=True):
            kinds[_compare(served, item, answer, probe)] += 1


def test_the_requests_had_every_kind_of_answer(kinds: Counter[object]) -> None:
    """Nothing is proven by requests that are all refused."""
    assert sum(kinds.values()) == DOCUMENTS * REQUESTS
    every = {Stage.CONNECT, Stage.HANDSHAKE, 200, 301, 400, 403, 404, 421}
    assert every <= set(kinds), kinds


def _compare(
    served: Served, item: Asked, live: LiveAnswer, probe: LiveAnswer
) -> object:
    """Hold both answers beside the explanation; what kind of answer it is."""
    now = datetime.now(UTC)  # noqa: TID251 - as above
    result = explain(
        DiskWorkspace(str(served.metabase)), item.asked(served.port_offset), now
    )
    (told,) = result.answers
    context = f"{item}\n{told}\n{live}"
    assert _stage(told) is live.stage, context
    assert told.status == live.status, context
    shown = told.certificate if live.stage is Stage.ANSWERED else None
    is_secure = shown is not None and item.protocol is Protocol.HTTPS
    assert (shown.certificate_hash if is_secure else None) == (live.certificate_hash), (
        context
    )
    site = probe.fields.get(SITE_FIELD.lower())
    match = told.explanation.match
    if told.content is None or told.content.virtual_directory is None:
        # Nothing is told of a site that the request does not come to.
        assert site in {None, str(match and match.route.site)}, context
    else:
        assert match is not None
        assert site == str(match.route.site), context
    return live.stage if live.status is None else live.status


def _stage(told: AddressAnswer) -> Stage:
    """How far a request comes, by the explanation."""
    explanation = told.explanation
    if not explanation.is_open:
        return Stage.CONNECT
    return Stage.HANDSHAKE if told.status is None else Stage.ANSWERED
