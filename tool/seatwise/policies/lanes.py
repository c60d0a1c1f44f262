"""What travels without a pull request has a cap for a day: a wrong export from HR must not take 300 people's seats.

When a lane is above its cap, all its changes of that kind wait, not the surplus. Look at the export. Meant? An
acknowledgement lets exactly this reading of people pass (`seatwise ack new lanes/leavers`). Expiries, and what
`mode: enforce` takes, share the numbers of `max-removals`.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from seatwise.core import params
from seatwise.core.advice import acknowledge
from seatwise.core.directory import leaver
from seatwise.core.holds import hold, leaves
from seatwise.core.limits import Limit, lately, loss, seats, takes
from seatwise.core.model import Change, Finding, Lane, Level, Policy, Review, Verb

ID = "lanes"
LEVEL = Level.HOLD
LIMITS = tuple(f"{ID}/{lane}" for lane in Lane if lane not in (Lane.COMMIT, Lane.REVERSE))
SHARED = (Lane.COMMIT, Lane.EXPIRY, Lane.UNLISTED)
LOSSES = ("revoke", "downgrade")


def _limit(what: str) -> params.Schema:
    return params.record(
        what,
        seats=params.count("So many seats of one license"),
        share=params.share("Or this share of them, where that is more"),
    )


PARAMS = params.record(
    "How much each lane may do in 24 hours",
    leavers=params.record(
        "People whose seats may go because they left; around the end of a month twice as many",
        share=params.share("Share of all people"),
        least=params.count("However few people there are"),
        most=params.count("However many people there are"),
    ),
    joiners=_limit("Seats that rules may give"),
    movers=_limit("Seats that rules may take from people who moved; of fewer than ten seats, two"),
)
DEFAULTS = {
    "leavers": {"share": Decimal("0.02"), "least": 5, "most": 40},
    "joiners": {"seats": 10, "share": Decimal("0.10")},
    "movers": {"seats": 10, "share": Decimal("0.02")},
}


def findings(review: Review, policy: Policy) -> Iterator[Finding]:
    """One for each change of a lane that is above its cap."""
    yield from _leavers(review, policy)
    yield from _joiners(review, policy)
    yield from _movers(review, policy)
    for lane in (Lane.EXPIRY, Lane.UNLISTED):
        yield from _as_max_removals(review, policy, lane)


def leavers_a_day(review: Review, policy: Policy) -> int:
    """People who may lose their seats in 24 hours because they left."""
    cap = policy.params["leavers"]
    here = sum(1 for person in review.people.persons.values() if not leaver(person, review.today))
    people: int = min(max(int(cap["share"] * here), cap["least"]), cap["most"])
    return people * 2 if _month_ends(review.today) else people


def _leavers(review: Review, policy: Policy) -> Iterator[Finding]:
    changes = review.lanes.get(Lane.LEAVERS, ())
    people = {change.who for change in changes} | {done.who for done in review.past if done.lane is Lane.LEAVERS}
    limit = leavers_a_day(review, policy)
    if len(people) > limit:
        what = f"{len(people)} leavers within 24 hours, limit {limit}: none of their seats is taken"
        for change in changes:
            yield _held(review, policy, Lane.LEAVERS, change, what)


def _joiners(review: Review, policy: Policy) -> Iterator[Finding]:
    changes, limit = review.lanes.get(Lane.JOINERS, ()), Limit(**policy.params["joiners"])
    past = Counter(d.license for d in review.past if d.lane is Lane.JOINERS and d.verb is Verb.ASSIGN)
    given = Counter(change.license for change in changes)
    for change in changes:
        count, held = given[change.license] + past[change.license], _held_now(review, change.license)
        if limit.outgrown(count, held):
            what = f"rules give {count} seats of {change.license} within 24 hours to {held} held, limit {_more(limit)}"
            yield _held(review, policy, Lane.JOINERS, change, what)


def _movers(review: Review, policy: Policy) -> Iterator[Finding]:
    changes, limit = review.lanes.get(Lane.MOVERS, ()), Limit(**policy.params["movers"])
    taken, past = takes(review, changes, LOSSES), lately(review, (Lane.MOVERS,), LOSSES)
    for change in changes:
        left = leaves(change)
        count, total = taken[left] + past[left], seats(review, left)
        if loss(review, change) and limit.passed(count, total):
            what = f"movers lose {count} of {total} seats of {left} within 24 hours, limit {_more(limit)}"
            yield _held(review, policy, Lane.MOVERS, change, what)


def _as_max_removals(review: Review, policy: Policy, lane: Lane) -> Iterator[Finding]:
    numbers = review.rules["max-removals"].params
    changes, counts = review.lanes.get(lane, ()), numbers["counts"]
    taken, past = takes(review, changes, counts), lately(review, SHARED, counts)
    day, license = Limit(**numbers["per_day"]), Limit(**numbers["per_license"])
    every = taken.total() + past.total()
    too_many = day.passed(every, sum(seats(review, id) for id in review.figures))
    for change in changes:
        left = leaves(change)
        if loss(review, change) not in counts:
            continue
        count, total = taken[left] + past[left], seats(review, left)
        if license.passed(count, total):
            what = f"{lane} takes {count} of {total} seats of {left} within 24 hours, limit {license}"
            yield _held(review, policy, lane, change, what)
        elif too_many:
            yield _held(review, policy, lane, change, f"{lane} takes {every} seats within 24 hours, limit {day}")


def _held(review: Review, policy: Policy, lane: Lane, change: Change, what: str) -> Finding:
    rule = f"{ID}/{lane}"
    fix = f"look at the export; meant? {acknowledge(rule, source=review.reading)}"
    return replace(hold(policy, change, leaves(change) or change.license, what, fix), rule=rule)


def _held_now(review: Review, license: str) -> int:
    return review.figures[license].held if license in review.figures else 0


def _more(limit: Limit) -> str:
    """As the larger of the two."""
    return str(limit).replace(" and ", " or ")


def _month_ends(today: date) -> bool:
    """From the last two days of a month to the second of the next."""
    return today.day <= 2 or today.day >= monthrange(today.year, today.month)[1] - 1
