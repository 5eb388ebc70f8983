"""Shown records: rules and server agree on the certificate of a connection."""

from __future__ import annotations

from ipaddress import IPv4Address

from hypothesis import given
from hypothesis import strategies as st

from bindctl.bindings.start import start_sites
from bindctl.bindings.table import BindingEntry, BindingTable, SiteRow
from bindctl.model.binding import Protocol, SslFlags, parse_binding
from bindctl.model.endpoint import ANY_ADDRESS
from bindctl.model.host import HostName, WildcardHost
from bindctl.routing.effective_records import shown_records
from bindctl.routing.plan import compile_plan
from bindctl.routing.reading import Reading
from tests.unit.bindings.tables import A, site, table

# An address no binding names: what a visitor of any other address of the machine sees.
ELSEWHERE = IPv4Address("192.0.2.99")

_bindings = st.builds(
    "{}:443:{}".format,
    st.sampled_from(["", "10.0.0.1", "[::1]", "[::]"]),
    st.sampled_from(["", "a.example", "b.a.example", "c.b.a.example", "*.a.example"]),
)
_sites = st.lists(
    st.tuples(
        st.lists(_bindings, min_size=1, max_size=2, unique=True),
        st.sampled_from([None, "a" * 40, "b" * 40, "c" * 40]),
        st.sampled_from([SslFlags.NONE, SslFlags.SNI]),
    ),
    max_size=5,
)


def _table(
    rows: list[tuple[list[str], str | None, SslFlags]], depth: int
) -> BindingTable:
    sites = []
    for identifier, (texts, certificate_hash, flags) in enumerate(rows, start=1):
        entries = tuple(
            BindingEntry(
                identifier,
                "SecureBindings",
                index,
                text,
                parse_binding(text, Protocol.HTTPS),
            )
            for index, text in enumerate(texts)
        )
        sites.append(
            SiteRow(identifier, "", True, flags, certificate_hash, "MY", entries)
        )
    return BindingTable(tuple(sites), wildcard_depth=depth)


@given(_sites, st.sampled_from([0, 1, 2]))
def test_what_rules_judge_is_what_the_server_shows(
    rows: list[tuple[list[str], str | None, SslFlags]], depth: int
) -> None:
    """`check` would praise a certificate that no visitor is shown."""
    table = _table(rows, depth)
    started = start_sites(table).started
    plan = compile_plan(table, started)
    for shown in shown_records(Reading(table)):
        if shown.site.identifier not in started:
            continue
        host, endpoint = shown.binding.host, shown.binding.endpoint
        address = ELSEWHERE if endpoint.address is ANY_ADDRESS else endpoint.address
        name = host.name if isinstance(host, HostName) else None
        if isinstance(host, WildcardHost):
            name = f"no-record-of-its-own.{host.suffix}"
        assert plan.select_certificate(address, 443, name) == shown.record


def test_any_depth_tries_every_suffix() -> None:
    """With WildcardHostDepth 0 a fallback to ``*.example`` would be overlooked."""
    bare = site(1, secure=(":443:c.b.a.example",), flags=1)
    names = ("*.example", "*.a.example", "*.b.a.example", "c.b.a.example")
    for count in range(1, len(names) + 1):
        records = {f"{name}:443": name.replace("*", "a") for name in names[:count]}
        (item,) = shown_records(Reading(table(bare, records=records, depth=0)))
        assert item.record is not None
        assert str(item.record.key) == f"{names[count - 1]}:443"


def test_the_central_store_comes_before_the_record_of_every_ipv6_address() -> None:
    """A site would be judged by another's certificate, and shown its own file."""
    made = table(
        site(1, secure=("[::]:443:a",), flags=2),
        records={"[::]:443": A},
        files=("a.pfx",),
    )
    (item,) = shown_records(Reading(made))
    assert item.record is not None
    assert item.record.certificate_hash == "a.pfx"
