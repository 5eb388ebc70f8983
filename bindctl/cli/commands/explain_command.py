"""bindctl explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bindctl.cli.run.option_values import (
    ip_address,
    request_host,
    request_url,
    scheme_name,
    server_name,
)
from bindctl.cli.run.options import JsonOption, MetabaseOption, run
from bindctl.findings.errors import ExitStatus
from bindctl.model.endpoint import MAX_PORT, MAX_PORT_OFFSET, MIN_PORT
from bindctl.terminal.boundary import print_envelope

if TYPE_CHECKING:
    from bindctl.terminal.terminal import Terminal


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explain")(explain_)


def explain_(
    context: typer.Context,
    url: Annotated[
        str | None,
        typer.Argument(
            parser=request_url,
            metavar="[URL]",
            help="http://host[:port]/path, or https://…",
        ),
    ] = None,
    host: Annotated[
        str | None,
        typer.Option(
            parser=request_host,
            metavar="HOST",
            help='In place of a URL: the host asked for; "" for none.',
        ),
    ] = None,
    ip: Annotated[
        str | None,
        typer.Option(
            parser=ip_address,
            metavar="ADDRESS",
            help="Local address it arrives at. Default: all that differ.",
        ),
    ] = None,
    address: Annotated[str | None, typer.Option(parser=ip_address, hidden=True)] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=MIN_PORT,
            max=MAX_PORT,
            help="Port it arrives at. Default: the URL's; with --host 443 where it is "
            "bound, else 80.",
        ),
    ] = None,
    scheme: Annotated[
        str | None,
        typer.Option(
            parser=scheme_name,
            metavar="SCHEME",
            help="http or https. Default: what the port speaks.",
        ),
    ] = None,
    sni: Annotated[
        str | None,
        typer.Option(
            parser=server_name,
            metavar="HOST",
            help="Server name sent. Default: the host.",
        ),
    ] = None,
    no_sni: Annotated[
        bool, typer.Option("--no-sni", help="A client that sends no server name.")
    ] = False,
    port_offset: Annotated[
        int,
        typer.Option(
            min=0, max=MAX_PORT_OFFSET, help="What the service adds to every port."
        ),
    ] = 0,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Say what a request reaches and why; exit 1 when no site answers it.

    Two phases, one after the other: TLS chooses a certificate by address and server
    name, HTTP a site by host and address. Then what would answer if that site stopped,
    what was not chosen and by which rule, and which other hosts a browser may ask for
    on the same connection.
    """

    def call(terminal: Terminal, file: str) -> int:
        # Imported here: after the usage.
        from bindctl.operations.answers.explain import explain  # noqa: PLC0415
        from bindctl.operations.answers.explain_question import AskedRequest  # noqa: PLC0415

        wish = AskedRequest(
            url=url,
            host=host,
            port=port,
            scheme=scheme,
            address=ip if ip is not None else address,
            server_name=sni,
            without_server_name=no_sni,
            port_offset=port_offset,
        )
        result = explain(file, wish, terminal.clock())
        status = ExitStatus.OK if result.is_answered else ExitStatus.FINDINGS
        if json:
            from bindctl.cli.formats.explain_data import (  # noqa: PLC0415 - as asked
                explain_data,
            )

            print_envelope(terminal, "explain", explain_data(result), status)
        else:
            from bindctl.cli.views.explain_view import (  # noqa: PLC0415 - as above
                print_explanation,
            )

            print_explanation(terminal, result)
        return status

    run(context, "explain", metabase, call, as_json=json)
