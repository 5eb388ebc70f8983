"""What bindctl needs to know of a certificate, and how http.sys keys its use."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from bindctl.model.endpoint import Endpoint, IpAddress
    from bindctl.model.host import HostName, WildcardHost


class KeyStatus(Enum):
    """Whether the private key is at hand and belongs to the certificate."""

    MATCHES = "matches"
    MISSING = "missing"
    MISMATCH = "mismatch"


class Certificate(NamedTuple):
    """Facts of one stored leaf certificate.

    Attributes:
        certificate_hash: SHA-1 thumbprint, 40 lower-case hex digits; a name, as on
            Windows, never a proof.
        certificate_store_name: The store it lies in, ``MY``.
        subject: RFC 4514 text.
        issuer: RFC 4514 text.
        presented_ids: DNS names of subjectAltName, ASCII and lower case, unfiltered.
        presented_addresses: IP addresses of subjectAltName.
        not_before: First valid instant, aware UTC.
        not_after: Last valid instant, aware UTC.
        key_status: Whether the private key lies beside it.
        chain_length: Certificates in the file, the leaf included.
    """

    certificate_hash: str
    certificate_store_name: str
    subject: str
    issuer: str
    presented_ids: tuple[str, ...]
    presented_addresses: tuple[IpAddress, ...]
    not_before: datetime
    not_after: datetime
    key_status: KeyStatus
    chain_length: int


@dataclass(frozen=True, slots=True)
class SniKey:
    """``host:port``: a record chosen by the ClientHello's server_name."""

    host: HostName | WildcardHost
    port: int

    def __str__(self) -> str:
        """As ``netsh http show sslcert`` prints it."""
        return f"{self.host}:{self.port}"


class SslRecord(NamedTuple):
    """One http.sys certificate record.

    Attributes:
        key: An endpoint (``IP:port``) or a server name and port.
        certificate_hash: Thumbprint, lower-case hex.
        certificate_store_name: Store of that thumbprint.
        site: Identifier of the site whose properties made it; ``None`` when the
            record stands in the metabase itself.
    """

    key: Endpoint | SniKey
    certificate_hash: str
    certificate_store_name: str
    site: int | None
