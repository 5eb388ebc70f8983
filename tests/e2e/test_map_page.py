"""The map in the programs that show it: a browser, and Graphviz."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Administrator

pytestmark = [pytest.mark.e2e, pytest.mark.engine]

CHECKS = (Path(__file__).parent / "map_checks.js").read_text(encoding="utf-8")
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
    """Closed, open and searched; and the script draws what bindctl drew."""
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


def test_the_page_runs_under_its_own_policy(
    administrator: Administrator, program: Program
) -> None:
    """The browser lets its script and style through, and nothing else."""
    chromium = program("chromium")
    make_metabase(administrator, 250)
    page = draw(administrator)
    shown = browse(chromium, administrator, page)
    assert 'aria-expanded="false"' in shown
    intruder = page.with_name("intruder.html")
    script = "<script>document.title = 'intruder'</script></body>"
    text = page.read_text(encoding="utf-8").replace("</body>", script)
    intruder.write_text(text, encoding="utf-8")
    assert "<title>intruder" not in browse(chromium, administrator, intruder)


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
        text.replace("</body>", f"<script>{CHECKS}</script></body>"), encoding="utf-8"
    )
    shown = browse(
        chromium, administrator, copy, "--virtual-time-budget=5000", *options
    )
    result = re.search(r'<pre id="result">(.*?)</pre>', shown, re.DOTALL)
    assert result is not None, shown[-2000:]
    seen: dict[str, Any] = json.loads(html.unescape(result[1]))
    return seen


def browse(
    chromium: str, administrator: Administrator, page: Path, *options: str
) -> str:
    """The document a headless browser ends up with; it has no network."""
    home = administrator.directory / "browser"
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
