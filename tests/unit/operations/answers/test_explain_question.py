"""From what is typed to one request, or to why it is none."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from bindctl.bindings.start import start_sites
from bindctl.findings.errors import BindctlError
from bindctl.model.binding import Protocol
from bindctl.operations.answers.explain_question import (
    AskedRequest,
    Question,
    understand,
)
from bindctl.routing.plan import RoutingPlan, compile_plan
from bindctl.routing.request import Request
from tests.unit.bindings.tables import A, site, table

HTTP, HTTPS = Protocol.HTTP, Protocol.HTTPS
NOTHING = RoutingPlan({})
SITES = table(site(1, ":80:", ":8080:", secure=(":443:", ":8443:"), certificate_hash=A))
PLAN = compile_plan(SITES, start_sites(SITES).started)


@pytest.mark.parametrize(
    ("url", "options", "request_"),
    [
        ("http://A.Example./x?y", {}, Request(HTTP, 80, "a.example", None)),
        ("HTTPS://a.example", {}, Request(HTTPS, 443, "a.example", "a.example")),
        ("https://a.example:444/", {"server_name": "B.example"},
         Request(HTTPS, 444, "a.example", "b.example")),
        ("https://a.example/", {"without_server_name": True},
         Request(HTTPS, 443, "a.example", None)),
        ("https://10.0.0.1/", {}, Request(HTTPS, 443, "10.0.0.1", None)),
        ("https://[::1]/", {}, Request(HTTPS, 443, "[::1]", None)),
        ("http://a.example:8080/", {"port_offset": 8000},
         Request(HTTP, 80, "a.example", None)),
        ("http://a.example/", {"port_offset": 8000},
         Request(HTTP, 80, "a.example", None)),
        ("http://a.example/", {"port": 8080}, Request(HTTP, 8080, "a.example", None)),
        ("http://a.example:8080/", {"port": 8080, "scheme": "HTTP"},
         Request(HTTP, 8080, "a.example", None)),
        ("http://bücher.example/", {},
         Request(HTTP, 80, "xn--bcher-kva.example", None)),
        ("https://a.example/", {"server_name": "bücher.example."},
         Request(HTTPS, 443, "a.example", "xn--bcher-kva.example")),
    ],
)  # fmt: skip
def test_a_url_becomes_what_routing_sees_of_it(
    url: str, options: dict[str, object], request_: Request
) -> None:
    """The URL a visitor types is the question."""
    asked = AskedRequest(url)._replace(**options)  # type: ignore[arg-type]  # a table of cases
    assert understand(asked, NOTHING).request == request_


@pytest.mark.parametrize(
    ("options", "plan", "request_"),
    [
        ({"host": "a"}, PLAN, Request(HTTPS, 443, "a", "a")),
        ({"host": "a"}, NOTHING, Request(HTTP, 80, "a", None)),
        ({"host": "a", "port": 80}, PLAN, Request(HTTP, 80, "a", None)),
        ({"host": "a", "port": 8443}, PLAN, Request(HTTPS, 8443, "a", "a")),
        ({"host": "a", "port": 443}, NOTHING, Request(HTTPS, 443, "a", "a")),
        ({"host": "a", "port": 444}, NOTHING, Request(HTTP, 444, "a", None)),
        ({"host": "a", "scheme": "http"}, PLAN, Request(HTTP, 80, "a", None)),
        ({"host": "a", "scheme": "https"}, NOTHING, Request(HTTPS, 443, "a", "a")),
        ({"host": "a", "server_name": "b"}, NOTHING, Request(HTTPS, 443, "a", "b")),
        ({"host": "a", "port": 80, "without_server_name": True}, PLAN,
         Request(HTTPS, 80, "a", None)),
        ({"host": ""}, PLAN, Request(HTTPS, 443, None, None)),
        ({"host": "", "port": 80}, PLAN, Request(HTTP, 80, None, None)),
        ({"host": "", "server_name": "a"}, PLAN, Request(HTTPS, 443, None, "a")),
        ({"host": "10.0.0.1"}, PLAN, Request(HTTPS, 443, "10.0.0.1", None)),
        ({"host": "a", "port": 8443, "port_offset": 8000}, PLAN,
         Request(HTTPS, 443, "a", "a")),
        ({"host": "a", "port_offset": 8000}, PLAN, Request(HTTPS, 443, "a", "a")),
    ],
)  # fmt: skip
def test_what_is_left_out_is_what_the_port_speaks(
    options: dict[str, object], plan: RoutingPlan, request_: Request
) -> None:
    """Somebody asks about a host and means the site behind it."""
    asked = AskedRequest(**options)  # type: ignore[arg-type]  # a table of cases
    assert understand(asked, plan).request == request_


@pytest.mark.parametrize(
    ("asked", "url", "target", "real_port"),
    [
        (
            AskedRequest("http://a:81/x y?q#part"),
            "http://a:81/x y?q#part",
            "/x y?q",
            81,
        ),
        (AskedRequest("http://a?q"), "http://a?q", "/?q", 80),
        (AskedRequest("https://a", port_offset=8000), "https://a", "/", 8443),
        (AskedRequest(host="bücher"), "https://bücher/", "/", 443),
        (AskedRequest(host="a", port=8080), "http://a:8080/", "/", 8080),
        (AskedRequest(host="a", scheme="http", port_offset=1), "http://a:81/", "/", 81),
        (AskedRequest(host="", port=80), "http://(no host)/", "/", 80),
    ],
)
def test_how_it_is_shown_and_where_it_is_sent(
    asked: AskedRequest, url: str, target: str, real_port: int
) -> None:
    """The headline repeats the question, the commands below it ask it."""
    found = understand(asked, PLAN)
    assert (found.url, found.target, found.real_port) == (url, target, real_port)
    assert found.address is None


@pytest.mark.parametrize("text", ["127.0.0.1", "::1", "[::1]", "0.0.0.0"])  # noqa: S104 - any other address
def test_the_local_address_may_be_asked_about(text: str) -> None:
    """With brackets or without, as people have it from a URL or a command."""
    found: Question = understand(AskedRequest("http://a/", address=text), NOTHING)
    assert found.address == ip_address(text.strip("[]"))


@pytest.mark.parametrize(
    ("asked", "code", "words"),
    [
        (AskedRequest(""), "RTE001", "begins with neither"),
        (AskedRequest("a.example"), "RTE001", "begins with neither"),
        (AskedRequest("ftp://a.example/"), "RTE001", "begins with neither"),
        (AskedRequest("http://user@a.example/"), "RTE001", "contains '@'"),
        (AskedRequest("http:///x"), "RTE001", "empty"),
        (AskedRequest("http://a b/"), "RTE001", "contains ' '"),
        (AskedRequest("http://a:0/"), "RTE001", "port 0"),
        (AskedRequest("http://a:65536/"), "RTE001", "port 65536"),
        (AskedRequest("http://[::1/"), "RTE001", "not a URL"),
        (AskedRequest("https://a/", server_name="a b"), "RTE001", "not a server name"),
        (AskedRequest(host="a..b"), "RTE001", "empty label"),
        (AskedRequest(), "RTE003", "no URL and no host"),
        (AskedRequest(port=80, address="::1"), "RTE003", "no URL and no host"),
        (AskedRequest("http://a/", "b"), "RTE003", "--host another"),
        (AskedRequest("http://a/", scheme="https"), "RTE003", "not an https URL"),
        (AskedRequest("http://a:81/", port=80), "RTE003", "--port is 80"),
        (AskedRequest("http://a/", port_offset=65500), "RTE003", "65580"),
        (AskedRequest("http://a:80/", port_offset=80), "RTE003", "less the offset 80"),
        (AskedRequest(host="a", port=81, port_offset=90), "RTE003", "less the offset 90"),
        (AskedRequest(host="a:81"), "RTE003", "has a port"),
        (AskedRequest(host="a", scheme="gopher"), "RTE003", "neither http nor https"),
        (AskedRequest(host="a", scheme="http", server_name="a"), "RTE003", "no server name"),
        (AskedRequest("http://a/", without_server_name=True), "RTE003", "no server name"),
        (AskedRequest("https://a/", server_name="b", without_server_name=True), "RTE003",
         "not both"),
        (AskedRequest("https://a/", server_name="10.0.0.1"), "RTE003", "never sends an address"),
        (AskedRequest("https://a/", server_name="[::1]"), "RTE003", "never sends an address"),
        (AskedRequest("http://a/", address="localhost"), "BND001", "no"),
        (AskedRequest("http://a/", address=""), "BND001", "no"),
        (AskedRequest("http://a/", address="::1%lo"), "BND001", "zone"),
    ],
)  # fmt: skip
def test_what_is_no_question_is_refused_in_words(
    asked: AskedRequest, code: str, words: str
) -> None:
    """A slip in the question must not be answered as if it were another one."""
    with pytest.raises(BindctlError) as caught:
        understand(asked, PLAN)
    assert caught.value.code == code
    assert words in caught.value.message
    assert caught.value.hint
