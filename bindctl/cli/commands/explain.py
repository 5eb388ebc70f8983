"""The command explain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.cli.views.explain_view import print_explanation
from bindctl.findings.errors import ExitStatus
from bindctl.operations.answers.explain import explain as explain_request
from bindctl.operations.answers.explain_question import AskedRequest
from bindctl.terminal.boundary import print_envelope

if TYPE_CHECKING:
    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal


def explain(
    terminal: Terminal,
    workspace: Workspace,
    *,
    url: str | None,
    host: str | None,
    ip: str | None,
    address: str | None,
    port: int | None,
    scheme: str | None,
    sni: str | None,
    no_sni: bool,
    port_offset: int,
    json: bool,
) -> int:
    """Run `bindctl explain`."""
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
    result = explain_request(workspace, wish, terminal.clock())
    status = ExitStatus.OK if result.is_answered else ExitStatus.FINDINGS
    if json:
        from bindctl.cli.formats.explain_data import explain_data  # noqa: PLC0415 - not always

        print_envelope(terminal, "explain", explain_data(result), status)
    else:
        print_explanation(terminal, result)
    return status
