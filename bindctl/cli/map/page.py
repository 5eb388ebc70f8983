"""The map as one HTML page: a drawing, what is wrong, and a table of all bindings.

The page needs nothing else: no network, no file beside it. Its script lays the drawing
out; without it the rest of the page still reads.
"""

from __future__ import annotations

import json
import os
from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from bindctl.cli.map.picture import element, make_picture
from bindctl.cli.map.words import (
    SIGNS,
    full_lines,
    join_words,
    marks,
    problem_line,
    summary,
    worst_status,
)
from bindctl.rules.topology_problems import sort_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.cli.map.words import Mark
    from bindctl.operations.views.map import MapResult
    from bindctl.rules.topology import Topology, Way
    from bindctl.rules.topology_problems import Problem

_HEADS: Final = (
    "Endpoint",
    "Host",
    "Site",
    "Certificate",
    "Chosen by",
    "Binding",
    "What is wrong",
)
# The script fills the two pictures and then hides the words; they are hidden by no
# element `noscript`, for a browser may also refuse this one script.
_DRAWING: Final = (
    '<div class="heads"><svg xmlns="http://www.w3.org/2000/svg"></svg></div>'
    '<svg xmlns="http://www.w3.org/2000/svg" id="map" class="map" role="group" '
    'aria-labelledby="title" aria-describedby="summary">'
    '<g class="edges" aria-hidden="true"></g><g class="boxes"></g></svg>'
)
_UNDRAWN: Final = (
    "The drawing needs JavaScript, which does not run here. The table below has every "
    "binding."
)
# Nothing is loaded and no script runs but the page's own.
_POLICY: Final = "default-src 'none'; style-src {style}; script-src {drawing} {script}"


def render_page(result: MapResult, name: str) -> str:
    """The page.

    Args:
        result: What is to be drawn.
        name: What the metabase is called.
    """
    topology = result.topology
    style, drawing, script = map(_read, ("page.css", "drawing.js", "page.js"))
    policy = _POLICY.format(
        style=_source(style), drawing=_source(drawing), script=_source(script)
    )
    title = f"Bindings of {name}"
    return "\n".join(
        (
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            element("title", {}, text=title),
            f"<style>{style}</style>",
            "</head>",
            "<body>",
            _header(result, title),
            "<main>",
            _DRAWING,
            f'<script id="data" type="application/json">{_data(topology)}</script>',
            f"<script>{drawing}</script>",  # before the table, which takes a while
            element("p", {"class": "undrawn"}, text=_UNDRAWN),
            *_problem_section(topology),
            _table_section(topology),
            "</main>",
            _DETAIL,
            f"<script>{script}</script>",
            "</body>",
            "</html>",
            "",
        )
    )


_DETAIL: Final = (
    '<aside id="detail" aria-live="polite" hidden="hidden">'
    '<button type="button" aria-label="Close">✕</button>'
    "<h2></h2><p></p><ul></ul></aside>"
)
_TOOLS: Final = (
    '<div class="tools" data-script="" hidden="hidden">'
    '<output id="found"></output>'
    '<input id="search" type="search" placeholder="Find: host, site, code" '
    'aria-label="Show only bindings with these words">'
    '<button id="open" type="button"></button></div>'
)


def _header(result: MapResult, title: str) -> str:
    topology = result.topology
    words = f"{summary(topology)}; certificates as on {result.as_of:%Y-%m-%d %H:%M} UTC"
    shown = len(topology.ways)
    if shown != result.whole:
        words = f"a part: {shown:,} of {result.whole:,} bindings; {words}"
    found = marks(topology)
    numbers = {key: index for index, key in enumerate(topology.nodes)}
    buttons = [_mark(mark, numbers) for mark in found]
    return element(
        "header",
        {},
        element("h1", {"id": "title"}, text=title),
        element("p", {"id": "summary"}, text=words),
        _TOOLS,
        element("ul", {"class": "marks"}, *buttons) if buttons else "",
    )


def _mark(mark: Mark, numbers: dict[str, int]) -> str:
    nodes = json.dumps([numbers[key] for key in mark.nodes])
    button = {"type": "button", "data-nodes": nodes}
    text = f"{SIGNS[mark.status]} {len(mark.nodes):,} {mark.words}"
    return element("li", {"class": mark.status}, element("button", button, text=text))


def _problem_section(topology: Topology) -> Iterator[str]:
    """Every problem once, in full, with the first node that has it."""
    found: dict[Problem, list[int]] = {}
    nodes = list(topology.nodes.values())
    for number, node in enumerate(nodes):
        for problem in node.problems:
            found.setdefault(problem, []).append(number)
    if not found:
        return
    items = []
    for problem in sort_problems(found):
        status = worst_status((problem,))
        numbers = found[problem]
        attributes = {
            "class": status,
            "data-sign": SIGNS[status],
            "data-nodes": json.dumps(numbers),
        }
        text = f"{full_lines(nodes[numbers[0]])[0]}: {problem_line(problem)}"
        items.append(element("li", attributes, text=text))
    yield element(
        "section",
        {"id": "problems"},
        element("h2", {}, text="What is wrong"),
        element("ul", {"class": "list"}, *items),
    )


def _table_section(topology: Topology) -> str:
    heads = (element("th", {"scope": "col"}, text=head) for head in _HEADS)
    rows = (_row(topology, index, way) for index, way in enumerate(topology.ways))
    return element(
        "section",
        {"id": "bindings"},
        element("h2", {}, text="Every binding"),
        element(
            "table",
            {},
            element("thead", {}, element("tr", {}, *heads)),
            element("tbody", {}, *rows),
        ),
    )


def _row(topology: Topology, index: int, way: Way) -> str:
    shown = [
        full_lines(topology.nodes[key])[0] if key else ""
        for key in (way.endpoint, way.host, way.site, way.certificate)
    ]
    problems = [
        problem
        for key in (way.site, way.certificate)
        if key
        for problem in topology.nodes[key].problems
    ]
    wrong = (*way.problems, *problems)
    cells = [element("td", {}, text=text) for text in (*shown, way.chosen_by)]
    code = element("code", {}, text=way.binding)
    cells.append(element("td", {}, code, text=f"{way.property_name} "))
    cells.append(element("td", {"class": worst_status(wrong)}, text=join_words(wrong)))
    return element("tr", {"data-way": index}, *cells)


def _data(topology: Topology) -> str:
    """What the script draws; nothing in it can end the element it stands in."""
    data = make_picture(topology)._asdict()
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _source(text: str) -> str:
    """What a content policy calls this script or style, and no other."""
    digest = b64encode(sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _read(name: str) -> str:
    """A part of the page that lies beside this module."""
    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as file:
        return file.read()
