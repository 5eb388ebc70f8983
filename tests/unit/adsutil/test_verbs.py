"""The table of verbs."""

from __future__ import annotations

import pytest

from bindctl.adsutil.help import HELP
from bindctl.adsutil.verbs import VERBS, find_command
from bindctl.adsutil.words import complaint, parse_command_line


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_has_a_function_and_a_count_of_words(verb: str) -> None:
    """A verb in one table only would be refused, or end in a traceback."""
    assert callable(find_command(verb))
    assert "not recognized" not in complaint(parse_command_line([verb, "a"]))[:1]


def test_every_verb_of_the_help_is_served() -> None:
    """Who reads HELP types what it says."""
    lines = [line.split() for line in HELP if line.startswith(" adsutil.vbs")]
    assert {words[1] for words in lines} <= {*VERBS, "GET", "SET"}
