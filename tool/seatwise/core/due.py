"""One account's decision + its rollouts → what may be sent now, in which order, and where rollouts have come to.

A call is sent if it has a cause, nothing keeps it back, and it has its turn: its stage is open, or it travels in a lane, or
its rollout has closed and left it behind. What belongs to a rollout that is halted or queued waits; of one that is aborted,
what takes it back goes. Of an account that is stopped nothing goes. What is in doubt waits until the vendor has settled.
Room is looked at over everything that is due at once: removals, swaps, grants.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from seatwise.core import capacity, decide, holding, outlook, queue, records, rollout
from seatwise.core.aborts import Back
from seatwise.core.capacity import Room
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
    Sample,
    Stage,
    StageWait,
)
from seatwise.core.resolve import NOBODY
from seatwise.core.rollout import Facts, Gate
from seatwise.core.stage import StageRules, lane
from seatwise.core.windows import Calendar, Shut, guarded

NO_WINDOWS = Calendar()
NO_SAMPLES: Mapping[Gate, Sample] = {}
MISSED = 2
"""After so many windows in which a stage was not written, somebody has to look."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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

    @property
    def name(self) -> str:
        """The stage; `abort` where it takes back what a rollout did; empty: a lane."""
        if self.stage is not None:
            return self.stage.name
        return records.TAKEN_BACK if self.rollout else ""


@dataclass(frozen=True, slots=True)
class Due:
    """What may be sent now, and who waits for a seat."""

    loads: tuple[Load, ...] = ()
    waits: tuple[Hold, ...] = ()
    undoing: frozenset[str] = frozenset()
    """Rollouts that are being aborted and have something left to take back."""
    stages: tuple[StageWait, ...] = ()
    """Stages of which something has its turn and waits for a window, the end of a freeze, or somebody who answers."""

    def waiting(self, load: Load) -> bool:
        """Whether something of the same stage waits so."""
        if load.rollout is None or load.stage is None:
            return False
        mine = load.rollout.id, load.stage.kind, load.stage.name
        return any((one.rollout, one.kind, one.stage) == mine for one in self.stages)


def due(
    decision: AccountDecision,
    state: State,
    people: People,
    tried: frozenset[Change],
    calendar: Calendar = NO_WINDOWS,
) -> Due:
    """What has its turn. `tried` are the changes that this run has sent already: each is sent once a run, whichever its way."""
    back = _back(decision, state, people)
    aborting = [one for one in state.open_rollouts() if one.state is RolloutState.ABORTING]
    undoing = frozenset(one.id for one in aborting if back.unfinished(one))
    if state.stopped:
        return Due(undoing=undoing)
    undo = (Load(Lane.REVERSE, _undone(back, one, decision), one) for one in aborting)
    drafts = (load for load in (*undo, *_loads(decision, state)) if load.changes)
    doubts = doubtful(state.sent.values())
    fresh = [
        replace(load, changes=tuple(c for c in load.changes if c not in tried and _sure(c, doubts))) for load in drafts
    ]
    stuck = [hold for load in fresh for change in load.changes if (hold := _stuck(change, state))]
    fresh = [replace(load, changes=tuple(c for c in load.changes if not _stuck(c, state))) for load in fresh]
    shut = [(load, found) for load in fresh if (found := _shut(load, calendar))]
    kept = {id(change) for _, found in shut for change, _ in found}
    fresh = [replace(load, changes=tuple(c for c in load.changes if id(c) not in kept)) for load in fresh]
    room = outlook.room(decision.reading, decision.differences.values())
    free = dict(room.free)
    fit = capacity.fit((c for load in fresh for c in load.changes), room, people)
    rank = {id(change): position for position, change in enumerate(fit.sent)}
    loads = (replace(load, changes=_ordered(load, rank, Room(free, room.frees_at_once))) for load in fresh)
    loose = (_closed(change, why) for load, found in shut if load.stage is None for change, why in found)
    waits = (*stuck, *loose, *outlook.waits(decision, fit.waits, fit.circular))
    going = (load for load in loads if load.changes)
    ordered = tuple(sorted(going, key=lambda load: rank[id(load.changes[0])]))
    return Due(ordered, waits, undoing, tuple(_stages(decision.account, shut)))


def _shut(load: Load, calendar: Calendar) -> tuple[tuple[Change, Shut], ...]:
    """Those of the changes that windows or freezes keep back now."""
    found = (
        (change, calendar.shut(change, load.lane, load.rollout if load.stage else None)) for change in load.changes
    )
    return tuple((change, why) for change, why in found if why is not None)


def _stages(account: str, shut: Iterable[tuple[Load, Sequence[tuple[Change, Shut]]]]) -> Iterator[StageWait]:
    for load, found in shut:
        if load.rollout is not None and load.stage is not None:
            _, first = min(found, key=lambda pair: pair[1].until or EPOCH)
            yield StageWait(
                account,
                load.rollout.id,
                load.stage.kind,
                load.stage.name,
                len(found),
                first.rule,
                first.what,
                first.until,
            )


def _closed(change: Change, why: Shut) -> Hold:
    return decide.hold(change, why.rule, why.what, "wait; or acknowledge it, where it can't")


