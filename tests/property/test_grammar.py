"""Law: what we write we read back, and any text is a value or a ValueError."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bindctl.bindings.lowering import parse_record_key
from bindctl.model.binding import Protocol, format_binding, parse_binding
from bindctl.model.endpoint import (
    format_address,
    parse_ip_address,
    parse_local_address,
    parse_port,
)
from bindctl.model.host import (
    format_host_pattern,
    parse_authority,
    parse_host_name,
    parse_host_pattern,
)
from tests.property.strategies import any_addresses, any_bindings, any_hosts

if TYPE_CHECKING:
    from collections.abc import Callable

    from bindctl.model.binding import Binding
    from bindctl.model.endpoint import LocalAddress
    from bindctl.model.host import HostPattern

# Text near the grammar meets more of its branches than any text.
_near = st.text("0189abxAZ.*:[]%-_ \0éÉ。", max_size=24)
_texts = st.one_of(st.text(max_size=24), _near)


@given(any_bindings)
def test_a_binding_survives_being_written(binding: Binding) -> None:
    """What `site add` writes, or an export, would otherwise bind something else."""
    assert parse_binding(format_binding(binding), binding.protocol) == binding


@given(any_addresses)
def test_an_address_survives_being_written(address: LocalAddress) -> None:
    """`explain` prints addresses that its own --ip option has to read."""
    assert parse_local_address(format_address(address)) == address


@given(any_hosts)
def test_a_host_survives_being_written(host: HostPattern) -> None:
    """A host shown in a message can be typed back."""
    assert parse_host_pattern(format_host_pattern(host)) == host


@given(any_hosts)
def test_letter_case_and_a_last_dot_say_nothing(host: HostPattern) -> None:
    """`WWW.Example.com.` would otherwise be another site's host, or none."""
    text = format_host_pattern(host)
    dot = "." if text else ""
    assert parse_host_pattern(text.upper() + dot) == host


@given(st.integers(1, 65535))
def test_a_port_survives_being_written(port: int) -> None:
    """Every legal port can be bound."""
    assert parse_port(str(port)) == port


@given(_texts, st.sampled_from(Protocol))
@example("[", Protocol.HTTP)
@example("[::1]", Protocol.HTTP)
@example(":80\0a", Protocol.HTTP)
@example("xn--a.é", Protocol.HTTP)
def test_any_text_is_a_binding_or_refused(text: str, protocol: Protocol) -> None:
    """A slip in the metabase is a finding, never a traceback; what is read is kept."""
    try:
        binding = parse_binding(text, protocol)
    except ValueError:
        return
    assert parse_binding(format_binding(binding), protocol) == binding


@pytest.mark.parametrize(
    "parse",
    [
        parse_host_name,
        parse_host_pattern,
        parse_ip_address,
        parse_local_address,
        parse_port,
        parse_authority,
        parse_record_key,
    ],
)
@given(text=_texts)
@example(text="xn--a.é")
@example(text="\u0660")
@example(text="a" * 300)
@example(text="1" * 5000)
def test_any_text_is_a_value_or_a_value_error(
    parse: Callable[[str], object], text: str
) -> None:
    """Host headers, ClientHellos and record keys come from strangers."""
    try:
        parse(text)
    except ValueError:
        return


@given(_texts)
def test_a_host_name_has_one_spelling(text: str) -> None:
    """Two spellings of a name inside would route by one and not by the other."""
    try:
        host = parse_host_name(text)
    except ValueError:
        return
    assert parse_host_name(host.name) == host
    assert host.name == host.name.lower()
    assert host.name.isascii()
    assert not host.name.endswith(".")
