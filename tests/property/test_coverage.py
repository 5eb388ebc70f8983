"""Law: coverage is what RFC 9525 §6.3 says, word by word."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_address

from hypothesis import example, given
from hypothesis import strategies as st

from bindctl.certificates.coverage import covers, find_covering_id
from bindctl.model.certificate import Certificate, KeyStatus
from bindctl.model.host import HostName, WildcardHost

NOW = datetime(2026, 6, 1, tzinfo=UTC)

# Few labels, so that names often meet; wrong ones among the presented.
_HOST_LABELS = st.sampled_from(["a", "b", "www", "xn--bcher-kva", "x-1"])
_PRESENTED_LABELS = st.one_of(
    _HOST_LABELS, st.sampled_from(["*", "w*", "*w", "**", "", "xn--*", "a b"])
)
_ADDRESSES = ("10.0.0.1", "10.0.0.2", "192.0.2.1")
_hosts = st.lists(_HOST_LABELS, min_size=1, max_size=4).map(".".join)
_presented = st.lists(_PRESENTED_LABELS, max_size=5).map(".".join)


def _certificate(presented_ids: list[str]) -> Certificate:
    return Certificate(
        certificate_hash="ab" * 20,
        certificate_store_name="MY",
        subject="",
        issuer="",
        presented_ids=tuple(presented_ids),
        presented_addresses=(),
        not_before=NOW,
        not_after=NOW,
        key_status=KeyStatus.MATCHES,
        chain_length=1,
    )


def _covers_naively(presented_id: str, host: str) -> bool:
    """The sentences of RFC 9525 §6.3, one after another."""
    presented, reference = presented_id.split("."), host.split(".")
    if not all(presented):
        return False  # no DNS name has an empty label
    if presented_id.count("*") > 1:
        return False  # "There is only one wildcard character"
    if "*" in presented_id and presented[0] != "*":
        return False  # "only as the complete content of the left-most label"
    if presented == ["*"] or len(presented) != len(reference):
        return False  # "matches exactly one label", and something must follow it
    if presented[0] == "*":
        return presented[1:] == reference[1:]
    return presented == reference


@given(st.lists(_presented, max_size=4), _hosts)
@example(["*"], "a")
@example(["*."], "a")
@example(["*.*.a"], "b.www.a")
def test_covers_exactly_what_the_rfc_covers(ids: list[str], host: str) -> None:
    """`check` would pass what browsers refuse, or refuse what they accept."""
    expected = any(_covers_naively(item, host) for item in ids)
    certificate = _certificate(ids)
    assert covers(certificate, HostName(host)) == expected
    found = find_covering_id(certificate, HostName(host))
    assert found is None or (found in ids and _covers_naively(found, host))


@given(st.lists(_presented, max_size=4), _hosts, _HOST_LABELS)
def test_wildcard_host_is_covered_only_with_all_its_hosts(
    ids: list[str], suffix: str, label: str
) -> None:
    """A visitor of some host under a covered ``*.x`` would be refused."""
    certificate = _certificate(ids)
    if covers(certificate, WildcardHost(suffix)):
        assert covers(certificate, HostName(f"{label}.{suffix}"))


@given(st.lists(_presented, max_size=4), _presented, _hosts)
def test_another_name_never_uncovers(ids: list[str], more: str, host: str) -> None:
    """Adding a name to a certificate would break a site."""
    if covers(_certificate(ids), HostName(host)):
        assert covers(_certificate([more, *ids]), HostName(host))


@given(
    st.lists(st.sampled_from(_ADDRESSES), max_size=2),
    st.lists(st.sampled_from((*_ADDRESSES, "*.0.0.1")), max_size=3),
    st.sampled_from(_ADDRESSES),
)
def test_address_is_covered_by_an_address_alone(
    presented: list[str], ids: list[str], host: str
) -> None:
    """RFC 9525 §6.4: the same octets; a DNS name of digits helps in no browser."""
    addresses = tuple(map(ip_address, presented))
    certificate = _certificate(ids)._replace(presented_addresses=addresses)
    assert covers(certificate, HostName(host)) == (ip_address(host) in addresses)
