"""What an error of the file system means to the user.

On the quick path of writers: imports only `errno` and the errors.
"""

import errno

from bindctl.findings.errors import BindctlError

_PERMISSION = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def file_error(path: str, error: OSError) -> BindctlError:
    """What an `OSError` about that file means to the user."""
    cause = error.strerror or str(error)
    cause = cause[:1].lower() + cause[1:]
    code = "MET005" if error.errno in _PERMISSION else "MET006"
    return BindctlError(code, f"{path}: {cause}", getattr(error, "hint", ""))
