"""Failures as the companions print them, and the words of Windows for a number.

On a quick path: imports nothing slow.
"""

from bindctl.findings.errors import BindctlError
from bindctl.terminal.boundary import print_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.terminal.terminal import Terminal

GENERAL_FAILURE = 1
E_FILE_NOT_FOUND = 0x80070002
E_PATH_NOT_FOUND = 0x80070003
E_ACCESS_DENIED = 0x80070005
E_SHARING_VIOLATION = 0x80070020
E_NOT_SUPPORTED = 0x80070032
E_DUPLICATE_NAME = 0x80070034
E_FILE_EXISTS = 0x80070050
E_INVALID_PARAMETER = 0x80070057
E_INVALID_PASSWORD = 0x80070056
E_PATH_BUSY = 0x80070094
E_ALREADY_EXISTS = 0x800700B7
E_CANNOT_CONTROL = 0x80070425
E_NOT_STARTED = 0x80070426
E_NOT_FOUND = 0x80070490
E_INVALID_XML = 0x800CC819
E_WMI_NOT_FOUND = 0x80041002
E_WMI_INVALID_PATH = 0x8004103A

_WORDS = {
    E_FILE_NOT_FOUND: "The system cannot find the file specified.",
    E_PATH_NOT_FOUND: "The system cannot find the path specified.",
    E_ACCESS_DENIED: "Access is denied.",
    E_SHARING_VIOLATION: (
        "The process cannot access the file because it is being used by another "
        "process."
    ),
    E_NOT_SUPPORTED: "The request is not supported.",
    E_PATH_BUSY: ("The path specified cannot be used at this time."),
    E_ALREADY_EXISTS: "Cannot create a file when that file already exists.",
    E_CANNOT_CONTROL: "The service cannot accept control messages at this time.",
    E_NOT_STARTED: "The service has not been started.",
    E_NOT_FOUND: "Element not found.",
}
# Errors that only bindctl has, as failures that a script of IIS knows.
_NUMBERS = {
    "MET004": E_PATH_BUSY,
    "MET005": E_ACCESS_DENIED,
    "MET101": E_PATH_NOT_FOUND,
    "MET106": E_ALREADY_EXISTS,
    "SRV001": E_NOT_STARTED,
}
# Errors whose message tells a person more than the words of Windows.
_TOLD = frozenset({"MET004", "SRV001", "SRV004"})


class ScriptError(Exception):
    """A companion cannot go on.

    Attributes:
        lines: What it prints.
        status: What it exits with.
        cause: What the lines do not tell a person; for standard error.
    """

    def __init__(
        self,
        *lines: str,
        number: int = GENERAL_FAILURE,
        cause: BindctlError | None = None,
    ) -> None:
        """Keep the parts."""
        super().__init__(*lines)
        self.lines: Sequence[str] = lines
        self.status = exit_status(number)
        self.cause = cause


def number_of(error: BindctlError) -> int:
    """The HRESULT of the error for a script; 0 for errors that only bindctl has."""
    return error.hresult or _NUMBERS.get(error.code, 0)


def words_of(number: int, otherwise: str = "") -> str:
    """The system's own words for an HRESULT."""
    return _WORDS.get(number, otherwise)


def exit_status(number: int) -> int:
    """The low 8 bits of an HRESULT, which is all that an exit status holds."""
    return number & 0xFF or GENERAL_FAILURE


def report(terminal: "Terminal", error: ScriptError) -> int:
    """Print a failure; its exit status."""
    for line in error.lines:
        terminal.print(line)
    cause = error.cause
    is_told = cause is not None and (
        cause.code in _TOLD or number_of(cause) == E_ACCESS_DENIED
    )
    if cause is not None and is_told:
        print_error(terminal, cause)
    return error.status


def failure(message: str, number: int = E_INVALID_PARAMETER) -> ScriptError:
    """An ``ERROR ( message:… )`` of appcmd, with the low 8 bits of the number."""
    return ScriptError(f"ERROR ( message:{message} )", number=number)


def unknown_attribute(name: str) -> ScriptError:
    """The message of appcmd for an attribute that it cannot store or show."""
    message = f'Unknown attribute "{name}".  Replace with -? for help.'
    return failure(message)


def duplicate_element(name: str) -> ScriptError:
    """The message of appcmd for an object that exists already."""
    message = f'Failed to add duplicate collection element "{name}".'
    return failure(message, E_ALREADY_EXISTS)


def error_line(number: int, text: str) -> str:
    """``Error &H80070426: The service has not been started.``."""
    return f"Error &H{number:X}: {text}"


def script_error(error: BindctlError, *before: str) -> ScriptError:
    """An error of bindctl as a script prints it, after lines of the script's own.

    Raises:
        BindctlError: `error` itself, when IIS has nothing like it.
    """
    number = number_of(error)
    if not number:
        raise error
    line = error_line(number, words_of(number, error.message))
    return ScriptError(*before, line, number=number, cause=error)
