"""Laws: apply twice is apply once; what export gives, apply finds done."""

from __future__ import annotations

import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bindctl.findings.errors import BindctlError
from bindctl.operations.editing.apply import apply, parse_desired
from bindctl.operations.views.documents import export, format_toml
from bindctl.storage.workspace import DiskWorkspace
from tests.property.strategies import documents

if TYPE_CHECKING:
    from bindctl.operations.editing.apply import Edits
    from tests.property.strategies import Document

_SITE_NAMES = ("1", "2", "7", "One", "Two", "New", "another")
_values = st.fixed_dictionaries(
    {},
    optional={
        "ServerBindings": st.lists(st.sampled_from([":80:", ":80:a", "x"]), max_size=2),
        "SslFlags": st.sampled_from([0, 1, ["SslFlagsSni"], []]),
        "serverautostart": st.booleans(),
        "root": st.fixed_dictionaries(
            {}, optional={"Path": st.text('ab"\\\n\u00fc', max_size=3)}
        ),
    },
)
_desired = st.dictionaries(st.sampled_from(_SITE_NAMES), _values, max_size=4).map(
    lambda sites: {"w3svc": sites}
)
_metabases = st.lists(
    st.sampled_from(
        [
            "[w3svc.1]\nServerComment = 'One'\nServerBindings = [':80:']\n",
            "[w3svc.2]\nServerComment = 'Two'\nSslFlags = ['SslFlagsSni']\n",
            "[w3svc.2.root]\nPath = 'x'\n",
            "[w3svc.3]\nServerComment = 'Three'\n",
            "[w3svc.AppPools.p]\n",
        ]
    ),
    unique=True,
).map("\n".join)


@given(_metabases, _desired, st.booleans())
def test_a_second_run_changes_nothing(
    metabase: str, desired: dict[str, object], pruning: bool
) -> None:
    """A provisioning system may run as often as it likes."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "metabase.toml")
        file.write_text(metabase)
        first, code = _apply(file, desired, pruning)
        if first is None:
            assert code == "MET109"  # two names of one site, or none to keep
            assert file.read_text() == metabase
            return
        assert bool(first.changes) is first.is_changed
        tomllib.loads(file.read_text())
        second = apply(DiskWorkspace(str(file)), desired, is_pruning=pruning)
        assert (second.changes, second.is_changed) == ((), False)


def _apply(
    file: Path, desired: dict[str, object], pruning: bool
) -> tuple[Edits | None, str]:
    try:
        return apply(DiskWorkspace(str(file)), desired, is_pruning=pruning), ""
    except BindctlError as error:
        return None, error.code


@given(documents())
def test_what_is_exported_is_so(written: Document) -> None:
    """An export is the state of its metabase, however oddly that is laid out."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "metabase.toml")
        file.write_bytes(written.octets)
        exported = export(DiskWorkspace(str(file)))
        text = format_toml(exported.document)
        assert tomllib.loads(text) == exported.document
        edits = apply(DiskWorkspace(str(file)), parse_desired(text.encode()))
        assert (edits.changes, edits.is_changed) == ((), False)


@given(documents())
def test_an_export_makes_the_metabase_again(written: Document) -> None:
    """On another machine, in an empty file."""
    with tempfile.TemporaryDirectory() as folder:
        old, new = Path(folder, "old.toml"), Path(folder, "new.toml")
        old.write_bytes(written.octets)
        new.write_bytes(b"")
        document = export(DiskWorkspace(str(old))).document
        apply(DiskWorkspace(str(new)), document)
        again = export(DiskWorkspace(str(new))).document
        # A key directly below /LM is written in lower case.
        assert _folded(again) == _folded(document)


def _folded(document: dict[str, object]) -> dict[str, object]:
    return {
        name.lower() if isinstance(value, dict) else name: value
        for name, value in document.items()
    }
