"""A bulk change, or one that costs money, names its ticket: who asked for it, and where that was said yes to.

When it stops you: `ticket: ITSM-4411` on the assignment, or the ticket in the pull request's title.
In `pattern`, @ stands for a project in capitals and # for a number; all else stands for itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from seatwise.core import params
from seatwise.core.holds import license_of
from seatwise.core.limits import Limit, bulk
from seatwise.core.model import Finding, Level, Policy, Review
from seatwise.core.terms import price

ID = "ticket-required"
LEVEL = Level.BLOCK
PARAMS = params.record(
    "Which changesets need a ticket",
    pattern=params.text("What a ticket looks like: ITSM-#, or @-# for any project"),
    bulk=params.flag("Whether bulk changesets need one"),
    paid=params.flag("Whether every changeset that gives a paid license needs one"),
)
DEFAULTS = {"pattern": "@-#", "bulk": True, "paid": False}
PARTS = {"@": "[A-Z][A-Z0-9]*+", "#": "[0-9]++"}
"""Possessive, so that no pattern can take long."""


def findings(review: Review, policy: Policy) -> Iterator[Finding]:
    """At most one: a ticket is needed and none is named. An exact reverse needs none."""
    why = "" if review.exact_reverse else _why(review, policy)
    texts = (*review.tickets, review.title)
    if why and not any(_ticket(policy).search(text) for text in texts):
        what = f"{why}, and no ticket like {policy.params['pattern']} is named"
        fix = "ticket: on the assignment, or the ticket in the title"
        yield Finding(ID, policy.level, what, fix, key="ticket")


def _why(review: Review, policy: Policy) -> str:
    sizes = {size.license: size.size for size in review.sizes.values()}
    held = {id: figures.held for id, figures in review.figures.items()}
    if policy.params["bulk"] and bulk(sizes, held, Limit(**review.rules["bulk-threshold"].params)):
        return f"this moves {sum(sizes.values())} seats"
    paid = [size.license for size in review.sizes.values() if size.gives and _paid(review, size.license)]
    return f"this gives seats of {', '.join(sorted(paid))}" if policy.params["paid"] and paid else ""


def _paid(review: Review, license: str) -> bool:
    known = license_of(review, license)
    cost = price(known, review.today) if known else None
    return cost is not None and cost.amount > 0


def _ticket(policy: Policy) -> re.Pattern[str]:
    body = "".join(PARTS.get(sign) or re.escape(sign) for sign in policy.params["pattern"])
    return re.compile(rf"(?<![A-Za-z0-9]){body}(?![A-Za-z0-9])")
