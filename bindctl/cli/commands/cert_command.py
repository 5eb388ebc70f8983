"""bindctl cert create, assign, list and remove."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from bindctl.cli.run.option_values import certificate_name
from bindctl.cli.run.options import (
    AllowImpactOption,
    JsonOption,
    MetabaseOption,
    StrictOption,
    run,
)
from bindctl.cli.views.tables import print_table
from bindctl.operations.certificates.certificates import (
    assign_certificate,
    create_certificate,
    list_certificates,
    remove_certificate,
)
from bindctl.terminal.boundary import print_envelope

if TYPE_CHECKING:
    from bindctl.model.certificate import Certificate
    from bindctl.operations.certificates.certificates import ListedCertificate, LostUse
    from bindctl.terminal.terminal import Terminal

HEADERS = ("Thumbprint", "Names", "Valid until", "Key", "Used by")
_MAX_HOSTS = 5  # of each certificate: --json has all

cert_app = typer.Typer(help="Certificates of the store MY.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(cert_app, name="cert")


@cert_app.callback()
def cert() -> None:
    """Certificates of the store MY."""


@cert_app.command("create")
def create(
    context: typer.Context,
    names: Annotated[
        list[str],
        typer.Argument(
            parser=certificate_name,
            metavar="NAMES...",
            help="DNS names, *.example.com, or IP addresses to cover.",
        ),
    ],
    days: Annotated[
        int | None,
        typer.Option(min=1, help="Days of validity. Default: as long as allowed."),
    ] = None,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Create a certificate, signed by the development authority, in the store MY."""

    def call(terminal: Terminal, file: str) -> int:
        now = terminal.clock()
        made = create_certificate(file, names, now, terminal.environment, days)
        if json:
            print_envelope(terminal, "cert create", made)
            return 0
        authority = os.path.relpath(made.authority_path, terminal.directory)
        terminal.print(f"created {_describe(made.certificate)}")
        terminal.print(f"signed by the development authority: {authority}")
        return 0

    run(context, "cert create", metabase, call, as_json=json)


@cert_app.command("assign")
def assign(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(help="A name it presents, or the start of its thumbprint.")
    ],
    sites: Annotated[list[int], typer.Argument(help="Identifiers of the sites.")],
    strict: StrictOption = False,
    allow_impact: AllowImpactOption = False,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Assign an existing certificate to each site."""

    def call(terminal: Terminal, file: str) -> int:
        done = assign_certificate(file, name, sites, terminal.clock())
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

    run(
        context,
        "cert assign",
        metabase,
        call,
        as_json=json,
        strict=strict,
        allow_impact=allow_impact,
    )


@cert_app.command("list")
def list_(
    context: typer.Context,
    unused: Annotated[
        bool,
        typer.Option("--unused", help="Those alone that no site or record depends on."),
    ] = False,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """List the certificates of the store MY, and whose visitors are shown them."""

    def call(terminal: Terminal, file: str) -> int:
        everything = list_certificates(file)
        found = [item for item in everything if not (unused and item.is_used)]
        if json:
            print_envelope(terminal, "cert list", {"certificates": found})
            return 0
        if found:
            print_table(terminal, HEADERS, [_row(item) for item in found])
        elif everything:
            terminal.print("every certificate is in use")
        else:
            terminal.print("no certificates; bindctl cert create makes one")
        return 0

    run(context, "cert list", metabase, call, as_json=json)


@cert_app.command("remove")
def remove(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            help="A name it alone presents, or the start of its thumbprint."
        ),
    ],
    force: Annotated[
        bool,
        typer.Option("--force", help="Remove it although sites or records need it."),
    ] = False,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Remove a certificate and its private key for good; refused while it is in use."""

    def call(terminal: Terminal, file: str) -> int:
        done = remove_certificate(file, name, terminal.clock(), force=force)
        if json:
            print_envelope(terminal, "cert remove", done)
            return 0
        known = done.certificate
        shown = done.certificate_hash if known is None else _describe(known)
        terminal.print(f"removed {shown}")
        for loss in done.losses:
            terminal.complain(_describe_loss(loss))
        return 0

    run(context, "cert remove", metabase, call, as_json=json)


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
    """``1 www.example.com``, a line each; who names it and shows it to nobody."""
    uses = [f"{each.site} {each.host or each.binding}" for each in item.shown]
    showing = {each.site for each in item.shown}
    uses += [f"{site} (shown to nobody)" for site in item.sites if site not in showing]
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
