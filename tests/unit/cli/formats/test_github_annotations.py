"""Annotations are commands of a workflow; nothing in a metabase may end one."""

from __future__ import annotations

from bindctl.cli.formats.github_annotations import (
    format_annotation,
    format_error_annotation,
)
from bindctl.findings.codes import make_finding
from bindctl.findings.finding import Place, Severity


def test_a_finding_is_one_command_with_its_place() -> None:
    """The pull request shows it beside the line."""
    place = Place("/LM/W3SVC/1", "ServerBindings", 0, 3, 19, 26)
    finding = make_finding("BND201", place, '":80:a" is taken', "move it")
    assert format_annotation(finding, "iis/metabase.toml") == (
        "::error file=iis/metabase.toml,line=3,col=19,endColumn=25,title=BND201::"
        '":80:a" is taken%0Anext: move it'
    )


def test_severities_have_github_s_names() -> None:
    """There is no info."""
    words = [
        format_annotation(
            make_finding("BND201", Place("/LM"), "x", severity=item), "m"
        ).split(" ")[0]
        for item in Severity
    ]
    assert words == ["::error", "::warning", "::notice"]


def test_what_could_end_the_command_is_escaped() -> None:
    """A host name with a line end could set the workflow's variables."""
    place = Place("/LM", None, None, 1)
    finding = make_finding("BND101", place, "100%\r\n::set-env name=x::y", "a: b, c")
    written = format_annotation(finding, "a,b:c%\n.toml")
    assert written == (
        "::error file=a%2Cb%3Ac%25%0A.toml,line=1,title=BND101::"
        "100%25%0D%0A::set-env name=x::y%0Anext: a: b, c"
    )
    assert "\n" not in written


def test_slashes_are_those_of_the_repository() -> None:
    """A path of Windows annotates nothing."""
    finding = make_finding("BND101", Place("/LM"), "x", "y")
    assert "file=iis/metabase.toml," in format_annotation(finding, "iis\\metabase.toml")


def test_an_error_is_annotated_as_far_as_its_place_is_known() -> None:
    """The line that is no TOML is what the author wants to see."""
    assert format_error_annotation("MET002", "line 2: x", "m.toml", 2, 5) == (
        "::error file=m.toml,line=2,col=5,title=MET002::line 2: x"
    )
    assert format_error_annotation("MET002", "x", "m.toml", None, None) == (
        "::error file=m.toml,title=MET002::x"
    )
