"""findings.md: every code with its meaning, what IIS does, and an example.

An example is the golden case named after the defect, or the first one that shows the
code.
"""

from __future__ import annotations

import json
import re
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

from bindctl.cli.commands.reference import group_versions
from bindctl.findings.codes import FINDINGS
from bindctl.operations.views.reference import describe_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_CHECK: Final = re.compile(r"\$ bindctl check(?: -v)?$")
_HEAD: Final = re.compile(r"> ([A-Z]{3}\d{3}) ")
_MASKS: Final = (("$HASH", "HASH"), ("$SHORT", "HASH"), ("$DIR/", ""))
INTRODUCTION: Final = """\
# Findings and errors

Codes are stable and never used again for something else. **Findings** are what
[`bindctl check`](check.md) reports; only one of severity error changes its exit status.
**Errors** end a command, which then has written nothing. `bindctl rule CODE` prints what
stands here.

| Letters | About |
| --- | --- |
| `MET` | the metabase |
| `BND` | bindings |
| `CRT` | certificates |
| `RTE` | requests, and tests of them |
| `SRV` | the service |
| `CLI` | the command line |

In the examples `HASH1` stands for the thumbprint of a certificate.
"""


def collect_examples(cases: Path) -> dict[str, dict[str, str]]:
    """Metabase and report by code, from the golden cases of `check`."""
    found: dict[str, dict[str, str]] = {}
    texts = {
        case.stem: case.read_text(encoding="utf-8") for case in cases.glob("*.case")
    }
    for rule in FINDINGS:
        names = [rule.name, *sorted(texts)]
        for name in names:
            example = _read_example(texts.get(name, ""), rule.code)
            if example is not None:
                found[rule.code] = example
                break
    return found


def format_examples(examples: Mapping[str, Mapping[str, str]]) -> str:
    """The file that `bindctl rule` reads."""
    return json.dumps(examples, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def render_findings(note: str, examples: Mapping[str, Mapping[str, str]]) -> str:
    """Every code, one heading each."""
    views = describe_rules()
    parts = [note, INTRODUCTION]
    for kind, heading in (("finding", "## Findings"), ("error", "## Errors")):
        parts.append(f"{heading}\n")
        parts += [_section(v, examples) for v in views if v.kind == kind]
    return "\n".join(parts).rstrip() + "\n"


def _section(view: Any, examples: Mapping[str, Mapping[str, str]]) -> str:
    lines = [
        f"### {view.code}\n",
        f"`{view.name}`, {view.severity}. {view.meaning}\n",
        *(f"- **{versions}**: {text}" for versions, text in group_versions(view)),
    ]
    if view.on_iis:
        lines.append("")
    lines.append(f"Next step: {view.remedy}\n")
    example = examples.get(view.code)
    if example is not None:
        lines.append(f"```toml\n{example['metabase']}\n```\n")
        lines.append(f"```text\n{example['report']}\n```\n")
    return "\n".join(lines)


def _read_example(case: str, code: str) -> dict[str, str] | None:
    """The metabase of a case, and what its first `check` says with that code."""
    metabase = [line[2:] for line in case.splitlines() if line.startswith("|")]
    for answer in _answers(case):
        starts = [number for number, line in enumerate(answer) if _HEAD.match(line)]
        for number in starts:
            if metabase and answer[number].startswith(f"> {code} "):
                report = answer[number : number + 1]
                rest = answer[number + 1 :]
                report += takewhile(lambda line: line.startswith(">  "), rest)
                shown = [line[2:] for line in report]
                return {"metabase": _unmask(metabase), "report": _unmask(shown)}
    return None


def _answers(case: str) -> Iterator[list[str]]:
    """Lines of the answers to `check` with no option that changes the format."""
    lines = case.splitlines()
    for number, line in enumerate(lines):
        if _CHECK.match(line):
            rest = lines[number + 1 :]
            yield list(takewhile(lambda each: each.startswith(">"), rest))


def _unmask(lines: list[str]) -> str:
    text = "\n".join(lines)
    for mask, word in _MASKS:
        text = text.replace(mask, word)
    return text
