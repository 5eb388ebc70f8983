"""bindctl test --live: the tests of a metabase against the running service."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.conftest import OTHER, TEST

if TYPE_CHECKING:
    from tests.e2e.conftest import Administrator

pytestmark = pytest.mark.e2e

TESTS = f"""
[[test]]
name = "https"
url = "https://{TEST}/"
site = 1
certificate = "*.stevefenton.co.uk"
status = 200
browser = true

[[test]]
name = "http"
url = "http://{OTHER}/gone"
site = 2
status = 404

[[test]]
name = "folder"
url = "http://{OTHER}/docs?x"
status = 301
redirect = "/docs/?x"

[[test]]
name = "nobody"
url = "http://nobody.example/"
site = false
status = 400

[[test]]
name = "another host"
url = "https://{TEST}/"
host = "{OTHER}"
site = 2

[[test]]
name = "old client"
url = "https://{TEST}/"
sni = false
certificate = "*.stevefenton.co.uk"

[[test]]
name = "far away"
url = "http://{TEST}/"
ip = "192.0.2.1"
site = 1
"""


@pytest.fixture
def person(administrator: Administrator) -> Administrator:
    """Two sites with tests; the service runs."""
    administrator.make_two_sites()
    (administrator.directory / "sites" / "other" / "docs").mkdir()
    with (administrator.directory / "metabase.toml").open("a") as file:
        file.write(TESTS)
    administrator.start()
    return administrator


def results(person: Administrator, *options: str) -> tuple[int, dict[str, Any]]:
    """Exit status, and what became of each test."""
    done = person.try_run("test", "--json", *options)
    data = json.loads(done.stdout)["data"]
    return done.returncode, {
        item["name"]: item["not_tried"]
        or [f"{each['what']} {each['got']}" for each in item["differences"]]
        for item in data["tests"]
    }


def test_what_holds_on_the_plan_holds_on_the_service(person: Administrator) -> None:
    """One of the two would be wrong, and nobody knew which."""
    names = ("https", "http", "folder", "nobody", "another host", "old client")
    good: dict[str, Any] = {name: [] for name in names}
    refused = ["site nothing listens on port 80"]
    assert results(person) == (1, good | {"far away": refused})
    nowhere = "192.0.2.1 is not an address of this machine"
    assert results(person, "--live") == (0, good | {"far away": nowhere})
    shown = person.run("test", "--live")
    assert "skip  far away" in shown
    assert "7 tests: 6 passed, 1 cannot be tried from here" in shown


def test_what_the_service_does_otherwise_is_told(person: Administrator) -> None:
    """A stopped site and a wrong file on the disk are in no metabase."""
    person.run("iisweb", "/stop", "W3SVC/2")
    created = person.run("cert", "create", "wrong.example")
    store = person.directory / "certificates" / "my"
    new = created.split()[1]
    (old,) = (path.stem for path in store.glob("*.pem") if path.stem != new)
    for ending in ("pem", "key"):
        shutil.copyfile(store / f"{new}.{ending}", store / f"{old}.{ending}")
    status, found = results(person, "--live")
    assert status == 1
    shown = f"wrong.example ({new[:8]})"
    assert found["https"] == [f"certificate {shown}", "browser refused"]
    assert found["http"] == ["site 400", "status 400"]
    assert found["another host"] == ["site 400"]
    assert found["old client"] == [f"certificate {shown}"]


def test_no_service_no_answer(administrator: Administrator) -> None:
    """The plan must not be tried in place of what was asked for."""
    administrator.make_two_sites()
    done = administrator.try_run("test", "--live")
    assert done.returncode == 1
    assert done.stderr.startswith("SRV001 ")
