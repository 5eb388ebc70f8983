"""Hosts whose certificates browsers refuse: as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.model.unicode_host import to_unicode

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from bindctl.operations.certificates.coverage import Gap
    from bindctl.operations.gate.what_if import Refusals

_MAX_HOSTS: Final = 3  # that are refused alike, by name


def print_refusals(print_line: Callable[[str], None], found: Refusals) -> None:
    """How many hosts, then each once with the reason and a handshake below."""
    hosts = len({(gap.host, gap.port) for gap in found.gaps})
    words = "1 host" if hosts == 1 else f"{hosts or 'no'} hosts"
    print_line(f"at {found.at:%Y-%m-%d %H:%M} UTC browsers refuse {words}")
    for group in _group(found.gaps):
        print_line(f"  {_format_urls(group)} : {group[0].words}")
        if found.known.issuperset(group):
            print_line("      now as well")
        print_line(f"      $ {group[0].witness}")


def refusals_data(found: Refusals) -> list[dict[str, object]]:
    """The same for JSON: one a host and a reason."""
    groups: dict[tuple[object, ...], list[Gap]] = {}
    for gap in found.gaps:
        key = (gap.site, gap.host, gap.port, gap.words, gap in found.known)
        groups.setdefault(key, []).append(gap)
    return [
        {
            "site": group[0].site,
            "host": group[0].host,
            "port": group[0].port,
            "addresses": [str(gap.address) for gap in group],
            "code": group[0].code,
            "reason": group[0].words,
            "is_refused_now": group[0] in found.known,
            "witness": group[0].witness,
        }
        for group in groups.values()
    ]


def _group(gaps: Collection[Gap]) -> list[list[Gap]]:
    """Gaps that are alike but for the host and the address."""
    groups: dict[tuple[object, ...], list[Gap]] = {}
    for gap in gaps:
        groups.setdefault((gap.port, gap.code, gap.words), []).append(gap)
    return list(groups.values())


def _format_urls(gaps: Sequence[Gap]) -> str:
    urls = [
        f"https://{to_unicode(host)}:{port}/"
        for host, port in dict.fromkeys((gap.host, gap.port) for gap in gaps)
    ]
    shown = " ".join(urls[:_MAX_HOSTS])
    more = len(urls) - _MAX_HOSTS
    return f"{shown} and {more:,} more" if more > 0 else shown
