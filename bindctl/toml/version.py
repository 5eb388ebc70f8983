"""The schema version that a metabase states.

On the quickest path: looks at what precedes the first table only.
"""

from bindctl.findings.errors import BindctlError
from bindctl.toml.reader import read_table
from bindctl.toml.scanner import Span

SCHEMA_VERSION = 1
_NAME = b"schema_version"


def require_known_version(octets: bytes) -> None:
    """Refuse a file of another version: it would be misread, and then edited.

    A file that names none is of this one.

    Raises:
        BindctlError: MET008.
    """
    end = octets.find(b"\n[")
    head = octets if end < 0 else octets[: end + 1]
    if _NAME not in head or head.startswith(b"["):
        return
    found = _find_version(head)
    if found is None or (found == SCHEMA_VERSION and not isinstance(found, bool)):
        return
    raise BindctlError(
        "MET008",
        f"schema_version is {found!r}; this bindctl knows {SCHEMA_VERSION}",
        "use the bindctl that wrote the file, or a later one; nothing was changed",
    )


def _find_version(head: bytes) -> object | None:
    try:
        return read_table(head, Span((), 0, 0, len(head))).get(_NAME.decode())
    except BindctlError:
        return None  # the reader of the whole file reports where it is wrong
