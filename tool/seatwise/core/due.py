"""One account's decision + its rollouts → what may be sent now, in which order, and where rollouts have come to.

A call is sent if it has a cause, nothing keeps it back, and it has its turn: its stage is open, or it travels in a lane, or
its rollout has closed and left it behind. What belongs to a rollout that is halted or queued waits. What is in doubt waits
until the vendor has settled. Room is looked at over everything that is due at once: removals, swaps, grants.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from seatwise.core import capacity, outlook, records, rollout
from seatwise.core.claims import Sent, State
from seatwise.core.decide import AccountDecision
from seatwise.core.model import (
    Change,
    ClaimState,
    DriftKind,
    Grant,
    Hold,
    Lane,
    Outcome,
    Pending,
    People,
    Result,
    Rollout,
    RolloutState,
    Seat,
    Stage,
)
from seatwise.core.rollout import Facts
from seatwise.core.stage import lane


@dataclass(frozen=True, slots=True)
class Load:
    """Changes that go together: one stage of one rollout, or one lane. Order within is the order to send."""

    lane: Lane
    changes: tuple[Change, ...]
    rollout: Rollout | None = None
    stage: Stage | None = None

    @property
    def title(self) -> str:
        return self.rollout.title if self.rollout else ""


@dataclass(frozen=True, slots=True)
class Due:
    """What may be sent now, and who waits for a seat."""

    loads: tuple[Load, ...] = ()
    waits: tuple[Hold, ...] = ()


def due(decision: AccountDecision, state: State, people: People, tried: frozenset[Change]) -> Due:
    """What has its turn. `tried` are the changes that this run has sent already: each is sent once a run, whichever its way."""
    doubts = doubtful(state)
    fresh = [
        replace(load, changes=tuple(c for c in load.changes if c not in tried and _sure(c, doubts)))
        for load in _loads(decision, state)
    ]
    room = outlook.room(decision.reading, (d.license for d in decision.differences.values()))
    fit = capacity.fit((c for load in fresh for c in load.changes), room, people)
    rank = {id(change): position for position, change in enumerate(fit.sent)}
    loads = (replace(load, changes=_ordered(load.changes, rank)) for load in fresh)
    waits = tuple(outlook.waits(decision, fit.waits, fit.circular))
    going = (load for load in loads if load.changes)
    return Due(tuple(sorted(going, key=lambda load: rank[id(load.changes[0])])), waits)


def facts(decision: AccountDecision, state: State, waits: Sequence[Hold], budget: Decimal, now: datetime) -> Facts:
    """What this reading says to the gates: seats that differ, and seats that something keeps back."""
    owners = {(c.who, license): c.cause.commit for c in decision.changes for license in c.licenses}
    owners |= {(who, license): commit for license, who, commit in _missing(decision, state)}
    kept = {(h.who, h.license) for h in (*decision.held, *waits)}
    settle = timedelta(seconds=decision.reading.info.settle_seconds)
    return Facts(now, settle, frozenset(owners.keys() - kept), frozenset(kept), budget, owners)


def advanced(state: State, facts: Facts) -> Iterator[Rollout]:
    """The rollouts that a reading moves: read back, soaked, passed, halted, closed, or out of the queue."""
    moved = {r.id: rollout.advanced(r, facts) for r in state.open_rollouts()}
    busy = {i.license for r in moved.values() if _runs(r) for i in r.items}
    for before in state.open_rollouts():
        after = moved[before.id]
        if after.state is RolloutState.QUEUED and not {i.license for i in after.items} & busy:
            after = replace(after, state=RolloutState.OPEN)
            busy |= {i.license for i in after.items}
        if after != before:
            yield after


def settled_doubts(decision: AccountDecision, state: State, now: datetime) -> Iterator[tuple[str, Outcome]]:
    """Calls whose answer was lost and that the vendor has had time to show: done, or nothing happened, or something else."""
    settle = timedelta(seconds=decision.reading.info.settle_seconds)
    for sent in state.sent.values():
        if now >= sent.at + settle and all(license in decision.differences for license in sent.change.licenses):
            yield sent.id, Outcome(sent.change, *_shows(decision, sent))


def doubtful(state: State) -> Mapping[tuple[str, str], Sent]:
    """(who, license) whose last call has no known outcome."""
    return {(s.change.who, license): s for s in state.sent.values() for license in s.change.licenses}


def _loads(decision: AccountDecision, state: State) -> Iterator[Load]:
    open_ones = {r.commit: r for r in state.open_rollouts()}
    for one in open_ones.values():
        own = [c for c in decision.changes if c.cause.commit == one.commit]
        for stage in rollout.turn(one):
            way = Lane.REVERSE if one.reverse_of else Lane.COMMIT
            yield Load(way, rollout.due(one, stage, own), one, stage)
    loose = [c for c in decision.changes if c.cause.commit not in open_ones]
    for way in Lane:
        yield Load(way, tuple(c for c in loose if lane(c) is way))


def _sure(change: Change, doubts: Container[tuple[str, str]]) -> bool:
    return not any((change.who, license) in doubts for license in change.licenses)


def call_id(change: Change, load: Load) -> str:
    """Names this call of this rollout or lane."""
    return records.change_id(change, load.rollout.id if load.rollout else str(load.lane))


def _ordered(changes: Sequence[Change], rank: Mapping[int, int]) -> tuple[Change, ...]:
    return tuple(sorted((c for c in changes if id(c) in rank), key=lambda c: rank[id(c)]))


def _missing(decision: AccountDecision, state: State) -> Iterator[tuple[str, str, str]]:
    """Seats of ours that are gone, with the changeset that last asked; one that nothing asked anew is no failure of a stage."""
    for one in decision.drift:
        claim = state.of(one.license).get(one.who)
        if one.kind is DriftKind.REMOVED and claim is not None and claim.state is not ClaimState.NONE:
            yield one.license, one.who, claim.commit


def _runs(rollout: Rollout) -> bool:
    return rollout.bulk and rollout.state in (RolloutState.OPEN, RolloutState.HALTED, RolloutState.ABORTED)


def _shows(decision: AccountDecision, sent: Sent) -> tuple[Result, str, str]:
    shown = {license: _there(decision, license, sent.change.who) for license in sent.change.licenses}
    if _is(sent.change.after, shown):
        seat = shown[sent.change.license]
        return Result.DONE, seat.holder if seat else "", "the answer was lost; a reading shows that it was done"
    if _is(sent.change.before, shown):
        return Result.FAILED, "", "the answer was lost; a reading shows that nothing happened"
    return Result.CONFLICT, "", "the answer was lost, and a reading shows something else"


def _is(grant: Grant | None, shown: Mapping[str, Seat | None]) -> bool:
    """Whether what is shown of the licenses of a change is this and nothing beside it; options count where some are named."""
    held = [license for license, seat in shown.items() if seat is not None]
    if grant is None:
        return not held
    seat = shown[grant.license]
    return held == [grant.license] and seat is not None and grant.options in ((), seat.options)


def _there(decision: AccountDecision, license: str, who: str) -> Seat | None:
    seat = decision.differences[license].seats.get(who)
    return seat if seat is not None and seat.pending is not Pending.CANCELLED else None
