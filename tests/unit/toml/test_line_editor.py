"""Lines put in, replaced and taken out, and what is left to the parser."""

from __future__ import annotations

import pytest

from bindctl.toml.line_editor import (
    add_line,
    drop_line,
    format_plain,
    format_text,
    replace_line,
)


@pytest.mark.parametrize(
    ("body", "value", "after"),
    [
        (b'a = "x"\n', "y", b'a = "y"\n'),
        (b'  a  =\t"x"  # c\r\n', "y", b'  a  =\t"y"  # c\r\n'),
        (b"b = 1\na = 1\nab = 2\n", 7, b"b = 1\na = 7\nab = 2\n"),
        (b"a=1", True, b"a=true"),
        (b"a = 'x # y' # z\n", "y", b'a = "y" # z\n'),
        (b'a = "\\"#" # z\n', 0, b"a = 0 # z\n"),
        (b'a = ["x" , "]"]# z\n', ["p", 'q"'], b'a = ["p", "q\\""]# z\n'),
        (b'a = """x"""\n', "y", b'a = "y"\n'),
        (b'# a = 1\nb = "\\na = 2"\na = 3\n', 4, b'# a = 1\nb = "\\na = 2"\na = 4\n'),
        ("a = 1 # für\n".encode(), "ü", 'a = "ü" # für\n'.encode()),
    ],
)
def test_only_the_value_changes(body: bytes, value: object, after: bytes) -> None:
    """Alignment, comments and line ends are the administrator's."""
    assert replace_line(body, "a", value) == after


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'"a" = 1\n', 2),
        (b"a.b = 1\n", 2),
        (b"a = [\n1,\n]\n", 2),
        (b'a = """\nx"""\n', 2),
        (b"a = 1\n", 1.5),
        (b"a = 1\n", [1]),
        (b"b = 1\n", 2),
    ],
)
def test_what_is_no_plain_line_is_left_to_the_parser(
    body: bytes, value: object
) -> None:
    """A guess about a value over several lines would break the file."""
    assert replace_line(body, "a", value) is None


def test_a_new_line_stands_last() -> None:
    """Under the table's other properties, in the file's line ends."""
    assert add_line(b"", "a", 1, b"\n") == b"a = 1\n"
    assert add_line(b"b = 2\r\n", "a", "x", b"\r\n") == b'b = 2\r\na = "x"\r\n'
    assert add_line(b"b = 2", "a", 1, b"\n") is None
    assert add_line(b"", "a b", 1, b"\n") is None
    assert add_line(b"", "a", None, b"\n") is None


def test_a_dropped_line_leaves_its_neighbours() -> None:
    """Its own comment goes with it, and no other."""
    body = b"# one\n  a = 1 # two\n# three\nb = 2\n"
    assert drop_line(body, "a") == b"# one\n# three\nb = 2\n"
    assert drop_line(body, "c") is None
    assert drop_line(b"b = 2\na = 1", "a") is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("C:\\sites", '"C:\\\\sites"'),
        ('"', '"\\""'),
        ("\b\t\n\f\r\x00\x7f\u0085", '"\\b\\t\\n\\f\\r\\u0000\\u007f\u0085"'),
        (False, "false"),
        (0, "0"),
        ([], "[]"),
        (2.5, None),
        (["a", 1], None),
    ],
)
def test_values_are_written_as_toml_has_them(value: object, text: str | None) -> None:
    """Any parser has to read the file afterwards."""
    assert format_plain(value) == text


def test_a_name_may_be_any_text() -> None:
    """Names of certificate records hold colons and dots."""
    assert format_text("0.0.0.0:443") == '"0.0.0.0:443"'
