"""Rules about names, types and letter case."""

from __future__ import annotations

import pytest

from bindctl.findings.finding import Severity
from bindctl.metabase.tree import make_tree
from bindctl.rules.metabase import metabase_findings


@pytest.mark.parametrize(
    ("site", "code", "name", "message"),
    [
        ({"ServerComent": "x"}, "MET201", "ServerComent",
         "the schema has no property 'ServerComent'"),
        ({"serverbindings": ":80:"}, "MET202", "serverbindings",
         "ServerBindings is ':80:', not an array of strings"),
        ({"ServerAutoStart": 1}, "MET202", "ServerAutoStart",
         "ServerAutoStart is 1, not true or false"),
        ({"ServerComment": "a", "SERVERCOMMENT": "b"}, "MET203", "SERVERCOMMENT",
         "'SERVERCOMMENT' is there already in other letter case"),
        ({"things": [{"a": 1}]}, "MET201", "things",
         "[[…things]] is an array of tables, which is not a key"),
    ],
)  # fmt: skip
def test_reports_name_type_and_case(
    site: dict[str, object], code: str, name: str, message: str
) -> None:
    """What nothing reads is told, so that a setting is not believed to be in force."""
    (found,) = metabase_findings(make_tree({"w3svc": {"1": site}}))
    place = found.place
    assert (found.code, place.path, place.property_name) == (code, "/LM/W3SVC/1", name)
    assert found.message == message


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("SecureBinding", "did you mean SecureBindings?"),
        ("secure_bindings", "did you mean SecureBindings?"),
        ("Qqqqqqqq", "correct the spelling, or remove the line"),
    ],
)
def test_a_misspelt_property_is_met_with_the_nearest(name: str, hint: str) -> None:
    """The schema has hundreds; nobody knows their plurals by heart."""
    (found,) = metabase_findings(make_tree({"w3svc": {"1": {name: []}}}))
    assert found.hint == hint


def test_a_custom_property_is_no_misspelling() -> None:
    """What iiscnfg has imported must not be advised away."""
    custom = ["9,DWORD,1,INHERIT,Unknown,Name", "1,STRING,1,INHERIT,Path", "x"]
    site = {"Unknown,Name": 1, "Path": "x", "Other": 1, "CustomProperties": custom}
    (found,) = metabase_findings(make_tree({"w3svc": {"1": site}}))
    assert found.place.property_name == "Other"


def test_a_long_value_is_cut_in_the_message() -> None:
    """A certificate pasted into the wrong line must not fill the screen."""
    tree = make_tree({"w3svc": {"ConnectionTimeout": "x" * 1000}})
    (found,) = metabase_findings(tree)
    assert len(found.message) < 120
    assert "…" in found.message


def test_every_key_is_looked_at_and_a_good_one_is_silent() -> None:
    """A slip deep in a folder counts as much as one at the top."""
    document = {
        "w3svc": {"1": {"ServerBindings": [":80:"], "root": {"x": {"Foo": 1}}}},
        "schema_version": 1,
    }
    (found,) = metabase_findings(make_tree(document))
    assert found.place.path == "/LM/W3SVC/1/ROOT/X"


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("SecureBinding", Severity.ERROR),
        ("ServrBindings", Severity.ERROR),
        ("securebindingz", Severity.ERROR),
        ("OwnNote", Severity.WARNING),
        ("Bindings", Severity.WARNING),
    ],
)
def test_a_slip_of_the_pen_is_an_error(name: str, severity: Severity) -> None:
    """Its site is not served, and a warning is not looked at; a name of one's own is."""
    root = make_tree({"w3svc": {"1": {name: [":443:a"]}}})
    (found,) = [item for item in metabase_findings(root) if item.code == "MET201"]
    assert found.severity is severity
