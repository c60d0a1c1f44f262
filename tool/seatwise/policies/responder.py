"""Before many people lose something, somebody is named who answers when it goes wrong, and who is there to do so.

It stops a bulk changeset that takes or swaps while nobody of `who` is active in the directory; and its stages, on days on
which nobody is on duty. Name a person, or two who stand in for one another; a person on leave does not count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from seatwise.core import limits, params
from seatwise.core.model import Finding, Kind, Level, Policy, Review
from seatwise.core.stage import duties, kind
from seatwise.core.windows import RESPONDER, nobody

ID = RESPONDER
LEVEL = Level.BLOCK
PARAMS = params.record(
    "Who answers when a bulk changeset goes wrong",
    who=params.listing(
        "People who are on duty, always or for a time",
        params.record(
            "One of them",
            required=("id",),
            id=params.text("The person, as files name people"),
            reach=params.text("How to reach them"),
            **{"from": params.day("The first day on duty"), "through": params.day("The last day on duty")},
        ),
    ),
)
DEFAULTS: dict[str, object] = {"who": ()}


def findings(review: Review, policy: Policy) -> Iterator[Finding]:
    """One, where the changeset takes in bulk and nobody is there."""
    if review.exact_reverse or not _takes_in_bulk(review):
        return
    why = nobody(duties(policy), review.people, review.today)
    if why:
        fix = "name somebody who is there: who: [{id: ...}] in policies/responder.yaml"
        yield Finding(ID, policy.level, f"this takes seats in bulk, and {why}", fix, key=ID)


def _takes_in_bulk(review: Review) -> bool:
    rules = review.rules["bulk-threshold"].params
    limit = limits.Limit(rules["seats"], rules["share"])
    held = {id: figures.held for id, figures in review.figures.items()}
    ends = (Counter(change.licenses[end] for change in review.changes) for end in (0, -1))
    bulk = any(limits.bulk(sizes, held, limit) for sizes in ends)
    return bulk and any(kind(change) is Kind.TAKES for change in review.changes)
