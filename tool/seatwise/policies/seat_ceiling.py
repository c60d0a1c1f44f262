"""Nobody asks for more seats than were bought or ordered: what is asked beyond that waits, or costs extra.

When it stops you: buy (a new lot under `entitlements`), ask for fewer, or write a dated exception that names the quote.
"""

from __future__ import annotations

from collections.abc import Iterator

from seatwise.core import params
from seatwise.core.model import Figures, Finding, Level, Policy, Review

ID = "seat-ceiling"
LEVEL = Level.BLOCK
PARAMS = params.record(
    "How many seats may be asked for",
    allow=params.count("Seats that may be asked for beyond the rights in force and on order"),
    max=params.mapping("License → the most seats, whatever was bought", params.count("Seats"), of="license"),
)
DEFAULTS: dict[str, object] = {"allow": 0, "max": {}}


def findings(review: Review, policy: Policy) -> Iterator[Finding]:
    """One for each license that is asked for more often than it was bought, and one for each above its own `max`."""
    for id, figures in sorted(review.figures.items()):
        yield from _rights(review, policy, figures)
        most = policy.params["max"].get(id)
        if most is not None and figures.asked > most:
            what = f"{id}: {figures.asked} wanted, at most {most} may be"
            fix = f"ask for {figures.asked - most} fewer"
            yield _finding(review, policy, id, "seat-ceiling/max", (what, fix))


def _rights(review: Review, policy: Policy, figures: Figures) -> Iterator[Finding]:
    if figures.bought is None:
        return
    ordered = sum(quantity for _, quantity in figures.on_order)
    over = figures.asked - figures.bought - ordered
    if over > policy.params["allow"]:
        what = f"{figures.license}: {figures.asked} wanted, {figures.bought} bought and {ordered} on order"
        fix = f"add a lot of {over} under entitlements, or ask for {over} fewer"
        yield _finding(review, policy, figures.license, "seat-ceiling", (what, fix))


def _finding(review: Review, policy: Policy, id: str, rule: str, text: tuple[str, str]) -> Finding:
    license = review.tree.licenses.get(id)
    return Finding(rule, policy.level, *text, license.place if license else None, id, id)
