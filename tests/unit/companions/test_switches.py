"""Tests of the companions' command lines."""

from __future__ import annotations

import pytest

from bindctl.companions.switches import (
    MANY,
    SwitchError,
    parse_colon,
    parse_element,
    parse_spaced,
)

COUNTS = {"create": 2, "c": 2, "start": MANY, "b": 1, "dontstart": 0}
ALIASES = {"c": "create"}


@pytest.mark.parametrize(
    ("line", "found", "loose"),
    [
        ("/create a b /b 81", {"create": ["a", "b"], "b": ["81"]}, []),
        ("/CREATE /srv/a b", {"create": ["/srv/a", "b"]}, []),
        ("/start w3svc/1 x /b 1", {"start": ["w3svc/1", "x"], "b": ["1"]}, []),
        ("/start", {"start": []}, []),
        ("-dontstart", {"dontstart": []}, []),
        ("/c a b", {"create": ["a", "b"]}, []),
        ("x /b 1 y", {"b": ["1"]}, ["x", "y"]),
        ("/create /?", {"create": [], "?": []}, []),
        ("--help", {"?": []}, []),
    ],
)
def test_switches_take_their_words(
    line: str, found: dict[str, list[str]], loose: list[str]
) -> None:
    """A folder that begins with a slash must not be taken for a switch."""
    assert parse_spaced(COUNTS, line.split(), ALIASES) == (found, loose)


@pytest.mark.parametrize(
    ("line", "switch", "is_short"),
    [
        ("/create a", "create", True),
        ("/b", "b", True),
        ("/b /dontstart", "b", True),
        ("/nonsense", "/nonsense", False),
        ("/start a /nonsense", "/nonsense", False),
        ("/b 1 /B 2", "/B", False),
        ("/create a b /c d e", "/c", False),
    ],
)
def test_what_is_no_command_line(line: str, switch: str, is_short: bool) -> None:
    """The script names the switch it stumbled over."""
    with pytest.raises(SwitchError) as caught:
        parse_spaced(COUNTS, line.split(), ALIASES)
    assert (caught.value.switch, caught.value.is_short) == (switch, is_short)


@pytest.mark.parametrize(
    ("words", "values", "rest"),
    [
        (["list", "site", "/Text:Name"], {"text": "Name"}, ["list", "site"]),
        (["/bindings:http/*:81:"], {"bindings": "http/*:81:"}, []),
        (
            ["/+bindings.[Protocol='https',bindingInformation='*:443:h']"],
            {"+bindings.[Protocol='https',bindingInformation='*:443:h']": ""},
            [],
        ),
        (
            ["/[path='/'].[path='/'].physicalPath:c:\\x"],
            {"[path='/'].[path='/'].physicalPath": "c:\\x"},
            [],
        ),
        (["/xml", "-?"], {"xml": "", "?": ""}, []),
    ],
)
def test_values_stand_behind_a_colon(
    words: list[str], values: dict[str, str], rest: list[str]
) -> None:
    """Colons within brackets belong to a binding."""
    assert parse_colon(words) == (values, rest)


@pytest.mark.parametrize(
    ("text", "attributes"),
    [
        ("[a='b']", {"a": "b"}),
        ("[Protocol='http', x=\"a,b\"]", {"protocol": "http", "x": "a,b"}),
        ("[a='']", {"a": ""}),
        ("[a=b]", None),
        ("[a]", None),
        ("[a=']", None),
        ("[a='b\"]", None),
        ("a='b'", None),
        ("", None),
    ],
)
def test_elements(text: str, attributes: dict[str, str] | None) -> None:
    """``[protocol='https',bindingInformation='*:443:host']`` is what scripts type."""
    assert parse_element(text) == attributes
