"""Exactly what the running service of a metabase serves right now.

The metabase may say something else: sites may have been started and stopped one by one,
and the file edited since.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from bindctl.bindings.listen_list import ListenList
from bindctl.bindings.start import Refusal, StartResult
from bindctl.bindings.table_json import parse_plain_table
from bindctl.findings.errors import BindctlError
from bindctl.model.endpoint import parse_ip_address
from bindctl.model.site import Win32Error, format_win32_error
from bindctl.operations.service.service import RESET_TIMEOUT_S, ask_service
from bindctl.routing.reading import Reading
from bindctl.storage.state_folder import open_runtime

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bindctl.model.endpoint import IpAddress


_MAX_OCTETS = 1 << 30  # of what a service tells; a hundred thousand sites: 50 MiB


class OpenListener(NamedTuple):
    """A socket of the running service.

    Attributes:
        address: All zeros is every address of its family.
        port: The port of the bindings.
        real_port: The port of the socket.
    """

    address: IpAddress
    port: int
    real_port: int


class RunningConfiguration(NamedTuple):
    """What a service serves.

    Attributes:
        reading: Sites and bindings as the service knows them; which of them run, paused
            ones included; where it listens, its own ``--listen`` before the
            metabase's list.
        settings: A digest of what each running site answers from.
        listeners: Its sockets.
        port_offset: What it adds to every port.
        generation: Counts the plans it has put in force.
        digest: Of the metabase's octets at the last reset.
        is_whole: No site was started, stopped or paused alone since then.
    """

    reading: Reading
    settings: Mapping[int, str]
    listeners: tuple[OpenListener, ...]
    port_offset: int
    generation: int
    digest: str
    is_whole: bool


def load_running(metabase: str) -> RunningConfiguration:
    """What the service of a metabase serves right now.

    Args:
        metabase: Absolute path of the file.

    Raises:
        BindctlError: SRV001, none runs; SRV003, its answer cannot be understood.
    """
    import json  # noqa: PLC0415 - slow to import

    answer = ask_service(metabase, {"command": "served"}, RESET_TIMEOUT_S)
    try:
        name = os.path.basename(os.fsdecode(str(answer["path"])))
        with open_runtime(metabase) as folder:
            octets = folder.read(name, _MAX_OCTETS)
        return parse_running(json.loads(octets))
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"the service does not say what it serves: {error!r}"
        raise BindctlError("SRV003", message, "bindctl reset --hard") from error


def parse_running(
    value: Mapping[str, Any],  # Any: JSON of `status_report.served_text`
) -> RunningConfiguration:
    """The content of a service's file.

    Raises:
        ValueError, KeyError, TypeError: It is not such a file.
    """
    addresses = tuple(parse_ip_address(text) for text in value["listen"])
    refused = {int(key): Win32Error(item) for key, item in value["refused"].items()}
    refusals = {
        site: Refusal(error, "", reason=format_win32_error(error))
        for site, error in refused.items()
    }
    reading = Reading(
        parse_plain_table(value["table"]),
        given_listen=ListenList(addresses, value["is_limited"], value["listen_name"]),
        given_start=StartResult(frozenset(value["started"]), refusals),
        paused=frozenset(value["paused"]),
    )
    return RunningConfiguration(
        reading=reading,
        settings={int(key): item for key, item in value["settings"].items()},
        listeners=tuple(
            OpenListener(parse_ip_address(address), port, real_port)
            for address, port, real_port in value["listeners"]
        ),
        port_offset=value["port_offset"],
        generation=value["generation"],
        digest=value["digest"],
        is_whole=value["is_whole"],
    )
