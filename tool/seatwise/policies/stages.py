"""After the pilot a bulk changeset goes to early, half and rest, each behind a gate: time to notice.

It never stops anybody by itself; a stage that spends its budget halts the rollout (`seatwise run show`).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from seatwise.core import params
from seatwise.core.model import Duration, Finding, Level, Policy, Review

ID = "stages"
LEVEL = Level.BLOCK
STAGES = ("pilot", "early", "half", "rest")
PARAMS = params.record(
    "How a bulk changeset goes on after its pilot",
    early=params.share("Share of the people that the early stage reaches"),
    half=params.share("Share of the people that the half stage reaches"),
    soak=params.record(
        "How long each stage is watched after its last write",
        gives=params.duration("For seats given"),
        takes=params.duration("For seats taken or swapped; 20 hours let Sunday follow Saturday"),
    ),
    error_budget=params.share("Share of a stage's changes that may fail; in the pilot none may"),
    patience=params.record(
        "How long a rollout waits before it halts and a person decides",
        queued=params.duration("For the end of another bulk rollout of the same license"),
        paused=params.duration("For a gate that can't tell, or that nobody has approved"),
    ),
    approve=params.listing(
        "Stages after which somebody says that it goes on (`seatwise run resume`)", params.choice("A stage", STAGES)
    ),
    probe=params.probe(
        "What each gate asks whether people can work: an https address, or `command`, which runs what"
        " `seatwise apply --probe` names; empty: nothing"
    ),
)
DEFAULTS = {
    "early": Decimal("0.10"),
    "half": Decimal("0.50"),
    "soak": {"gives": Duration(1, "hours"), "takes": Duration(20, "hours")},
    "error_budget": Decimal("0.01"),
    "patience": {"queued": Duration(30, "days"), "paused": Duration(2, "days")},
    "approve": (),
    "probe": "",
}


def findings(review: Review, policy: Policy) -> Iterator[Finding]:
    """None: this file only holds parameters."""
    return iter(())
