"""Which findings can be mended, and by which proposals: one row for each code.

1. A fix is a proposal: the caller applies it to a copy and judges again.
2. Fixes change only what the finding is about and what it shares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.rules.fixes import binding_fixes, certificate_fixes, record_fixes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bindctl.findings.finding import Finding
    from bindctl.model.fix import Edit, Fix
    from bindctl.rules.fixes.fix_context import FixContext

    Finder = Callable[[Finding, FixContext], Iterator[Fix]]

_OTHER_CERTIFICATE: Final = dict.fromkeys(
    (
        "CRT102",
        "CRT103",
        "CRT301",
        "CRT302",
        "CRT303",
        "CRT401",
        "CRT402",
        "CRT403",
        "CRT404",
        "CRT405",
        "CRT406",
    ),
    certificate_fixes.other_certificate,
)
FINDERS: Final[Mapping[str, Finder]] = {
    "BND103": binding_fixes.without_last_character,
    "BND104": binding_fixes.address_in_its_place,
    "BND107": binding_fixes.without_last_character,
    "BND201": binding_fixes.one_holder,
    "BND202": binding_fixes.without_item,
    "BND203": binding_fixes.one_scheme,
    "BND204": binding_fixes.one_spelling,
    "BND206": binding_fixes.without_item,
    "BND301": record_fixes.own_record,
    "BND302": record_fixes.nothing_hidden,
    "BND303": record_fixes.flags_or_host,
    "BND304": record_fixes.one_certificate,
    "BND311": record_fixes.without_later_flags,
    "BND312": record_fixes.without_later_flags,
    "CRT101": certificate_fixes.own_certificate,
    "CRT201": certificate_fixes.covering_certificate,
    "CRT202": certificate_fixes.covering_certificate,
    "CRT204": certificate_fixes.covering_certificate,
    **_OTHER_CERTIFICATE,
}


def find_fixes(finding: Finding, world: FixContext) -> list[Fix]:
    """Changes that may mend a finding, each once."""
    finder = FINDERS.get(finding.code)
    if finder is None:
        return []
    found: dict[tuple[Edit, ...], Fix] = {}
    for fix in finder(finding, world):
        if fix.edits:
            found.setdefault(fix.edits, fix)
    return list(found.values())
