"""Somebody must still be able to log in and mend things: the last holders of an administrator's license keep it.

When it holds you: give the license to somebody else first; the take is tried again each run. Seats that are still to
be given don't count, because a give may fail.
"""

from __future__ import annotations

from collections.abc import Iterator

from seatwise.core import params
from seatwise.core.holds import hold, leaves, travelling
from seatwise.core.model import Change, Finding, Lane, Level, Policy, Review

ID = "min-admins"
LEVEL = Level.HOLD
PARAMS = params.record(
    "How many holders must remain",
    licenses=params.mapping(
        "License → holders that it never has fewer of", params.count("Holders", least=1), of="license"
    ),
)
DEFAULTS: dict[str, object] = {"licenses": {}}


def findings(review: Review, policy: Policy) -> Iterator[Finding]:
    """One for each take that would leave too few; leavers go first, then by name."""
    for license, least in sorted(policy.params["licenses"].items()):
        held = review.figures[license].held if license in review.figures else 0
        for change in _taking(review, license)[max(held - least, 0) :]:
            what = f"{license}: {held} hold it, and at least {least} must remain"
            yield hold(policy, change, license, what, f"give {license} to somebody else first. Tried again each run")


def _taking(review: Review, license: str) -> list[Change]:
    taking = [(lane, change) for lane, change in travelling(review) if leaves(change) == license]
    taking.sort(key=lambda pair: (pair[0] is not Lane.LEAVERS, pair[1].who))
    return [change for _, change in taking]
