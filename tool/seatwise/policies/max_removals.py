"""A pull request may not take many seats at once: a mistake in one line can lock hundreds of people out on a Monday.

When it stops you: look at who loses what. Meant? Split the pull request, or acknowledge the limit for exactly these
asks (`seatwise ack new`). `never_over` is passed by no acknowledgement and no exception: spread the takes over days,
revert exactly, or retire the license. Shares count from ten seats; of fewer, at most two may go.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from seatwise.core import params
from seatwise.core.advice import acknowledge
from seatwise.core.limits import SMALL, Limit, lately, percent, seats, shown, takes
from seatwise.core.model import Finding, Lane, Level, Policy, Review

ID = "max-removals"
LEVEL = Level.BLOCK
LIMITS = ("max-removals/per_license", "max-removals/per_day")
LANES = (Lane.COMMIT, Lane.EXPIRY, Lane.UNLISTED)
"""Lanes that share this cap; the others have caps of their own."""


def _limit(of: str) -> params.Schema:
    return params.record(
        f"{of}: too much when the number and the share are both passed",
        seats=params.count("So many seats may go"),
        share=params.share("So large a share of the seats may go"),
    )


PARAMS = params.record(
    "How many seats a changeset may take, with all that went in the last 24 hours or is still to go",
    per_license=_limit("Of one license"),
    per_day=_limit("Of the whole organisation, in 24 hours"),
    never_over=params.record("Of one license, whatever anybody acknowledges", share=params.share("The hard limit")),
    counts=params.listing(
        "What counts as taking: a swap to a lower rank or price is a downgrade",
        params.choice("A way to lose a seat", ("revoke", "downgrade")),
    ),
)
DEFAULTS = {
    "per_license": {"seats": 25, "share": Decimal("0.10")},
    "per_day": {"seats": 60, "share": Decimal("0.02")},
    "never_over": {"share": Decimal("0.25")},
    "counts": ("revoke", "downgrade"),
}


def findings(review: Review, policy: Policy) -> Iterator[Finding]:
    """One for each license and limit that is passed, and one for the day; none for an exact reverse."""
    if review.exact_reverse:
        return
    counts = policy.params["counts"]
    taken, past = takes(review, review.changes, counts), lately(review, LANES, counts)
    for license in sorted(taken):
        yield from _per_license(review, policy, license, taken[license], past[license])
        yield from _never_over(review, policy, license, taken[license], past[license])
    if taken:
        yield from _per_day(review, policy, taken.total() + past.total())


def _per_license(review: Review, policy: Policy, license: str, taken: int, past: int) -> Iterator[Finding]:
    limit, total = Limit(**policy.params["per_license"]), seats(review, license)
    if limit.passed(taken + past, total):
        bound = limit if total >= SMALL else f"2 seats of fewer than {SMALL}"
        what = f"{_revokes(license, taken, past, total)}, limit {bound}"
        fix = f"split the pull request, or {acknowledge('max-removals/per_license', asks=review.asks)}"
        yield Finding("max-removals/per_license", policy.level, what, fix, key=license, license=license)


def _never_over(review: Review, policy: Policy, license: str, taken: int, past: int) -> Iterator[Finding]:
    share, total = policy.params["never_over"]["share"], seats(review, license)
    retired = license in review.tree.licenses and review.tree.licenses[license].retired
    if total >= SMALL and taken + past > share * total and not retired:
        what = f"{_revokes(license, taken, past, total)}, limit {shown(share)}"
        fix = "spread it over days; only an exact revert or `retired: true` passes this limit"
        yield Finding("max-removals/never_over", Level.BLOCK, what, fix, key=license, license=license)


def _revokes(license: str, taken: int, past: int, total: int) -> str:
    earlier = f" after {past} within 24 hours" if past else ""
    return f"plan revokes {taken} of {total} seats of {license}{earlier} ({percent(taken + past, total)})"


def _per_day(review: Review, policy: Policy, count: int) -> Iterator[Finding]:
    limit, total = Limit(**policy.params["per_day"]), sum(seats(review, license) for license in review.figures)
    if limit.passed(count, total):
        what = f"plan revokes {count} of {total} seats of all licenses within 24 hours, limit {limit}"
        fix = f"wait a day, or {acknowledge('max-removals/per_day', asks=review.asks)}"
        yield Finding("max-removals/per_day", policy.level, what, fix, key="day")
