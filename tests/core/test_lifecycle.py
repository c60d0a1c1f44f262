"""The table that rollouts and stages move by: what holds for all of it, and what a move makes of a rollout or a stage."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.core.builders import COMMIT, NOW

from seatwise.core import lifecycle
from seatwise.core.lifecycle import ABORTS, ROLLOUTS, SAID, STAGES, URGENT, Event, Illegal, Row
from seatwise.core.model import Exit, Kind, Rollout, RolloutState, Stage, StageState

ADMITTED, QUEUED, OPEN, HALTED, ABORTING, HALTED_ABORT, ABORTED, CLOSED = RolloutState
READY, WRITING, IN_DOUBT, VERIFYING, SOAKING, PAUSED, PASSED = StageState
TOOL = Path(lifecycle.__file__).parents[1]


def stage(kind: Kind, state: StageState, name: str = "all") -> Stage:
    return Stage(kind, name, ("ann",), state)


def rollout(state: RolloutState = OPEN, *stages: StageState, **fields: Any) -> Rollout:
    walks = tuple(stage(kind, of) for kind, of in zip(Kind, stages, strict=False))
    return Rollout("c0ffee", "figma", COMMIT, "Atlas", (), walks, NOW, state=state, **fields)


def reached(table: Mapping[Any, Row], start: Any, but: Collection[Event] = ()) -> set[Any]:
    """The states that some chain of moves leads to, none of them by `but`."""
    found, new = {start}, {start}
    while new:
        new = {to for one in new for event, to in table[one].moves.items() if event not in but} - found
        found |= new
    return found


# the whole table


def test_every_state_has_a_row() -> None:
    assert (set(ROLLOUTS), set(STAGES)) == (set(RolloutState), set(StageState))


def test_every_state_is_come_to() -> None:
    assert reached(ROLLOUTS, ADMITTED) == set(RolloutState)
    assert reached(STAGES, READY) == set(StageState)


def test_only_what_is_over_is_never_left() -> None:
    rows = {**ROLLOUTS, **STAGES}
    assert [state for state, row in rows.items() if not row.moves] == [CLOSED, PASSED]


@pytest.mark.parametrize("state", [one for one in RolloutState if one is not CLOSED])
def test_every_rollout_can_end_and_needs_no_new_commit_for_it(state: RolloutState) -> None:
    assert CLOSED in reached(ROLLOUTS, state, but=[Event.REVERTED])


@pytest.mark.parametrize("state", [one for one in StageState if one is not PASSED])
def test_every_stage_can_pass_and_needs_nobody_for_it(state: StageState) -> None:
    assert PASSED in reached(STAGES, state, but=[Event.AGAIN])


@pytest.mark.parametrize("state", [one for one in RolloutState if one is not CLOSED])
@pytest.mark.parametrize("event", [Event.HALT, Event.ABORT])
def test_halt_and_abort_are_answered_wherever_a_rollout_is_open(state: RolloutState, event: Event) -> None:
    assert lifecycle.allows(state, event)


@pytest.mark.parametrize("state", [one for one in RolloutState if one not in (ADMITTED, CLOSED)])
def test_what_was_drawn_is_closed_by_a_commit_that_takes_it_back(state: RolloutState) -> None:
    assert lifecycle.after(state, Event.REVERTED) is CLOSED


@pytest.mark.parametrize("state", sorted(ABORTS))
def test_what_is_taken_back_never_goes_on_again(state: RolloutState) -> None:
    assert reached(ROLLOUTS, state) <= ABORTS | {CLOSED}


def test_a_halted_rollout_is_moved_by_people_alone_or_by_a_commit_that_takes_it_back() -> None:
    moves = {*ROLLOUTS[HALTED].moves, *ROLLOUTS[HALTED_ABORT].moves}
    assert moves <= {*SAID, Event.QUEUES, Event.REVERTED}


def test_what_is_in_doubt_is_settled_by_a_reading_and_not_by_what_people_say() -> None:
    assert STAGES[IN_DOUBT].moves == {Event.SETTLED: WRITING, Event.AGAIN: IN_DOUBT}


def test_a_stage_passes_only_through_its_gate_or_where_nothing_was_to_write() -> None:
    ways = {(state, event) for state, row in STAGES.items() for event, to in row.moves.items() if to is PASSED}
    assert ways == {(SOAKING, Event.PASSES), (READY, Event.NOTHING)}


def test_every_event_of_the_table_is_caused_by_some_code() -> None:
    texts = [path.read_text(encoding="utf-8") for path in TOOL.rglob("*.py") if path.name != "lifecycle.py"]
    caused = {event for event in Event if any(f"Event.{event.name}" in text for text in texts)}
    moves = {event for row in (*ROLLOUTS.values(), *STAGES.values()) for event in row.moves}
    assert (set(Event) - caused - set(SAID), set(Event) - moves) == (set(), set())


# one move


def test_a_state_and_an_event_give_the_next_state() -> None:
    assert lifecycle.after(OPEN, Event.ABORT) is ABORTING
    assert lifecycle.after(WRITING, Event.WRITTEN) is VERIFYING


def test_a_move_that_the_table_does_not_have_is_a_bug() -> None:
    assert not lifecycle.allows(CLOSED, Event.RESUME)
    with pytest.raises(Illegal, match="nothing leads from closed by resume"):
        lifecycle.moved(rollout(CLOSED), Event.RESUME)
    with pytest.raises(Illegal, match="nothing leads from soaking by written"):
        lifecycle.stepped(stage(Kind.GIVES, SOAKING), Event.WRITTEN)


def test_a_rollout_that_moves_gets_a_new_reason_and_forgets_the_seats_that_stopped_it() -> None:
    halted = rollout(HALTED, why="gives pilot: 1 seat is not as wanted", wrong=(("ann", "figma"),))
    assert lifecycle.moved(halted, Event.ABORT, "ada: wrong") == replace(
        halted, state=ABORTING, why="ada: wrong", wrong=()
    )
    assert lifecycle.moved(halted, Event.RESUME) == replace(halted, state=OPEN, why="", wrong=())


def test_what_is_said_twice_keeps_the_first_reason() -> None:
    halted = rollout(HALTED, why="ada: look first", wrong=(("ann", "figma"),))
    assert lifecycle.moved(halted, Event.HALT, "bo: look first") == halted


def test_a_stage_keeps_when_it_was_written_until_it_is_written_anew() -> None:
    written = lifecycle.stepped(stage(Kind.GIVES, WRITING), Event.WRITTEN, NOW)
    assert (written.state, written.written) == (VERIFYING, NOW)
    soaking = lifecycle.stepped(written, Event.READ_BACK)
    assert (soaking.state, soaking.written) == (SOAKING, NOW)
    later = NOW + timedelta(hours=1)
    anew = lifecycle.stepped(lifecycle.stepped(soaking, Event.AGAIN), Event.WRITTEN, later)
    assert (anew.state, anew.written) == (VERIFYING, later)


# where it stands, and how apply ends


def test_every_state_of_a_stage_but_passed_says_how_an_open_rollout_stands() -> None:
    assert set(URGENT) == set(StageState) - {PASSED}


@pytest.mark.parametrize(("gives", "takes"), [(READY, IN_DOUBT), (SOAKING, IN_DOUBT), (WRITING, IN_DOUBT)])
def test_an_open_rollout_stands_where_the_more_urgent_of_its_two_walks_does(
    gives: StageState, takes: StageState
) -> None:
    assert lifecycle.phase(rollout(OPEN, gives, takes)) is IN_DOUBT
    assert lifecycle.phase(rollout(OPEN, takes, gives)) is IN_DOUBT


def test_an_open_rollout_whose_stages_have_passed_is_open() -> None:
    assert lifecycle.phase(rollout(OPEN, PASSED, PASSED)) is OPEN
    assert lifecycle.phase(rollout(OPEN, PASSED, SOAKING)) is SOAKING


def test_a_rollout_that_is_not_open_stands_where_it_is_whatever_its_stages_say() -> None:
    assert lifecycle.phase(rollout(HALTED, IN_DOUBT, WRITING)) is HALTED


@pytest.mark.parametrize(
    ("states", "by_hand", "scheduled"),
    [
        ([], Exit.OK, Exit.OK),
        ([CLOSED, ABORTED, PASSED], Exit.OK, Exit.OK),
        ([CLOSED, SOAKING], Exit.WAITING, Exit.OK),
        ([QUEUED, HALTED], Exit.PARTLY, Exit.OK),
        ([SOAKING, IN_DOUBT], Exit.PARTLY, Exit.PARTLY),
        ([HALTED_ABORT, ABORTING], Exit.PARTLY, Exit.PARTLY),
    ],
)
def test_what_was_not_done_outweighs_what_waits_and_the_tick_says_only_what_is_new(
    states: list[lifecycle.State], by_hand: Exit, scheduled: Exit
) -> None:
    assert lifecycle.ending(states, scheduled=False) is by_hand
    assert lifecycle.ending(states, scheduled=True) is scheduled
