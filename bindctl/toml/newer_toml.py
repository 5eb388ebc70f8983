"""What TOML 1.1 allows and TOML 1.0 does not, in a document that rtoml has read.

rtoml reads both. Dates and times are not looked for here: they show in the values.

Source:
    TOML 1.1.0, "Inline Table" and "String"; TOML 1.0.0, the same.
"""

import re

# Strings of all four kinds and comments; in what rtoml has read, none is left open.
_QUOTED = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|\#[^\n]*''',
    re.DOTALL,
)
_TRAILING_COMMA = re.compile(r",[ \t]*\}")
_ESCAPE = "\\"


def may_be_newer(text: str) -> bool:
    r"""Whether TOML 1.0 may refuse the text; if not, it surely accepts it.

    Args:
        text: A document that rtoml has read, its line ends ``\\n``.
    """
    bare = _QUOTED.sub(_new_escape, text)
    if _ESCAPE in bare or _TRAILING_COMMA.search(bare):
        return True
    # An inline table over several lines; an array in one may have them in 1.0 too.
    return any(line.count("{") != line.count("}") for line in bare.split("\n"))


def _new_escape(found: re.Match[str]) -> str:
    """A mark in place of a string with a new escape, nothing in place of any other."""
    text = found[0]
    if not text.startswith('"') or _ESCAPE not in text:
        return ""
    single = text.replace(_ESCAPE * 2, "")
    return _ESCAPE if f"{_ESCAPE}e" in single or f"{_ESCAPE}x" in single else ""
