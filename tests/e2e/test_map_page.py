"""The map in the programs that show it: a browser, and Graphviz."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings

from bindctl.cli.map.page import render_page
from bindctl.operations.views.map import MapResult
from tests.property.strategies import described_tables, topology_of
from tests.unit.bindings.tables import A, B, site, table
from tests.unit.rules.pictures import at, many, picture, sample

if TYPE_CHECKING:
    from bindctl.bindings.table import BindingTable
    from bindctl.rules.topology import Topology
    from tests.e2e.conftest import Administrator

pytestmark = [pytest.mark.e2e, pytest.mark.engine]

LAWS, CHECKS, PAGES = (
    (Path(__file__).parent / f"map_{name}.js").read_text(encoding="utf-8")
    for name in ("laws", "checks", "pages")
)
ADDRESSES = ("", "", "10.0.0.1", "[::1]")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DARK = ("--blink-settings=preferredColorScheme=0", "--force-dark-mode")
BROWSER_TIMEOUT_S = 120
Program = "Callable[[str], str]"


def test_five_bindings_read_well_in_a_browser(
    administrator: Administrator, program: Program
) -> None:
    """Every name is whole, in its box, on nothing else; light and dark."""
    chromium = program("chromium")
    make_metabase(administrator, 2)
    page = draw(administrator)
    seen = look(chromium, administrator, page)
    assert seen["closed"] == []
    assert seen["again"] == seen["first"]
    # Alone where wanted; in a crowd around its middle; never above the top.
    assert seen["spread"] == [[90, 190], [100 - 23, 100 + 3], [8, 8 + 26], []]
    labels = [part[1] for box in seen["first"]["boxes"] for part in box[2]]
    assert {"www1.example.com", "www2.example.com", "any host"} <= set(labels)
    assert seen["contrast"] >= 4.5
    dark = look(chromium, administrator, page, *DARK)
    assert dark["scheme"] != seen["scheme"]
    assert dark["contrast"] >= 4.5
    assert dark["closed"] == []


def test_five_hundred_bindings_read_well_in_a_browser(
    administrator: Administrator, program: Program
) -> None:
    """Closed, open and searched; and closed again as it was."""
    chromium = program("chromium")
    make_metabase(administrator, 250)
    page = draw(administrator)
    seen = look(chromium, administrator, page)
    assert seen["closed"] == []
    assert len(seen["first"]["boxes"]) < 40
    assert seen["opened"] == {"faults": [], "hosts": 251}
    assert seen["again"] == seen["first"]
    assert seen["contrast"] >= 4.5
    assert seen["found"]["faults"] == []
    assert seen["found"]["hosts"][:2] == ["www3.example.com", "www30.example.com"]
    assert seen["found"]["words"] == "22 of 501 bindings"
    assert seen["found"]["rows"] == 22
    assert look(chromium, administrator, page, *DARK)["contrast"] >= 4.5


def test_the_keyboard_reaches_everything(
    administrator: Administrator, program: Program
) -> None:
    """Tab to the map, arrows within, Enter for the ways, Escape to be rid of them."""
    chromium = program("chromium")
    make_metabase(administrator, 2)
    seen = look(chromium, administrator, draw(administrator))
    assert seen["focused"] == "www2.example.com"  # the nearest
    assert "*:443 https → www2.example.com → site 2 Site 2" in seen["detail"]
    assert seen["closedDetail"] is True
    # The host, two endpoints, its site, its certificate, and the four curves between.
    assert seen["lit"] == 9


def test_the_laws_of_a_drawing_hold(tmp_path: Path, program: Program) -> None:
    """Whatever hangs together with whatever: all of it is drawn, nothing overlaps."""
    drawn = [sample(), many(5), many(40), many(500), many(60, 60), picture(table())]

    @settings(max_examples=60, database=None)
    @given(described_tables)
    def add(made: BindingTable) -> None:
        drawn.append(topology_of(made))

    add()
    drawn += [crowd(Random(seed)) for seed in range(20)]  # noqa: S311 - no secret
    faults = look_at_all(program("chromium"), tmp_path, drawn)["faults"]
    assert [item for item in enumerate(faults) if item[1]] == []


def test_words_are_cut_where_they_tell_least(tmp_path: Path, program: Program) -> None:
    """Names in their middle, what is wrong at its end, addresses nowhere."""
    address = "[2001:db8:1111:2222:3333:4444:5555:6666]:65535"
    name = ".".join(["label" * 6] * 4)
    japanese = site(3)._replace(comment="日本語" * 20)
    made = table(site(1, f"{address}:"), site(2, f":80:{name}"), japanese)
    (boxes,) = look_at_all(program("chromium"), tmp_path, [picture(made)])["boxes"]
    labels = {box["tip"].partition("\n")[0]: box["label"] for box in boxes}
    assert labels[f"{address} http"] == address
    head, tail = labels[name].split("…")
    assert len(head) - len(tail) in {0, 1}
    assert len(head + tail) > 30
    assert labels[f"site 3 {'日本語' * 20}"].startswith("3 日本語日本")


def test_what_hosts_share_stands_in_their_middle(
    tmp_path: Path, program: Program
) -> None:
    """Curves are as short as they can be; a group looks like a pile."""
    drawn = [many(31, 1), many(90)]
    small, large = look_at_all(program("chromium"), tmp_path, drawn)["boxes"]
    hosts = [box["top"] for box in small if ".example" in box["label"][4:]]
    (certificate,) = [box["top"] for box in small if box["label"] == "*.example"]
    assert len(hosts) == 31
    assert abs(certificate - sum(hosts) / len(hosts)) <= 1
    piles = [box["second"] for box in large if box["sheets"] == 3]
    assert piles == ["30 hosts", "30 sites"] * 3
    assert {box["sheets"] for box in large} == {1, 3}


def test_without_a_script_the_page_still_reads(
    tmp_path: Path, program: Program
) -> None:
    """The table of all bindings, and why there is no drawing."""
    seen = look_at_all(program("chromium"), tmp_path, [many(90)])["unscripted"]
    assert seen["words"].startswith("The drawing needs JavaScript")
    assert (seen["drawing"], seen["rows"], seen["tools"]) == (False, 180, False)


def test_the_page_runs_under_its_own_policy(
    administrator: Administrator, program: Program
) -> None:
    """The browser lets its script and style through, and nothing else."""
    chromium = program("chromium")
    make_metabase(administrator, 250)
    page = draw(administrator)
    shown = browse(chromium, administrator.directory, page)
    assert 'aria-expanded="false"' in shown
    intruder = page.with_name("intruder.html")
    script = "<script>document.title = 'intruder'</script></body>"
    text = page.read_text(encoding="utf-8").replace("</body>", script)
    intruder.write_text(text, encoding="utf-8")
    assert "<title>intruder" not in browse(chromium, administrator.directory, intruder)


def test_graphviz_draws_the_map(administrator: Administrator, program: Program) -> None:
    """Whatever the names are, DOT is DOT and each node says what it is called."""
    dot = program("dot")
    make_metabase(administrator, 250)
    hostile = '"] -> x; \\N <b>&lt;</b> ü'
    host = ("--host", "hostile.example.com")
    administrator.run("site", "add", hostile, *host, "--path", "sites/hostile")
    text = administrator.run("map", "--format", "dot")
    drawn = subprocess.run(
        [dot, "-Tplain"], input=text, capture_output=True, text=True, check=True
    )
    assert drawn.stderr == ""
    nodes = [line for line in drawn.stdout.splitlines() if line.startswith("node ")]
    data = json.loads(administrator.run("map", "--json"))["data"]
    assert len(nodes) == len(data["nodes"])
    svg = subprocess.run(
        [dot, "-Tsvg"], input=text, capture_output=True, text=True, check=True
    )
    texts = re.findall(r"<text [^>]*>([^<]*)</text>", svg.stdout)
    assert f"site 251 {hostile}" in [html.unescape(item) for item in texts]


def crowd(random: Random) -> Topology:
    """Enough sites for groups, with this and that wrong with some of them."""
    numbers = range(1, random.randint(41, 150))
    hosts = [
        f"{random.choice('abc')}{number}.d{random.randint(1, 3)}.example"
        for number in numbers
    ]
    rows = [
        site(
            number,
            *(
                f"{random.choice(ADDRESSES)}:80:{host}"
                for _ in range(random.randint(0, 2))
            ),
            secure=(f":443:{host}",) * random.randint(0, 1),
            certificate_hash=random.choice((A, A, A, B, None)),
            flags=random.randint(0, 1),
            auto_start=random.random() > 0.1,
        )._replace(comment="words " * random.randint(0, 12))
        for number, host in zip(numbers, hosts, strict=True)
    ]
    findings = [
        at(random.choice(("CRT201", "CRT202")), number, "SecureBindings", 0, "it is")
        for number in numbers
        if random.random() > 0.9
    ]
    return picture(table(*rows), *findings, A="*.example", B="www.example")


def make_metabase(administrator: Administrator, hosts: int) -> None:
    """So many hosts over HTTP and HTTPS, one for any host; some things are wrong."""
    administrator.run("init")
    administrator.run("cert", "create", "*.example.com")
    listed = json.loads(administrator.run("cert", "list", "--json"))
    (own,) = listed["data"]["certificates"]
    certificate_hash = own["certificate"]["certificate_hash"]
    lines = ["schema_version = 1"]
    for number in range(1, hosts + 1):
        host = f"www{number}.example.com"
        if number % 50 == 9:
            host = f"deep.{host}.that-no-certificate-in-the-store.example.com"
        lines += [
            f"[w3svc.{number}]",
            f'ServerComment = "Site {number}"',
            f'ServerBindings = [":80:{host}"]',
            f'SecureBindings = [":443:{host}"]',
            f'SSLCertHash = "{certificate_hash}"',
            f"ServerAutoStart = {'false' if number % 40 == 7 else 'true'}",
        ]
    lines[3] = 'ServerBindings = [":80:", ":80:www1.example.com"]'
    file = administrator.directory / "metabase.toml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def draw(administrator: Administrator) -> Path:
    """The page of the metabase."""
    administrator.run("map", "--output", "map.html")
    return administrator.directory / "map.html"


def look(
    chromium: str, administrator: Administrator, page: Path, *options: str
) -> dict[str, Any]:
    """What the checks see in a copy of the page that lets them run."""
    text = page.read_text(encoding="utf-8")
    text = re.sub(r"<meta http-equiv=[^>]*>\n", "", text, count=1)
    copy = page.with_name("copy.html")
    copy.write_text(
        text.replace("</body>", f"<script>{LAWS}{CHECKS}</script></body>"),
        encoding="utf-8",
    )
    return result_of(chromium, administrator.directory, copy, *options)


def look_at_all(chromium: str, folder: Path, drawn: list[Topology]) -> dict[str, Any]:
    """What the laws find in the pages of some maps, and where their boxes are."""
    pages = [
        render_page(MapResult(topology, len(topology.ways), NOW), "metabase.toml")
        for topology in drawn
    ]
    data = json.dumps(pages).replace("<", "\\u003c")
    page = folder / "pages.html"
    page.write_text(
        '<!DOCTYPE html><meta charset="utf-8">'
        f'<script id="pages" type="application/json">{data}</script>'
        f"<body><script>{LAWS}{PAGES}</script></body>",
        encoding="utf-8",
    )
    return result_of(chromium, folder, page)


def result_of(chromium: str, folder: Path, page: Path, *options: str) -> dict[str, Any]:
    """What the script of a page has written there when it is done."""
    shown = browse(chromium, folder, page, "--virtual-time-budget=60000", *options)
    result = re.search(r'<pre id="result">(.*?)</pre>', shown, re.DOTALL)
    assert result is not None, shown[-2000:]
    seen: dict[str, Any] = json.loads(html.unescape(result[1]))
    return seen


def browse(chromium: str, folder: Path, page: Path, *options: str) -> str:
    """The document a headless browser ends up with; it has no network."""
    home = folder / "browser"
    home.mkdir(exist_ok=True)
    done = subprocess.run(
        [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--window-size=1400,900",
            f"--user-data-dir={home / 'profile'}",
            *options,
            "--dump-dom",
            page.as_uri(),
        ],
        env={**os.environ, "HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=BROWSER_TIMEOUT_S,
        check=False,
    )
    return done.stdout
