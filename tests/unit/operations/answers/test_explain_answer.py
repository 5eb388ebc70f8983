"""One answer at one place: how far the request comes, and what is around it."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from bindctl.operations.answers.explain_answer import AddressAnswer, Explainer
from bindctl.operations.answers.explain_question import AskedRequest, understand
from bindctl.operations.certificates.certificates import create_certificate
from bindctl.operations.load.configuration import compile_configuration
from bindctl.routing.classes import OTHER_ADDRESS
from bindctl.routing.coalescing import Coalescing
from bindctl.routing.reason import Reason, Why, format_reason
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

    from bindctl.model.endpoint import IpAddress

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DOCUMENT = """\
[w3svc.1]
ServerBindings = [":80:a.example", "10.0.0.1:80:"]
SecureBindings = [":443:a.example.com"]
SslFlags = 1
SSLCertHash = "{0}"
root.Path = "."
[w3svc.2]
ServerBindings = [":80:"]
SecureBindings = [":443:b.example.com", "10.0.0.1:443:c.example.com"]
SslFlags = 1
MisdirectedRequest = true
SSLCertHash = "{1}"
[w3svc.3]
SecureBindings = [":443:"]
SSLCertHash = "abcd"
"""


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    path = tmp_path / "metabase.toml"
    hashes = [
        create_certificate(
            DiskWorkspace(str(path)), [name], NOW, {}
        ).certificate.certificate_hash
        for name in ("*.example.com", "b.example.com")
    ]
    path.write_text(DOCUMENT.format(*hashes))
    return path


def _explainer(metabase: Path, asked: AskedRequest) -> Explainer:
    configuration = compile_configuration(metabase.read_bytes())
    question = understand(asked, configuration.plan)
    return Explainer(DiskWorkspace(str(metabase)), configuration, question, NOW)


def _answer(
    metabase: Path, asked: AskedRequest, address: str = "10.0.0.2"
) -> AddressAnswer:
    return _explainer(metabase, asked).answer([ip_address(address)])


def test_a_site_answers(metabase: Path) -> None:
    """Connected, matched, and the folder was looked at."""
    found = _answer(metabase, AskedRequest("https://a.example.com/metabase.toml"))
    assert found.certificate is not None
    assert found.verdict is not None
    assert found.verdict.is_accepted
    assert found.content is not None
    assert (found.status, found.refusal, found.is_answered) == (404, None, True)
    assert found.runner_up is not None
    assert found.coalescing is not None
    assert len(found.witnesses) == 2


@pytest.mark.parametrize(
    ("url", "status", "refusal"),
    [
        ("http://a.example:81/", None, ""),
        ("https://a.example:80/", None, ""),
        ("http://a.example:443/", 400, ""),
        ("https://nobody.example/", None, "store MY has no certificate abcd"),
    ],
)
def test_a_request_that_reaches_no_site(
    metabase: Path, url: str, status: int | None, refusal: str
) -> None:
    """No connection, no handshake, or a 400 in clear: nothing else is looked at."""
    found = _answer(metabase, AskedRequest(url))
    assert (found.status, format_reason(found.refusal)) == (status, refusal)
    assert (found.content, found.runner_up, found.coalescing) == (None, None, None)
    assert not found.is_answered


def test_no_site_for_the_host_is_400(metabase: Path) -> None:
    """After the handshake: the certificate is shown all the same."""
    found = _answer(metabase, AskedRequest(host="nobody", server_name="b.example.com"))
    assert found.certificate is not None
    assert found.explanation.match is not None  # site 3 takes any host
    gone = metabase.read_text().replace('":443:"', "")
    metabase.write_text(gone)
    found = _answer(metabase, AskedRequest(host="nobody", server_name="b.example.com"))
    assert (found.status, found.is_answered) == (400, False)
    assert found.runner_up is None


def test_a_strict_site_refuses_a_foreign_connection(metabase: Path) -> None:
    """421, and what would answer instead is told."""
    asked = AskedRequest(host="b.example.com", server_name="a.example.com")
    found = _answer(metabase, asked)
    assert (found.status, found.content, found.is_answered) == (421, None, False)
    assert found.runner_up is not None
    other = _answer(
        metabase, AskedRequest(host="a.example.com", server_name="b.example.com")
    )
    assert other.status == 403


def test_the_runner_up_s_handshake_may_be_refused(metabase: Path) -> None:
    """The site that would take over has a certificate that is not there."""
    found = _answer(metabase, AskedRequest("https://a.example.com/"))
    assert found.runner_up is not None
    assert found.runner_up.match is not None
    assert found.runner_up.match.route.site == 3
    assert str(found.runner_up_refusal) == "store MY has no certificate abcd"
    plain = _answer(metabase, AskedRequest("http://a.example/"))
    assert plain.runner_up_refusal is None


def test_a_browser_that_refuses_shares_nothing(metabase: Path) -> None:
    """Coalescing begins with a connection that stands."""
    found = _answer(metabase, AskedRequest("https://b.example.com/"))
    assert found.coalescing == Coalescing()
    wrong = _answer(
        metabase, AskedRequest(host="a.example.com", server_name="b.example.com")
    )
    assert wrong.coalescing == Coalescing(Reason(Why.NOT_ACCEPTED))


def test_addresses_are_split_by_what_surrounds_the_answer(metabase: Path) -> None:
    """One site answers at both; who takes over, or which host comes along, differs."""
    addresses: list[IpAddress] = [ip_address("10.0.0.1"), OTHER_ADDRESS]
    by_runner_up = _explainer(metabase, AskedRequest("http://a.example/"))
    assert list(by_runner_up.split(addresses)) == [addresses]
    document = metabase.read_text().replace('"10.0.0.1:80:"]', '"10.0.0.3:80:"]')
    metabase.write_text(document.replace('[":80:"]', '["10.0.0.1:80:"]'))
    by_runner_up = _explainer(metabase, AskedRequest("http://a.example/"))
    assert list(by_runner_up.split(addresses)) == [addresses[:1], addresses[1:]]
    by_host = _explainer(metabase, AskedRequest("https://a.example.com/"))
    assert list(by_host.split(addresses)) == [addresses[:1], addresses[1:]]
    first, second = map(by_host.answer, by_host.split(addresses))
    assert first.coalescing != second.coalescing


@pytest.mark.parametrize(
    "asked",
    [
        AskedRequest("http://a.example/"),
        AskedRequest("https://a.example.com/"),
        AskedRequest("https://nobody.example/"),
        AskedRequest("https://a.example:80/"),
        AskedRequest("http://a.example:443/"),
        AskedRequest(host="b.example.com", server_name="a.example.com"),
        AskedRequest(host="a.example.com", server_name="b.example.com"),
    ],
)
def test_the_short_answer_is_the_long_one(metabase: Path, asked: AskedRequest) -> None:
    """Of many addresses only the first are explained; the exit status is for all."""
    explainer = _explainer(metabase, asked)
    for address in map(ip_address, ("10.0.0.1", "10.0.0.2", "::1")):
        assert explainer.is_answered(address) is explainer.answer([address]).is_answered
