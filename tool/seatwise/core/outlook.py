"""A decision → what it comes to: stages in time, who waits for a seat, the numbers of each license, the bill, the calls.

Capacity is simulated in the order in which stages open: what one stage frees, a later one may give. A give that waits for a
take of its own change is shown with the day on which that opens.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import groupby

from seatwise.core import capacity, lifecycle, queue, records, terms
from seatwise.core import rollout as rollouts
from seatwise.core.capacity import Room
from seatwise.core.decide import AccountDecision
from seatwise.core.diff import Difference
from seatwise.core.model import (
    Calls,
    Change,
    Charge,
    ClaimState,
    Figures,
    Hold,
    Lane,
    License,
    Owner,
    People,
    Reading,
    Rollout,
    RolloutState,
    Stage,
    StagePlan,
    StageState,
    Step,
    Tree,
    VendorInfo,
    Verb,
)
from seatwise.core.stage import lane
from seatwise.core.windows import Calendar

STILL = lifecycle.STOPPED | lifecycle.ABORTS
"""States whose end nobody can tell: whoever is queued behind gets no seat that somebody else can have now."""
LAST = 1_000
"""A turn after those of all that go at the same time."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """Steps in the order in which they open, who waits, and the stages."""

    steps: tuple[Step, ...] = ()
    waits: tuple[Hold, ...] = ()
    stages: tuple[StagePlan, ...] = ()


@dataclass(frozen=True, slots=True)
class _Event:
    opens: datetime
    turn: int
    """How many stages of its rollout it comes after: those that open at one time still go one by one."""
    stage: str
    rollout: str
    changes: tuple[Change, ...]

    @property
    def at(self) -> tuple[datetime, int]:
        return self.opens, self.turn


@dataclass(slots=True)
class _Queue:
    """One account's pools while stages pass by."""

    room: Room
    people: People
    steps: list[Step] = field(default_factory=list)
    waiting: list[tuple[_Event, Change]] = field(default_factory=list)
    circular: tuple[Change, ...] = ()

    def open(self, opens: datetime, together: Iterable[_Event]) -> None:
        """What fits of the stages that open at one time, as a run would send them, and of those that waited before."""
        due = [*self.waiting, *((event, change) for event in together for change in event.changes)]
        origin = {id(change): event for event, change in due}
        fit = capacity.fit((change for _, change in due), self.room, self.people)
        for change in fit.sent:
            event = origin[id(change)]
            self.steps.append(Step(change, lane(change), event.stage, event.rollout, opens))
        self.waiting = [(origin[id(change)], change) for change in fit.waits]
        self.circular = fit.circular


def outlook(
    decision: AccountDecision,
    rollout: Sequence[Rollout],
    people: People,
    calendar: Calendar,
    undone: Iterable[tuple[Rollout, Change]] = (),
) -> Outlook:
    """One account: the given rollouts in stages, everything else at once, each in its holder's window; what takes a rollout
    back (`undone`) goes now, and what it frees somebody else gets."""
    now = calendar.now
    settle = timedelta(seconds=decision.reading.info.settle_seconds)
    staged = {r.commit: r for r in rollout}
    loose = tuple(c for c in decision.changes if c.cause.commit not in staged)
    slots = _slots(loose, lambda c: calendar.opens(c, lane(c), None, now))
    events = [_Event(opens, 0, "all", "", changes) for opens, changes in slots]
    events += [_Event(now, 0, records.TAKEN_BACK, one.id, (change,)) for one, change in undone]
    plans: list[StagePlan] = []
    for one in staged.values():
        own = [c for c in decision.changes if c.cause.commit == one.commit]
        ahead = _ahead(one, staged.values())
        starts = max([now, *(p.ends for p in plans if p.ends and p.rollout in ahead)])
        after = LAST if any(first.state in STILL for first in ahead.values()) else 0
        found = list(_staged(one, own, replace(calendar, now=starts), settle, after))
        plans += [planned for planned, _ in found]
        events += [*(event for _, events in found for event in events), _left_behind(own, found, now)]
    pools = _Queue(room(decision.reading, decision.differences.values()), people)
    for (opens, _), together in groupby(sorted(events, key=lambda e: e.at), key=lambda e: e.at):
        pools.open(opens, together)
    waiting = waits(decision, [c for _, c in pools.waiting], pools.circular)
    steps = tuple(_dated(step, decision.reading.info) for step in pools.steps)
    return Outlook(steps, tuple(waiting), tuple(plans))


def _ahead(one: Rollout, rollouts: Iterable[Rollout]) -> dict[str, Rollout]:
    """Those that a queued rollout waits for, by id."""
    if one.state is not RolloutState.QUEUED:
        return {}
    before = itertools.takewhile(lambda other: other.id != one.id, rollouts)
    return {other.id: other for other in before if queue.behind(one, [other])}


