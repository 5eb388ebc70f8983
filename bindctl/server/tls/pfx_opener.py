"""Opens PFX files in a process beside the worker, which it asks over pipes.

`cryptography` lets no other thread run while it opens one, and checks the arithmetic of
its key: measured, 60 ms for RSA of 2048 bits, 7 s for 8192. The cost of a file cannot
be known in advance: rounds of key derivation may be stated in its encrypted part.

1. If a file takes more than `OPEN_S` of processor time, the process is ended.
2. The process ends with the worker, and when it was idle for `IDLE_S`.
3. The key comes back encrypted with a passphrase made for it, never in clear.
"""

from __future__ import annotations

import os
import pickle
import secrets
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.findings.errors import BindctlError

if TYPE_CHECKING:
    from bindctl.model.secret import Secret

OPEN_S: Final = 8.0  # less than a handshake may take
IDLE_S: Final = 60.0
_PASSPHRASE_OCTETS: Final = 32
_HINT: Final = "export the certificate anew, with fewer rounds or a smaller key"


class SealedPem(NamedTuple):
    """A certificate, its chain, and its key, which `passphrase` opens.

    Attributes:
        pem: All of them.
        passphrase: Made only for this key; to be forgotten.
    """

    pem: bytes
    passphrase: str

    def __repr__(self) -> str:
        """The text leaves out the passphrase, because tracebacks show it."""
        return f"SealedPem({len(self.pem)} octets)"


class PfxOpener:
    """The process, as a worker sees it; for one thread."""

    __slots__ = ("_process", "_seconds")

    def __init__(self, seconds: float = OPEN_S) -> None:
        """Nothing is started before the first file; it may take `seconds`."""
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def open(self, octets: bytes, password: Secret) -> SealedPem:
        """The content of a PFX file.

        Raises:
            BindctlError: CRT103, CRT401: it cannot be used; the message says why.
            OSError: No process can be started.
        """
        passphrase = secrets.token_hex(_PASSPHRASE_OCTETS)
        request = (octets, password.value, passphrase, self._seconds)
        answer = self._ask(request) or self._ask(request)  # it may just have ended
        if answer is None:
            raise BindctlError(
                "CRT103", "the process that opens it does not survive it", _HINT
            )
        if isinstance(answer, bytes):
            return SealedPem(answer, passphrase)
        raise BindctlError(*answer)

    def _ask(
        self, request: tuple[bytes, str, str, float]
    ) -> bytes | tuple[str, str, str] | None:
        """The answer of the process; ``None`` when it ended without one."""
        process = self._running()
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - pipes
        try:
            pickle.dump(request, process.stdin)
            process.stdin.flush()
            answer: bytes | tuple[str, str, str] = pickle.load(process.stdout)  # noqa: S301 - ours
        except (OSError, EOFError, pickle.UnpicklingError):
            status = self.close()
            if status == -signal.SIGPROF:
                message = f"it takes more than {self._seconds:g} s of work to open"
                return ("CRT103", message, _HINT)
            return None
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self.close()
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bindctl.server.tls.pfx_opener"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,  # an interrupt is for the service
            )
        return self._process

    def close(self) -> int:
        """End the process; its exit status."""
        process, self._process = self._process, None
        if process is None:
            return 0
        for pipe in (process.stdin, process.stdout):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:  # nobody would read octets that were not sent
                continue
        return process.wait()


def main() -> None:
    """Open the files that the worker asks for, until its pipe is closed."""
    signal.signal(signal.SIGALRM, lambda *_: os._exit(0))
    while True:
        signal.setitimer(signal.ITIMER_REAL, IDLE_S)
        try:
            octets, password, passphrase, seconds = pickle.load(sys.stdin.buffer)  # noqa: S301 - the worker's
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_REAL, 0)
        limit_processor_time(seconds)
        answer: bytes | tuple[str, str, str]
        try:
            answer = _seal(octets, password, passphrase.encode("ascii"))
        except BindctlError as error:
            answer = (error.code, error.message, error.hint)
        limit_processor_time(0)
        pickle.dump(answer, sys.stdout.buffer)
        sys.stdout.buffer.flush()


def limit_processor_time(seconds: float) -> None:
    """End this process after so much processor time, even while no Python code runs.

    Waiting does not count: a file is judged once, and must not be given up because the
    machine was busy or asleep. 0 means no limit.
    """
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _seal(octets: bytes, password: str, passphrase: bytes) -> bytes:
    from bindctl.certificates.pfx import encrypt_key, read_pfx  # noqa: PLC0415 - slow

    found = read_pfx(octets, password)
    if found.key_pem is None:
        raise BindctlError("CRT401", "it holds no private key")
    return found.certificate_pem + encrypt_key(found.key_pem, passphrase)


if __name__ == "__main__":
    main()
