"""The list of rules that `check` runs."""

from __future__ import annotations

import inspect
import re
from types import ModuleType

import pytest

from bindctl.findings.codes import RULES_BY_CODE
from bindctl.routing.reading import Reading
from bindctl.rules import central_store as central_rules
from bindctl.rules import conflicts, http_only
from bindctl.rules import records as record_rules
from bindctl.rules import texts as text_rules
from bindctl.rules import versions as version_rules
from bindctl.rules.bindings import RULES, binding_findings
from tests.unit.bindings.tables import A, B, site, spots, table

# These need more than the table: `check` asks them itself.
ASKED_ELSEWHERE = {"central_file_not_covering"}


@pytest.mark.parametrize(
    "module",
    [text_rules, conflicts, http_only, record_rules, central_rules, version_rules],
    ids=lambda module: module.__name__.rpartition(".")[2],
)
def test_every_rule_of_a_module_is_run(module: ModuleType) -> None:
    """A rule left out of the list is never seen."""
    own = {
        name
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and (function.__doc__ or "").startswith("BND")
    }
    assert own
    assert own - ASKED_ELSEWHERE <= {rule.__name__ for rule in RULES}


def test_rules_stand_once_and_say_which_codes_they_find() -> None:
    """Who looks for a code finds its rule."""
    assert len(set(RULES)) == len(RULES)
    for rule in RULES:
        codes = re.findall(r"BND\d{3}", (rule.__doc__ or "").partition("\n")[0])
        assert codes
        assert set(codes) <= set(RULES_BY_CODE)


def test_all_rules_are_asked() -> None:
    """One report holds everything there is to say."""
    made = table(
        site(1, ":80:a", "oops", secure=(":443:a",), certificate_hash=A),
        site(2, ":80:A", secure=(":443:b",), certificate_hash=B),
    )
    assert sorted(code for code, _place in spots(binding_findings(Reading(made)))) == [
        "BND101",
        "BND201",
        "BND204",
        "BND301",
    ]


def test_a_sound_table_has_no_findings() -> None:
    """A check that always says something is not read."""
    made = table(
        site(1, ":80:a", secure=(":443:a",), certificate_hash=A),
        site(2, ":80:b", secure=(":443:b",), certificate_hash=A),
        site(3, ":81:", secure=(":444:c",), certificate_hash=B, flags=1),
        site(4, secure=(":444:",), certificate_hash=A),
    )
    assert list(binding_findings(Reading(made))) == []
