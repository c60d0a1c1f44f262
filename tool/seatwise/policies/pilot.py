"""A few people go first, so that a mistake meets eight of them and not three hundred. Never one of the board.

It never stops anybody by itself: five to ten people is the only choice, and a changeset of fewer than ten goes in one
stage.
"""

from __future__ import annotations

from collections.abc import Iterator

from seatwise.core import params
from seatwise.core.model import Finding, Level, Policy, Review

ID = "pilot"
LEVEL = Level.BLOCK
PARAMS = params.record(
    "Who goes first",
    size=params.count("People in the pilot", least=5, most=10),
    departments=params.count("Departments that they are spread over, where there are so many", least=1, most=10),
    vips=params.flag("Whether VIPs may be drawn"),
)
DEFAULTS = {"size": 8, "departments": 3, "vips": False}


def findings(review: Review, policy: Policy) -> Iterator[Finding]:
    """None: this file only holds parameters."""
    return iter(())
