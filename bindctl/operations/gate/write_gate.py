"""The gate before each write of bindctl's own commands.

It reports the requests of sites that the write does not edit, if they get a different
answer. If the command is strict, or the metabase's [check] table says ``gate = true``,
such a write is refused, and so is one that breaks something. On the path of the quick
verbs: imports no more than it takes to see that there is nothing to judge.
"""

from bindctl.operations.gate.irrelevant_edits import is_irrelevant
from bindctl.operations.gate.neighbourhood import find_neighbourhood
from bindctl.storage.workspace import may_be_gated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from bindctl.operations.gate.impact import Impact
    from bindctl.storage.workspace import Workspace


class WriteGate:
    """Judges the writes of one command.

    Attributes:
        found: The impact of each write that has any, in their order.
    """

    __slots__ = ("_allows_impact", "_is_strict", "found")

    def __init__(
        self,
        *,
        is_strict: bool = False,
        allows_impact: bool = False,
    ) -> None:
        """Nothing has been written yet.

        Args:
            is_strict: Whether to refuse, whatever the metabase says.
            allows_impact: Whether sites may be changed that a write does not edit.
        """
        self._is_strict = is_strict
        self._allows_impact = allows_impact
        self.found: list[Impact] = []

    def __call__(
        self,
        workspace: "Workspace",
        before: bytes | None,
        after: bytes,
        sites: frozenset[int] = frozenset(),
    ) -> None:
        """Judge a write.

        Args:
            workspace: The metabase.
            before: Its octets; ``None`` when it is gone.
            after: Those that are to replace them.
            sites: Identifiers that the command means, whether or not it edits them.

        Raises:
            BindctlError: BND002, BND003, BND004 or BND005: the gate refuses it.
        """
        if before is None:
            return  # nobody was answered
        is_gated = self._is_strict or may_be_gated(before)
        impact = None
        if not is_gated:
            if is_irrelevant(before, after):
                return
            near = find_neighbourhood(before, after)
            if near is not None and near.is_alone():
                return
            if near is not None:
                # Imported here: it loads the evaluator.
                from bindctl.operations.gate.reduced_impact import (  # noqa: PLC0415
                    find_reduced_impact,
                )

                impact = find_reduced_impact(near, before, after, sites)
        if impact is None:
            impact = self._judge(workspace, before, after, sites)
        if impact is not None and impact.changes:
            self.found.append(impact)

    def _judge(
        self,
        workspace: "Workspace",
        before: bytes,
        after: bytes,
        sites: frozenset[int],
    ) -> "Impact | None":
        # Imported here: what a gate asks takes more than the evaluator.
        from bindctl.operations.gate.write_judgement import (  # noqa: PLC0415
            Asked,
            judge_write,
        )

        asked = Asked(self._is_strict, self._allows_impact, sites)
        return judge_write(workspace, before, after, asked)