def _dated(step: Step, info: VendorInfo) -> Step:
    """With the last day on which it can be taken back exactly, where it can't be for ever."""
    if not step.change.lossy or step.opens is None:
        return step
    return replace(step, exact_through=terms.exact_through(info.exact_for, step.opens.date()))


def _staged(
    one: Rollout, own: Sequence[Change], calendar: Calendar, settle: timedelta, after: int
) -> Iterator[tuple[StagePlan, list[_Event]]]:
    """The stages of a rollout that are still to come, with what each sends, and when: in each zone as its window opens."""
    way = Lane.REVERSE if one.reverse_of else Lane.COMMIT
    last, places = calendar.now, itertools.count(after)
    for walk in dict.fromkeys(stage.kind for stage in one.stages):
        turn = last if one.reverse_of else calendar.now
        places = places if one.reverse_of else itertools.count(after)
        to_come = (s for s in one.stages if s.kind is walk and s.state is not StageState.PASSED)
        for stage, place in zip(to_come, places, strict=False):
            changes = _first_due(one, stage, own)
            slots = _slots(changes, partial(_opens, calendar, way, one, turn))
            opens, closes = (slots[0][0], slots[-1][0]) if slots else (turn, turn)
            soak = timedelta(seconds=one.soak_seconds.get(str(walk), 0))
            ends = rollouts.opens_at(one, stage, settle) or closes + max(soak, settle)
            planned = StagePlan(one.id, stage.kind, stage.name, stage.people, len(changes), opens, ends)
            yield planned, [_Event(at, place, stage.name, one.id, these) for at, these in slots]
            turn = last = max(ends, calendar.now)


def _opens(calendar: Calendar, way: Lane, rollout: Rollout, turn: datetime, change: Change) -> datetime:
    return calendar.opens(change, way, rollout, turn)


def _slots(changes: Iterable[Change], opens: Callable[[Change], datetime]) -> list[tuple[datetime, tuple[Change, ...]]]:
    """The changes by the time at which each may go, the first first."""
    slots: dict[datetime, list[Change]] = {}
    for change in changes:
        slots.setdefault(opens(change), []).append(change)
    return [(at, tuple(slots[at])) for at in sorted(slots)]


def _left_behind(own: Iterable[Change], found: Sequence[tuple[StagePlan, Sequence[_Event]]], now: datetime) -> _Event:
    """What no stage of a rollout sends any more: it goes when the rollout has closed."""
    sent = {id(change) for _, events in found for event in events for change in event.changes}
    closes = max([now, *(planned.ends for planned, _ in found if planned.ends)])
    return _Event(closes, 0, "all", "", tuple(change for change in own if id(change) not in sent))


def room(reading: Reading, differences: Iterable[Difference]) -> Room:
    """Free seats by license, as the vendor shows its pools, less those that we gave and that it does not show yet; None where it
    sells without a number."""
    free: dict[str, int | None] = {}
    for one in differences:
        holding = reading.holdings.get(one.license.sku)
        bought = holding.pool.bought if holding else None
        free[one.license.id] = None if bought is None or holding is None else bought - holding.pool.used - _unshown(one)
    return Room(free, reading.info.frees_at_once)


def _unshown(difference: Difference) -> int:
    """How many seats are asked, or ours, may have been given, and are not there to be seen until the vendor has settled."""
    ours = {who for who, claim in difference.claims.items() if claim.state is ClaimState.OURS}
    maybe = (who for who in difference.unsettled if who in difference.asked or who in ours)
    return sum(1 for who in maybe if who not in difference.seats)


def waits(decision: AccountDecision, changes: Sequence[Change], circular: Collection[Change] = ()) -> Iterator[Hold]:
    """Why each of these waits: for one another, or for a seat of a full pool, whose free ones others get."""
    waiting = Counter(change.license for change in changes)
    left = room(decision.reading, decision.differences.values())
    for change in changes:
        holding = decision.reading.holdings[decision.differences[change.license].license.sku]
        bought, free = holding.pool.bought, max(0, left.free[change.license] or 0)
        full = capacity.full(change, waiting[change.license] + free, free, bought)
        yield capacity.circle(full) if change in circular else full


def _first_due(rollout: Rollout, stage: Stage, changes: Sequence[Change]) -> tuple[Change, ...]:
    """The changes of this stage's own cohort, unless it is written; the next to be written takes along what those left."""
    if stage.state not in rollouts.WRITABLE:
        return ()
    walk = [s for s in rollout.stages if s.kind is stage.kind]
    left = walk[: walk.index(stage)]
    before = left if all(s.state not in rollouts.WRITABLE for s in left) else ()
    return rollouts.due(replace(rollout, stages=(*before, stage)), stage, changes)