def undone(decision: AccountDecision, state: State, people: People) -> Iterator[tuple[Rollout, Change]]:
    """What takes back the rollouts that are being aborted, newest first."""
    back = _back(decision, state, people)
    for one in state.open_rollouts():
        if one.state is RolloutState.ABORTING:
            yield from ((one, change) for change in _undone(back, one, decision))


def _undone(back: Back, rollout: Rollout, decision: AccountDecision) -> tuple[Change, ...]:
    return tuple(holding.addressed(change, back.people, decision.reading) for change in back.going(rollout))


def _back(decision: AccountDecision, state: State, people: People) -> Back:
    others = frozenset(seat for change in decision.changes for seat in _seats(change))
    today = (decision.reading.as_of or state.at or EPOCH).date()
    return Back(decision.differences, state, people, today, others)


def facts(
    decision: AccountDecision,
    state: State,
    waits: Sequence[Hold],
    rules: StageRules,
    calendar: Calendar,
    undoing: frozenset[str] = frozenset(),
    samples: Mapping[Gate, Sample] = NO_SAMPLES,
) -> Facts:
    """What this reading says to the gates: seats that differ, and seats that something keeps back."""
    lists = {r.commit: frozenset((i.who, i.license) for i in r.items) for r in state.open_rollouts()}
    owners = {seat: _owner(change, lists) for change in decision.changes for seat in _seats(change)}
    owners |= {(who, license): commit for license, who, commit in (*_missing(decision, state), *_unsettled(decision))}
    kept = {(h.who, h.license) for h in (*decision.held, *waits)}
    settle = timedelta(seconds=decision.reading.info.settle_seconds)
    unsure = frozenset((who, id) for id, d in decision.differences.items() for who in d.unsettled)
    lost = frozenset((s.rollout, s.kind, s.stage) for s in state.sent.values() if s.kind)
    return Facts(
        calendar.now,
        settle,
        frozenset(owners.keys() - kept),
        frozenset(kept),
        rules.error_budget,
        owners,
        _askers(decision, lists.values()),
        unsure,
        lost,
        undoing,
        frozenset(_missed(decision, state, calendar)),
        samples,
        rules.approve,
        timedelta(seconds=rules.paused),
        timedelta(seconds=rules.queued),
    )


def _missed(decision: AccountDecision, state: State, calendar: Calendar) -> Iterator[tuple[str, str]]:
    """Seats of a stage that has its turn whose holders have had their windows since, and nothing came of it."""
    for one in state.open_rollouts():
        own = [c for c in decision.changes if one.bulk and c.cause.commit == one.commit]
        for stage in rollout.turn(one) if own else ():
            for change in rollout.due(one, stage, own):
                since = stage.since if guarded(change, Lane.COMMIT, one) else None
                if since is not None and calendar.missed(change, since) >= MISSED:
                    yield from _seats(change)


def _askers(decision: AccountDecision, lists: Iterable[frozenset[tuple[str, str]]]) -> dict[tuple[str, str], str]:
    """Who last asked or un-asked each seat of the frozen lists; nobody where nothing is known of it any more."""
    differences = decision.differences
    return {
        (who, license): differences[license].claims.get(who, NOBODY).commit
        for seats in lists
        for who, license in seats
        if license in differences
    }


def advanced(state: State, facts: Facts) -> Iterator[Rollout]:
    """The rollouts that a reading moves: read back, soaked, passed, halted, closed, compensated, or out of the queue."""
    if state.stopped:
        return
    moved = [rollout.advanced(one, facts) for one in state.open_rollouts()]
    turned = (queue.late(one, facts.now, facts.queued) for one in queue.turns(moved))
    for before, after in zip(state.open_rollouts(), turned, strict=True):
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


def _stuck(change: Change, state: State) -> Hold | None:
    """Why a change waits for a person: what became of the call before it is not known, and it must not be made twice."""
    why = next(
        (state.stuck[license][change.who] for license in change.licenses if _is_stuck(state, license, change)), ""
    )
    if not why:
        return None
    fix = "look at the vendor; then give or take it there by hand, or ask for it anew in a pull request"
    hold = Hold("conflict", change.license, change.who, why, fix, change.cause.place, change.verb, change.cause)
    return replace(hold, account=change.account)


def _is_stuck(state: State, license: str, change: Change) -> bool:
    return change.who in state.stuck.get(license, {})


def call_id(change: Change, load: Load) -> str:
    """Names this call of this rollout or lane."""
    return records.change_id(change, load.rollout.id if load.rollout else str(load.lane))


def _ordered(load: Load, rank: Mapping[int, int], room: Room) -> tuple[Change, ...]:
    """Those that fit, in the order to send; what takes a rollout back goes newest first, where there is room for that."""
    fit = tuple(change for change in load.changes if id(change) in rank)
    newest_first = load.name == records.TAKEN_BACK and _one_by_one(fit, Room(dict(room.free), room.frees_at_once))
    return fit if newest_first else tuple(sorted(fit, key=lambda c: rank[id(c)]))


def _one_by_one(changes: Sequence[Change], room: Room) -> bool:
    """Whether each finds a seat when its turn comes."""
    for change in changes:
        if change.after is not None and change.needs_room and not room.fits(change.after.license):
            return False
        room.move(change)
    return True


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
