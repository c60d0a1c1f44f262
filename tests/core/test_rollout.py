"""One rollout + a fresh reading → how far it has come, and what it may write now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.core.builders import COMMIT, NOW, give, swap, take

from seatwise.core import lifecycle, rollout
from seatwise.core.lifecycle import Event
from seatwise.core.model import Item, Kind, Rollout, RolloutState, Stage, StageState
from seatwise.core.rollout import Facts

HOUR = timedelta(hours=1)
READY, WRITING, IN_DOUBT, VERIFYING, SOAKING, PAUSED, PASSED = StageState
GIVES, TAKES = Kind.GIVES, Kind.TAKES
SETTLE = timedelta(minutes=5)


def stage(name: str, *who: str, kind: Kind = GIVES, state: StageState = READY, written: Any = None) -> Stage:
    return Stage(kind, name, who, state, written)


def made(*stages: Stage, **fields: Any) -> Rollout:
    items = tuple(Item(who, "figma", s.kind is GIVES, s.kind, s.name) for s in stages for who in s.people)
    given = {"items": items, "soak_seconds": {"gives": 3600, "takes": 7200}, "opened": NOW, **fields}
    return Rollout("c0ffee", "figma", COMMIT, "Atlas", stages=stages, **given)


def facts(differing: Iterable[str] = (), kept: Iterable[str] = (), now: Any = NOW, **fields: Any) -> Facts:
    pairs = (frozenset((who, "figma") for who in names) for names in (differing, kept))
    return Facts(now, SETTLE, *pairs, **fields)


def states(one: Rollout) -> list[StageState]:
    return [s.state for s in one.stages]


PILOT = stage("pilot", "ann", "bo")
REST = stage("rest", "cy")
TAKE = stage("all", "dee", kind=TAKES)


# whose turn it is


def test_each_walk_has_one_stage_that_may_be_written() -> None:
    assert rollout.turn(made(PILOT, REST, TAKE)) == (PILOT, TAKE)
    passed, writing = replace(PILOT, state=PASSED), replace(REST, state=WRITING)
    assert rollout.turn(made(passed, writing)) == (writing,)


@pytest.mark.parametrize("state", [VERIFYING, SOAKING])
def test_a_stage_that_waits_for_its_gate_may_not_be_written_and_neither_may_the_next(state: StageState) -> None:
    assert rollout.turn(made(replace(PILOT, state=state), REST)) == ()


@pytest.mark.parametrize("state", [s for s in RolloutState if s is not RolloutState.OPEN])
def test_a_rollout_that_is_not_open_writes_nothing(state: RolloutState) -> None:
    assert rollout.turn(made(PILOT, state=state)) == ()


def test_a_reverse_takes_back_only_when_all_is_given_back() -> None:
    assert rollout.turn(made(PILOT, TAKE, reverse_of="c1")) == (PILOT,)
    soaking = replace(PILOT, state=SOAKING)
    assert rollout.turn(made(soaking, TAKE, reverse_of="c1")) == ()
    assert rollout.turn(made(replace(PILOT, state=PASSED), TAKE, reverse_of="c1")) == (TAKE,)


def test_a_stage_writes_what_is_on_the_frozen_list_of_cohorts_that_had_their_turn() -> None:
    one = made(replace(PILOT, state=PASSED), REST, TAKE)
    changes = [give("ann"), give("cy"), give("zoe"), take("dee")]
    assert rollout.due(one, one.stages[0], changes) == (give("ann"),)
    assert rollout.due(one, one.stages[1], changes) == (give("ann"), give("cy"))
    assert rollout.due(one, one.stages[2], changes) == (take("dee"),)


def test_a_swap_is_due_only_where_both_its_seats_are_on_the_list() -> None:
    half = made(stage("all", "ann", kind=TAKES))
    assert rollout.due(half, half.stages[0], [swap("ann", "slack", "figma")]) == ()
    both = replace(half, items=(*half.items, Item("ann", "slack", False, TAKES, "all")))
    assert rollout.due(both, both.stages[0], [swap("ann", "slack", "figma")]) == (swap("ann", "slack", "figma"),)


# gates


def test_a_stage_is_read_back_once_the_vendor_has_settled_and_again_when_it_has_soaked() -> None:
    one = made(replace(PILOT, state=VERIFYING, written=NOW), REST)
    assert rollout.advanced(one, facts(now=NOW + SETTLE - timedelta(seconds=1))) == one
    soaking = rollout.advanced(one, facts(now=NOW + SETTLE))
    assert states(soaking) == [SOAKING, READY]
    assert rollout.advanced(soaking, facts(["cy"], now=NOW + HOUR - timedelta(seconds=1))) == soaking
    assert states(rollout.advanced(soaking, facts(["cy"], now=NOW + HOUR))) == [PASSED, READY]


def test_a_vendor_that_settles_later_than_the_soak_is_waited_for() -> None:
    one = made(replace(PILOT, state=SOAKING, written=NOW), soak_seconds={})
    assert rollout.opens_at(one, one.stages[0], SETTLE) == NOW + SETTLE
    assert rollout.advanced(one, facts(now=NOW + SETTLE - timedelta(seconds=1))) == one


@pytest.mark.parametrize("state", [VERIFYING, SOAKING])
def test_a_pilot_with_one_error_halts_the_rollout(state: StageState) -> None:
    one = made(replace(PILOT, state=state, written=NOW), REST)
    halted = rollout.advanced(one, facts(["bo"], now=NOW + HOUR, error_budget=Decimal("0.5")))
    assert (halted.state, halted.why) == (RolloutState.HALTED, "gives pilot: 1 seat is not as wanted: bo (figma)")
    assert rollout.advanced(halted, facts(now=NOW + 9 * HOUR)) == halted


def test_a_later_stage_has_a_small_budget_for_errors() -> None:
    crowd = [f"p{n}" for n in range(100)]
    one = made(stage("rest", *crowd, state=SOAKING, written=NOW))
    budget = Decimal("0.02")
    assert rollout.advanced(one, facts(crowd[:2], now=NOW + HOUR, error_budget=budget)).state is RolloutState.CLOSED
    halted = rollout.advanced(one, facts(crowd[:7], now=NOW + HOUR, error_budget=budget))
    assert halted.why == (
        "gives rest: 7 seats are not as wanted: p0 (figma), p1 (figma), p2 (figma), p3 (figma), p4 (figma) and 2 more"
    )
    kept = rollout.advanced(one, facts(crowd[:2], crowd[2:60], now=NOW + HOUR, error_budget=budget))
    assert kept.state is RolloutState.HALTED, "seats that are kept back do not widen the budget"


def test_seats_that_are_kept_back_are_no_errors() -> None:
    one = made(replace(PILOT, state=SOAKING, written=NOW), REST)
    assert states(rollout.advanced(one, facts(kept=["ann", "bo"], now=NOW + HOUR))) == [PASSED, READY]


def test_a_rollout_of_one_stage_does_not_halt_and_closes_as_partial() -> None:
    one = made(stage("all", "ann", "bo", state=SOAKING, written=NOW))
    closed = rollout.advanced(one, facts(["bo"], now=NOW + HOUR))
    assert (closed.state, closed.why) == (RolloutState.CLOSED, "partial")


def test_a_rollout_closes_when_every_stage_has_passed() -> None:
    one = made(replace(PILOT, state=PASSED), replace(TAKE, state=SOAKING, written=NOW))
    closed = rollout.advanced(one, facts(now=NOW + 2 * HOUR))
    assert (closed.state, closed.why) == (RolloutState.CLOSED, "done")
    partial = rollout.advanced(one, facts(kept=["ann"], now=NOW + 2 * HOUR))
    assert partial.why == "partial"


def test_a_rollout_stays_open_while_one_stage_has_not_passed() -> None:
    one = made(replace(PILOT, state=PASSED), replace(REST, state=WRITING, written=NOW))
    assert rollout.advanced(one, facts(["cy"])) == one


def test_a_halt_in_one_walk_stops_the_other() -> None:
    one = made(replace(PILOT, state=SOAKING, written=NOW), replace(TAKE, state=SOAKING, written=NOW))
    halted = rollout.advanced(one, facts(["ann"], now=NOW + 9 * HOUR))
    assert (halted.state, states(halted)) == (RolloutState.HALTED, [SOAKING, SOAKING])


def test_a_stage_with_nothing_to_write_is_passed_over() -> None:
    assert states(rollout.advanced(made(PILOT, REST), facts(["cy"]))) == [PASSED, READY]
    assert rollout.advanced(made(PILOT, REST), facts(["ann"])) == made(PILOT, REST)


def test_a_stage_that_was_written_and_has_nothing_left_goes_through_its_gate() -> None:
    one = made(replace(PILOT, state=WRITING, written=NOW), REST)
    assert states(rollout.advanced(one, facts(["cy"]))) == [VERIFYING, READY]


def test_the_takes_of_a_reverse_wait_and_are_not_passed_over() -> None:
    one = made(PILOT, TAKE, reverse_of="c1")
    assert states(rollout.advanced(one, facts(["ann"]))) == [READY, READY]
    assert rollout.advanced(one, facts()).state is RolloutState.CLOSED


def test_takes_that_nothing_takes_back_are_passed_over_while_gives_go_on() -> None:
    assert states(rollout.advanced(made(PILOT, TAKE), facts(["ann"]))) == [READY, PASSED]


def test_stages_of_the_same_name_look_each_at_the_seats_of_its_own_walk() -> None:
    takes = stage("pilot", "dee", kind=TAKES)
    assert states(rollout.advanced(made(PILOT, takes), facts(["dee"]))) == [PASSED, READY]


def test_a_gate_opens_when_its_stage_has_soaked_and_no_other_has_a_time() -> None:
    one = made(PILOT, replace(TAKE, state=SOAKING, written=NOW), stage("rest", state=VERIFYING))
    assert [rollout.opens_at(one, s, SETTLE) for s in one.stages] == [None, NOW + 2 * HOUR, None]


def test_a_stage_that_was_written_before_times_were_kept_counts_from_now() -> None:
    one = made(stage("pilot", "ann", state=VERIFYING))
    assert rollout.advanced(one, facts()) == one


def test_resuming_writes_and_checks_again_what_was_open() -> None:
    halted = made(
        replace(PILOT, state=PASSED), replace(REST, state=SOAKING, written=NOW), state=RolloutState.HALTED, why="1 seat"
    )
    again = rollout.again(lifecycle.moved(halted, Event.RESUME))
    assert (again.state, again.why, states(again)) == (RolloutState.OPEN, "", [PASSED, READY])
    assert again.stages[1].written == NOW


@pytest.mark.parametrize(("owner", "states_after"), [(COMMIT, [READY]), ("later", [PASSED]), ("", [PASSED])])
def test_a_seat_that_a_later_changeset_or_a_lane_took_over_keeps_no_rollout_open(
    owner: str, states_after: list[StageState]
) -> None:
    after = rollout.advanced(made(TAKE), facts(["dee"], owners={("dee", "figma"): owner}))
    assert states(after) == states_after
    assert (after.state, after.why) == ((RolloutState.OPEN, "") if owner == COMMIT else (RolloutState.CLOSED, "done"))


def test_a_stage_with_a_lost_answer_is_in_doubt_until_a_reading_settles_it() -> None:
    lost = facts(["ann"], lost=frozenset({("c0ffee", "gives", "pilot")}))
    doubtful = rollout.advanced(made(PILOT, REST), lost)
    assert states(doubtful) == [IN_DOUBT, READY]
    assert rollout.advanced(doubtful, lost) == doubtful
    assert states(rollout.advanced(doubtful, facts(["ann"]))) == [WRITING, READY]
    elsewhere = facts(["ann"], lost=frozenset({("c0ffee", "takes", "pilot"), ("beef", "gives", "pilot")}))
    assert states(rollout.advanced(made(PILOT, REST), elsewhere)) == [READY, READY]


def test_a_stage_whose_run_died_with_nothing_left_goes_through_its_gate() -> None:
    one = rollout.advanced(made(replace(PILOT, state=WRITING), REST), facts(["cy"]))
    assert (states(one), one.stages[0].written) == ([VERIFYING, READY], NOW)


def test_a_gate_that_can_not_tell_pauses_until_a_reading_can() -> None:
    one = made(replace(PILOT, state=SOAKING, written=NOW), REST)
    unsure = facts(["cy"], now=NOW + HOUR, unsure=frozenset({("ann", "figma")}))
    paused = rollout.advanced(one, unsure)
    assert states(paused) == [PAUSED, READY]
    assert rollout.advanced(paused, unsure) == paused
    told = facts(["cy"], now=NOW + HOUR, unsure=frozenset({("cy", "figma")}))
    assert states(rollout.advanced(paused, told)) == [SOAKING, READY]


def test_a_stage_is_not_read_back_by_what_can_not_tell_yet() -> None:
    one = made(replace(PILOT, state=VERIFYING, written=NOW), REST)
    assert rollout.advanced(one, facts(["ann"], now=NOW + HOUR, unsure=frozenset({("ann", "figma")}))) == one


def test_a_gate_halts_for_what_it_knows_to_be_wrong_and_names_it() -> None:
    one = made(replace(PILOT, state=SOAKING, written=NOW), REST)
    halted = rollout.advanced(one, facts(["ann", "bo"], now=NOW + HOUR, unsure=frozenset({("ann", "figma")})))
    assert (halted.state, halted.wrong) == (RolloutState.HALTED, (("bo", "figma"),))


def test_seats_set_aside_are_neither_sent_nor_counted_and_it_ends_as_partial() -> None:
    aside = (("ann", "figma"), ("bo", "figma"))
    one = made(replace(PILOT, state=SOAKING, written=NOW), REST, aside=aside)
    assert rollout.due(one, one.stages[1], [give("ann"), give("cy")]) == (give("cy"),)
    closed = rollout.advanced(replace(one, stages=one.stages[:1]), facts(["ann", "bo"], now=NOW + HOUR))
    assert (closed.state, closed.why) == (RolloutState.CLOSED, "partial")


@pytest.mark.parametrize(
    ("askers", "why"), [(("later", "later"), "superseded"), (("later", COMMIT), "done"), (("later", ""), "done")]
)
def test_it_closes_as_superseded_where_later_changesets_asked_every_seat_of_it(
    askers: tuple[str, str], why: str
) -> None:
    one = made(replace(PILOT, state=PASSED))
    by = dict(zip((("ann", "figma"), ("bo", "figma")), askers, strict=True))
    assert rollout.advanced(one, facts(askers=by)).why == why


def test_what_is_aborted_is_compensated_when_nothing_is_left_to_take_back() -> None:
    aborting = made(PILOT, state=RolloutState.ABORTING, why="ada: wrong")
    assert rollout.advanced(aborting, facts(undoing=frozenset({"c0ffee"}))) == aborting
    aborted = rollout.advanced(aborting, facts())
    assert (aborted.state, aborted.why) == (RolloutState.ABORTED, "ada: wrong")


@pytest.mark.parametrize(("asker", "closes"), [("later", True), ("", True), ("on-main", False), (COMMIT, False)])
def test_what_was_aborted_ends_when_later_changesets_took_every_seat_of_it_over(asker: str, closes: bool) -> None:
    """Or when nothing is known of a seat any more. What was on main when it was aborted is held, and is not later."""
    aborted = made(PILOT, state=RolloutState.ABORTED, on_main=("on-main",))
    after = rollout.advanced(aborted, facts(askers={("ann", "figma"): "later", ("bo", "figma"): asker}))
    assert (after.state, after.why) == ((RolloutState.CLOSED, "superseded") if closes else (RolloutState.ABORTED, ""))
