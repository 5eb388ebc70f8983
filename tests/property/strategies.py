"""What the laws are tried on: bindings, tables, requests, documents."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from hypothesis import strategies as st

from bindctl.bindings.table import BindingEntry, BindingTable, SiteRow
from bindctl.model.binding import Binding, Protocol, SslFlags, format_binding
from bindctl.model.certificate import SniKey, SslRecord
from bindctl.model.endpoint import ANY_ADDRESS, Endpoint
from bindctl.model.host import ANY_HOST, HostName, WildcardHost
from bindctl.routing.reading import Reading
from bindctl.rules.bindings import binding_findings
from bindctl.rules.topology import Topology, make_topology

# Few of each, so that bindings often meet.
ADDRESSES = (
    IPv4Address("10.0.0.1"),
    IPv4Address("10.0.0.2"),
    IPv6Address("::1"),
    IPv6Address("2001:db8::7"),
)
HOSTS = ("a.example", "b.a.example", "c.b.a.example", "d.c.b.a.example", "example")
PORTS = (80, 443)
HASHES = tuple(digit * 40 for digit in "abcd")
STORES = ("MY", "MY", "my", "WEBHOSTING")  # compared in any letter case

# --- any binding -----------------------------------------------------------------

any_addresses = st.one_of(
    st.just(ANY_ADDRESS),
    # 0.0.0.0 is how http.sys spells any address
    st.ip_addresses(v=4).filter(lambda address: int(address) != 0),
    st.ip_addresses(v=6),
)
any_endpoints = st.builds(Endpoint, any_addresses, st.integers(1, 65535))
_labels = st.text("abcxyz0189-_", min_size=1, max_size=8)
_names = st.lists(_labels, min_size=1, max_size=4).map(".".join)
any_hosts = st.one_of(
    st.just(ANY_HOST), st.builds(HostName, _names), st.builds(WildcardHost, _names)
)
any_bindings = st.builds(Binding, st.sampled_from(Protocol), any_endpoints, any_hosts)

# --- tables and requests ---------------------------------------------------------

local_addresses = st.sampled_from((ANY_ADDRESS, IPv6Address("::"), *ADDRESSES))
host_patterns = st.one_of(
    st.just(ANY_HOST),
    st.just(ANY_HOST),
    st.builds(HostName, st.sampled_from(HOSTS)),
    st.builds(WildcardHost, st.sampled_from(HOSTS)),
)
near_bindings = st.builds(
    Binding,
    st.just(Protocol.HTTP),
    st.builds(Endpoint, local_addresses, st.sampled_from(PORTS)),
    host_patterns,
)
request_addresses = st.sampled_from((*ADDRESSES, IPv4Address("192.0.2.1")))
request_hosts = st.sampled_from((None, "nowhere.test", *HOSTS))
requests = st.tuples(
    request_addresses, st.sampled_from((*PORTS, *PORTS, *PORTS, 81)), request_hosts
)


@dataclass(frozen=True, slots=True)
class DraftSite:
    """A site before it has a number."""

    bindings: tuple[tuple[Protocol, Binding], ...]
    auto_start: bool
    ssl_flags: SslFlags
    certificate_hash: str | None
    store_name: str = "MY"


def _of_scheme(binding: Binding, protocol: Protocol) -> Binding:
    return Binding(protocol, binding.endpoint, binding.host)


def _with_scheme(drawn: tuple[Binding, int]) -> tuple[Protocol, Binding]:
    """HTTPS on 443 and HTTP elsewhere, but for one in eight: else most tables clash."""
    binding, odd = drawn
    is_secure = (binding.endpoint.port == PORTS[1]) is (odd != 0)
    return (Protocol.HTTPS if is_secure else Protocol.HTTP), binding


draft_sites = st.builds(
    DraftSite,
    st.lists(
        st.tuples(near_bindings, st.integers(0, 7)).map(_with_scheme), max_size=4
    ).map(tuple),
    st.sampled_from([True, True, True, False]),
    st.sampled_from([SslFlags(number) for number in (0, 0, 1, 1, 2, 3, 4, 5)]),
    st.sampled_from((None, *HASHES)),
    st.sampled_from(STORES),
)
records = st.builds(
    SslRecord,
    st.one_of(
        st.builds(Endpoint, local_addresses, st.sampled_from(PORTS)),
        st.builds(
            SniKey,
            st.one_of(
                st.builds(HostName, st.sampled_from(HOSTS)),
                st.builds(WildcardHost, st.sampled_from(HOSTS)),
            ),
            st.sampled_from(PORTS),
        ),
    ),
    st.sampled_from(HASHES),
    st.sampled_from(STORES),
    st.none(),
)


def make_site(identifier: int, draft: DraftSite) -> SiteRow:
    """The site of that number."""
    entries = []
    for name, protocol in (
        ("ServerBindings", Protocol.HTTP),
        ("SecureBindings", Protocol.HTTPS),
    ):
        own = [b for spoken, b in draft.bindings if spoken is protocol]
        entries += [
            BindingEntry(
                identifier, name, index, format_binding(b), _of_scheme(b, protocol)
            )
            for index, b in enumerate(own)
        ]
    return SiteRow(
        identifier,
        f"site {identifier}",
        draft.auto_start,
        draft.ssl_flags,
        draft.certificate_hash,
        draft.store_name,
        tuple(entries),
    )


def make_table(
    drafts: list[DraftSite], records: list[SslRecord], depth: int
) -> BindingTable:
    """The table of those sites, numbered from 1."""
    sites = tuple(make_site(number, draft) for number, draft in enumerate(drafts, 1))
    return BindingTable(sites, tuple(records), (), depth)


tables = st.builds(
    make_table,
    st.lists(draft_sites, max_size=6),
    st.lists(records, max_size=3),
    st.integers(0, 3),
)

# --- tables whose sites have any description ---------------------------------------


def _describe(table: BindingTable, comments: list[str]) -> BindingTable:
    sites = zip(table.sites, comments, strict=False)
    return table._replace(
        sites=tuple(site._replace(comment=comment) for site, comment in sites)
    )


described_tables = st.builds(
    _describe, tables, st.lists(st.text(max_size=40), min_size=6, max_size=6)
)


def topology_of(table: BindingTable) -> Topology:
    """What `bindctl map` draws of a table, without certificates' facts."""
    reading = Reading(table)
    return make_topology(reading, {}, binding_findings(reading))


