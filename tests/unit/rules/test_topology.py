"""The picture: which nodes there are, what joins them, what is wrong with which."""

from __future__ import annotations

from bindctl.rules.topology import (
    Column,
    Topology,
    host_order,
    make_topology,
    narrow_topology,
)
from bindctl.rules.topology_problems import sort_problems
from tests.unit.bindings.tables import A, B, site, table
from tests.unit.rules.pictures import at, picture, sample


def _labels(topology: Topology, column: Column) -> list[str]:
    return [node.label for node in topology.column(column)]


def test_everything_a_binding_names_is_a_node() -> None:
    """Nothing of a configuration is missing from its picture."""
    topology = sample()
    assert _labels(topology, Column.ENDPOINT) == [
        "*:80",
        "[::1]:80",
        "*:443",
        "no endpoint",
    ]
    assert _labels(topology, Column.HOST) == [
        "80:oops",
        "www.example.com",
        "www.example.com",
        "münchen.example",
        "any host",
    ]
    assert _labels(topology, Column.SITE) == ["1 S1", "2 S2", "3 S3", "4 S4"]
    assert _labels(topology, Column.CERTIFICATE) == ["*.example.com +1"]
    assert len(topology.ways) == 6


def test_a_way_through_the_picture_is_a_binding() -> None:
    """Hosts of different sites are different nodes: no path leads where none goes."""
    topology = picture(
        table(
            site(1, ":80:a.example", "10.0.0.1:81:a.example"),
            site(2, ":81:a.example"),
            site(3, ":82:a.example", ":83:a.example"),
        )
    )
    edges = set(topology.edges())
    ways = {(way.endpoint, way.host, way.site) for way in topology.ways}
    walked = {
        (endpoint, host, follower)
        for endpoint, host in edges
        if endpoint.startswith("e")
        for start, follower in edges
        if start == host
    }
    assert walked == ways
    assert len(topology.column(Column.HOST)) == 3  # site 1's two endpoints agree


def test_two_schemes_of_one_endpoint_are_two_nodes() -> None:
    """A port that speaks both is drawn as the conflict it is."""
    topology = picture(
        table(site(1, ":443:a.example", secure=(":443:b.example",), certificate_hash=A))
    )
    assert [(n.label, n.note) for n in topology.column(Column.ENDPOINT)] == [
        ("*:443", "http"),
        ("*:443", "https"),
    ]


def test_the_certificate_is_the_one_visitors_are_shown() -> None:
    """Not the one a site names: without SNI the first site's is used for all."""
    topology = picture(
        table(
            site(1, secure=(":443:a.example",), certificate_hash=A),
            site(2, secure=(":443:b.example",), certificate_hash=B),
        )
    )
    shown = {way.site: way.certificate for way in topology.ways}
    assert topology.nodes[shown["s2"] or ""].name == A


def test_how_a_certificate_is_found_is_said() -> None:
    """IP:port, SNI and the central store are different ways to break."""
    made = table(
        site(1, ":80:", secure=("10.0.0.1:443:",), certificate_hash=A),
        site(2, secure=(":444:b.example",), certificate_hash=B, flags=1),
        site(3, secure=(":445:c.example",), flags=2),
    )
    files = frozenset({"c.example.pfx"})
    topology = picture(made._replace(central_store_path="ccs", central_files=files))
    assert [way.chosen_by for way in topology.ways] == [
        "",
        "IP:port",
        "SNI",
        "central store",
    ]
    assert "c.example.pfx" in _labels(topology, Column.CERTIFICATE)


def test_a_site_that_does_not_run_has_the_certificate_it_would_have() -> None:
    """What is stopped today is drawn as it will be tomorrow."""
    made = site(
        1, secure=(":443:a.example",), certificate_hash=A, flags=1, auto_start=False
    )
    topology = picture(table(made))
    assert topology.nodes["s1"].is_off
    assert topology.ways[0].certificate == "c1"
    assert topology.ways[0].chosen_by == "SNI"


def test_a_refused_site_says_so_and_who_holds_its_binding() -> None:
    """The most urgent problem comes first."""
    node = sample().nodes["s2"]
    assert node.problems[0].words == "does not start"
    assert "It is registered by site 1." in node.problems[0].message
    assert not node.is_off


def test_what_is_wrong_is_marked_where_it_is() -> None:
    """A binding marks its host and its way, a property its certificate or site."""
    topology = sample()
    wrong = {
        node.id: [problem.code for problem in node.problems]
        for node in topology.nodes.values()
        if node.problems
    }
    assert wrong == {
        "h1": ["BND101"],
        "h3": ["BND201"],
        "h4": ["CRT201"],
        "s2": [""],
        "s4": ["BND102"],
        "c1": ["CRT303"],
    }
    marked = [way.binding for way in topology.ways if way.problems]
    assert marked == [":80:www.example.com", ":443:xn--mnchen-3ya.example", "80:oops"]


def test_certificates_without_facts_have_the_start_of_their_thumbprint() -> None:
    """One that is not in the store is still told from others."""
    made = table(site(1, secure=(":443:a.example",), certificate_hash=A))
    assert _labels(picture(made), Column.CERTIFICATE) == [A[:8]]
    assert _labels(picture(made, A=""), Column.CERTIFICATE) == ["by its subject"]


def test_names_of_one_domain_stand_side_by_side() -> None:
    """The eye finds the hosts of a domain together, and any host last."""
    names = ["", "a.example.org", "example.com", "b.example.com", "a.b.example.com"]
    assert sorted(names, key=host_order) == [
        "example.com",
        "b.example.com",
        "a.b.example.com",
        "a.example.org",
        "",
    ]


def test_a_part_has_only_what_its_bindings_need() -> None:
    """And sites that were asked for though no binding leads to them."""
    whole = sample()
    part = narrow_topology(whole, lambda way: way.site == "s1", ["s4"])
    assert list(part.nodes) == ["e1", "e3", "h2", "h3", "s1", "s4", "c1"]
    assert {way.site for way in part.ways} == {"s1"}


def test_nothing_is_a_picture_too() -> None:
    """A new metabase has no site yet."""
    empty = picture(table())
    assert empty == Topology({}, ())
    assert make_topology.__doc__


def test_joints_count_their_bindings() -> None:
    """Thick lines are many bindings."""
    edges = sample().edges()
    assert [way.property_name for way in edges["e1", "h3"]] == ["ServerBindings"] * 2
    assert ("s4", "c1") not in edges


def test_each_problem_is_said_once_and_the_worst_first() -> None:
    """Ten bindings of one host do not say the same ten times."""
    made = table(site(1, ":80:a.example", ":81:a.example"))
    topology = picture(
        made,
        at("BND206", 1, "ServerBindings", 0),
        at("BND206", 1, "ServerBindings", 1),
        at("BND101", 1, "ServerBindings", 1),
    )
    host = topology.column(Column.HOST)[0]
    assert [problem.code for problem in host.problems] == ["BND101", "BND206"]
    assert host.problems == sort_problems(host.problems)
