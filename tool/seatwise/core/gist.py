"""A plan → its gist: who gains, swaps and loses, the bill, what would not come back, what belongs together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from seatwise.core.model import Cause, Change, Figures, Finding, Hold, Kind, Lane, Level, Plan, StagePlan, Step, Verb
from seatwise.core.stage import kind as walk_of

IN_USE_DAYS = 14
"""A seat that was used within these days is still in use."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Seats. A swap is one assigned and one revoked; `held` are those of either kind that are kept back."""

    assign: int
    revoke: int
    change: int
    go: int
    held: int


@dataclass(frozen=True, slots=True)
class Moves:
    """People, each once: one who swaps counts there, else one who loses anything, else one who gains."""

    gain: frozenset[str]
    swap: frozenset[str]
    lose: frozenset[str]
    change: frozenset[str]

    @property
    def everybody(self) -> frozenset[str]:
        return self.gain | self.swap | self.lose | self.change


@dataclass(frozen=True, slots=True)
class Bill:
    """The change of a month's bill in one currency, and the licenses that it comes from, the dearest first."""

    currency: str
    amount: Decimal
    licenses: tuple[str, ...]
    starts: date | None = None
    """The first day on which a bill shows all of it."""


@dataclass(frozen=True, slots=True)
class Freed:
    """Seats that save money only when the quantity is cut, and the first day for that."""

    seats: int
    saves_from: date | None
    licenses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Loss:
    """Seats of one license that would not come back as they were, and what becomes of them: new, lossy, none."""

    license: str
    undo: str
    seats: int
    exact_through: date | None = None
    """The last day on which all of them still come back exactly; None: not even today."""


@dataclass(frozen=True, slots=True)
class Group:
    """Changes that people read together: what they share, and the causes that brought them, the commonest first."""

    key: tuple[str, ...]
    changes: tuple[Change, ...]
    causes: tuple[Cause, ...]

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(change.who for change in self.changes))


def counts(plan: Plan) -> Counts:
    verbs = [step.change.verb for step in plan.steps]
    kept = [hold.verb for hold in plan.held]
    swaps = verbs.count(Verb.SWAP)
    return Counts(
        assign=_halves(verbs, Verb.ASSIGN) + _halves(kept, Verb.ASSIGN),
        revoke=_halves(verbs, Verb.REVOKE) + _halves(kept, Verb.REVOKE),
        change=(verbs + kept).count(Verb.CHANGE),
        go=len(verbs) + swaps,
        held=len(kept) + kept.count(Verb.SWAP),
    )


def _halves(verbs: list[Verb] | list[Verb | None], half: Verb) -> int:
    return sum(verb in (half, Verb.SWAP) for verb in verbs)


def moves(plan: Plan) -> Moves:
    who: dict[Verb | None, set[str]] = defaultdict(set)
    for step in plan.steps:
        who[step.change.verb].add(step.change.who)
    for hold in plan.held:
        who[hold.verb].add(hold.who)
    swap = who[Verb.SWAP]
    lose = who[Verb.REVOKE] - swap
    gain = who[Verb.ASSIGN] - swap - lose
    change = who[Verb.CHANGE] - swap - lose - gain
    return Moves(frozenset(gain), frozenset(swap), frozenset(lose), frozenset(change))


def bills(plan: Plan) -> tuple[Bill, ...]:
    """One per currency whose bill changes, by currency."""
    by_currency: dict[str, list[Figures]] = defaultdict(list)
    for figures in plan.figures:
        if figures.bill:
            by_currency[figures.currency].append(figures)
    return tuple(_bill(currency, by_currency[currency]) for currency in sorted(by_currency))


def _bill(currency: str, figures: list[Figures]) -> Bill:
    dearest = sorted(figures, key=lambda one: (-abs(one.bill), one.license))
    starts = max((one.bill_from for one in figures if one.bill_from), default=None)
    return Bill(currency, sum((one.bill for one in figures), Decimal(0)), tuple(one.license for one in dearest), starts)


def paid(plan: Plan) -> int:
    """Seats given that are already paid for."""
    return sum(figures.paid for figures in plan.figures)


def freed(plan: Plan) -> tuple[Freed, ...]:
    """By the day from which the quantity may be cut; those without a day last."""
    by_day: dict[date | None, list[Figures]] = defaultdict(list)
    for figures in plan.figures:
        if figures.freed:
            by_day[figures.saves_from].append(figures)
    return tuple(
        Freed(sum(one.freed for one in by_day[day]), day, tuple(sorted(one.license for one in by_day[day])))
        for day in sorted(by_day, key=lambda day: (day is None, day or date.min))
    )


def losses(plan: Plan) -> tuple[Loss, ...]:
    """What would not come back as it was, the most seats first; empty: the reverse of everything is exact."""
    days: dict[tuple[str, str, bool], list[date | None]] = defaultdict(list)
    for step in plan.steps:
        if step.change.lossy:
            days[step.change.licenses[0], step.change.lossy, step.exact_through is None].append(step.exact_through)
    found = (Loss(*key[:2], len(of), min(filter(None, of), default=None)) for key, of in days.items())
    return tuple(sorted(found, key=lambda loss: (-loss.seats, loss.license, loss.undo)))


def takes(plan: Plan) -> tuple[Group, ...]:
    """Seats that are taken, by license: those that would not come back first, then the most seats."""
    groups = _grouped(_of(plan.steps, Verb.REVOKE), lambda change: (change.license,))
    return tuple(sorted(groups, key=lambda group: (not any(c.lossy for c in group.changes), -len(group.changes))))


