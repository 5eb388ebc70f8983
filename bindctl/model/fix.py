"""A fix: a small change of a metabase that may mend a finding, as a value.

Code that applies it to a copy and judges that copy finds out whether it does.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NamedTuple, TypeAlias

# In place of the thumbprint of a certificate that the fix has made.
NEW_CERTIFICATE: Final = "<new certificate>"


class FixKind(IntEnum):
    """What a fix does; of two that are equally good, the lower is offered first."""

    RESPELL = 1  # the same meaning, written otherwise
    REMOVE = 2  # something that does nothing
    FLAGS = 3  # how certificates are found
    ASSIGN = 4  # a certificate of the store
    MOVE = 5  # another port, address or host
    CREATE = 6  # a new certificate


class SetProperty(NamedTuple):
    """A property of a key gets a value.

    Attributes:
        path: Names below /LM.
        name: The property.
        value: As the schema types it.
    """

    path: tuple[str, ...]
    name: str
    value: int | str | tuple[str, ...]


class ReplaceText(NamedTuple):
    """Characters of one line of the file are replaced.

    Attributes:
        line: From 1.
        column: From 1.
        old: What has to stand there, on that line.
        new: What takes its place; a line that is empty then goes.
    """

    line: int
    column: int
    old: str
    new: str


Edit: TypeAlias = SetProperty | ReplaceText


class Fix(NamedTuple):
    """A change that may mend a finding.

    Attributes:
        kind: What it does.
        words: The same in words: ``set SslFlags of site 2 to 1 (SNI)``.
        edits: In the order they are made.
        names: Names of a certificate to be made first, for `NEW_CERTIFICATE`.
    """

    kind: FixKind
    words: str
    edits: tuple[Edit, ...]
    names: tuple[str, ...] = ()
