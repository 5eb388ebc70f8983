"""The table of verbs says what the handlers take, and what the rest of bindctl says."""

from __future__ import annotations

import inspect

import pytest

from bindctl.cli.verbs import table
from bindctl.cli.verbs.quick import load
from bindctl.cli.verbs.table import GROUPS, METABASE, NOTHING, VERBS, Verb
from bindctl.metabase.schema import MAX_DWORD
from bindctl.model.endpoint import MAX_PORT, MAX_PORT_OFFSET
from bindctl.storage.file_locations import METABASE_NAME

HANDLED = [verb for verb in VERBS.values() if verb.handler]


@pytest.mark.parametrize("verb", HANDLED, ids=lambda verb: verb.name)
def test_a_handler_takes_what_its_row_says(verb: Verb) -> None:
    """An option would end in a traceback the first time somebody gives it."""
    parameters = inspect.signature(load(verb.handler)).parameters.values()
    taken = [item.name for item in parameters if item.kind is item.KEYWORD_ONLY]
    world = [item.name for item in parameters if item.kind is not item.KEYWORD_ONLY]
    expected = {item.name for item in verb.parameters}
    if verb.needs is not NOTHING:
        expected.remove("metabase")
    if verb.is_gated:
        expected -= {"strict", "allow_impact"}
    assert sorted(taken) == sorted(expected)
    assert len(world) == (1 if verb.needs is NOTHING else 2)


@pytest.mark.parametrize("verb", HANDLED, ids=lambda verb: verb.name)
def test_every_parser_of_a_row_is_there(verb: Verb) -> None:
    """A name that is none would be found out by whoever gives the option."""
    for parameter in verb.parameters:
        assert not parameter.parser or callable(load(parameter.parser))


def test_options_of_the_gate_stand_where_writes_are_judged() -> None:
    """--strict on a command that nobody judges would promise what it does not do."""
    for verb in HANDLED:
        names = {item.name for item in verb.parameters}
        assert "strict" not in names or verb.is_gated, verb.name
        assert verb.needs is NOTHING or "metabase" in names, verb.name


def test_limits_are_those_of_the_model() -> None:
    """The table imports nothing, and so says them again."""
    assert table._MAX_PORT == MAX_PORT
    assert table._MAX_PORT_OFFSET == MAX_PORT_OFFSET
    assert table._MAX_IDENTIFIER == MAX_DWORD
    (file,) = VERBS["init"].parameters
    assert file.default == METABASE_NAME


def test_every_group_has_commands_of_two_words() -> None:
    """A first word of its own would be no command."""
    assert set(GROUPS) == {name.split()[0] for name in VERBS if " " in name}
    assert VERBS["sites"].needs is METABASE
