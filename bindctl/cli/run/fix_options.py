"""The options of ``check --fix``, and those that cannot go together with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.cli.views.check_report import OutputFormat
from bindctl.findings.errors import BindctlError

if TYPE_CHECKING:
    from datetime import datetime


class FixOptions(NamedTuple):
    """The options of mending.

    Attributes:
        is_wanted: ``--fix``.
        is_agreed: ``--yes``: nothing is asked.
        is_dry_run: ``--dry-run``: nothing is written.
        is_verbose: ``--verbose``.
    """

    is_wanted: bool = False
    is_agreed: bool = False
    is_dry_run: bool = False
    is_verbose: bool = False


def require_fixable(
    options: FixOptions,
    output_format: OutputFormat,
    file: str | None,
    metabase: str | None,
    as_of: datetime | None,
) -> None:
    """Refuse options that cannot go together.

    Raises:
        BindctlError: CLI004.
    """
    if not options.is_wanted:
        if options.is_agreed or options.is_dry_run:
            name = "--yes" if options.is_agreed else "--dry-run"
            raise BindctlError("CLI004", f"{name} goes with --fix only")
        return
    if options.is_agreed and options.is_dry_run:
        raise BindctlError("CLI004", "--yes and --dry-run contradict each other")
    if output_format in (OutputFormat.SARIF, OutputFormat.GITHUB):
        message = f"--fix answers in text or json, not in {output_format.value}"
        raise BindctlError("CLI004", message)
    if file is not None and (file == "-" or metabase is not None):
        message = "--fix writes the metabase itself, beside its own stores"
        raise BindctlError("CLI004", message, "name it by --metabase alone")
    if as_of is not None and not options.is_dry_run:
        message = "--as-of with --fix needs --dry-run: certificates are made today"
        raise BindctlError("CLI004", message)
