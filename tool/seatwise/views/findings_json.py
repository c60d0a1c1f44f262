"""Findings → JSON in one stable shape."""

from __future__ import annotations

import json
from collections.abc import Sequence

from seatwise.core.model import Finding


def findings_json(findings: Sequence[Finding]) -> str:
    """`{"findings": [{rule, level, what, fix, path, line}]}`; path and line are null where a finding has no place."""
    return json.dumps({"findings": [_object(finding) for finding in findings]}, indent=2) + "\n"


def _object(finding: Finding) -> dict[str, str | int | None]:
    place = finding.place
    return {
        "rule": finding.rule,
        "level": finding.level.value,
        "what": finding.what,
        "fix": finding.fix,
        "path": place.path if place else None,
        "line": place.line if place else None,
    }
