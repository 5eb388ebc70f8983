"""The map as one page that needs nothing else."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from bindctl.cli.map.page import render_page
from bindctl.operations.views.map import MapResult
from tests.unit.bindings.tables import site, table
from tests.unit.rules.pictures import many, picture, sample

if TYPE_CHECKING:
    from bindctl.rules.topology import Topology

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_VOID = frozenset({"meta", "input"})


class Reader(HTMLParser):
    """The elements of a page, which must close as they opened."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)


def _page(topology: Topology, whole: int | None = None) -> str:
    number = len(topology.ways) if whole is None else whole
    return render_page(MapResult(topology, number, NOW), "metabase.toml")


def _table(reader: Reader) -> list[str]:
    return reader.texts.get("td", [])


def test_the_page_is_well_formed_and_says_what_it_is_of() -> None:
    """Every element closes, and the heading names the metabase."""
    reader = Reader(_page(sample()))
    assert reader.texts["h1"] == ["Bindings of metabase.toml"]
    summary = "6 bindings: 4 endpoints, 5 hosts, 4 sites, 1 certificate"
    words = f"{summary}; certificates as on 2026-11-22 12:00 UTC"
    assert reader.texts["p"][0] == words
    assert ("html", {"lang": "en"}) in reader.tags


def test_the_page_loads_nothing() -> None:
    """It can be mailed, archived and opened without a network."""
    page = _page(many(200))
    reader = Reader(page)
    sources = {"src", "href", "srcset", "data", "poster", "action"}
    for _tag, attributes in reader.tags:
        assert not sources & set(attributes)
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest|import\(", page)
    assert page.count("http://") == page.count('"http://www.w3.org/2000/svg"')


def test_its_policy_lets_its_own_script_and_style_run_and_no_other() -> None:
    """Were something to slip through the escaping, it would still not run."""
    page = _page(sample())
    policy = next(
        attributes["content"] or ""
        for tag, attributes in Reader(page).tags
        if tag == "meta" and "http-equiv" in attributes
    )
    assert policy.startswith("default-src 'none'; ")
    for name in ("style", "script"):
        texts = re.findall(rf"<{name}>(.*?)</{name}>", page, re.DOTALL)
        digests = [b64encode(sha256(text.encode()).digest()) for text in texts]
        sources = " ".join(f"'sha256-{digest.decode()}'" for digest in digests)
        assert f"{name}-src {sources}" in policy.split("; ")
    assert not [
        attributes for _tag, attributes in Reader(page).tags if "style" in attributes
    ]


def test_every_binding_is_in_the_table() -> None:
    """Who cannot see the drawing, or has no script, reads all the same."""
    reader = Reader(_page(sample()))
    cells = _table(reader)
    assert "www.example.com" in cells
    assert "registered twice, does not start" in cells
    rows = [attributes for tag, attributes in reader.tags if "data-way" in attributes]
    assert len(rows) == 6
    assert reader.texts["code"] == [way.binding for way in sample().ways]


def test_what_is_wrong_is_said_in_full() -> None:
    """With code and severity, worst first, and each once."""
    reader = Reader(_page(sample()))
    items = [text for text in reader.texts["li"] if ": " in text]
    assert "münchen.example: CRT201 error: not covered at all" in items
    assert items[-1] == "*.example.com +1: CRT303 warning: ends in 9 day(s)"
    good = Reader(_page(many(3)))
    assert "What is wrong" not in good.texts["h2"]


def test_marks_name_their_nodes_by_number() -> None:
    """A press on "1 not covered" shows that one."""
    page = _page(sample())
    reader = Reader(page)
    data = json.loads(
        re.search(r'<script id="data"[^>]*>(.*?)</script>', page, re.DOTALL)[1]  # type: ignore[index]  # it is there
    )
    button = next(
        attributes
        for tag, attributes in reader.tags
        if tag == "button" and "data-nodes" in attributes
    )
    (number,) = json.loads(button["data-nodes"] or "")
    assert data["boxes"][number][1] == "80:oops"
    assert "✕ 1 not a binding" in reader.texts["button"]


def test_a_hostile_name_stays_text_everywhere() -> None:
    """In the drawing, the table, the list, the data of the script."""
    comment = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    made = site(1, ":80:a", "80:</script><b>")._replace(comment=comment)
    page = render_page(
        MapResult(picture(table(made)), 2, NOW), "</title><script>alert(3)</script>"
    )
    reader = Reader(page)
    tags = [tag for tag, _attributes in reader.tags]
    assert tags.count("script") == 3
    assert not {"img", "b"} & set(tags)
    assert any(comment in text for text in _table(reader))


def test_a_part_says_that_it_is_one() -> None:
    """Nobody takes the map of one site for the whole."""
    reader = Reader(_page(sample(), whole=500))
    assert reader.texts["p"][0].startswith("a part: 6 of 500 bindings; ")


def test_who_has_no_script_is_told_to_read_the_table() -> None:
    """An empty place where a drawing should be explains nothing."""
    words = Reader(_page(sample())).texts["p"][1]
    assert words.startswith("The drawing needs JavaScript, which does not run here.")


def test_an_empty_metabase_has_a_page() -> None:
    """Before the first site there is nothing wrong with it."""
    reader = Reader(_page(picture(table())))
    assert reader.texts["p"][0].startswith("0 bindings: 0 endpoints")
