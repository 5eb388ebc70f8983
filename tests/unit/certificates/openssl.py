"""OpenSSL as a client that verifies: the judge of our judge."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME: dates are not the subject
# RSA below 2048 bits and SHA-1 are refused from level 2 on, the default of OpenSSL 3.2.
_CIPHERS = "DEFAULT:@SECLEVEL=2"


def handshake_succeeds(file: Path, host: str, anchors_pem: bytes) -> bool:
    """Whether OpenSSL accepts what a server sends for a host.

    Args:
        file: PEM of the leaf, its chain, and the leaf's key.
        host: What the client asks for.
        anchors_pem: Whom the client trusts.
    """
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.set_ciphers("DEFAULT:@SECLEVEL=0")  # a server shows what it has
    server_context.load_cert_chain(file)
    client_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client_context.set_ciphers(_CIPHERS)
    client_context.verify_flags |= _NO_CHECK_TIME
    client_context.load_verify_locations(cadata=anchors_pem.decode())
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(to_client, to_server, server_hostname=host)
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    waiting = [client, server]
    for _round in range(10):
        for side in tuple(waiting):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError:
                return False
            waiting.remove(side)
        if not waiting:
            return True
    message = "the handshake does not end"
    raise AssertionError(message)
