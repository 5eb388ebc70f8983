"""Text of a metabase as people may see it: values of secure properties as stars.

The text need not be TOML, because a version may have been written by hand. Text in a
comment or another value that looks like a secure property is starred as well.
"""

from __future__ import annotations

import re
from functools import cache

from bindctl.metabase.schema import Property
from bindctl.metabase.schema_data import PROPERTIES
from bindctl.metabase.values import STARS

# What may follow a value. If anything else follows, it is still part of the value, as
# after a quote in a password.
_END = r"""(?=[ \t]*(?:\#|\r?\n|\Z|\}[ \t]*(?:[\#,}\]]|\r?\n|\Z)
  |,[ \t]*[\w.'"-]+[ \t]*=))"""
_VALUE = rf'''
    """(?:\\[\s\S]|[^\\])*?"{{3,5}}{_END}
  | """[\s\S]*                                # not ended, or not there
  | \'\'\'[\s\S]*?'{{3,5}}{_END}
  | \'\'\'[\s\S]*
  | "(?:\\.|[^"\\\n])*"{_END}
  | '[^'\n]*'{_END}
  | \[(?:"(?:\\.|[^"\\\n])*"|'[^'\n]*'|[^]]|](?=\s*[],]))*(?:]|\Z)
  | [^\r\n]*                                  # anything else, to the end of the line
'''
_MARK = re.compile(r"\0[0-9]+\0")


def star_secrets(text: str) -> str:
    """The text with ten stars in the place of each value of a secure property."""
    return without_marks(mark_secrets(text, {}))


def mark_secrets(text: str, seen: dict[str, int]) -> str:
    """The same with a mark behind the stars, so that a diff tells two values apart.

    Args:
        text: As it is stored.
        seen: The number of each value; new values are added.
    """

    def star(found: re.Match[str]) -> str:
        value = found["value"]
        mark = f"\0{seen.setdefault(value, len(seen))}\0"
        lines = [f'"{STARS}"{mark}', *[STARS + mark] * value.count("\n")]
        return found["name"] + "\n".join(lines)

    return _pattern().sub(star, text)


def without_marks(text: str) -> str:
    """The result of `mark_secrets`, or a diff of it, without the marks."""
    return _MARK.sub("", text)


@cache
def _pattern() -> re.Pattern[str]:
    names = "|".join(name for name in PROPERTIES if Property(name).is_secure)
    # A name with escapes in it may spell any of them.
    escaped = r'''"[^"\n]*\\[^"\n]*"'''
    start = rf"""(?P<name>(?<![\w-])(?:["']?(?:{names})["']?|{escaped})[ \t]*=[ \t]*)"""
    return re.compile(f"{start}(?P<value>{_VALUE})", re.IGNORECASE | re.VERBOSE)
