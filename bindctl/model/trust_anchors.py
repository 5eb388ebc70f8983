"""Whom the clients of this machine trust, by name."""

from __future__ import annotations

from typing import NamedTuple


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
