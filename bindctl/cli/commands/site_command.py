"""bindctl site add."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from bindctl.cli.run.option_values import binding_host, folder, local_address
from bindctl.cli.run.options import (
    AllowImpactOption,
    JsonOption,
    MetabaseOption,
    StrictOption,
    run,
)
from bindctl.operations.editing.sites import MAX_IDENTIFIER, add_site
from bindctl.terminal.boundary import print_envelope

if TYPE_CHECKING:
    from bindctl.terminal.terminal import Terminal

site_app = typer.Typer(help="Web sites.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.add_typer(site_app, name="site")


@site_app.callback()
def site() -> None:
    """Web sites."""


@site_app.command("add")
def add(
    context: typer.Context,
    description: Annotated[str, typer.Argument(help="ServerComment of the site.")],
    path: Annotated[
        str,
        typer.Option(
            parser=folder,
            metavar="FOLDER",
            help="Root folder, relative to the metabase. Made, with a first page, "
            "when it is missing.",
        ),
    ],
    host: Annotated[
        list[str] | None,
        typer.Option(
            parser=binding_host,
            metavar="HOST",
            help="Host header; may be repeated. Without one: any host.",
        ),
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="HTTP port.")] = 80,
    ip: Annotated[
        str,
        typer.Option(
            parser=local_address,
            metavar="ADDRESS",
            help="Local address. Default: any.",
        ),
    ] = "",
    identifier: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MAX_IDENTIFIER,
            metavar="N",
            help="The site's number. Default: lowest free one.",
        ),
    ] = None,
    strict: StrictOption = False,
    allow_impact: AllowImpactOption = False,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Add a web site with its HTTP bindings and its root folder."""

    def call(terminal: Terminal, file: str) -> int:
        added = add_site(
            file,
            description,
            hosts=host or (),
            address=ip,
            port=port,
            path=path,
            identifier=identifier,
        )
        if json:
            print_envelope(terminal, "site add", added)
            return 0
        shown = " ".join(f'"{item}"' for item in added.server_bindings)
        terminal.print(f'site {added.identifier} "{description}" added: {shown}')
        if added.created_page is not None:
            page = os.path.relpath(added.created_page, terminal.directory)
            terminal.print(f"wrote {page}")
        return 0

    run(
        context,
        "site add",
        metabase,
        call,
        as_json=json,
        strict=strict,
        allow_impact=allow_impact,
    )
