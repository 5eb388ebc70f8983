"""Certificate records, and when two of them show one certificate."""

from __future__ import annotations

from bindctl.model.certificate import (
    SniKey,
    SslRecord,
    TrustAnchors,
    is_same_certificate,
)
from bindctl.model.host import HostName


def test_one_certificate_is_one_thumbprint_of_one_store() -> None:
    """Store names compare in any letter case, as on Windows."""
    record = SslRecord(SniKey(HostName("a"), 443), "a" * 40, "MY", 1)
    assert is_same_certificate(
        record, record._replace(certificate_store_name="my", site=9)
    )
    assert not is_same_certificate(record, record._replace(certificate_hash="b" * 40))
    assert not is_same_certificate(record, record._replace(certificate_store_name="B"))
    assert not is_same_certificate(record, None)
    assert is_same_certificate(None, None)


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
