"""Certificates of the central store: PFX files, opened at the first handshake.

1. A private key is never written in clear: a TLS context takes keys from files alone, so
   the key goes there sealed with a passphrase that was made for it and is forgotten.
2. `pfx_opener` opens the files, in a process beside the worker.
"""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    from bindctl.model.secret import Secret
    from bindctl.server.tls.pfx_opener import SealedPem


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


def load_into(context: ssl.SSLContext, sealed: SealedPem) -> None:
    """Give a context a certificate, its chain and its key.

    Raises:
        OSError: They do not belong together, or the file cannot be written.
    """
    descriptor, draft = tempfile.mkstemp(prefix="bindctl-")  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(sealed.pem)
        context.load_cert_chain(draft, password=sealed.passphrase)
    finally:
        os.unlink(draft)
