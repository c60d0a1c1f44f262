"""Findings → workflow commands, which GitHub shows beside the lines of a pull request.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Sequence

from seatwise.core.model import Finding, Level
from seatwise.views.words import text

COMMANDS = {Level.ERROR: "error", Level.BLOCK: "error", Level.HOLD: "warning", Level.CONFIRM: "warning"}
"""Level → command; a warning of ours is a notice there, so that it doesn't count as a fault."""


def findings_github(findings: Sequence[Finding]) -> str:
    """One command a line."""
    return "".join(f"{_command(finding)}\n" for finding in findings)


def _command(finding: Finding) -> str:
    place = finding.place
    where = f"file={_property(place.path)},line={place.line}," if place else ""
    fix = f"%0Afix: {_data(finding.fix)}" if finding.fix else ""
    name = COMMANDS.get(finding.level, "notice")
    return f"::{name} {where}title={_property(finding.rule)}::{_data(finding.what)}{fix}"


def _data(value: str) -> str:
    return text(value).replace("%", "%25")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
