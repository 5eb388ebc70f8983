"""All rules about bindings and their records, in the order of their codes.

A rule is a function from a reading to findings and is named after the defect. What
needs certificates as well is in `certificates`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.rules import central_store as central_rules
from bindctl.rules import conflicts, http_only
from bindctl.rules import listen_list as listen_rules
from bindctl.rules import records as record_rules
from bindctl.rules import texts as text_rules
from bindctl.rules import versions as version_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bindctl.findings.finding import Finding
    from bindctl.routing.reading import Reading

RULES: tuple[Callable[[Reading], Iterator[Finding]], ...] = (
    text_rules.invalid_binding,
    text_rules.no_bindings,
    text_rules.trailing_dot,
    text_rules.address_as_host,
    version_rules.unknown_binding,
    text_rules.star_as_host,
    conflicts.duplicate_registration,
    conflicts.repeated_binding,
    conflicts.both_schemes_on_port,
    conflicts.two_spellings,
    conflicts.shadowed_binding,
    http_only.secure_request_elsewhere,
    record_rules.conflicting_certificates,
    record_rules.hidden_server_name,
    central_rules.server_name_without_host,
    record_rules.only_server_name,
    record_rules.invalid_certificate_record,
    record_rules.shared_server_name,
    central_rules.later_flags_with_central_store,
    version_rules.later_flags,
    version_rules.unknown_server_name,
    central_rules.unreadable_central_store,
    central_rules.central_file_missing,
    version_rules.unknown_emulated_version,
    listen_rules.invalid_listen_address,
    listen_rules.address_not_listened_on,
    listen_rules.unreachable_binding,
)


def binding_findings(reading: Reading) -> Iterator[Finding]:
    """What every rule finds in the bindings of a reading."""
    for rule in RULES:
        yield from rule(reading)
