"""A contractor's seats end with the contract: an external without a last day, or a far one, is given nothing.

When it holds you: have HR (or the agency) fill in the last day; it is tried again each run. Seats that the person has
already stay; leavers, expiries and reverts go on.
"""

from __future__ import annotations

from collections.abc import Iterator

from seatwise.core import params
from seatwise.core.holds import hold, travelling
from seatwise.core.model import Duration, Finding, Lane, Level, Person, Policy, Review
from seatwise.core.terms import later

ID = "external-last-day"
LEVEL = Level.HOLD
PARAMS = params.record(
    "Whose seats need a last day",
    workers=params.listing("Types of worker that must have a last day", params.text("As HR's codes map them")),
    within=params.duration("How far off the last day may be"),
)
DEFAULTS = {"workers": ("external",), "within": Duration(180, "days")}
EXEMPT = (Lane.LEAVERS, Lane.EXPIRY, Lane.REVERSE)


def findings(review: Review, policy: Policy) -> Iterator[Finding]:
    """One for each seat that such a person would be given."""
    for lane, change in travelling(review):
        person = review.people.find(change.who)
        if lane in EXEMPT or change.after is None or person is None:
            continue
        if person.worker in policy.params["workers"] and (what := _wrong(review, policy, person)):
            fix = "fill in the last day in HR. Tried again each run"
            yield hold(policy, change, change.license, f"{change.who} is {person.worker} and {what}", fix)


def _wrong(review: Review, policy: Policy, person: Person) -> str:
    if person.last_day is None:
        return "has no last day"
    if person.last_day > later(review.today, policy.params["within"]):
        return f"stays until {person.last_day}, more than {policy.params['within']} from now"
    return ""