def swaps(plan: Plan) -> tuple[Group, ...]:
    """By the license that is left and the one that is reached."""
    return _grouped(_of(plan.steps, Verb.SWAP), lambda change: change.licenses)


def option_changes(plan: Plan) -> tuple[Group, ...]:
    """Seats that stay and get other options, by license."""
    return _grouped(_of(plan.steps, Verb.CHANGE), lambda change: (change.license,))


def gives(plan: Plan) -> tuple[Group, ...]:
    """Seats that are given, by why: the assignment or bundle, and the ticket; the most people first."""
    groups = _grouped(_of(plan.steps, Verb.ASSIGN), lambda change: (change.cause.why, change.cause.ticket))
    return tuple(sorted(groups, key=lambda group: -len(group.people)))


def _of(steps: Iterable[Step], verb: Verb) -> tuple[Change, ...]:
    return tuple(step.change for step in steps if step.change.verb is verb)


def _grouped(changes: Iterable[Change], key: Callable[[Change], tuple[str, ...]]) -> tuple[Group, ...]:
    groups: dict[tuple[str, ...], list[Change]] = defaultdict(list)
    for change in sorted(changes, key=lambda change: (change.who, change.license)):
        groups[key(change)].append(change)
    return tuple(Group(found, tuple(groups[found]), _causes(groups[found])) for found in sorted(groups))


def _causes(changes: Iterable[Change]) -> tuple[Cause, ...]:
    """One cause per place, why and ticket; the one that most of these changes have comes first."""
    seen: dict[tuple[str, str, str, str], list[Cause]] = defaultdict(list)
    for change in changes:
        cause = change.cause
        seen[cause.kind, cause.why, str(cause.place or ""), cause.ticket].append(cause)
    return tuple(seen[key][0] for key in sorted(seen, key=lambda key: (-len(seen[key]), key)))


def in_use(change: Change, today: date) -> bool:
    """Whether the vendor saw the seat used lately."""
    return change.last_used is not None and (today - change.last_used).days <= IN_USE_DAYS


def touched(plan: Plan) -> tuple[Figures, ...]:
    """Licenses whose figures this plan moves: full ones first, then those that change most."""
    moved = (f for f in plan.figures if f.after != f.held or f.waiting or f.adopts or f.bill)
    return tuple(sorted(moved, key=lambda f: (not (f.waiting or f.full), -abs(f.after - f.held), f.license)))


def adopted(plan: Plan) -> int:
    return sum(figures.adopts for figures in plan.figures)


def stages(plan: Plan, kind: Kind) -> tuple[StagePlan, ...]:
    """The stages of one walk in order, those of the same name in several rollouts as one, with whom they touch."""
    merged: dict[str, StagePlan] = {}
    for stage in (_touching(stage, plan.steps) for stage in plan.stages):
        if stage.kind is kind:
            merged[stage.name] = _merged(merged[stage.name], stage) if stage.name in merged else stage
    return tuple(merged.values())


def _touching(stage: StagePlan, steps: Iterable[Step]) -> StagePlan:
    """The stage with those of its cohort for whom something is left to do; with all of them, if nothing is."""
    at = (stage.rollout, stage.name)
    left = {
        step.change.who for step in steps if (step.rollout, step.stage) == at and walk_of(step.change) is stage.kind
    }
    return replace(stage, people=tuple(who for who in stage.people if who in left)) if left else stage


def _merged(one: StagePlan, other: StagePlan) -> StagePlan:
    people = tuple(dict.fromkeys(one.people + other.people))
    opens = min((at for at in (one.opens, other.opens) if at), default=None)
    ends = max((at for at in (one.ends, other.ends) if at), default=None)
    return StagePlan(one.rollout, one.kind, one.name, people, one.changes + other.changes, opens, ends)


def remarks(plan: Plan) -> tuple[Finding, ...]:
    """Findings that do not stop the plan and are not shown as held, the gravest first."""
    shown = {(hold.rule, hold.license, hold.who) for hold in plan.held}
    told = set(plan.blocked)
    others = (f for f in plan.findings if f not in told and not _shown_as_hold(f, shown))
    return tuple(sorted(others, key=lambda finding: list(Level).index(finding.level)))


def _shown_as_hold(finding: Finding, shown: set[tuple[str, str, str]]) -> bool:
    return finding.level is Level.HOLD and (finding.rule, finding.license, finding.person) in shown


def other_lanes(plan: Plan) -> dict[Lane, tuple[Step, ...]]:
    """What goes its way without this change, by lane."""
    lanes: dict[Lane, list[Step]] = defaultdict(list)
    for step in plan.others:
        lanes[step.lane].append(step)
    return {lane: tuple(lanes[lane]) for lane in Lane if lane in lanes}


def is_empty(plan: Plan) -> bool:
    """Whether this change does nothing, asks nothing and hides nothing: then one quiet line is enough."""
    failed = any(source.failure for source in plan.sources)
    return not (plan.steps or plan.held or plan.rows or plan.blocked or adopted(plan) or failed)


def holds(plan: Plan) -> tuple[tuple[Hold, ...], ...]:
    """What is held, those together that are held for the same reason; the most first."""
    groups: dict[tuple[str, str, str, str], list[Hold]] = defaultdict(list)
    for hold in sorted(plan.held, key=lambda hold: (hold.license, hold.who)):
        groups[hold.rule, hold.license, hold.what, hold.fix].append(hold)
    return tuple(tuple(group) for group in sorted(groups.values(), key=lambda group: -len(group)))
