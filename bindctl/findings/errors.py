"""Why bindctl cannot go on: one exception, a code, a cause and a next step.

Imports only `errno`, so that the quickest commands can raise it.
"""

import errno

TYPE_CHECKING = False
if TYPE_CHECKING:
    from bindctl.findings.finding import Finding


class ExitStatus:
    """Exit status of every command; scripts may rely on each number."""

    OK = 0
    FINDINGS = 1  # findings, differences, or nothing matched
    USAGE = 2  # wrong command line, or input that cannot be read
    REFUSED = 3  # a gate refused; nothing was written
    PERMISSION = 4
    ENGINE_FAILED = 5  # a server or probe failed; the previous state is restored
    BUG = 70
    INTERRUPTED = 130


# Codes that end in another status than USAGE. Only this table says so: code that raises
# the error gives only its code.
_EXIT_STATUSES = {
    "MET003": ExitStatus.REFUSED,
    "MET004": ExitStatus.REFUSED,
    "MET005": ExitStatus.PERMISSION,
    "MET006": ExitStatus.REFUSED,
    "MET007": ExitStatus.REFUSED,
    "MET009": ExitStatus.FINDINGS,
    "MET010": ExitStatus.REFUSED,
    "MET011": ExitStatus.REFUSED,
    "MET012": ExitStatus.REFUSED,
    "MET013": ExitStatus.REFUSED,
    "MET014": ExitStatus.FINDINGS,
    "MET101": ExitStatus.FINDINGS,
    "MET104": ExitStatus.FINDINGS,
    "MET106": ExitStatus.REFUSED,
    "BND002": ExitStatus.REFUSED,
    "BND003": ExitStatus.REFUSED,
    "BND004": ExitStatus.REFUSED,
    "BND005": ExitStatus.REFUSED,
    "CRT001": ExitStatus.FINDINGS,
    "CRT004": ExitStatus.REFUSED,
    "CRT402": ExitStatus.REFUSED,
    "RTE006": ExitStatus.FINDINGS,
    "SRV001": ExitStatus.FINDINGS,
    "SRV002": ExitStatus.REFUSED,
    "SRV003": ExitStatus.ENGINE_FAILED,
    "SRV004": ExitStatus.REFUSED,
    "SRV005": ExitStatus.ENGINE_FAILED,
    "SRV006": ExitStatus.REFUSED,
    "CLI003": ExitStatus.ENGINE_FAILED,
}

_PERMISSION = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_MAY_NOT = "correct its owner or mode, or run bindctl as its owner"


class BindctlError(Exception):
    """We cannot go on.

    Attributes:
        code: Stable code from the table in `bindctl.findings.codes`.
        message: The thing first, then the cause; lower case, no full stop.
        hint: The next step, or empty.
        exit_status: One of `ExitStatus`.
        hresult: The number of the same failure on Windows; 0 where there is none.
        file: The file it is about, where the message counts its lines; or empty.
        names_file: Whether the message has the file's name in it.
        line: The line of a script it is about, from 1; 0 for none.
        spot: Text of the document, and line and column of the fault in it, from 1. It
            is shown only with its secrets as stars.
        findings: The findings because of which a gate refused.
    """

    def __init__(
        self,
        code: str,
        message: str,
        hint: str = "",
        exit_status: int | None = None,
        hresult: int = 0,
    ) -> None:
        """Keep the parts; the text of the exception is the message."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        if exit_status is None:
            exit_status = _EXIT_STATUSES.get(code, ExitStatus.USAGE)
        self.exit_status = exit_status
        self.hresult = hresult
        self.file = ""
        self.names_file = False
        self.line = 0
        self.spot: tuple[str, int, int] | None = None
        self.findings: tuple[Finding, ...] = ()


def file_error(path: str, error: OSError) -> BindctlError:
    """The error of bindctl for an `OSError` about that file."""
    cause = error.strerror or str(error)
    cause = cause[:1].lower() + cause[1:]
    code = "MET005" if error.errno in _PERMISSION else "MET006"
    hint = _MAY_NOT if code == "MET005" else ""
    return BindctlError(code, f"{path}: {cause}", getattr(error, "hint", hint))
