"""What bindctl needs to know of a certificate, and how http.sys keys its use."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.model.binding import SslFlags

if TYPE_CHECKING:
    from datetime import datetime

    from bindctl.model.endpoint import Endpoint, IpAddress
    from bindctl.model.host import HostName, WildcardHost


# Of a private key's file. RSA of 16,384 bits has 13 KiB; with ten times that, one
# signature takes minutes.
MAX_KEY_OCTETS: Final = 1 << 14


class KeyStatus(Enum):
    """Whether handshakes can be made with the private key.

    ``REFUSED``: it belongs to the certificate, and this machine's TLS library makes no
    handshake with them or with their chain.
    """

    MATCHES = "matches"
    MISSING = "missing"
    MISMATCH = "mismatch"
    REFUSED = "refused"


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
        key_status: Whether handshakes can be made with the key that lies beside it.
        chain_length: Certificates in the file, the leaf included.
        common_name: CN of the subject, or empty; a label for people, never a match.
        key_algorithm: ``RSA``, ``EC``, ``Ed25519``, ``DSA`` or another word.
        key_bits: Size of the key; of an elliptic curve, that of its field.
        signature_hash: ``sha256``; empty where the signature has none (Ed25519).
        has_server_auth: Whether it may identify a server: extended key usage is
            absent, or says serverAuth.
        is_authority: Whether basicConstraints make it a CA.
        is_self_signed: Whether it names itself as its issuer.
        is_chain_ordered: Whether each certificate of the file is issued by the next.
        chain_issuers: Issuer of each certificate of the file, RFC 4514, leaf first.
        chain_subjects: Subject of each, in the same order.
        chain_periods: First and last valid instant, aware UTC, of each after the leaf.
        chain_may_issue: Whether each of these may sign certificates.
        chain_hashes: `signature_hash` of each of these.
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
    common_name: str = ""
    key_algorithm: str = "EC"
    key_bits: int = 256
    signature_hash: str = "sha256"
    has_server_auth: bool = True
    is_authority: bool = False
    is_self_signed: bool = False
    is_chain_ordered: bool = True
    chain_issuers: tuple[str, ...] = ()
    chain_subjects: tuple[str, ...] = ()
    chain_periods: tuple[tuple[datetime, datetime], ...] = ()
    chain_may_issue: tuple[bool, ...] = ()
    chain_hashes: tuple[str, ...] = ()


class SniKey(NamedTuple):
    """``host:port``: a record chosen by the ClientHello's server_name."""

    host: HostName | WildcardHost
    port: int

    def __str__(self) -> str:
        """As ``netsh http show sslcert`` prints it."""
        return f"{self.host}:{self.port}"


class CentralKey(NamedTuple):
    """``*:port``: the record that asks the central certificate store."""

    port: int

    def __str__(self) -> str:
        """As ``netsh http show sslcert`` and the metabase write it."""
        return f"*:{self.port}"


CENTRAL_STORE_NAME: Final = "CENTRAL"


class SslRecord(NamedTuple):
    """One http.sys certificate record, or what the central store made of one.

    Attributes:
        key: An endpoint (``IP:port``), a server name and port, or the central store's
            port.
        certificate_hash: Thumbprint, lower-case hex. Of the central store, whose
            certificates are named by their files: ``www.example.com.pfx``, or empty
            while no name has been asked for.
        certificate_store_name: Store of that thumbprint; `CENTRAL_STORE_NAME`.
        site: Identifier of the site whose properties made it; ``None`` when the
            record stands in the metabase itself.
        flags: The later bits of SslFlags that are in force for its connections.
    """

    key: Endpoint | SniKey | CentralKey
    certificate_hash: str
    certificate_store_name: str
    site: int | None
    flags: SslFlags = SslFlags.NONE


def is_same_certificate(used: SslRecord | None, right: SslRecord | None) -> bool:
    """Whether two records show one certificate: what 421 depends on."""
    if used is None or right is None:
        return used is right
    return (used.certificate_hash, used.certificate_store_name.upper()) == (
        right.certificate_hash,
        right.certificate_store_name.upper(),
    )


class TrustAnchors(NamedTuple):
    """Subjects of trust anchors, RFC 4514, exactly as `Certificate.issuer` writes them.

    A name is not a proof: a forged certificate may name any issuer. So these names may
    only tell an administrator what is missing; no access may depend on them.

    Attributes:
        public: Those of the machine's bundle of authorities.
        private: The development authorities, which the team's machines trust.
    """

    public: frozenset[str] = frozenset()
    private: frozenset[str] = frozenset()

    def trust(self, subject: str) -> bool:
        """Whether an authority of that name is trusted."""
        return subject in self.public or subject in self.private

    def is_public(self, subject: str) -> bool:
        """Whether an authority of that name is trusted publicly, not only by us.

        The machine's bundle can contain a development authority, too.
        """
        return subject in self.public and subject not in self.private

    def is_own(self, subject: str) -> bool:
        """Whether only a private authority is trusted under that name."""
        return subject in self.private and subject not in self.public
