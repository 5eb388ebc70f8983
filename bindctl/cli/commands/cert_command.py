"""bindctl cert create, assign and list."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from bindctl.cli.boundary import print_envelope
from bindctl.cli.options import JsonOption, MetabaseOption, run
from bindctl.cli.tables import print_table
from bindctl.operations.certificates import (
    assign_certificate,
    create_certificate,
    list_certificates,
)

if TYPE_CHECKING:
    from bindctl.cli.terminal import Terminal
    from bindctl.model.certificate import Certificate
    from bindctl.operations.certificates import ListedCertificate

HEADERS = ("Thumbprint", "Names", "Valid until", "Key", "Sites")

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
        typer.Argument(help="DNS names, *.example.com, or IP addresses to cover."),
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
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Assign an existing certificate to each site."""

    def call(terminal: Terminal, file: str) -> int:
        done = assign_certificate(file, name, sites)
        if json:
            print_envelope(terminal, "cert assign", done)
            return 0
        numbers = ", ".join(map(str, done.sites))
        words = "assigned" if done.is_changed else "already assigned"
        terminal.print(f"{words} to site {numbers}: {_describe(done.certificate)}")
        if done.others:
            terminal.print(
                f"{done.others} more answer to {name}; this one is valid longest"
            )
        return 0

    run(context, "cert assign", metabase, call, as_json=json)


@cert_app.command("list")
def list_(
    context: typer.Context,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """List the certificates of the store MY and the sites that name them."""

    def call(terminal: Terminal, file: str) -> int:
        found = list_certificates(file)
        if json:
            print_envelope(terminal, "cert list", {"certificates": found})
            return 0
        if not found:
            terminal.print("no certificates; bindctl cert create makes one")
            return 0
        print_table(terminal, HEADERS, [_row(item) for item in found])
        return 0

    run(context, "cert list", metabase, call, as_json=json)


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
        " ".join(map(str, item.sites)),
    )
