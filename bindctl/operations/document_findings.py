"""Findings about the document and its folders, which need neither table nor stores.

Of a large document they are found by another process meanwhile: half of what `check`
does is independent of the other half.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bindctl.findings.finding import Finding, Place, Severity
from bindctl.metabase.reader import parse_document
from bindctl.metabase.rules import metabase_findings
from bindctl.metabase.tree import make_tree
from bindctl.operations.directory_rules import directory_findings
from bindctl.storage.shared_work import WorkBeside

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Self

    from bindctl.metabase.tree import Key

# Some two thousand sites: a second reading takes 25 ms, and saves as much. Of a hundred
# thousand, two readings take more memory than time is worth.
_MIN_OCTETS: Final = 1 << 20
_MAX_OCTETS: Final = 1 << 24


class DocumentFindings:
    """What is found in a document, here or beside."""

    def __init__(self, metabase: str, octets: bytes) -> None:
        """Begin, if that is worth another process."""
        self._metabase = metabase
        self._beside: WorkBeside | None = None
        if _MIN_OCTETS < len(octets) < _MAX_OCTETS:
            self._beside = WorkBeside(
                lambda: [
                    _plain(item)
                    for item in _find(make_tree(parse_document(octets)), metabase)
                ],
                is_large=True,
            )

    def __enter__(self) -> Self:
        """The search itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Leave no process behind."""
        if self._beside is not None:
            self._beside.__exit__(*error)

    def findings(self, root: Key) -> Iterable[Finding]:
        """All of them.

        Args:
            root: The key /LM of that document, for who has to search here.
        """
        if self._beside is None:
            return _find(root, self._metabase)
        return map(_parse, self._beside.result())


def document_findings(metabase: str, octets: bytes) -> DocumentFindings:
    """A context in which the document's findings are looked for.

    Args:
        metabase: Absolute path of the file, beside which the folders are.
        octets: The document.
    """
    return DocumentFindings(metabase, octets)


def _find(root: Key, metabase: str) -> list[Finding]:
    return [*metabase_findings(root), *directory_findings(root, metabase)]


def _plain(finding: Finding) -> list[object]:
    """As JSON holds it; rules leave line and column to others."""
    place = finding.place
    return [
        finding.code,
        finding.severity.value,
        place.path,
        place.property_name,
        place.index,
        finding.message,
        finding.hint,
        finding.witness,
    ]


def _parse(
    row: Sequence[Any],  # Any: a row of `_plain`
) -> Finding:
    code, severity, path, name, index, message, hint, witness = row
    place = Place(path, name, index)
    return Finding(code, Severity(severity), place, message, hint, witness)
