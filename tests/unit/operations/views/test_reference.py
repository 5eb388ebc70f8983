"""The page of a code."""

from __future__ import annotations

import json

import pytest

from bindctl.findings.codes import FINDINGS, RULES_BY_CODE
from bindctl.findings.errors import BindctlError
from bindctl.metabase.schema_data import PROPERTIES
from bindctl.operations.views.reference import (
    EXAMPLES_FILE,
    describe_properties,
    describe_property,
    describe_rules,
)


def test_every_code_has_a_page() -> None:
    """A code in a message can be looked up without the internet."""
    views = describe_rules()
    assert [view.code for view in views] == list(RULES_BY_CODE)
    kinds = {view.code: view.kind for view in views}
    assert {code for code, kind in kinds.items() if kind == "finding"} == {
        rule.code for rule in FINDINGS
    }


@pytest.mark.parametrize(
    "wanted", ["BND201", "bnd201", " BND201 ", "duplicate_registration"]
)
def test_a_code_or_a_name_is_enough(wanted: str) -> None:
    """Who remembers one of them finds the other."""
    (view,) = describe_rules(wanted)
    assert (view.code, view.name) == ("BND201", "duplicate_registration")
    assert (view.kind, view.severity) == ("finding", "error")
    assert view.example is not None
    assert "BND201 error /LM/W3SVC/2/ServerBindings" in view.example.report


def test_the_beginning_of_codes_is_all_of_them() -> None:
    """As --select takes it."""
    codes = [view.code for view in describe_rules("bnd2")]
    assert len(codes) > 5
    assert all(code.startswith("BND2") for code in codes)


def test_each_version_of_iis_is_told_apart() -> None:
    """A server of 2003 does something else than one of 2016."""
    (view,) = describe_rules("BND105")
    assert list(view.on_iis) == ["6", "7", "8", "10"]
    assert view.on_iis["6"] == view.on_iis["8"] != view.on_iis["10"]
    (newer,) = describe_rules("BND302")
    assert list(newer.on_iis) == ["8", "10"]


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [
        ("BND999", "did you mean BND"),
        ("duplicat_registration", "did you mean duplicate_registration?"),
        ("nonsense", "bindctl rule lists them"),
    ],
)
def test_what_is_no_code_is_told_with_the_nearest(wanted: str, hint: str) -> None:
    """A slip of one digit is the usual one."""
    with pytest.raises(BindctlError) as caught:
        describe_rules(wanted)
    assert (caught.value.code, caught.value.exit_status) == ("CLI005", 2)
    assert caught.value.hint.startswith(hint)


def test_examples_are_of_codes_that_are_there() -> None:
    """The file is written from golden cases; a code that is gone leaves it."""
    with open(EXAMPLES_FILE, encoding="utf-8") as file:
        examples = json.load(file)
    assert set(examples) <= {rule.code for rule in FINDINGS}
    for code, example in examples.items():
        assert example["report"].startswith(f"{code} ")
        assert example["metabase"]


def test_describes_every_property() -> None:
    """None is left out of the list."""
    assert [view.name for view in describe_properties()] == list(PROPERTIES)


def test_a_flag_leads_to_its_property() -> None:
    """As get and set take either name."""
    view = describe_property("accessread")
    assert (view.name, view.flags["AccessRead"]) == ("AccessFlags", 1)
    assert view.is_inherited
    assert view.server_use


def test_a_property_that_stands_anywhere_names_no_key_type() -> None:
    """KeyType is of every key."""
    assert describe_property("KeyType").key_types == ()
    assert describe_property("CertHash").key_types == ("HttpSslCertificate",)


def test_a_misspelling_leads_to_the_nearest_name() -> None:
    """The next step is the name that was meant."""
    with pytest.raises(BindctlError) as caught:
        describe_property("ServerBinding")
    assert caught.value.hint == "did you mean ServerBindings?"
