"""Why bindctl cannot go on: one exception, a code, a cause and a next step.

Imports nothing, so that the quickest commands can raise it.
"""


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


class BindctlError(Exception):
    """We cannot go on.

    Attributes:
        code: Stable code from the table in `bindctl.findings.codes`.
        message: The thing first, then the cause; lower case, no full stop.
        hint: The next step, or empty.
        exit_status: One of `ExitStatus`.
        hresult: What the same failure is on Windows; 0 where there is none.
    """

    def __init__(
        self,
        code: str,
        message: str,
        hint: str = "",
        exit_status: int = ExitStatus.USAGE,
        hresult: int = 0,
    ) -> None:
        """Keep the parts; the text of the exception is the message."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.exit_status = exit_status
        self.hresult = hresult
