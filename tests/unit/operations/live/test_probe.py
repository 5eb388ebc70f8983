"""probe: a plan against a server that answers what it is told to."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.live.live_place import GivenTargetText
from bindctl.operations.live.probe import (
    ProbeOutcome,
    probe_server,
    probe_service,
    summarize,
)
from bindctl.operations.live.probe_judgement import Proof
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DOCUMENT = """\
[w3svc]
DefaultDoc = "index.html"

[w3svc.1]
ServerBindings = [":80:a.example", "10.9.9.9:80:"]
root.Path = "one"

[w3svc.2]
ServerBindings = [":80:b.example"]
root.Path = "two"
"""


@pytest.fixture
def metabase(tmp_path: Path) -> str:
    """Two sites with a page each."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(f"page {name}")
    path = tmp_path / "metabase.toml"
    path.write_text(DOCUMENT)
    return str(path)


@contextlib.contextmanager
def server(pages: dict[str, bytes]) -> Iterator[int]:
    """A server that has those pages by host, and 404 for others; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_serve, args=(listening, pages))
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def _serve(listening: socket.socket, pages: dict[str, bytes]) -> None:
    while True:
        try:
            connection, _address = listening.accept()
        except OSError:
            return
        with connection:
            head = connection.recv(65536).decode()
            host = head.partition("Host: ")[2].partition("\r\n")[0]
            page = pages.get(host)
            status = b"404 Not Found" if page is None else b"200 OK"
            connection.sendall(
                b"HTTP/1.1 %b\r\nConnection: close\r\n\r\n%b" % (status, page or b"")
            )


def test_a_server_with_the_same_pages_agrees(metabase: str) -> None:
    """A move to another server could not be proven."""
    pages = {"a.example": b"page one", "b.example": b"page two"}
    with server(pages) as port:
        result = probe_server(
            DiskWorkspace(metabase), GivenTargetText("127.0.0.1", port, 80)
        )
    assert (result.asked, result.agree, result.differ) == (6, 3, 0)
    assert result.not_reachable == 3  # those for 10.9.9.9
    assert result.proven == 3
    proofs = [item.proof for item in result.requests[:3]]
    assert proofs == [Proof.PAGE, Proof.PAGE, Proof.REFUSAL]
    assert str(result.requests[3].reason) == "it arrives at 10.9.9.9 only"
    assert result.server == f"127.0.0.1:{port}"


def test_a_server_with_other_pages_differs(metabase: str) -> None:
    """Visitors of one site would read another's pages."""
    pages = dict.fromkeys(("a.example", "b.example", "unnamed.invalid"), b"page two")
    with server(pages) as port:
        result = probe_server(
            DiskWorkspace(metabase), GivenTargetText("127.0.0.1", port, None)
        )
    found = [item for item in result.requests if item.outcome is ProbeOutcome.DIFFERS]
    assert [tuple(map(str, item.differences)) for item in found] == [
        ("the page of site 2, not of site 1",),
        ("site 2, where no site should answer",),
    ]
    resolve = f"--resolve a.example:{port}:127.0.0.1"
    assert found[0].witness == f"curl -sSki {resolve} http://a.example:{port}/"


def test_a_server_that_is_not_there_differs(metabase: str) -> None:
    """Every answer is promised, and none comes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    result = probe_server(
        DiskWorkspace(metabase), GivenTargetText("127.0.0.1", None, None), port - 80
    )
    assert result.differ == 3
    assert tuple(map(str, result.requests[0].differences)) == (
        "no connection: connection refused",
    )


def test_no_service_is_an_error(metabase: str) -> None:
    """There is nothing to compare with."""
    with pytest.raises(BindctlError) as caught:
        probe_service(DiskWorkspace(metabase))
    assert caught.value.code == "SRV001"


def test_nothing_asked_is_nothing_wrong() -> None:
    """A metabase without sites has no witnesses."""
    assert summarize("x", ()) == ("x", 0, 0, 0, 0, 0, ())
