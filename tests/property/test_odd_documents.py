"""Law: whatever is in the file, an edit leaves it whole or is refused in words."""

from __future__ import annotations

import tomllib

from hypothesis import example, given
from hypothesis import strategies as st

from bindctl.findings.errors import BindctlError
from bindctl.toml.document import (
    create_key,
    delete_key,
    delete_property,
    set_property,
)
from bindctl.toml.reader import decode, parse_document

_VALUES = st.one_of(st.integers(0, 9), st.booleans(), st.text(max_size=4))


def _is_document(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


_broken_documents = st.text("[]\".=#w3\n 1\\'{}a,\r", max_size=40)


@given(_broken_documents, _VALUES)
@example("[w3svc]\nx = '''", 1)
@example("[[w3svc]]", 1)
@example("[w3svc]\n[w3svc]", 1)
def test_a_broken_document_is_refused_in_words(text: str, value: object) -> None:
    """A slip of the hand in the file is reported with its line, never a traceback."""
    octets = text.encode()
    for edit in (
        lambda: set_property(octets, ("w3svc",), "ServerComment", value),
        lambda: delete_key(octets, ("w3svc",)),
        lambda: create_key(octets, ("w3svc",), {}),
        lambda: parse_document(octets),
    ):
        try:
            edit()
        except BindctlError as error:
            assert error.code in {"MET002", "MET101", "MET106", "MET108"}  # noqa: PT017 - no error is fine too


_odd_lines = st.sampled_from(
    [
        "[w3svc]",
        "[W3SVC]",
        "[w3svc.1]",
        "[w3svc.1.root]",
        "[W3SVC.1.ROOT]",
        "[w3svc.1.Root]",
        "[w3svc.ServerComment]",
        "[w3svc.1.Path]",
        "[[w3svc]]",
        "[[w3svc.1]]",
        "[w3svc.1.things.x]",
        "[[w3svc.1.things]]",
        "w3svc = 1",
        "w3svc = {}",
        "w3svc = { 1 = { Path = 'x' } }",
        "w3svc.1.Path = 1",
        "w3svc.Path = 1",
        "1 = {}",
        "1 = 1",
        "1.Path = 2",
        "root.Path = 2",
        "Path = 1",
        "'w3svc' = 1",
        "# a remark",
        "",
        "x = '''",
        "# [w3svc.1]'''",
        "x = [",
        "]",
    ]
)
_odd_documents = st.lists(_odd_lines, max_size=6).map("\n".join).filter(_is_document)


@given(_odd_documents, _VALUES)
@example("w3svc.1.Path = 1\n[w3svc.1.root]", 0)
@example("[w3svc]\nw3svc.1.Path = 1", 0)
@example("x = [\n# [w3svc.1]\n]\n[w3svc.Path]", 0)
def test_an_edit_never_breaks_a_document_that_was_whole(
    text: str, value: object
) -> None:
    """After an edit the service would otherwise not start any more."""
    octets = text.encode()
    service, site, root = ("w3svc",), ("w3svc", "1"), ("w3svc", "1", "root")
    for edit in (
        lambda: set_property(octets, (), "w3svc", value),
        lambda: set_property(octets, service, "ServerComment", value),
        lambda: set_property(octets, site, "Path", value),
        lambda: set_property(octets, root, "Path", value),
        lambda: create_key(octets, site, {"Path": "x"}),
        lambda: create_key(octets, root, {}),
        lambda: create_key(octets, (*site, "Path"), {}),
        lambda: delete_property(octets, service, "Path"),
        lambda: delete_property(octets, site, "Path"),
        lambda: delete_key(octets, service),
        lambda: delete_key(octets, site),
        lambda: delete_key(octets, root),
    ):
        try:
            after = edit()
        except BindctlError as error:
            assert error.code in {"MET101", "MET106", "MET108"}  # noqa: PT017 - as above
        else:
            assert after is None or _is_document(decode(after))
