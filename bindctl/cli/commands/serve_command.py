"""bindctl serve: the service in the foreground, for systemd and containers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from bindctl.cli.run.option_values import ip_address
from bindctl.cli.run.options import MetabaseOption, run
from bindctl.cli.views.service_view import describe_status
from bindctl.model.endpoint import MAX_PORT_OFFSET
from bindctl.operations.service.service import StartOptions, serve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.server.service.service_plan import SiteStatus
    from bindctl.terminal.terminal import Terminal


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve")(serve_)


def serve_(
    context: typer.Context,
    port_offset: Annotated[
        int,
        typer.Option(
            min=0,
            max=MAX_PORT_OFFSET,
            help="Added to every port: 8000 makes 80 port 8080.",
        ),
    ] = 0,
    listen: Annotated[
        list[str] | None,
        typer.Option(
            parser=ip_address,
            metavar="ADDRESS",
            help="Address for bindings to any address; may be repeated.",
        ),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=0, help="Worker processes. Default: one a processor.")
    ] = 0,
    ready_fd: Annotated[int, typer.Option(hidden=True)] = -1,
    metabase: MetabaseOption = None,
) -> None:
    """Serve the sites in the foreground; Ctrl-C and SIGTERM drain and stop."""
    options = StartOptions(port_offset, tuple(listen or ()), workers)

    def call(terminal: Terminal, file: str) -> int:
        def on_ready(sites: Sequence[SiteStatus], listeners: Sequence[str]) -> None:
            for site in sites:
                terminal.print(describe_status(site))
            for listener in listeners:
                terminal.print(f"listening on {listener}")
            if not listeners:
                terminal.complain("no port is open: nothing can be reached")
            terminal.stdout.flush()
            if ready_fd >= 0:
                os.write(ready_fd, b"\n")
                os.close(ready_fd)

        return serve(file, options, on_ready)

    run(context, "serve", metabase, call)
