"""bindctl explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bindctl.cli.boundary import print_envelope
from bindctl.cli.options import JsonOption, MetabaseOption, run
from bindctl.findings.errors import ExitStatus
from bindctl.model.binding import Protocol, format_binding
from bindctl.model.endpoint import MAX_PORT_OFFSET
from bindctl.operations.explain import explain
from bindctl.routing.explain import ROW_NAMES, format_local_address

if TYPE_CHECKING:
    from bindctl.cli.terminal import Terminal
    from bindctl.operations.explain import ExplainResult
    from bindctl.routing.explain import Explanation


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explain")(explain_)


def explain_(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="http://host[:port]/ or https://…")],
    address: Annotated[
        str | None,
        typer.Option(help="Local address it arrives at. Default: all that differ."),
    ] = None,
    sni: Annotated[
        str | None, typer.Option(help="Server name sent. Default: the URL's host.")
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
    """Say which site answers a URL, by which rule, and with which certificate."""

    def call(terminal: Terminal, file: str) -> int:
        result = explain(
            file,
            url,
            address=address,
            server_name=sni,
            without_server_name=no_sni,
            port_offset=port_offset,
        )
        status = ExitStatus.OK if result.is_answered else ExitStatus.FINDINGS
        if json:
            print_envelope(terminal, "explain", result, status)
            return status
        for item in result.explanations:
            _print_explanation(terminal, result, item)
        return status

    run(context, "explain", metabase, call, as_json=json)


def _print_explanation(
    terminal: Terminal, result: ExplainResult, item: Explanation
) -> None:
    request = result.request
    at = format_local_address(item.address)
    terminal.print(
        f"{result.url} at {at} address, port {request.port}"
        if at == "any"
        else f"{result.url} at {at}, port {request.port}"
    )
    if not item.is_listening:
        terminal.print("  refused: no running site is bound to this port")
    elif not item.is_scheme_right:
        other = "HTTP" if request.protocol is Protocol.HTTPS else "HTTPS"
        terminal.print(f"  refused: port {request.port} speaks {other}")
    else:
        if request.protocol is Protocol.HTTPS:
            _print_certificate(terminal, result, item)
        _print_site(terminal, result, item)
    for loser in item.losers:
        comment = result.comments.get(loser.site, "")
        terminal.print(
            f'  not site {loser.site} "{comment}" "{loser.binding}": {loser.reason}'
        )
    if item.other_hosts:
        terminal.print(f"  {item.other_hosts} more binding(s) name other hosts")


def _print_certificate(
    terminal: Terminal, result: ExplainResult, item: Explanation
) -> None:
    if item.record is None:
        terminal.print(f"  certificate: none: {item.record_reason}")
        return
    facts = result.certificates.get(item.record.certificate_hash)
    names = ", ".join(facts.presented_ids) if facts else "not in the store"
    shown = item.record.certificate_hash
    terminal.print(f"  certificate: {shown} ({names}): {item.record_reason}")


def _print_site(terminal: Terminal, result: ExplainResult, item: Explanation) -> None:
    if item.match is None:
        terminal.print("  answer: 400 Bad Request - Invalid Hostname: no site matches")
        return
    route = item.match.route
    comment = result.comments.get(route.site, "")
    row = item.match.row
    terminal.print(
        f'  site: {route.site} "{comment}" by "{format_binding(route.binding)}": '
        f"row {row}, {ROW_NAMES[row]}"
    )
