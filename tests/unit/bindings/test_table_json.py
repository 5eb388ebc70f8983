"""A table told to another process is the same table."""

from __future__ import annotations

import json

from bindctl.bindings.lowering import lower_table
from bindctl.bindings.table import BindingTable
from bindctl.bindings.table_json import parse_plain_table, plain_table
from bindctl.metabase.tree import make_tree
from bindctl.toml.reader import parse_document

DOCUMENT = b"""
[w3svc]
WildcardHostDepth = 0
EmulatedVersion = 8
CentralCertStorePath = "central"

[w3svc.1]
ServerComment = "caf\xc3\xa9"
ServerAutoStart = false
ServerBindings = [":80:a.example", "10.0.0.1:80:*.b.example", "nonsense", ":80"]
SecureBindings = ["[::1]:443:", ":443:b\xc3\xbccher.example"]
SSLCertHash = "00112233445566778899AABBCCDDEEFF00112233"
SSLStoreName = "WebHosting"
SslFlags = 3
MisdirectedRequest = true

[w3svc.20]
SecureBindings = [":443:"]

[http.sslcert."0.0.0.0:443"]
CertHash = "0011223344556677889900112233445566778899"

[http.sslcert."[::]:443"]
CertHash = "0011223344556677889900112233445566778899"

[http.sslcert."10.0.0.1:443"]
CertHash = "0011223344556677889900112233445566778899"
StoreName = "Other"

[http.sslcert."*.a.example:443"]
CertHash = "0011223344556677889900112233445566778899"

[http.sslcert."*:443"]

[http.sslcert."nowhere"]
CertHash = "00"
"""


def test_a_table_read_back_is_the_same() -> None:
    """Otherwise status and diff would judge what nobody serves."""
    table = lower_table(make_tree(parse_document(DOCUMENT)))._replace(
        central_files=frozenset({"a.example.pfx"}), central_problem="gone"
    )
    text = json.dumps(plain_table(table))
    assert parse_plain_table(json.loads(text)) == table


def test_no_part_of_a_table_is_left_out() -> None:
    """A field that a later version adds must not be lost on its way."""
    # A password is nobody's to know, and where a service listens it tells itself.
    told = {*BindingTable._fields} - {"central_store_password", "listen"}
    assert sorted(plain_table(BindingTable(()))) == sorted(told)


def test_a_table_that_is_empty_stays_empty() -> None:
    """A metabase without sites is served, too."""
    assert parse_plain_table(plain_table(BindingTable(()))) == BindingTable(())
