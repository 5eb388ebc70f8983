"""explain: what a URL reaches, by which rule, and with which certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from bindctl.findings.errors import BindctlError
from bindctl.model.authority import parse_authority
from bindctl.model.binding import Protocol
from bindctl.model.endpoint import MAX_PORT, MIN_PORT, parse_ip_address
from bindctl.operations.certificates import find_facts
from bindctl.operations.configuration import compile_configuration
from bindctl.routing.explain import Request, address_classes, explain_request
from bindctl.storage.metabase_file import read_octets

if TYPE_CHECKING:
    from bindctl.model.certificate import Certificate
    from bindctl.routing.explain import Explanation

_DEFAULT_PORTS = {Protocol.HTTP: 80, Protocol.HTTPS: 443}


class ExplainResult(NamedTuple):
    """Everything `explain` shows.

    Attributes:
        url: As typed.
        request: What routing sees of it.
        explanations: One a local address that can differ.
        comments: ServerComment by identifier, for the sites mentioned.
        certificates: Facts by hash, for the records chosen; a hash without facts is
            not in the store.
    """

    url: str
    request: Request
    explanations: tuple[Explanation, ...]
    comments: dict[int, str]
    certificates: dict[str, Certificate]

    @property
    def is_answered(self) -> bool:
        """Whether a site answers at every local address."""
        return all(item.is_answered for item in self.explanations)


def explain(  # noqa: PLR0913 - the whole question
    metabase: str,
    url: str,
    *,
    address: str | None = None,
    server_name: str | None = None,
    without_server_name: bool = False,
    port_offset: int = 0,
    octets: bytes | None = None,
) -> ExplainResult:
    """What happens to a request for `url`.

    Args:
        metabase: Absolute path of the file.
        url: ``https://host[:port]/``.
        address: The local address it arrives at; ``None`` for all that can differ.
        server_name: SNI, when it is not the URL's host.
        without_server_name: Whether the client sends no SNI.
        port_offset: What the running service adds to every port.
        octets: The document to read in place of the file's.

    Raises:
        BindctlError: RTE001; or the metabase cannot be read.
    """
    request = _parse_request(url, server_name, port_offset)
    if without_server_name:
        request = Request(request.protocol, request.port, request.host, None)
    if octets is None:
        octets = read_octets(metabase)
    configuration = compile_configuration(octets)
    plan = configuration.plan
    try:
        addresses = (
            (parse_ip_address(address),)
            if address
            else address_classes(plan, request.port)
        )
    except ValueError as error:
        raise BindctlError("BND001", str(error)) from error
    explanations = tuple(
        explain_request(configuration.table, configuration.start, plan, item, request)
        for item in addresses
    )
    hashes = {item.record.certificate_hash for item in explanations if item.record}
    return ExplainResult(
        url=url,
        request=request,
        explanations=explanations,
        comments={site.identifier: site.comment for site in configuration.table.sites},
        certificates=find_facts(metabase, hashes),
    )


def _parse_request(url: str, server_name: str | None, port_offset: int) -> Request:
    try:
        parts = urlsplit(url)
        protocol = _parse_scheme(parts.scheme)
        authority = parse_authority(parts.netloc)  # a name before @ is none of it
        named = parse_authority(server_name).host if server_name else None
    except ValueError as error:
        message = f"{url!r} is no URL bindctl can explain: {error}"
        raise BindctlError("RTE001", message, "http://HOST[:PORT]/") from error
    port = authority.port or _DEFAULT_PORTS[protocol] + port_offset
    if not MIN_PORT <= port - port_offset <= MAX_PORT:
        message = f"port {port} less the offset {port_offset} is no port"
        raise BindctlError("RTE001", message, f"the service adds {port_offset}")
    if protocol is Protocol.HTTPS and named is None and not _is_address(authority.host):
        named = authority.host
    return Request(protocol, port - port_offset, authority.host, named)


def _parse_scheme(scheme: str) -> Protocol:
    for protocol in Protocol:
        if protocol.value == scheme.lower():
            return protocol
    message = "it begins with neither http:// nor https://"
    raise ValueError(message)


def _is_address(host: str) -> bool:
    # RFC 6066 §3: a literal address is never sent as server_name.
    try:
        parse_ip_address(host)
    except ValueError:
        return False
    return True
