"""Words that fit into a box."""

from __future__ import annotations

import pytest

from bindctl.cli.map.fitting import cells, fit_label, fit_text, label_width


@pytest.mark.parametrize(
    ("text", "number"),
    [("abc", 3), ("日本", 4), ("e\u0301", 1), ("", 0), ("\uff57", 2), ("ü", 1)],
)
def test_wide_characters_take_two_cells(text: str, number: int) -> None:
    """Names in Chinese or Japanese would stand out of their boxes otherwise."""
    assert cells(text) == number


@pytest.mark.parametrize("note", ["", "https"])
def test_a_box_as_wide_as_asked_for_cuts_nothing(note: str) -> None:
    """What fits is shown whole."""
    for label in ("a", "www.example.com", "日本語.example", "x" * 60):
        width = label_width(label, note, "")
        assert fit_label(label, note, width) == label


def test_a_long_name_is_cut_in_its_middle() -> None:
    """Both ends of a host's name tell it from others."""
    name = "a-very-long-host-name-that-goes-on.department.example.com"
    cut = fit_label(name, "", 200)
    assert cut.startswith("a-very-long")
    assert cut.endswith("example.com")
    assert cells(cut) <= (200 - 24) / 7.3
    assert label_width(cut, "", "") <= 200


def test_wide_characters_are_never_halved() -> None:
    """A cut between the halves of a character would make the line too long."""
    for width in range(60, 200):
        assert label_width(fit_label("日本語" * 20, "", width), "", "") <= width


def test_the_second_line_is_cut_at_its_end() -> None:
    """The worst is said first."""
    cut = fit_text("registered twice, not covered, two spellings", 180)
    assert cut.startswith("registered twice")
    assert cut.endswith("…")
    assert label_width("", "", cut) <= 180
    assert fit_text("not covered", 180) == "not covered"
