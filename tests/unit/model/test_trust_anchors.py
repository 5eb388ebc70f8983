"""Trust anchors, by name."""

from __future__ import annotations

from bindctl.model.trust_anchors import TrustAnchors


def test_both_kinds_are_trusted_and_nobody_else() -> None:
    """The development authority's certificates would be reported everywhere."""
    anchors = TrustAnchors(frozenset({"CN=A"}), frozenset({"CN=B"}))
    assert [anchors.trust(f"CN={name}") for name in "ABC"] == [True, True, False]
    assert not anchors.trust("cn=a")


def test_own_authority_in_the_bundle_stays_ones_own() -> None:
    """Who trusts it on the whole machine would be told to renew every 200 days."""
    anchors = TrustAnchors(frozenset({"CN=A", "CN=B"}), frozenset({"CN=B"}))
    assert [anchors.is_public(f"CN={name}") for name in "ABC"] == [True, False, False]
    assert anchors.trust("CN=B")
