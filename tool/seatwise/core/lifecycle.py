"""A state and an event → the next state: the one table that every rollout and every stage moves by.

Rules (semantics §13):
- A rollout has two walks, gives and takes, which go side by side. So the states that semantics §13 writes with a k (ready,
  writing, in-doubt, verifying, soaking, paused) are those of a *stage*: at any time at most one stage of each walk has one
  that is not ready or passed. While its stages do the walking, the rollout itself is `open`; `phase` puts both in one word.
- What people say (halt, resume, abort, retry, release) and what ends a rollout moves the rollout. A stage keeps its state
  under a halt; `resume` and `retry` make the open stages ready again, but for one that is in doubt: a reading settles it.
- `admitted` is a changeset before its rollout is drawn here: the journal of admissions holds it. One that is not admitted
  has no rollout.
- Every move is made by some code: what nothing causes (yet) is not in the table.
- A move that is not in the table raises `Illegal`: whoever wants to move asks `allows` first, or has a bug.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from seatwise.core.model import Exit, Kind, Rollout, RolloutState, Stage, StageState

State = RolloutState | StageState


class Event(StrEnum):
    """What moves a rollout or a stage."""

    # what people say
    HALT = "halt"
    RESUME = "resume"
    ABORT = "abort"
    RETRY = "retry"
    RELEASE = "release"
    # what becomes of a rollout
    QUEUES = "queues"
    OPENS = "opens"
    FAILS = "fails"
    COMPENSATED = "compensated"
    ENDS = "ends"
    REVERTED = "reverted"
    TAKEN_OVER = "taken over"
    # what becomes of a stage
    SENDS = "sends"
    LOST = "answer lost"
    SETTLED = "settled"
    WRITTEN = "written"
    NOTHING = "nothing to write"
    READ_BACK = "read back"
    NEXT_ZONE = "next zone"
    INCONCLUSIVE = "inconclusive"
    SAMPLE = "new sample"
    PASSES = "gate passes"
    AGAIN = "resumed"


SAID = (Event.HALT, Event.RESUME, Event.ABORT, Event.RETRY, Event.RELEASE)
"""Events that people cause, by records in the branch seatwise/control."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a state means; which calls it makes; what a crash leaves; how apply, and apply --scheduled, end in it."""

    meaning: str
    calls: str
    crash: str
    apply: Exit
    scheduled: Exit
    moves: Mapping[Event, State]


_R, _S, _E = RolloutState, StageState, Event
_OPEN_ENDS = {_E.REVERTED: _R.CLOSED}

ROLLOUTS: Mapping[RolloutState, Row] = {
    _R.ADMITTED: Row(
        "admitted, and this account has not drawn its rollout yet", "no", "same", Exit.OK, Exit.OK,
        {_E.OPENS: _R.OPEN, _E.QUEUES: _R.QUEUED, _E.HALT: _R.HALTED, _E.ABORT: _R.ABORTED},
    ),
    _R.QUEUED: Row(
        "waits for the end of another bulk rollout of a license of its own", "no", "same", Exit.WAITING, Exit.OK,
        {_E.OPENS: _R.OPEN, _E.FAILS: _R.HALTED, _E.HALT: _R.HALTED, _E.ABORT: _R.ABORTED, **_OPEN_ENDS},
    ),
    _R.OPEN: Row(
        "its stages are under way", "as its stages say", "same", Exit.WAITING, Exit.OK,
        {_E.FAILS: _R.HALTED, _E.HALT: _R.HALTED, _E.RESUME: _R.OPEN, _E.RETRY: _R.OPEN, _E.ABORT: _R.ABORTING,
         _E.ENDS: _R.CLOSED, **_OPEN_ENDS},
    ),
    _R.HALTED: Row(
        "a gate or a person stopped it; a person decides", "no", "same", Exit.PARTLY, Exit.OK,
        {_E.RESUME: _R.OPEN, _E.RETRY: _R.OPEN, _E.QUEUES: _R.QUEUED, _E.HALT: _R.HALTED, _E.ABORT: _R.ABORTING,
         **_OPEN_ENDS},
    ),
    _R.ABORTING: Row(
        "what it did is taken back, newest first", "reverse only", "same", Exit.PARTLY, Exit.PARTLY,
        {_E.COMPENSATED: _R.ABORTED, _E.HALT: _R.HALTED_ABORT, _E.ABORT: _R.ABORTING, _E.RETRY: _R.ABORTING, **_OPEN_ENDS},
    ),
    _R.HALTED_ABORT: Row(
        "a person stopped the taking back", "no", "same", Exit.PARTLY, Exit.OK,
        {_E.RESUME: _R.ABORTING, _E.RETRY: _R.ABORTING, _E.ABORT: _R.ABORTING, _E.HALT: _R.HALTED_ABORT, **_OPEN_ENDS},
    ),
    _R.ABORTED: Row(
        "taken back; its seats are held", "no", "same", Exit.OK, Exit.OK,
        {_E.RELEASE: _R.CLOSED, _E.TAKEN_OVER: _R.CLOSED, _E.RETRY: _R.ABORTING, _E.HALT: _R.ABORTED,
         _E.ABORT: _R.ABORTED, **_OPEN_ENDS},
    ),
    _R.CLOSED: Row("over: done, partial, superseded, reverted or cancelled", "no", "-", Exit.OK, Exit.OK, {}),
}  # fmt: skip

