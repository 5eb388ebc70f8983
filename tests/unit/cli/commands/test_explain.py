"""The JSON of explain: everything, and nothing but plain data."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bindctl.cli.commands.explain import explain_data
from bindctl.operations.answers.explain import explain
from bindctl.operations.answers.explain_question import AskedRequest
from bindctl.operations.certificates.certificates import create_certificate
from bindctl.storage.workspace import DiskWorkspace
from bindctl.terminal.envelope import plain

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DOCUMENT = """\
[w3svc.1]
ServerComment = "A"
SecureBindings = [":443:a.example.com"]
SslFlags = 33
SSLCertHash = "{0}"
[w3svc.2]
SecureBindings = [":443:b.example.com"]
SslFlags = 1
SSLCertHash = "{1}"
"""


def _data(folder: Path, asked: AskedRequest) -> Any:
    path = folder / "metabase.toml"
    hashes = [
        create_certificate(
            DiskWorkspace(str(path)), [name], NOW, {}
        ).certificate.certificate_hash
        for name in ("*.example.com", "b.example.com")
    ]
    path.write_text(DOCUMENT.format(*hashes))
    made = explain_data(
        explain(DiskWorkspace(str(path)), asked, NOW, read_anchors=lambda: None)
    )
    return json.loads(json.dumps(plain(made)))


def test_both_phases_are_told(tmp_path: Path) -> None:
    """A script that gates a change reads certificate, site and status from it."""
    data = _data(tmp_path, AskedRequest("https://a.example.com/"))
    (item,) = data["explanations"]
    assert data["is_answered"] is item["is_answered"] is True
    assert item["addresses"] == ["0.0.0.0"]  # noqa: S104 - any address
    record = item["record"]
    assert (record["name"], record["flags"]) == ("a.example.com:443", 32)
    (digest,) = data["certificates"]
    assert record["certificate_hash"] == digest
    assert item["browser"] == {
        "is_accepted": True,
        "covering_id": "*.example.com",
        "is_trust_known": False,
        "is_own_authority": False,
        "flaws": [],
    }
    match = item["match"]
    assert (match["route"]["site"], match["row"]) == (1, 2)
    assert (match["binding"], match["category"]) == (":443:a.example.com", "explicit")
    assert (item["status"], item["content"]["status"]) == (404, 404)
    assert item["runner_up"]["refusal"] == "no certificate record is left"
    assert [host["outcome"] for host in item["coalescing"]["at_risk"]] == [
        "other_certificate"
    ]
    assert data["comments"] == {"1": "A", "2": ""}


def test_why_a_browser_refuses_is_told_by_code(tmp_path: Path) -> None:
    """The code leads to the page of the reference."""
    asked = AskedRequest(host="a.example.com", server_name="b.example.com")
    (item,) = _data(tmp_path, asked)["explanations"]
    assert item["is_misdirected"] is True
    assert item["browser"]["is_accepted"] is False
    (flaw,) = item["browser"]["flaws"]
    assert flaw["code"] == "CRT201"
    assert "a.example.com" in flaw["words"]


def test_what_is_not_reached_is_null(tmp_path: Path) -> None:
    """Absent is null everywhere, so that a script tests one thing."""
    data = _data(tmp_path, AskedRequest("http://a.example.com/"))
    (item,) = data["explanations"]
    absent = (
        "match",
        "record",
        "browser",
        "status",
        "content",
        "runner_up",
        "coalescing",
    )
    assert [item[name] for name in absent] == [None] * len(absent)
    assert (data["is_answered"], data["left_out"], data["certificates"]) == (
        False,
        [],
        {},
    )
