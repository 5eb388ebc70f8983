"""The commands cert create, assign, list and remove."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bindctl.cli.views.tables import print_table
from bindctl.findings.errors import ExitStatus
from bindctl.operations.certificates.certificates import (
    assign_certificate,
    create_certificate,
    list_certificates,
    remove_certificate,
)
from bindctl.terminal.boundary import print_envelope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.model.certificate import Certificate
    from bindctl.operations.certificates.certificates import ListedCertificate, LostUse
    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

HEADERS = ("Thumbprint", "Names", "Valid until", "Key", "Used by")
_MAX_HOSTS = 5  # of each certificate: --json has all


def create(
    terminal: Terminal,
    workspace: Workspace,
    *,
    names: Sequence[str],
    days: int | None,
    json: bool,
) -> int:
    """Run `bindctl cert create`."""
    now = terminal.clock()
    made = create_certificate(workspace, names, now, terminal.environment, days)
    if json:
        print_envelope(terminal, "cert create", made)
        return 0
    authority = os.path.relpath(made.authority_path, terminal.directory)
    terminal.print(f"created {_describe(made.certificate)}")
    if made.is_shortened:
        terminal.complain(
            f"it ends with the development authority, sooner than in {days} days"
        )
    terminal.print(f"signed by the development authority: {authority}")
    return 0


def assign(
    terminal: Terminal,
    workspace: Workspace,
    *,
    name: str,
    sites: Sequence[int],
    json: bool,
) -> int:
    """Run `bindctl cert assign`."""
    done = assign_certificate(workspace, name, sites, terminal.clock())
    if json:
        print_envelope(terminal, "cert assign", done)
        return 0
    numbers = ", ".join(map(str, done.sites))
    words = "assigned" if done.is_changed else "already assigned"
    terminal.print(f"{words} to site {numbers}: {_describe(done.certificate)}")
    if done.others:
        verb = "answers" if done.others == 1 else "answer"
        terminal.print(
            f"{done.others} more {verb} to {name}; this one is sound and valid longest"
        )
    return 0


def list_all(
    terminal: Terminal, workspace: Workspace, *, unused: bool, json: bool
) -> int:
    """Run `bindctl cert list`."""
    everything, problems = list_certificates(workspace)
    found = [item for item in everything if not (unused and item.is_used)]
    status = ExitStatus.FINDINGS if problems else ExitStatus.OK
    if json:
        listed = {"certificates": found, "problems": problems}
        print_envelope(terminal, "cert list", listed, status)
        return status
    if found:
        print_table(terminal, HEADERS, [_row(item) for item in found])
    elif everything:
        terminal.print("every certificate is in use")
    elif not problems:
        terminal.print("no certificates; bindctl cert create makes one")
    for problem in problems:
        name = problem.certificate_hash
        terminal.complain(f"CRT103 certificate {name}: {problem.reason}")
    return status


def remove(
    terminal: Terminal, workspace: Workspace, *, name: str, force: bool, json: bool
) -> int:
    """Run `bindctl cert remove`."""
    done = remove_certificate(workspace, name, terminal.clock(), force=force)
    if json:
        print_envelope(terminal, "cert remove", done)
        return 0
    known = done.certificate
    shown = done.certificate_hash if known is None else _describe(known)
    terminal.print(f"removed {shown}")
    for loss in done.losses:
        terminal.complain(_describe_loss(loss))
    return 0


def _describe(certificate: Certificate) -> str:
    return (
        f"{certificate.certificate_hash} ({_names(certificate, ', ')}), valid until "
        f"{certificate.not_after:%Y-%m-%d}"
    )


def _names(certificate: Certificate, separator: str) -> str:
    addresses = map(str, certificate.presented_addresses)
    return separator.join((*certificate.presented_ids, *addresses))


def _row(item: ListedCertificate) -> tuple[str, ...]:
    certificate = item.certificate
    return (
        certificate.certificate_hash,
        _names(certificate, "\n"),
        f"{certificate.not_after:%Y-%m-%d}",
        certificate.key_status.value,
        _uses(item),
    )


def _uses(item: ListedCertificate) -> str:
    """``1 www.example.com``, one line each; also sites that name it in vain."""
    uses = [f"{each.site} {each.host or each.binding}" for each in item.shown]
    showing = {each.site for each in item.shown}
    uses += [
        f"{site} (no visitor gets it)" for site in item.sites if site not in showing
    ]
    more = len(uses) - _MAX_HOSTS
    if more > 1:
        uses = [*uses[:_MAX_HOSTS], f"and {more} more"]
    uses += [f"record {name}" for name in item.records]
    return "\n".join(uses)


def _describe_loss(loss: LostUse) -> str:
    name = f"record {loss.record}" if loss.site is None else f"site {loss.site}"
    texts = [f'"{item.binding}"' for item in loss.shown[:_MAX_HOSTS]]
    more = len(loss.shown) - len(texts)
    shown = ", ".join(texts) + (f" and {more} more" if more else "")
    lost = f": {shown}" if shown else ""
    return f"{name} has no certificate now{lost}; next: {loss.hint}"
