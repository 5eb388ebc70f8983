"""What every drawing says, in the same words."""

from __future__ import annotations

from bindctl.cli.map.words import (
    Status,
    count_words,
    full_lines,
    is_telling,
    marks,
    problem_words,
    short_name,
    status_of,
    summary,
    way_status,
)
from bindctl.rules.topology import Column
from tests.unit.bindings.tables import A
from tests.unit.rules.pictures import sample


def test_numbers_agree_with_their_nouns() -> None:
    """One host, two hosts, ten thousand hosts."""
    assert count_words(1, Column.HOST) == "1 host"
    assert count_words(10_000, Column.CERTIFICATE) == "10,000 certificates"
    assert summary(sample()) == (
        "6 bindings: 4 endpoints, 5 hosts, 4 sites, 1 certificate"
    )


def test_a_node_says_what_is_wrong_with_it() -> None:
    """In words, so that colour is never needed to know."""
    nodes = sample().nodes
    assert (status_of(nodes["h4"]), problem_words(nodes["h4"])) == (
        Status.ERROR,
        "not covered",
    )
    assert (status_of(nodes["s3"]), problem_words(nodes["s3"])) == (
        Status.OFF,
        "stopped",
    )
    assert (status_of(nodes["c1"]), problem_words(nodes["c1"])) == (
        Status.WARNING,
        "expires soon",
    )
    assert (status_of(nodes["h2"]), problem_words(nodes["h2"])) == (Status.GOOD, "")


def test_machine_names_are_said_where_they_tell_more() -> None:
    """A-labels of a name in Unicode, digits of a thumbprint; nothing twice."""
    nodes = sample().nodes
    assert is_telling(nodes["h4"])
    assert short_name(nodes["h4"]) == "xn--mnchen-3ya.example"
    assert not is_telling(nodes["h2"])
    assert not is_telling(nodes["h5"])  # any host
    assert short_name(nodes["c1"]) == A[:8]


def test_everything_about_a_node_begins_with_what_it_is() -> None:
    """The first line of a tooltip is its heading."""
    nodes = sample().nodes
    assert full_lines(nodes["e3"]) == ["*:443 https"]
    assert full_lines(nodes["s3"]) == ["site 3 S3", "stopped: ServerAutoStart is false"]
    assert full_lines(nodes["h4"]) == [
        "münchen.example",
        "xn--mnchen-3ya.example",
        "CRT201 error: not covered at all",
    ]
    assert full_lines(nodes["c1"]) == [
        "*.example.com +1",
        A,
        "ends on 2027-06-09",
        "CRT303 warning: ends in 9 day(s)",
    ]


def test_marks_gather_what_is_wrong_worst_first() -> None:
    """The line above the map is a list of things to do."""
    found = [(mark.status, mark.words, mark.nodes) for mark in marks(sample())]
    assert found == [
        (Status.ERROR, "not a binding", ("h1",)),
        (Status.ERROR, "registered twice", ("h3",)),
        (Status.ERROR, "not covered", ("h4",)),
        (Status.ERROR, "does not start", ("s2",)),
        (Status.WARNING, "no binding", ("s4",)),
        (Status.WARNING, "expires soon", ("c1",)),
        (Status.OFF, "stopped", ("s3",)),
    ]


def test_a_joint_is_as_bad_as_its_worst_binding() -> None:
    """The line to a wrong binding is as red as its host."""
    edges = sample().edges()
    assert way_status(edges["e1", "h3"]) == Status.ERROR
    assert way_status(edges["e3", "h2"]) == Status.GOOD