@dataclass(frozen=True, slots=True)
class Books:
    """What figures and bills are made from."""

    tree: Tree
    people: People
    today: date


def figures(decision: AccountDecision, steps: Sequence[Step], books: Books) -> Iterator[Figures]:
    """Each license of the account, before and after these steps."""
    waiting = Counter(hold.license for hold in decision.held if hold.rule in capacity.RULES)
    gains = Counter(s.change.after.license for s in steps if s.change.after and s.change.verb is not Verb.CHANGE)
    losses = Counter(s.change.before.license for s in steps if s.change.before and s.change.verb is not Verb.CHANGE)
    starts = _starts(steps, decision.reading.info)
    for id, difference in decision.differences.items():
        license = difference.license
        holding = decision.reading.holdings.get(license.sku)
        held = holding.pool.used if holding else 0
        rights = license.rights(books.today)
        bought = rights if rights is not None else holding.pool.bought if holding else None
        one = Figures(
            id,
            license.account,
            license.sku,
            len(difference.asked),
            held,
            held + gains[id] - losses[id],
            bought,
            on_order=terms.on_order(license, books.today),
            waiting=waiting[id],
            adopts=sum(s.how == "adopt" for s in difference.settled),
            covered=sum(s.how == "cover" for s in difference.settled),
            drift=len(difference.drift),
            unlisted=len(difference.unlisted),
        )
        billed = _billed(one, license, gains[id], losses[id], books)
        yield replace(billed, bill_from=starts.get(id)) if billed.bill else billed


def _starts(steps: Iterable[Step], info: VendorInfo) -> dict[str, date]:
    """License → the day from which the bill shows the last of these steps. What is paid to its end is billed until then."""
    starts: dict[str, date] = {}
    for step in steps:
        ends = None if info.frees_at_once else step.exact_through
        for grant, day in ((step.change.after, None), (step.change.before, ends)):
            if grant is not None and step.opens is not None and step.change.verb is not Verb.CHANGE:
                known = starts.get(grant.license, date.min)
                starts[grant.license] = max(known, day + terms.DAY if day else step.opens.date())
    return starts


def _billed(one: Figures, license: License, gains: int, losses: int, books: Books) -> Figures:
    """With the change of the bill, kept apart from what is already paid for and what saves only when the quantity is cut."""
    price = terms.price(license, books.today)
    if price is None:
        return one
    if license.billed == "assigned":
        return replace(one, bill=price.monthly() * (gains - losses), currency=price.currency)
    beyond = max(0, one.after - (one.bought or 0)) - max(0, one.held - (one.bought or 0))
    contract = books.tree.contracts.get(license.contract)
    freed = max(0, losses - gains)
    saves = terms.decrease_from(contract, books.today) if contract and freed else None
    paid = max(0, gains - max(0, beyond))
    return replace(
        one, bill=price.monthly() * beyond, currency=price.currency, paid=paid, freed=freed, saves_from=saves
    )


def charges(steps: Iterable[Step], books: Books) -> tuple[Charge, ...]:
    """The change of a month's bill by cost centre, for licenses that are billed by what is assigned."""
    sums: dict[tuple[str, str, str], Decimal] = {}
    for step in steps:
        for grant, sign in ((step.change.after, 1), (step.change.before, -1)):
            license = books.tree.licenses.get(grant.license) if grant else None
            price = terms.price(license, books.today) if license else None
            if (
                license is not None
                and price is not None
                and license.billed == "assigned"
                and step.change.verb is not Verb.CHANGE
            ):
                key = (_cost_center(license, step.change, books), license.id, price.currency)
                sums[key] = sums.get(key, Decimal(0)) + sign * price.monthly()
    return tuple(Charge(*key, amount) for key, amount in sorted(sums.items()) if amount)


def _cost_center(license: License, change: Change, books: Books) -> str:
    person = books.people.persons.get(change.who)
    if license.charge == "holder" and person is not None and person.cost_center:
        return person.cost_center
    if license.charge in ("holder", "owner"):
        owner: Owner | None = books.tree.owners.get(license.owner)
        return owner.cost_center if owner else ""
    return license.charge


def calls(decision: AccountDecision, steps: Sequence[Step]) -> Calls:
    """Calls to the account, and the seconds that writes take at its limit. A swap that is not atomic is two."""
    info = decision.reading.info
    alike = Counter((s.change.verb, s.change.license) for s in steps)
    calls = ((verb, -(-count // info.per_call)) for (verb, _), count in alike.items())
    writes = sum(count * (2 if verb is Verb.SWAP and not info.atomic_swap else 1) for verb, count in calls)
    reads = sum(holding.proof.pages for holding in decision.reading.holdings.values())
    return Calls(decision.account, reads, writes, round(writes * 60 / info.writes_per_minute, 1))
