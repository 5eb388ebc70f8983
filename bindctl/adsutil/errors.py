"""Failures as adsutil prints them: a description, the number, the command's line.

On the quickest path: imports only the error it wraps.

Source:
    adsutil.vbs, generation C: ReportError. ADSI codes: MSDN, "ADSI Error Codes".
"""

from bindctl.findings.errors import BindctlError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

E_PATH_NOT_FOUND = 0x80070003
E_ACCESS_DENIED = 0x80070005
E_PATH_BUSY = 0x80070094
E_UNKNOWN_OBJECT = 0x80005004
E_PROPERTY_NOT_SUPPORTED = 0x80005006
E_ALREADY_EXISTS = 0x800700B7
E_SERVICE_NOT_ACTIVE = 0x80070426
E_INVALID_CALL = 5
E_OVERFLOW = 6
E_TYPE_MISMATCH = 13
E_NO_METHOD = 438
USAGE_STATUS = 2

# Any other number has no description: a blank line.
_DESCRIPTIONS = {
    E_PATH_NOT_FOUND: "The path requested could not be found.",
    E_ACCESS_DENIED: "Access is denied for the requested path or property.",
    E_PATH_BUSY: "The requested path is being used by another application.",
    E_INVALID_CALL: "Invalid procedure call or argument",
    E_OVERFLOW: "Overflow",
    E_TYPE_MISMATCH: "Type mismatch",
    E_NO_METHOD: "Object doesn't support this property or method",
}
# Errors that only bindctl has, as failures that an IIS script knows.
_NUMBERS = {
    "MET004": E_PATH_BUSY,  # another process holds the metabase's lock
    "MET005": E_ACCESS_DENIED,  # the file may not be read or written
    "SRV001": E_SERVICE_NOT_ACTIVE,  # ERROR_SERVICE_NOT_ACTIVE, 1062
}


class AdsiError(Exception):
    """A command of adsutil failed.

    Attributes:
        number: The HRESULT, or a VBScript run-time error.
        lines: The command's own lines, printed after the number.
        is_spaced: Whether a blank line comes first, as in ENUM.
        cause: The cause for people, which the block does not contain; for stderr.
    """

    def __init__(
        self,
        number: int,
        *lines: str,
        is_spaced: bool = False,
        cause: BindctlError | None = None,
    ) -> None:
        """Keep the parts."""
        super().__init__(f"0x{number:08X}", *lines)
        self.number = number
        self.lines = lines
        self.is_spaced = is_spaced
        self.cause = cause

    @property
    def exit_status(self) -> int:
        """The low 8 bits of the number, which is all that an exit status holds."""
        return exit_status(self.number)


def exit_status(number: int) -> int:
    """The exit status of an HRESULT: 0x80070003 is 3, 0x80005006 is 6.

    Never 0, which would be success: a number whose low octet is 0 exits with 1.
    """
    return number & 0xFF or 1


def error_block(number: int, *lines: str) -> "Sequence[str]":
    """Description, ``ErrNumber: -2147024893 (0x80070003)``, the command's lines."""
    signed = number - (1 << 32) if number >= 1 << 31 else number
    return (
        _DESCRIPTIONS.get(number, ""),
        f"ErrNumber: {signed} (0x{number:X})",
        *lines,
    )


def adsi_error(error: BindctlError, *lines: str, is_spaced: bool = False) -> AdsiError:
    """The failure a script sees for an error of bindctl, with the command's lines.

    Raises:
        BindctlError: `error` itself, when IIS has nothing like it: a metabase that is
            not TOML, a full disk.
    """
    number = _NUMBERS.get(error.code)
    if number is not None:
        return AdsiError(number, *lines, is_spaced=is_spaced, cause=error)
    if not error.hresult:
        raise error
    # The binding and site at fault, or the reason of a gate: the block has only a
    # number.
    is_told = error.code == "SRV004" or error.hresult == E_ACCESS_DENIED
    cause = error if is_told else None
    return AdsiError(error.hresult, *lines, is_spaced=is_spaced, cause=cause)
