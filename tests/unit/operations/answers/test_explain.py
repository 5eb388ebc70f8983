"""explain: from a question to its answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.model.certificate import TrustAnchors
from bindctl.operations.answers.explain import MAX_GROUPS, explain
from bindctl.operations.answers.explain_question import AskedRequest
from bindctl.operations.certificates.certificates import create_certificate
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DOCUMENT = """\
[w3svc.1]
ServerComment = "One"
ServerBindings = [":80:a.example", "10.0.0.1:80:"]
SecureBindings = [":443:a.example"]
SSLCertHash = "aa"
"""


@pytest.fixture
def metabase(tmp_path: Path) -> str:
    path = tmp_path / "metabase.toml"
    path.write_text(DOCUMENT)
    return str(path)


def test_every_address_that_can_differ_is_answered(metabase: str) -> None:
    """And the whole is answered only when each of them is."""
    found = explain(DiskWorkspace(metabase), AskedRequest("http://b.example/"), NOW)
    sites = [
        item.explanation.match and item.explanation.match.route.site
        for item in found.answers
    ]
    assert sites == [1, None]
    assert not found.is_answered
    assert found.comments == {1: "One"}
    assert found.emulated_version == "IIS 10"
    one = explain(
        DiskWorkspace(metabase),
        AskedRequest("http://b.example/", address="10.0.0.1"),
        NOW,
    )
    assert one.is_answered
    assert len(one.answers) == 1
    assert one.left_out == ()


def test_a_certificate_that_is_not_in_the_store_is_simply_unknown(
    metabase: str,
) -> None:
    """`check` reports it; `explain` still says which record decides."""
    found = explain(DiskWorkspace(metabase), AskedRequest("https://a.example/"), NOW)
    assert found.certificates == {}
    assert found.answers[0].explanation.record is not None
    assert str(found.answers[0].refusal) == "store MY has no certificate aa"
    assert not found.is_answered


def test_what_is_no_question_raises(metabase: str) -> None:
    """The command words it; a program catches it."""
    with pytest.raises(BindctlError) as caught:
        explain(DiskWorkspace(metabase), AskedRequest(), NOW)
    assert caught.value.code == "RTE003"


def test_the_document_may_be_another_than_the_file_s(metabase: str) -> None:
    """Edits are explained before they are written."""
    octets = DOCUMENT.replace("a.example", "c.example").encode()
    asked = AskedRequest("http://c.example/", address="10.0.0.2")
    assert explain(DiskWorkspace(metabase), asked, NOW, octets=octets).is_answered
    assert not explain(DiskWorkspace(metabase), asked, NOW).is_answered


def test_every_site_that_is_mentioned_has_its_name(tmp_path: Path) -> None:
    """A number says little: winner, runner-up, losers and coalesced hosts are named."""
    path = tmp_path / "metabase.toml"
    made = create_certificate(
        DiskWorkspace(str(path)), ["*.example.com"], NOW, {}
    ).certificate
    sites = {
        1: 'SecureBindings = [":443:a.example.com"]\nServerComment = "winner"',
        2: 'SecureBindings = [":443:b.example.com"]\nServerComment = "coalesced"',
        3: 'SecureBindings = [":443:"]\nServerComment = "runner-up"',
        4: 'SecureBindings = [":443:"]\nServerComment = "refused"',
        5: 'SecureBindings = [":444:b.org"]\nServerComment = "nobody"',
    }
    path.write_text(
        "".join(
            f'[w3svc.{number}]\nSSLCertHash = "{made.certificate_hash}"\n{text}\n'
            for number, text in sites.items()
        )
    )
    found = explain(
        DiskWorkspace(str(path)), AskedRequest("https://a.example.com/"), NOW
    )
    assert found.comments == {
        1: "winner",
        2: "coalesced",
        3: "runner-up",
        4: "refused",
    }
    assert found.certificates == {made.certificate_hash: made}
    anchors = TrustAnchors(private=frozenset({made.issuer}))
    trusted = explain(
        DiskWorkspace(str(path)),
        AskedRequest("https://a.example.com/"),
        NOW,
        read_anchors=lambda: anchors,
    )
    verdict = trusted.answers[0].verdict
    assert verdict is not None
    assert verdict.is_trust_known


@pytest.mark.parametrize(("last_host", "is_answered"), [("", True), ("other", False)])
def test_addresses_that_are_not_explained_count_all_the_same(
    tmp_path: Path, last_host: str, is_answered: bool
) -> None:
    """A monitor reads the exit status: it is about every address."""
    count = MAX_GROUPS + 4
    path = tmp_path / "metabase.toml"
    hosts = [*[""] * (count - 1), last_host]
    path.write_text(
        "\n".join(
            f'[w3svc.{number}]\nServerBindings = ["10.0.0.{number}:80:{host}"]'
            for number, host in enumerate(hosts, 1)
        )
    )
    found = explain(DiskWorkspace(str(path)), AskedRequest("http://a/"), NOW)
    assert len(found.answers) == MAX_GROUPS
    assert all(answer.is_answered for answer in found.answers)
    assert len(found.left_out) == count - MAX_GROUPS
    assert found.is_answered is is_answered
