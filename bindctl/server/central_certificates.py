"""Certificates of the central store: PFX files, opened at the first handshake.

1. A private key is never written in clear: a TLS context takes keys from files alone, so
   the key goes there sealed with a passphrase that was made for it and is forgotten.
2. A file is read up to `MAX_OCTETS`, and its context is one of the worker's, whose
   number is bounded (`tls.MAX_CONTEXTS`).
"""

from __future__ import annotations

import os
import secrets
import tempfile
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.findings.errors import BindctlError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    from bindctl.model.secret import Secret

MAX_OCTETS: Final = 1 << 20  # a chain of four with its key is 10 KiB
_PASSPHRASE_OCTETS: Final = 32


class CentralFiles(NamedTuple):
    """Where the files of the central store are.

    Attributes:
        directory: Absolute path of their folder.
        password: Of every file; an empty one is none.
        spellings: Names on disk by name in lower case, where the two differ.
    """

    directory: str
    password: Secret
    spellings: Mapping[str, str]

    def path(self, name: str) -> str:
        """The path of a file, by its name in lower case."""
        return os.path.join(self.directory, self.spellings.get(name, name))


def load_into(context: ssl.SSLContext, path: str, password: Secret) -> None:
    """Give a context the certificate, chain and key of a PFX file.

    Raises:
        OSError: The file cannot be read, or another cannot be written for an instant.
        BindctlError: It cannot be used; the message says why, as a clause.
    """
    # Imported here: a service without a central store never needs `cryptography`.
    from bindctl.certificates.pfx import encrypt_key, read_pfx  # noqa: PLC0415

    with open(path, "rb") as file:
        octets = file.read(MAX_OCTETS + 1)
    if len(octets) > MAX_OCTETS:
        raise BindctlError("CRT103", f"it is larger than {MAX_OCTETS} octets")
    found = read_pfx(octets, password.value)
    if found.key_pem is None:
        raise BindctlError("CRT401", "it holds no private key")
    passphrase = secrets.token_hex(_PASSPHRASE_OCTETS)
    sealed = encrypt_key(found.key_pem, passphrase.encode("ascii"))
    descriptor, draft = tempfile.mkstemp(prefix="bindctl-")  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(found.certificate_pem + sealed)
        context.load_cert_chain(draft, password=passphrase)
    finally:
        os.unlink(draft)
