"""The [[test]] tables of a metabase, as they are written."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from bindctl.model.binding import Protocol
from bindctl.operations.tests.written_tests import (
    InvalidTest,
    Spot,
    WrittenTest,
    WrittenTests,
    read_tests,
)
from bindctl.routing.request import Request
from bindctl.toml.reader import parse_document


def read(text: str) -> WrittenTests:
    """The tests of a document."""
    octets = text.encode()
    return read_tests(parse_document(octets), octets)


def only(text: str) -> WrittenTest:
    """The test of a table with those lines."""
    found = read(f"[[test]]\n{text}\n")
    assert found.problems == ()
    (test,) = found.tests
    return test


def test_everything_that_can_be_said() -> None:
    """An option that is read and dropped guards nothing."""
    test = only(
        'name = "n"\nurl = "https://A.example:444/x?y"\nip = "10.0.0.1"\n'
        'host = "b.example"\nsni = "c.example"\nsite = 1\ncertificate = "*.example"\n'
        'status = 200\nredirect = "/x/"\nbrowser = true'
    )
    assert test.request == Request(Protocol.HTTPS, 444, "b.example", "c.example")
    assert (test.name, test.target) == ("n", "/x?y")
    assert test.address == ip_address("10.0.0.1")
    assert test.wanted == {
        "site": 1,
        "certificate": "*.example",
        "status": 200,
        "redirect": "/x/",
        "browser": True,
    }
    assert test.spots["status"] == Spot(9, 1)


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("", Request(Protocol.HTTPS, 443, "a.example", "a.example")),
        ("sni = false\n", Request(Protocol.HTTPS, 443, "a.example", None)),
        ("host = false\n", Request(Protocol.HTTPS, 443, None, "a.example")),
        (
            'host = "B\u00fccher.example"\n',
            Request(Protocol.HTTPS, 443, "xn--bcher-kva.example", "a.example"),
        ),
    ],
)
def test_host_and_server_name_may_differ(text: str, request_: Request) -> None:
    """A wildcard certificate is shared by hosts of several sites."""
    assert only(f'url = "https://a.example/"\n{text}site = 1').request == request_


def test_nothing_is_wanted_by_false() -> None:
    """A refusal is as worth a guard as an answer."""
    test = only('url = "https://a.example/"\nsite = false\ncertificate = false')
    assert test.wanted == {"site": False, "certificate": False}


def test_letter_case_of_names_does_not_count() -> None:
    """As everywhere in a metabase."""
    found = read('[[Test]]\nURL = "http://a.example/"\nSite = 1\n')
    assert [test.line for test in found.tests] == [1]
    assert found.problems == ()


@pytest.mark.parametrize(
    ("text", "option", "words"),
    [
        ("site = 1", None, "it has no url"),
        ('url = "http://a/"', None, "it expects nothing"),
        ("url = 3\nsite = 1", "url", "3 is not text"),
        ('url = "x"\nsite = 1', "url", "not a URL"),
        ('url = "http://a/"\nsite = true', "site", "true is not the identifier"),
        ('url = "http://a/"\nsite = "1"', "site", "'1' is not the identifier"),
        ('url = "http://a/"\nstatus = 42', "status", "42 is not an HTTP status"),
        ('url = "http://a/"\nstatus = "200"', "status", "'200' is not an HTTP status"),
        ('url = "http://a/"\nredirect = ""', "redirect", "'' is not text"),
        ('url = "https://a/"\nbrowser = 1', "browser", "neither true nor false"),
        ('url = "https://a/"\nsni = true\nsite = 1', "sni", "true is not text"),
        ('url = "https://a/"\nsni = "a b"\nsite = 1', "sni", "a b"),
        ('url = "https://a/"\nhost = "a/b"\nsite = 1', "host", "a/b"),
        ('url = "http://a/"\nip = "a"\nsite = 1', "ip", "no"),
        ('url = "http://a/"\nsni = "a"\nsite = 1', "sni", "over HTTP has none"),
        ('url = "http://a/"\nbrowser = true', "browser", "over HTTP has none"),
        ('url = "http://a/"\nsite = 1\nx = 1', "x", "it has no option 'x'"),
    ],
)
def test_what_is_no_test_says_where_and_why(
    text: str, option: str | None, words: str
) -> None:
    """A slip must never end in a test that passes."""
    found = read(f"[[test]]\n{text}\n")
    assert found.tests == ()
    (problem,) = found.problems
    assert problem.option == option
    assert words in problem.message
    lines = f"[[test]]\n{text}".split("\n")
    assert problem.line is not None
    start = lines[problem.line - 1]
    assert start.startswith(option or "[[test]]")


def test_other_tables_do_not_shift_the_lines() -> None:
    """The line named would be another test's."""
    text = (
        '# [[test]]\n[w3svc.1]\nServerBindings = ["""\n[[test]]\n"""]\n\n'
        '[[test]]\n  # words\n  url = "http://a/"\n  site = 1\n[check]\n'
        '[[ "test" ]]\nurl = "http://b/"\nsite = 0\n'
    )
    found = read(text)
    assert [(test.line, test.spots["site"]) for test in found.tests] == [
        (7, Spot(10, 3))
    ]
    words = "site: 0 is not the identifier of a site; false is for none"
    assert found.problems == (InvalidTest(1, "site", 14, 1, words),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[test]\nurl = "http://a/"\n', "with two brackets"),
        ("test = 1\n", "with two brackets"),
        ("test = [1]\n", "it is not a table"),
    ],
)
def test_other_shapes_are_told(text: str, words: str) -> None:
    """One bracket too few makes a key of it, and no test."""
    (problem,) = read(text).problems
    assert words in problem.message


def test_tests_may_be_written_inline() -> None:
    """TOML has two ways to write them; lines are told where there are any."""
    found = read('test = [{url = "http://a/", site = 1}, {url = "http://b/"}]\n')
    assert [test.url for test in found.tests] == ["http://a/"]
    assert [(item.number, item.line) for item in found.problems] == [(1, None)]


def test_a_document_without_tests_has_none() -> None:
    """Most have none."""
    assert read("[w3svc]\n") == ((), ())
