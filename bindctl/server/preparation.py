"""From loading a plan to having its sockets: sites start whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from bindctl.model.site import Win32Error
from bindctl.server.listeners import wanted_listeners
from bindctl.server.service_plan import ServicePlan

if TYPE_CHECKING:
    from bindctl.server.listeners import ListenerSet, ListenerSpec
    from bindctl.server.options import ServiceOptions

# Asked with the ports that cannot be opened and why: sites with a binding there are
# reported as stopped and left out of the routing.
LoadPlan: TypeAlias = Callable[[Mapping[int, Win32Error]], ServicePlan]


def open_plan(
    load_plan: LoadPlan, listeners: ListenerSet, options: ServiceOptions
) -> tuple[ServicePlan, tuple[ListenerSpec, ...]]:
    """The plan of what can run, with all its sockets open.

    Sockets the plan does not need are left as they are.

    Raises:
        BindctlError: As `load_plan`.
    """
    excluded: dict[int, Win32Error] = {}
    while True:
        plan = load_plan(dict(excluded))
        specs = wanted_listeners(plan, options)
        failures = listeners.open_missing(specs)
        fresh = {port: code for port, code in failures.items() if port not in excluded}
        if not fresh:
            # A port that failed before and is still named would be `load_plan`'s bug:
            # it is not listened on, and everything else is.
            opened = tuple(spec for spec in specs if listeners.find(spec) is not None)
            return plan, opened
        excluded |= fresh
