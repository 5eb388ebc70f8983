"""Law: what `appcmd list site /config /xml` says, `appcmd add site /in` makes again."""

from __future__ import annotations

import io
import tempfile
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import tomlkit
from hypothesis import example, given
from hypothesis import strategies as st

from bindctl.__main__ import run
from bindctl.terminal.terminal import Terminal

TEXT = st.text(
    st.characters(
        codec="utf-8",
        exclude_categories=["Cs", "Cc", "Cn"],
        include_characters="\n\t\x85",
    ),
    max_size=8,
)
HOSTS = st.sampled_from(["", "a.example", "*.b.example", "ü.example"])
BINDINGS = st.builds(
    "{}:{}:{}".format,
    st.sampled_from(["", "10.0.0.1", "[::1]"]),
    st.integers(1, 9),
    HOSTS,
)
LISTS = st.lists(BINDINGS, max_size=3, unique_by=str.lower)
DIRECTORY = st.fixed_dictionaries(
    {"Path": TEXT},
    optional={"UNCUserName": TEXT, "AppPoolId": st.sampled_from(["P", "Q"])},
)


def _tree(depth: int) -> st.SearchStrategy[dict[str, object]]:
    below = (
        st.dictionaries(
            st.sampled_from(["a", "B", "c d"]), _tree(depth - 1), max_size=2
        )
        if depth
        else st.just({})
    )
    return st.builds(
        lambda own, keys, is_app: {**own, "app": is_app, "keys": keys},
        DIRECTORY,
        below,
        st.booleans(),
    )


SITES = st.fixed_dictionaries(
    {"ServerComment": TEXT.filter(bool), "SecureBindings": LISTS.filter(bool)},
    optional={
        "ServerBindings": LISTS,
        "SslFlags": st.integers(0, 127),
        "ServerAutoStart": st.booleans(),
        "MaxBandwidth": st.integers(0, 0xFFFFFFFF),
        "MaxConnections": st.integers(0, 0xFFFFFFFF),
        "ConnectionTimeout": st.integers(0, 0x7FFFFFFF),
        "LogType": st.integers(0, 1),
        "LogFileDirectory": TEXT,
        "LogFilePeriod": st.integers(0, 4),
        "LogFileTruncateSize": st.integers(0, 0xFFFFFFFF),
        "LogFileLocaltimeRollover": st.booleans(),
        "AppPoolId": st.sampled_from(["P", "Q"]),
    },
)


def _keys(
    location: str, tree: dict[str, object], *, is_root: bool = False
) -> dict[str, object]:
    """A directory as the metabase has it: of an application, AppRoot and AppIsolated."""
    table = {name: value for name, value in tree.items() if name not in ("app", "keys")}
    if is_root or tree["app"]:
        table |= {"AppRoot": location, "AppIsolated": 2}
    else:
        table.pop("AppPoolId", None)
    keys = tree["keys"]
    assert isinstance(keys, dict)
    for name, below in keys.items():
        table[name] = _keys(f"{location}/{name}", below)
    return table


def _run(directory: Path, *words: str, stdin: str = "") -> str:
    out, err = StringIO(), StringIO()
    world = Terminal(
        out, err, {}, str(directory), lambda: datetime(2026, 11, 22, tzinfo=UTC)
    )
    source = io.TextIOWrapper(io.BytesIO(stdin.encode()))
    with patch("sys.stdin", source):
        run(["appcmd", *words], world)
    assert "ERROR" not in out.getvalue()
    assert err.getvalue() == ""  # nothing is left out
    return out.getvalue()


@given(
    st.dictionaries(
        st.integers(1, 9),
        st.tuples(SITES, st.none() | _tree(2)),
        min_size=1,
        max_size=3,
    ),
    st.fixed_dictionaries(
        {}, optional={"SslFlags": st.just(1), "AppPoolId": st.just("P")}
    ),
)
@example(
    {1: ({"ServerComment": "A", "SecureBindings": [":443:"], "SslFlags": 0}, None)},
    {"SslFlags": 1},
)
def test_sites_move_whole(
    sites: dict[int, tuple[dict[str, object], dict[str, object] | None]],
    service: dict[str, object],
) -> None:
    """An administrator moves a site to the next machine with one pipe."""
    tables: dict[str, object] = {}
    names: set[str] = set()
    for number, (values, tree) in sites.items():
        table: dict[str, object] = dict(values)
        name = str(values["ServerComment"])
        table["ServerComment"] = f"{name}{number}" if name.lower() in names else name
        names.add(str(table["ServerComment"]).lower())
        if tree is not None:
            table["root"] = _keys(f"/LM/W3SVC/{number}/ROOT", tree, is_root=True)
        tables[str(number)] = table
    with tempfile.TemporaryDirectory() as folder:
        here, there = Path(folder, "here"), Path(folder, "there")
        for place, held in ((here, tables), (there, {})):
            place.mkdir()
            text = tomlkit.dumps({"w3svc": {**service, **held}})
            (place / "metabase.toml").write_text(text, encoding="utf-8")
        moved = _run(here, "list", "site", "/config", "/xml")
        _run(there, "add", "site", "/in", stdin=moved)
        assert _run(there, "list", "site", "/config", "/xml") == moved
        for kind in ("app", "vdir"):
            assert _run(there, "list", kind, "/xml") == _run(here, "list", kind, "/xml")
