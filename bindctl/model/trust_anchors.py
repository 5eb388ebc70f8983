"""Whom the clients of this machine trust, by name."""

from __future__ import annotations

from typing import NamedTuple


class TrustAnchors(NamedTuple):
    """Subjects of trust anchors, RFC 4514, exactly as `Certificate.issuer` writes them.

    A name is no proof: whoever makes a certificate chooses its issuer's name. What
    rests on this tells an administrator what is missing; it admits nobody.

    Attributes:
        public: Those of the machine's bundle of authorities.
        private: The development authorities, which the team's machines trust.
    """

    public: frozenset[str] = frozenset()
    private: frozenset[str] = frozenset()

    def trust(self, subject: str) -> bool:
        """Whether somebody of that name is trusted."""
        return subject in self.public or subject in self.private

    def is_public(self, subject: str) -> bool:
        """Whether somebody of that name is trusted by everybody, and not by us alone.

        A development authority that this machine was told to trust is in its bundle,
        too.
        """
        return subject in self.public and subject not in self.private

    def is_own(self, subject: str) -> bool:
        """Whether nobody but the private ones is trusted under that name."""
        return subject in self.private and subject not in self.public
