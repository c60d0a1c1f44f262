"""Above this a changeset is bulk: it goes in stages and through windows, one per license at a time.

Smaller ones go at once. It never stops anybody; it decides what the other rules and the stages call bulk.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from seatwise.core import params
from seatwise.core.model import Finding, Level, Policy, Review

ID = "bulk-threshold"
LEVEL = Level.WARN
PARAMS = params.record(
    "What is bulk: more seats than this, or from this share of one license on",
    seats=params.count("So many seats, over all licenses, are still small"),
    share=params.share("From this share of one license's seats on a changeset is bulk"),
)
DEFAULTS = {"seats": 5, "share": Decimal("0.10")}


def findings(review: Review, policy: Policy) -> Iterator[Finding]:
    """None: this file only holds parameters."""
    return iter(())
