"""Errors of the file system, as the user's errors.

On the quick path of writers: imports only `errno` and the errors.
"""

import errno

from bindctl.findings.errors import BindctlError

_PERMISSION = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_MAY_NOT = "correct its owner or mode, or run bindctl as its owner"


def file_error(path: str, error: OSError) -> BindctlError:
    """The error of bindctl for an `OSError` about that file."""
    cause = error.strerror or str(error)
    cause = cause[:1].lower() + cause[1:]
    code = "MET005" if error.errno in _PERMISSION else "MET006"
    hint = _MAY_NOT if code == "MET005" else ""
    return BindctlError(code, f"{path}: {cause}", getattr(error, "hint", hint))