# --- tables that start -----------------------------------------------------------

# Of `tables` nearly all have no certificate: their sites collide, or have no HTTPS.
_busy_hosts = st.one_of(
    host_patterns,
    st.builds(HostName, st.sampled_from(HOSTS)),
    st.builds(WildcardHost, st.sampled_from(HOSTS)),
)
_own_bindings = st.builds(
    Endpoint,
    st.sampled_from((ANY_ADDRESS,) * 4 + (IPv6Address("::"),) * 2 + ADDRESSES),
    st.sampled_from((PORTS[1], PORTS[1], PORTS[1], PORTS[0])),
).flatmap(lambda endpoint: st.tuples(st.just(endpoint), _busy_hosts))
_busy_records = st.builds(
    lambda record, key: record._replace(key=key),
    records,
    st.one_of(
        st.builds(Endpoint, local_addresses, st.just(PORTS[1])),
        st.builds(SniKey, st.builds(HostName, st.sampled_from(HOSTS)), st.just(443)),
        st.builds(
            SniKey, st.builds(WildcardHost, st.sampled_from(HOSTS)), st.just(443)
        ),
    ),
)


@st.composite
def busy_tables(draw: st.DrawFn) -> BindingTable:
    """Sites of which none takes another's binding, most with a certificate."""
    count = draw(st.integers(2, 5))
    # Without a binding to any address it matters which others there are.
    is_narrow = draw(st.integers(0, 3)) == 0
    own: list[list[tuple[Protocol, Binding]]] = [[] for _number in range(count)]
    for endpoint, host in draw(
        st.lists(_own_bindings, min_size=4, max_size=10, unique=True)
    ):
        if is_narrow and endpoint.address is ANY_ADDRESS:
            continue
        protocol = Protocol.HTTPS if endpoint.port == PORTS[1] else Protocol.HTTP
        owner = draw(st.integers(0, count - 1))
        own[owner].append((protocol, Binding(protocol, endpoint, host)))
    drafts = [
        replace(
            draw(draft_sites),
            bindings=tuple(bindings),
            auto_start=draw(st.integers(0, 7)) != 0,
            ssl_flags=SslFlags(draw(st.sampled_from((0, 0, 1, 1, 1, 2, 3, 5)))),
            certificate_hash=draw(st.sampled_from((*HASHES, *HASHES, None))),
        )
        for bindings in own
    ]
    made = draw(st.lists(_busy_records, max_size=2))
    return make_table(drafts, made, draw(st.integers(0, 3)))


# --- documents -------------------------------------------------------------------

