"""Text of a metabase as people may see it."""

from __future__ import annotations

import pytest

from bindctl.metabase.redaction import mark_secrets, star_secrets, without_marks


@pytest.mark.parametrize(
    ("text", "starred"),
    [
        ('AnonymousUserPass = "s" # c\nX = 1', 'AnonymousUserPass = "*" # c\nX = 1'),
        ("  uncpassword='s'\r\n", '  uncpassword="*"\r\n'),
        ('"UNCPassword" = "a\\"s"\n', '"UNCPassword" = "*"\n'),
        ('a.UNCPassword = "s"\n', 'a.UNCPassword = "*"\n'),
        (
            'root = {UNCPassword = "s", Path = "p"}',
            'root = {UNCPassword = "*", Path = "p"}',
        ),
        ('UNCPassword = """\ns"t\n"""\nX = 1', 'UNCPassword = "*"\n*\n*\nX = 1'),
        ("UNCPassword = '''s\ns'''\n", 'UNCPassword = "*"\n*\n'),
        ('UNCPassword = """s', 'UNCPassword = "*"'),
        ('UNCPassword = "s\nX = 1', 'UNCPassword = "*"\nX = 1'),
        ('UNCPassword = [\n"s"]\n', 'UNCPassword = "*"\n*\n'),
        ('"UNC\\u0050assword" = "s"\n', '"UNC\\u0050assword" = "*"\n'),
        ('UNCPassword = "s"s"\nX = 1', 'UNCPassword = "*"\nX = 1'),
        ("UNCPassword = 's's'\nX = 1", 'UNCPassword = "*"\nX = 1'),
        ('UNCPassword = "s",s"}s\nX = 1', 'UNCPassword = "*"\nX = 1'),
        ('UNCPassword = """s"""s"""\nX = 1', 'UNCPassword = "*"\nX = 1'),
        ('UNCPassword = """s"""s\nX = 1', 'UNCPassword = "*"\n*'),
        ('UNCPassword = ["s]s", ["s"], "s"]\nX = 1', 'UNCPassword = "*"\nX = 1'),
        ('#UNCPassword = "s"\n', '#UNCPassword = "*"\n'),
        ('MyUNCPassword = "s"\n', 'MyUNCPassword = "s"\n'),
        ('UNCUserName = "s"\n', 'UNCUserName = "s"\n'),
    ],
)
def test_values_of_secure_properties_are_stars(text: str, starred: str) -> None:
    """However a file spells it, a password is not shown; the rest is."""
    assert star_secrets(text) == starred.replace("*", "*" * 10)


def test_marks_tell_values_apart() -> None:
    """A change of nothing but a password is still a change."""
    seen: dict[str, int] = {}
    texts = [f'UNCPassword = "{value}"' for value in ("a", "b", "a")]
    first, other, again = (mark_secrets(text, seen) for text in texts)
    assert first == again != other
    assert without_marks(other) == star_secrets(texts[0])
