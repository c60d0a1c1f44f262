"""Findings → lines for a terminal: `path:line: what`, then `fix:`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from seatwise.core.model import Finding, Level
from seatwise.views.words import text


def findings_text(findings: Sequence[Finding]) -> str:
    """Every finding on two lines, and how many there are of each level; empty where there is none."""
    if not findings:
        return ""
    return "\n".join([*(line for finding in findings for line in _lines(finding)), _count(findings)]) + "\n"


def _lines(finding: Finding) -> Iterable[str]:
    where = f"{text(finding.place)}: " if finding.place else ""
    yield f"{where}{'' if finding.level is Level.ERROR else f'{_name(finding.level)}: '}{text(finding.what)}"
    if finding.fix:
        yield f"  fix: {text(finding.fix)}"


def _name(level: Level) -> str:
    return "warning" if level is Level.WARN else level.value


def _count(findings: Sequence[Finding]) -> str:
    levels = [finding.level for finding in findings]
    told = [(levels.count(level), level) for level in Level]
    return ", ".join(f"{count} {_name(level)}{'s' if count > 1 else ''}" for count, level in told if count)
