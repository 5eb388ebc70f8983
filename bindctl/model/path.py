"""Metabase paths as adsutil reads them.

On the quickest path: imports nothing.

Source:
    adsutil.vbs, generation C: SanitizePath, SplitParam.
"""

# Entries of the document that are neither keys nor properties of /LM.
_RESERVED = frozenset({"schema_version", "test", "check"})


def clean_path(text: str) -> str:
    """`text` without outer spaces, with ``/`` only, less one slash at each end."""
    path = text.strip(" ").replace("\\", "/")
    return path.removeprefix("/").removesuffix("/")


def parse_path(text: str) -> tuple[str, ...]:
    """Segments of a key's path below /LM; the empty tuple is /LM itself.

    Letter case is kept as typed: names compare case-insensitively.
    """
    path = clean_path(text)
    return tuple(path.split("/")) if path else ()


def split_property(text: str) -> tuple[tuple[str, ...], str]:
    """A key's path and the property after the last slash.

    A single word is a property of /LM.
    """
    path = clean_path(text)
    node, _slash, name = path.rpartition("/")
    return (tuple(node.split("/")) if node else ()), name


def without_root(path: tuple[str, ...]) -> tuple[str, ...]:
    """`path` less a leading ``LM``, as bindctl's own messages print paths."""
    return path[1:] if path and path[0].upper() == "LM" else path


def format_path(path: tuple[str, ...]) -> str:
    """``/LM/W3SVC/1/ROOT``: how IIS writes a location."""
    return "/".join(("/LM", *path)).upper()


def is_reserved(path: tuple[str, ...]) -> bool:
    """Whether the name below /LM is reserved: it is not a key of the metabase."""
    return bool(path) and path[0].lower() in _RESERVED


def is_same_path(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Whether both lead to one key: names compare case-insensitively."""
    return len(left) == len(right) and all(
        a == b or a.lower() == b.lower() for a, b in zip(left, right, strict=True)
    )


def spelling_rank(path: tuple[str, ...]) -> list[str]:
    """Sorts the spellings of one key: what the first of them says counts.

    Small letters come before capitals, since a quick search looks for lower case. The
    order of the file would not do: not all parsers keep it.
    """
    return [name.swapcase() for name in reversed(path)]
