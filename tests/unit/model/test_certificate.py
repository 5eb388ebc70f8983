"""Certificate records, and when two of them show one certificate."""

from __future__ import annotations

from bindctl.model.certificate import SniKey, SslRecord, is_same_certificate
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
