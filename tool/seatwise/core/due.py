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
from seatwise.core.claims import State
from seatwise.core.decide import AccountDecision
from seatwise.core.doubts import doubtful
from seatwise.core.model import (
    Change,
    ClaimState,
    DriftKind,
    Hold,
    Lane,
    People,
    Rollout,
    RolloutState,
    Stage,
)
from seatwise.core.resolve import NOBODY
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
    doubts = doubtful(state.sent.values())
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
    lists = {r.commit: frozenset((i.who, i.license) for i in r.items) for r in state.open_rollouts()}
    owners = {seat: _owner(change, lists) for change in decision.changes for seat in _seats(change)}
    owners |= {(who, license): commit for license, who, commit in (*_missing(decision, state), *_unsettled(decision))}
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


def _owner(change: Change, lists: Mapping[str, frozenset[tuple[str, str]]]) -> str:
    """The changeset whose rollout sends it; none where it has become a swap with a seat that the frozen list does not name."""
    commit = change.cause.commit
    return commit if commit not in lists or lists[commit].issuperset(_seats(change)) else ""


def _seats(change: Change) -> list[tuple[str, str]]:
    return [(change.who, license) for license in change.licenses]


def _missing(decision: AccountDecision, state: State) -> Iterator[tuple[str, str, str]]:
    """Seats of ours that are gone, with the changeset that last asked; one that nothing asked anew is no failure of a stage."""
    for one in decision.drift:
        claim = state.of(one.license).get(one.who)
        if one.kind is DriftKind.REMOVED and claim is not None and claim.state is not ClaimState.NONE:
            yield one.license, one.who, claim.commit


def _unsettled(decision: AccountDecision) -> Iterator[tuple[str, str, str]]:
    """Seats that a changeset flipped, of which no reading says yet how they are."""
    for license, difference in decision.differences.items():
        for who in difference.unsettled:
            pending = difference.claims.get(who, NOBODY).pending
            if pending is not None and pending.commit:
                yield license, who, pending.commit


def _runs(rollout: Rollout) -> bool:
    return rollout.bulk and rollout.state in (RolloutState.OPEN, RolloutState.HALTED, RolloutState.ABORTED)