# Values as TOML may spell them; the oracle, tomllib, says what they mean.
_VALUES = st.sampled_from(
    [
        '"plain"',
        '""',
        "'literal # [no.header]'",
        '"with \\"quotes\\" and \\\\"',
        '"# no comment"',
        '"[no.header]"',
        '"b\u00fccher"',
        "0",
        "120",
        "+7",
        "1_000",
        "0x1F",
        "true",
        "false",
        "-1.5e3",
        "inf",
        "2026-11-22T12:00:00Z",
        "[]",
        '[":80:", "[::1]:80:a"]',
        '[ ":80:a" , ]',
        "[1, 2]",
        "[[1], [2]]",
        '[\n  ":80:a",  # why ]" [[not.a.header\n\n  ":80:b",\n]',
        "[\n[1],\n[2]\n]",
        "[\n  [1],  # ]\n[2],\n]",
        "[\n  [inf],\n[true],\n]",
        '["""\n[w3svc.1]\n""", "x"]',
        '"""\n[w3svc.9]\nServerComment = "no"\n"""',
        '"""one line"""',
        '"""\n\n# comment-like"""',
        '"""ends in a quote\\\\""""',
        '"""a ""quoted"" \\""" b"""',
        "'''\n[[w3svc]]\n'''",
        "'''it's ''two'' '''",
        "{ a = 1, b = [2, 3] }",
        "{}",
    ]
)
_PROPERTY_NAMES = (
    "ServerComment",
    "serverbindings",
    "SecureBindings",
    "SslFlags",
    "Path",
    "MaxBandwidth",
)
_SPELLINGS = {  # how a property's name may be written
    name: (name, f'"{name}"', f"'{name}'") for name in _PROPERTY_NAMES
}
_PATHS = (
    ("w3svc",),
    ("w3svc", "1"),
    ("w3svc", "2"),
    ("w3svc", "1", "root"),
    ("w3svc", "1", "root", "images"),
    ("w3svc", "10"),
    ("http", "sslcert", "0.0.0.0:443"),
    ("http",),
)
_TRAILING = st.sampled_from(["", "", "", " ", "  # why", "\t# [w3svc.1]"])
_BETWEEN = st.sampled_from(
    ["", "", "", "\n", "\n\n", "# a remark\n", "\n# about\n# the next\n", "  \n"]
)


@dataclass(frozen=True, slots=True)
class Document:
    """A document as text and the paths of its tables, in its letter case."""

    octets: bytes
    paths: tuple[tuple[str, ...], ...]


@st.composite
def _statements(draw: st.DrawFn) -> str:
    names = draw(st.lists(st.sampled_from(_PROPERTY_NAMES), max_size=4, unique=True))
    lines = []
    for name in names:
        spelt = draw(st.sampled_from(_SPELLINGS[name]))
        equals = draw(st.sampled_from([" = ", "=", "  =\t"]))
        indent = draw(st.sampled_from(["", "", "  "]))
        value, trailing = draw(_VALUES), draw(_TRAILING)
        lines.append(draw(_BETWEEN) + indent + spelt + equals + value + trailing + "\n")
    if draw(st.booleans()):
        lines.append("dotted.inner = " + draw(_VALUES) + "\n")
    return "".join(lines)


def _spell_header(path: tuple[str, ...], style: int) -> str:
    names = []
    for name in path:
        bare = name.replace("-", "").replace("_", "").isalnum()
        names.append(name if bare and style != 1 else f'"{name}"')
    if style == 2:
        return "  [ " + " . ".join(names) + " ]  # header"
    return "[" + ".".join(names) + "]"


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Valid documents, as odd as TOML allows."""
    paths = draw(st.lists(st.sampled_from(_PATHS), max_size=6, unique=True))
    if draw(st.booleans()):
        paths = [tuple(name.upper() for name in path) for path in paths]
    parts = [draw(_BETWEEN), draw(_statements())]
    for path in paths:
        style = draw(st.sampled_from([0, 0, 0, 1, 2]))
        parts += [draw(_BETWEEN), _spell_header(path, style), "\n", draw(_statements())]
    if draw(st.booleans()):
        parts += ["[[extras]]\nname = 1\n[[extras]]\n", draw(_statements())]
    parts.append(draw(_BETWEEN))
    text = "".join(parts)
    if draw(st.integers(0, 4)) == 0:
        text = text.removesuffix("\n")
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    octets = text.encode("utf-8")
    if draw(st.integers(0, 5)) == 0:
        octets = b"\xef\xbb\xbf" + octets
    return Document(octets, tuple(paths))


def plain_value(value: Any) -> Any:
    """`value` so that two that TOML tells apart differ, and nan is itself."""
    if isinstance(value, dict):
        return {key: plain_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain_value(item) for item in value]
    if isinstance(value, float):
        return ("float", "nan" if math.isnan(value) else repr(value))
    return (type(value).__name__, str(value))


def quote_word(word: str) -> str:
    """A word as a line of a batch has it, whatever it holds."""
    text = word.rstrip("\\")
    slashes = word[len(text) :]  # a backslash before the closing quote would hide it
    quoted = text.replace('"', '\\"')
    return f'"{quoted}"{slashes}'
