"""explain: from a URL to its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.model.binding import Protocol
from bindctl.operations.explain import explain
from bindctl.routing.explain import Request

if TYPE_CHECKING:
    from pathlib import Path

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


@pytest.mark.parametrize(
    ("url", "options", "request_"),
    [
        ("http://A.Example./x?y", {}, Request(Protocol.HTTP, 80, "a.example", None)),
        ("HTTPS://a.example", {}, Request(Protocol.HTTPS, 443, "a.example", "a.example")),
        ("https://a.example:444/", {"server_name": "B.example"},
         Request(Protocol.HTTPS, 444, "a.example", "b.example")),
        ("https://a.example/", {"without_server_name": True},
         Request(Protocol.HTTPS, 443, "a.example", None)),
        ("https://10.0.0.1/", {}, Request(Protocol.HTTPS, 443, "10.0.0.1", None)),
        ("https://[::1]/", {}, Request(Protocol.HTTPS, 443, "[::1]", None)),
        ("http://a.example:8080/", {"port_offset": 8000},
         Request(Protocol.HTTP, 80, "a.example", None)),
        ("http://a.example/", {"port_offset": 8000},
         Request(Protocol.HTTP, 80, "a.example", None)),
        ("http://bücher.example/", {},
         Request(Protocol.HTTP, 80, "xn--bcher-kva.example", None)),
    ],
)  # fmt: skip
def test_a_url_becomes_what_routing_sees_of_it(
    metabase: str, url: str, options: dict[str, object], request_: Request
) -> None:
    """The URL a visitor types is the question."""
    assert explain(metabase, url, **options).request == request_  # type: ignore[arg-type]  # a table


@pytest.mark.parametrize(
    ("url", "options", "code"),
    [
        ("", {}, "RTE001"),
        ("a.example", {}, "RTE001"),
        ("ftp://a.example/", {}, "RTE001"),
        ("http://user@a.example/", {}, "RTE001"),
        ("http:///x", {}, "RTE001"),
        ("http://a b/", {}, "RTE001"),
        ("http://a:0/", {}, "RTE001"),
        ("http://a:65536/", {}, "RTE001"),
        ("http://[::1/", {}, "RTE001"),
        ("https://a/", {"server_name": "a b"}, "RTE001"),
        ("http://a/", {"address": "localhost"}, "BND001"),
    ],
)
def test_what_is_no_url_is_refused_in_words(
    metabase: str, url: str, options: dict[str, object], code: str
) -> None:
    """A slip in the question must not be answered as if it were another one."""
    with pytest.raises(BindctlError) as caught:
        explain(metabase, url, **options)  # type: ignore[arg-type]  # a table
    assert caught.value.code == code


def test_every_address_that_can_differ_is_answered(metabase: str) -> None:
    """And the whole is answered only when each of them is."""
    found = explain(metabase, "http://b.example/")
    sites = [item.match and item.match.route.site for item in found.explanations]
    assert sites == [1, None]
    assert not found.is_answered
    assert found.comments == {1: "One"}
    one = explain(metabase, "http://b.example/", address="10.0.0.1")
    assert one.is_answered
    assert len(one.explanations) == 1


def test_a_certificate_that_is_not_in_the_store_is_simply_unknown(
    metabase: str,
) -> None:
    """`check` reports it; `explain` still says which record decides."""
    found = explain(metabase, "https://a.example/")
    assert found.certificates == {}
    assert found.explanations[0].record is not None
