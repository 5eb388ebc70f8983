"""What a plan answers, held to what `explain` says with all its reasons."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_address
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bindctl.model.binding import Protocol
from bindctl.operations.answers.explain_answer import Explainer
from bindctl.operations.answers.explain_question import Question
from bindctl.operations.answers.plan_answer import PlanAnswer, PlanAnswers
from bindctl.operations.certificates.certificates import create_certificate
from bindctl.operations.load.configuration import load_configuration
from bindctl.routing.request import Request
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from bindctl.routing.reading import Reading

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DOCUMENT = """\
[w3svc]
DefaultDoc = "index.html"

[w3svc.1]
ServerBindings = [":80:a.example"]
SecureBindings = [":443:a.example", "10.0.0.1:444:"]
SSLCertHash = "{a}"
SslFlags = 1
root.Path = "a"

[w3svc.2]
ServerBindings = ["10.0.0.1:80:"]
SecureBindings = [":443:b.example", ":444:"]
SSLCertHash = "{b}"
SslFlags = 1
MisdirectedRequest = true
root.Path = "b"

[w3svc.3]
SecureBindings = [":443:c.example"]
SSLCertHash = "ffffffffffffffffffffffffffffffffffffffff"
SslFlags = 1
"""
HOSTS = ("a.example", "b.example", "c.example", "other.example", None)
TARGETS = ("/", "/docs", "/docs?x", "/a b", "/gone", "/..%2f")


@pytest.fixture(scope="module")
def metabase(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Three sites, of which one has no certificate that could be shown."""
    folder: Path = tmp_path_factory.mktemp("sites")
    path = folder / "metabase.toml"
    for name in ("a", "b"):
        (folder / name / "docs").mkdir(parents=True)
        (folder / name / "index.html").write_text(name)
    hashes = {}
    for name in ("a", "b"):
        made = create_certificate(
            DiskWorkspace(str(path)), [f"{name}.example"], NOW, {}
        )
        hashes[name] = made.certificate.certificate_hash
    path.write_text(DOCUMENT.format(**hashes))
    return str(path)


@pytest.fixture(scope="module")
def configuration(metabase: str) -> Reading:
    """Read once."""
    return load_configuration(DiskWorkspace(metabase))


def requests() -> list[Request]:
    """Every combination of ports, schemes, hosts and server names."""
    plain = [
        Request(Protocol.HTTP, port, host, None)
        for port in (80, 443, 81)
        for host in HOSTS
    ]
    secure = [
        Request(Protocol.HTTPS, port, host, name)
        for port, host, name in product((443, 444, 80, 445), HOSTS, HOSTS)
    ]
    return plain + secure


@pytest.mark.parametrize("address", ["10.0.0.1", "10.0.0.2", "::1"])
def test_the_short_answer_is_the_long_one(
    metabase: str, configuration: Reading, address: str
) -> None:
    """A test would pass in `bindctl test` and be refuted by `explain`."""
    answers = PlanAnswers(DiskWorkspace(metabase), configuration)
    there = ip_address(address)
    for request, target in product(requests(), TARGETS):
        short = answers.answer(request, target, there)
        question = Question("", request, target, there, request.port)
        long = Explainer(DiskWorkspace(metabase), configuration, question, NOW).answer(
            (there,)
        )
        assert short.status == long.status, (request, target)
        assert short.certificate == (None if long.refusal else long.certificate)
        is_answered = long.is_answered and long.explanation.match is not None
        match = long.explanation.match
        assert short.site == (match.route.site if is_answered and match else None)
        assert bool(short.refusal) == (short.status is None)


def test_a_redirection_leads_somewhere(metabase: str, configuration: Reading) -> None:
    """The header that the server sends, query and all."""
    answers = PlanAnswers(DiskWorkspace(metabase), configuration)
    request = Request(Protocol.HTTP, 80, "a.example", None)
    here = ip_address("10.0.0.2")
    found = answers.answer(request, "/docs?x=1", here)
    assert found == PlanAnswer(None, None, 1, 301, "/docs/?x=1")
    assert answers.answer(request, "/", here).location is None
