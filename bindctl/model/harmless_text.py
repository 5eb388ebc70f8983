"""Makes text from a file or a peer harmless to terminals and CI logs.

Source:
    Unicode 15, 23.1 (control codes) and UAX #9, 2 (directional formatting characters);
    actions/runner, src/Runner.Common/ActionCommand.cs: a line that begins with `::`,
    spaces aside, or that holds `##[` anywhere, is a command. Azure Pipelines reads
    `##vso[` and TeamCity `##teamcity[` in the same way.
"""

# Control characters but TAB; line separators and what turns the direction of writing;
# halves of surrogate pairs, which no encoding has.
OBEYED = (
    (0x00, 0x08),
    (0x0A, 0x1F),
    (0x7F, 0x9F),
    (0x061C, 0x061C),
    (0x200E, 0x200F),
    (0x2028, 0x202E),
    (0x2066, 0x2069),
    (0xD800, 0xDFFF),
)
_COMMAND_KEY = "::"
_COMMAND_PREFIXES = ("##[", "##vso[", "##teamcity[")


class _Shown(dict[int, str]):
    """What is shown for a character, worked out when it first occurs."""

    def __missing__(self, code: int) -> str:
        is_obeyed = any(first <= code <= last for first, last in OBEYED)
        shown = self[code] = f"\\u{code:04x}" if is_obeyed else chr(code)
        return shown


# The escapes of JSON and of TOML: a document of either means the same as before.
_SHOWN = _Shown({ord("\n"): "\\n", ord("\r"): "\\r"})


def one_line(text: str) -> str:
    """`text` on one line, with escapes for what a terminal would obey."""
    return text if text.isprintable() else text.translate(_SHOWN)


def harmless_lines(text: str) -> str:
    """Each line of `text` as `one_line` gives it; none is a command of a CI log."""
    *lines, last = text.split("\n")
    shown = [_harmless_line(line) for line in lines]
    return "\n".join([*shown, _disarm(one_line(last))])


def _harmless_line(line: str) -> str:
    end = "\r" if line.endswith("\r") else ""
    return _disarm(one_line(line.removesuffix(end))) + end


def _disarm(line: str) -> str:
    if _COMMAND_KEY in line:
        start = line.lstrip()
        if start.startswith(_COMMAND_KEY) and start.count(_COMMAND_KEY) > 1:
            line = line.replace(":", "\\u003a", 1)
    if "##" in line:
        for prefix in _COMMAND_PREFIXES:
            line = line.replace(prefix, "\\u0023" + prefix[1:])
    return line
