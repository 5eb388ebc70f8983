"""The plan in force, and how a reset or a change of one site replaces it.

1. A step that fails leaves everything as it was, sockets included.
2. A step that succeeds has opened all sockets of its plan and closed none.
"""

from __future__ import annotations

import contextlib
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from bindctl.findings.errors import BindctlError
from bindctl.model.site import ServerState, Win32Error
from bindctl.server.service.preparation import StartRequest, open_plan
from bindctl.server.service.service_log import log_service
from bindctl.server.service.service_plan import SiteStatus
from bindctl.server.service.site_control import (
    decide_change,
    find_status,
    merge_statuses,
    refuse,
    start_request_for,
    with_site,
)
from bindctl.server.worker.frames import NewPlan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.server.service.preparation import LoadConfiguration
    from bindctl.server.service.service_log import Clock
    from bindctl.server.service.service_plan import ServiceConfiguration, ServiceOptions
    from bindctl.server.worker.listeners import ListenerSet


class InForce(NamedTuple):
    """A configuration and the plan made of it.

    Attributes:
        configuration: What was read.
        message: The plan.
        is_whole: No site was started, stopped or paused alone since.
        read_at: When it was read, in seconds since 1970; certificates that are newer
            have replaced others.
        earlier: What a revert brings back, the plan before the last reset; ``None``
            after a start and after a revert.
    """

    configuration: ServiceConfiguration
    message: NewPlan
    is_whole: bool = True
    read_at: float = 0.0
    earlier: InForce | None = None


class SiteOutcome(NamedTuple):
    """The result of a change of one site.

    Attributes:
        in_force: What is in force from now on; the same generation when workers need no
            new plan.
        status: The site's state from now on.
        refusal: Why the site did not start; ``None`` when all went well.
    """

    in_force: InForce
    status: SiteStatus
    refusal: BindctlError | None = None


class Planner:
    """Makes plans; it knows how to read the configuration and has the sockets."""

    def __init__(
        self,
        load: LoadConfiguration,
        listeners: ListenerSet,
        options: ServiceOptions,
        clock: Clock,
    ) -> None:
        """Nothing is read or opened yet."""
        self._load = load
        self._listeners = listeners
        self._options = options
        self._clock = clock

    def first(self) -> InForce:
        """The plan to start with.

        Raises:
            BindctlError: The metabase cannot be read.
        """
        read_at = self._clock.now()
        configuration = self._load()
        prepared = open_plan(configuration, self._listeners, self._options)
        message = NewPlan(1, prepared.plan, prepared.specs)
        return InForce(configuration, message, read_at=read_at)

    def reset(self, old: InForce) -> InForce:
        """A plan made anew: sites with ServerAutoStart run, all others stop.

        Raises:
            BindctlError: The metabase cannot be read.
        """
        read_at = self._clock.now()
        with self._undone_on_error(old):
            configuration = self._load()
            prepared = open_plan(configuration, self._listeners, self._options)
        generation = old.message.generation + 1
        message = NewPlan(generation, prepared.plan, prepared.specs)
        earlier = old._replace(earlier=None)  # one step back, not a history
        return InForce(configuration, message, read_at=read_at, earlier=earlier)

    def revert(self, now: InForce) -> InForce:
        """The plan before the last reset: the same sites run or are paused.

        If another program has taken a port meanwhile, the sites bound to it do not run.

        Raises:
            BindctlError: SRV006, it was not kept; SRV003, it cannot be made again.
        """
        earlier = now.earlier
        if earlier is None:
            message_text = "the service keeps no earlier plan"
            hint = "bindctl undo, then bindctl reset"
            raise BindctlError("SRV006", message_text, hint)
        was = earlier.message.plan
        request = StartRequest(tuple(sorted(was.contents)), was.paused)
        configuration = earlier.configuration
        with self._undone_on_error(now):
            prepared = open_plan(configuration, self._listeners, self._options, request)
        statuses = was.statuses
        for identifier in prepared.start.refusals:
            old = was._replace(statuses=statuses)
            statuses = merge_statuses(old, prepared.plan, identifier)
        plan = prepared.plan._replace(statuses=statuses)
        message = NewPlan(now.message.generation + 1, plan, prepared.specs)
        return earlier._replace(message=message)

    def change_site(self, old: InForce, identifier: int, action: str) -> SiteOutcome:
        """One site started, stopped, paused or continued; the others stay as they are.

        A site is started as the metabase has it now.

        Raises:
            BindctlError: MET101, SRV004, or the metabase cannot be read.
        """
        with self._undone_on_error(old):
            return self._change_site(old, identifier, action)

    def _change_site(self, old: InForce, identifier: int, action: str) -> SiteOutcome:
        configuration, message = old.configuration, old.message
        status = find_status(message.plan, identifier)
        if status is None:
            fresh = self._load()
            configuration = with_site(configuration, fresh, identifier)
            status = _stopped(configuration, identifier)
        change = decide_change(message.plan, identifier, action)
        if change is None:
            return SiteOutcome(old, status)
        if status.state is ServerState.STOPPED:
            configuration = with_site(configuration, self._load(), identifier)
        request = start_request_for(message.plan, change)
        prepared = open_plan(configuration, self._listeners, self._options, request)
        statuses = merge_statuses(message.plan, prepared.plan, identifier)
        changed = find_status(prepared.plan, identifier) or status
        if identifier in prepared.start.refusals:
            self._listeners.keep_only(message.specs)
            kept = replace(message, plan=message.plan._replace(statuses=statuses))
            refusal = refuse(identifier, changed.win32_error, changed.detail)
            unchanged = old._replace(message=kept)
            return SiteOutcome(unchanged, changed, refusal)
        plan = prepared.plan._replace(statuses=statuses)
        new = NewPlan(message.generation + 1, plan, prepared.specs)
        made = old._replace(configuration=configuration, message=new, is_whole=False)
        return SiteOutcome(made, changed)

    @contextlib.contextmanager
    def _undone_on_error(self, old: InForce) -> Iterator[None]:
        try:
            yield
        except BindctlError:
            self._listeners.keep_only(old.message.specs)
            raise
        except Exception as error:  # a bug in reading must not end what runs
            self._listeners.keep_only(old.message.specs)
            log_service(traceback.format_exc())
            message = f"the configuration cannot be read: {error!r}"
            hint = "the service goes on as it was; its log has the details"
            raise BindctlError("SRV003", message, hint) from error


def _stopped(configuration: ServiceConfiguration, identifier: int) -> SiteStatus:
    comments = {site.identifier: site.comment for site in configuration.table.sites}
    return SiteStatus(
        identifier=identifier,
        comment=comments[identifier],
        state=ServerState.STOPPED,
        win32_error=Win32Error.SUCCESS,
        detail="",
    )
