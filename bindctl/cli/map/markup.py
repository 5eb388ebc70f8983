"""Text in SVG and HTML: whatever a metabase holds, it is text there and nothing else."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from bindctl.model.harmless_text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

_NO_XML = {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}
_NO_XML |= dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def clean_line(text: str) -> str:
    """`text` on one line, without what markup cannot hold or would obey.

    Control characters and marks that turn the direction of writing are spelt out; what
    XML has no characters for is replaced.

    Source:
        XML 1.0 (fifth edition) §2.2, Char.
    """
    return text if text.isprintable() else one_line(text).translate(_NO_XML)


def escape_text(text: str) -> str:
    """Cleaned lines between tags or in quotes."""
    return escape("\n".join(map(clean_line, text.split("\n"))))


def element(
    name: str, attributes: Mapping[str, object], *content: str, text: str = ""
) -> str:
    """An element.

    Args:
        name: Its tag.
        attributes: Their values are escaped; one that is ``None`` is left out.
        content: Markup within it.
        text: Escaped, before the content.
    """
    written = "".join(
        f' {key}="{escape_text(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{escape_text(text)}{''.join(content)}</{name}>"
