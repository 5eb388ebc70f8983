"""Findings about the document: here or beside, they are the same."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

import pytest

from bindctl.metabase.reader import parse_document
from bindctl.metabase.tree import make_tree
from bindctl.operations.document_findings import document_findings

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = b"""\
[w3svc.1]
ServerComment = 7
Speling = "x"
ServerBindings = [":80:a"]

[w3svc.1.root]
Path = "nowhere"

[w3svc.2]
"""
PADDING = b"# which nobody reads\n" * 60_000  # a document worth another process


@pytest.mark.parametrize("is_large", [True, False])
def test_what_is_found_beside_is_what_is_found_here(
    tmp_path: Path, is_large: bool
) -> None:
    """A large metabase would be judged otherwise than a small one."""
    metabase = str(tmp_path / "metabase.toml")
    octets = DOCUMENT + PADDING if is_large else DOCUMENT
    root = make_tree(parse_document(DOCUMENT))
    with document_findings(metabase, octets) as document:
        found = [*document.findings(root)]
    codes = [item.code for item in found]
    assert codes == ["MET202", "MET201", "MET204", "MET205"]
    assert found[2].place.path == "/LM/W3SVC/1/ROOT"
    small = document_findings(metabase, DOCUMENT)
    assert found == [*small.findings(root)]


def test_no_process_is_left_when_nobody_asks(tmp_path: Path) -> None:
    """A mistake in the other half would leave a zombie a check in a long run."""
    with (
        pytest.raises(LookupError),
        document_findings(str(tmp_path / "metabase.toml"), DOCUMENT + PADDING),
    ):
        raise LookupError
    ended = os.WEXITED | os.WNOHANG | os.WNOWAIT
    with contextlib.suppress(ChildProcessError):  # there is no child at all
        assert os.waitid(os.P_ALL, 0, ended) is None
