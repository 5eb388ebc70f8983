"""The Python API: a metabase as an object, its edits as one transaction.

A face of `bindctl.operations`, as the command line is: nothing can be done here that a
command could not do, and both do it in the same way. Programs name these things by way
of the package: ``bindctl.open``.
"""

from bindctl.api.metabase import (
    Metabase,
    history,
    open,  # noqa: A004 - as gzip.open is
    undo,
    update,
)
from bindctl.api.sites import Site, Sites, StringList, Value
from bindctl.findings.errors import BindctlError
from bindctl.operations.load.sources import ReasonedChange
from bindctl.operations.versions.history import Restored
from bindctl.storage.versions import Version

__all__ = [
    "BindctlError",
    "Metabase",
    "ReasonedChange",
    "Restored",
    "Site",
    "Sites",
    "StringList",
    "Value",
    "Version",
    "history",
    "open",
    "undo",
    "update",
]