STAGES: Mapping[StageState, Row] = {
    _S.READY: Row(
        "waits for the next run, for its window, and for what that has to check first", "no", "same", Exit.WAITING,
        Exit.OK,
        {_E.SENDS: _S.WRITING, _E.LOST: _S.IN_DOUBT, _E.WRITTEN: _S.VERIFYING, _E.NOTHING: _S.PASSED,
         _E.AGAIN: _S.READY},
    ),
    _S.WRITING: Row(
        "calls are being made, or have no answer that lets it go on", "yes", "in-doubt", Exit.PARTLY, Exit.PARTLY,
        {_E.SENDS: _S.WRITING, _E.LOST: _S.IN_DOUBT, _E.WRITTEN: _S.VERIFYING, _E.NEXT_ZONE: _S.READY,
         _E.AGAIN: _S.READY},
    ),
    _S.IN_DOUBT: Row(
        "a call was made and its answer is lost: a reading says what became of it", "no", "same", Exit.PARTLY,
        Exit.PARTLY, {_E.SETTLED: _S.WRITING, _E.AGAIN: _S.IN_DOUBT},
    ),
    _S.VERIFYING: Row(
        "all is written; it is read back when the vendor has settled", "no", "same", Exit.WAITING, Exit.OK,
        {_E.READ_BACK: _S.SOAKING, _E.AGAIN: _S.READY},
    ),
    _S.SOAKING: Row(
        "all was as wanted; its gate reads anew when it has soaked", "no", "same", Exit.WAITING, Exit.OK,
        {_E.PASSES: _S.PASSED, _E.INCONCLUSIVE: _S.PAUSED, _E.AGAIN: _S.READY},
    ),
    _S.PAUSED: Row(
        "its gate can't tell (a seat was just called, or is in doubt; the probe), or waits for somebody to approve", "no",
        "same", Exit.WAITING, Exit.OK,
        {_E.SAMPLE: _S.SOAKING, _E.AGAIN: _S.READY},
    ),
    _S.PASSED: Row("its gate has passed", "no", "same", Exit.OK, Exit.OK, {}),
}  # fmt: skip
"""A gate that fails halts the rollout: `fails` is a move of that."""

ABORTS = frozenset({RolloutState.ABORTING, RolloutState.HALTED_ABORT, RolloutState.ABORTED})
"""States in which nothing but a leaver's or an expiry's lane, or a later changeset, calls the rollout's seats."""
RELEASED = "cancelled"
"""Why a rollout is closed that was released."""
STOPPED = frozenset({RolloutState.HALTED, RolloutState.HALTED_ABORT})
"""States that wait for a person."""
URGENT = (
    StageState.IN_DOUBT, StageState.WRITING, StageState.PAUSED, StageState.READY, StageState.VERIFYING, StageState.SOAKING,
)  # fmt: skip
"""Which of two stages that are under way says how the rollout stands: the first of these."""


class Illegal(ValueError):
    """A move that the table does not have."""


def row(state: State) -> Row:
    return ROLLOUTS[state] if isinstance(state, RolloutState) else STAGES[state]


def allows(state: State, event: Event) -> bool:
    return event in row(state).moves


def after(state: State, event: Event) -> State:
    """The next state. Raises Illegal where the table has none."""
    if not allows(state, event):
        raise Illegal(f"nothing leads from {state} by {event!s}")
    return row(state).moves[event]


def moved(rollout: Rollout, event: Event, why: str = "") -> Rollout:
    """The rollout after the event. `why` says why it is halted, or how it closed; what only repeats a state keeps the old."""
    to = after(rollout.state, event)
    assert isinstance(to, RolloutState)
    return rollout if to is rollout.state else replace(rollout, state=to, why=why, wrong=())


def stepped(stage: Stage, event: Event, written: datetime | None = None) -> Stage:
    """The stage after the event; `written` is when its last write ended, where that is new."""
    to = after(stage.state, event)
    assert isinstance(to, StageState)
    return replace(stage, state=to, written=written or stage.written)


def released(rollout: Rollout) -> bool:
    return rollout.state is RolloutState.CLOSED and rollout.why == RELEASED


def phase(rollout: Rollout) -> State:
    """Where a rollout stands, in the one word that semantics §13 has for it."""
    if rollout.state is not RolloutState.OPEN:
        return rollout.state
    states = {stage.state for kind in Kind if (stage := rollout.open_stage(kind))}
    return next((state for state in URGENT if state in states), RolloutState.OPEN)


def ending(states: Collection[State], *, scheduled: bool) -> Exit:
    """How apply ends with rollouts that stand so: what was not done outweighs what waits."""
    exits = {row(state).scheduled if scheduled else row(state).apply for state in states}
    return next((code for code in (Exit.PARTLY, Exit.WAITING) if code in exits), Exit.OK)
