"""One account's decision + its rollouts → what may be sent now, in which order, and where rollouts have come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.core.builders import (
    COMMIT,
    NOW,
    claim,
    give,
    holding,
    license,
    people,
    reading,
    seats,
    state,
    swap,
    take,
)

from seatwise.core import diff, due
from seatwise.core.claims import Did, Sent, State
from seatwise.core.decide import AccountDecision
from seatwise.core.due import Due
from seatwise.core.model import (
    Cause,
    CauseKind,
    Change,
    Claim,
    ClaimState,
    Drift,
    DriftKind,
    Hold,
    Item,
    Kind,
    Lane,
    Options,
    Reading,
    Rollout,
    RolloutState,
    Seat,
    Stage,
    StageState,
    VendorInfo,
)
from seatwise.core.rollout import Facts
from seatwise.core.stage import StageRules
from seatwise.core.windows import Calendar

LEFT = Cause(CauseKind.LEAVER)
JOINS = Cause(CauseKind.RULE)
OPEN, QUEUED, HALTED, ABORTED, CLOSED = (RolloutState(s) for s in ("open", "queued", "halted", "aborted", "closed"))
PRO: Options = (("plan", "pro"),)


def decision(
    *changes: Change, shown: Reading | None = None, held: Mapping[str, Mapping[str, Seat]] | None = None, **fields: Any
) -> AccountDecision:
    ids = ("e3", "e5", "figma", "slack")
    differences = {id: diff.compared(license(id), {}, {}, (held or {}).get(id, {})) for id in ids}
    skus = (holding(sku=id.upper()) for id in ids)
    return AccountDecision("figma", shown or reading(*skus), differences, changes=changes, **fields)


def stage(name: str, *who: str, kind: Kind = Kind.GIVES, **fields: Any) -> Stage:
    return Stage(kind, name, who, **fields)


def rollout(*stages: Stage, commit: str = COMMIT, **fields: Any) -> Rollout:
    items = tuple(Item(who, "figma", s.kind is Kind.GIVES, s.kind, s.name) for s in stages for who in s.people)
    return Rollout(commit[:12], "figma", commit, "Atlas", **{"items": items, "stages": stages, "opened": NOW, **fields})


def journal(*rollouts: Rollout, **fields: Any) -> State:
    return replace(State(), rollouts={one.id: one for one in rollouts}, **fields)


def found(one: AccountDecision, known: State | None = None, tried: frozenset[Change] = frozenset()) -> Due:
    return due.due(one, known or State(), people("ann", "bo"), tried)


def loads(answer: Due) -> list[tuple[Lane, str, list[str]]]:
    return [(load.lane, load.stage.name if load.stage else "", [c.who for c in load.changes]) for load in answer.loads]


# whose turn it is


def test_each_lane_travels_by_itself_removals_first() -> None:
    answer = found(decision(give("ann", cause=JOINS), take("bo", cause=LEFT)))
    assert loads(answer) == [(Lane.LEAVERS, "", ["bo"]), (Lane.JOINERS, "", ["ann"])]
    assert [load.title for load in answer.loads] == ["", ""]


def test_an_open_stage_of_a_rollout_is_sent_and_a_later_one_is_not() -> None:
    one = rollout(stage("pilot", "ann"), stage("rest", "bo"))
    answer = found(decision(give("ann"), give("bo")), journal(one))
    assert loads(answer) == [(Lane.COMMIT, "pilot", ["ann"])]
    assert answer.loads[0].title == "Atlas"


def test_a_reverse_travels_in_a_lane_of_its_own() -> None:
    one = rollout(stage("all", "ann"), reverse_of="c1")
    assert loads(found(decision(give("ann")), journal(one))) == [(Lane.REVERSE, "all", ["ann"])]


@pytest.mark.parametrize("to", [QUEUED, HALTED, ABORTED])
def test_what_belongs_to_a_rollout_that_stands_still_waits(to: RolloutState) -> None:
    assert loads(found(decision(give("ann")), journal(rollout(stage("all", "ann"), state=to)))) == []


def test_what_a_closed_rollout_has_left_behind_goes_like_a_small_change() -> None:
    closed = rollout(stage("all", "ann"), state=CLOSED)
    assert loads(found(decision(give("ann")), journal(closed))) == [(Lane.COMMIT, "", ["ann"])]


def test_a_change_that_was_sent_in_this_run_is_not_sent_again() -> None:
    tried = frozenset({give("ann")})
    assert loads(found(decision(give("ann"), give("bo")), tried=tried)) == [(Lane.COMMIT, "", ["bo"])]


def test_what_a_rollout_sent_is_not_sent_again_when_the_rollout_closes_in_the_same_run() -> None:
    closed = rollout(stage("all", "ann"), state=CLOSED)
    assert loads(found(decision(give("ann")), journal(closed), tried=frozenset({give("ann")}))) == []


def test_a_call_of_a_rollout_is_another_than_that_of_a_lane() -> None:
    (loose,) = found(decision(give("ann"))).loads
    (staged,) = found(decision(give("ann")), journal(rollout(stage("all", "ann")))).loads
    assert due.call_id(give("ann"), loose) == due.call_id(give("ann"), loose)
    assert due.call_id(give("ann"), loose) != due.call_id(give("ann"), staged)


def test_what_is_in_doubt_waits() -> None:
    doubt = journal(sent={"id": Sent("id", swap("ann", "e3", "e5"), Lane.COMMIT, "", "", NOW)})
    assert loads(found(decision(give("ann", "e5"), give("ann"), give("bo", "e5")), doubt)) == [
        (Lane.COMMIT, "", ["ann", "bo"])
    ]


def test_a_swap_waits_where_one_of_its_two_licenses_is_in_doubt() -> None:
    doubt = journal(sent={"id": Sent("id", give("ann", "e5"), Lane.COMMIT, "", "", NOW)})
    assert loads(found(decision(swap("ann", "e3", "e5"), swap("bo", "e3", "e5")), doubt)) == [(Lane.COMMIT, "", ["bo"])]


def test_room_is_looked_at_over_everything_that_is_due() -> None:
    shown = reading(holding("mo", "zoe", bought=2))
    changes = give("ann", cause=JOINS), give("bo"), take("mo", cause=LEFT)
    answer = found(decision(*changes, shown=shown))
    assert loads(answer) == [(Lane.LEAVERS, "", ["mo"]), (Lane.JOINERS, "", ["ann"])]
    assert [(h.rule, h.who) for h in answer.waits] == [("pool-full", "bo")]


def undoing(*changes: Change, bought: int, held: tuple[str, ...]) -> list[tuple[str, list[str]]]:
    """The loads that take back what a rollout did, in this order, where so many seats are bought and these are held."""
    items = tuple(Item(c.who, c.license, c.after is not None, Kind.GIVES, "all") for c in changes)
    one = rollout(stage("all", "ann", "bo"), state=RolloutState.ABORTING, items=items)
    done = {str(n): Did(change, ()) for n, change in enumerate(changes)}
    shown = decision(shown=reading(holding(*held, bought=bought)), held={"figma": seats(*held)})
    answer = found(shown, journal(one, did={one.id: done}))
    assert answer.undoing == {one.id}
    return [(load.name, [c.who for c in load.changes]) for load in answer.loads]


def test_what_takes_a_rollout_back_goes_newest_first_where_there_is_room_for_that() -> None:
    assert undoing(give("bo"), take("ann"), bought=9, held=("bo",)) == [("abort", ["ann", "bo"])]


def test_what_takes_a_rollout_back_frees_seats_first_where_the_pool_is_full() -> None:
    assert undoing(give("bo"), take("ann"), bought=1, held=("bo",)) == [("abort", ["bo", "ann"])]


def test_of_an_account_that_is_stopped_nothing_is_sent_and_no_rollout_moves() -> None:
    stopped = journal(rollout(stage("all", "cy")), stopped="maintenance")
    assert found(decision(give("ann"), take("bo", cause=LEFT)), stopped).loads == ()
    assert list(due.advanced(stopped, Facts(NOW, timedelta(0)))) == []


# what a reading says to the gates


def facts(one: AccountDecision, known: State | None = None, *waits: Hold) -> Facts:
    return due.facts(one, known or State(), waits, StageRules(), Calendar(now=NOW))


def test_seats_that_a_call_would_change_differ_unless_something_keeps_them_back() -> None:
    kept = Hold("protected", "figma", "bo", "w")
    answer = facts(decision(give("ann"), give("bo"), swap("cy", "e3", "e5")), None, kept)
    assert answer.differing == {("ann", "figma"), ("cy", "e3"), ("cy", "e5")}
    assert answer.kept == {("bo", "figma")}


def test_each_seat_that_differs_has_the_changeset_or_the_lane_that_owns_it_now() -> None:
    gone = Drift(DriftKind.REMOVED, "figma", "bo", "w")
    known = state(figma={"bo": claim(ClaimState.MISSING, commit="newest")})
    answer = facts(replace(decision(give("ann"), take("cy", cause=LEFT)), drift=(gone,)), known)
    assert answer.owners == {("ann", "figma"): COMMIT, ("bo", "figma"): "newest", ("cy", "figma"): ""}


def test_a_seat_that_is_held_back_by_its_row_is_kept() -> None:
    answer = facts(replace(decision(), held=(Hold("unknown-person", "figma", "ann", "w"),)))
    assert (answer.differing, answer.kept) == (frozenset(), {("ann", "figma")})


@pytest.mark.parametrize(
    ("known", "differs"),
    [({"ann": claim(ClaimState.MISSING)}, True), ({"ann": claim(ClaimState.NONE)}, False), ({}, False)],
)
def test_a_seat_of_ours_that_is_missing_differs(known: Mapping[str, Claim], differs: bool) -> None:
    gone, changed = (Drift(kind, "figma", "ann", "w") for kind in (DriftKind.REMOVED, DriftKind.CHANGED))
    assert (facts(replace(decision(), drift=(gone,)), state(figma=known)).differing == {("ann", "figma")}) is differs
    assert not facts(replace(decision(), drift=(changed,)), state(figma=known)).differing


def test_facts_know_how_long_the_vendor_takes_to_settle() -> None:
    answer = facts(decision(shown=reading(holding(), info=VendorInfo("Sandbox", settle_seconds=60))))
    assert (answer.settle, answer.now, answer.error_budget) == (timedelta(seconds=60), NOW, Decimal("0.01"))


# where rollouts have come to


def advanced(*rollouts: Rollout) -> dict[str, RolloutState]:
    nothing = Facts(NOW, timedelta(0), frozenset({("ann", "figma"), ("bo", "figma")}))
    return {one.id: one.state for one in due.advanced(journal(*rollouts), nothing)}


def bulk(commit: str, **fields: Any) -> Rollout:
    return rollout(stage("pilot", "ann"), commit=commit, bulk=True, **fields)


def test_a_reading_moves_only_those_rollouts_that_it_says_something_of() -> None:
    done = rollout(stage("all", "cy"), commit="done")
    assert advanced(done, rollout(stage("all", "ann"))) == {"done": CLOSED}


@pytest.mark.parametrize(("state", "waits"), [(OPEN, True), (HALTED, True), (ABORTED, False), (CLOSED, False)])
def test_a_queued_rollout_leaves_the_queue_when_no_bulk_one_runs_on_its_licenses(
    state: RolloutState, waits: bool
) -> None:
    answer = advanced(bulk("one", state=state), bulk("two", state=QUEUED))
    assert answer == ({} if waits else {"two": OPEN})


def test_of_two_that_wait_for_the_same_license_one_leaves_the_queue() -> None:
    assert advanced(bulk("one", state=QUEUED), bulk("two", state=QUEUED)) == {"one": OPEN}


def test_small_rollouts_and_those_of_other_licenses_queue_nobody() -> None:
    small = rollout(stage("all", "ann"), commit="small")
    other = bulk("other", items=(Item("ann", "slack", True, Kind.GIVES, "pilot"),))
    assert advanced(small, other, bulk("two", state=QUEUED))["two"] is OPEN


def test_what_closes_in_this_reading_lets_the_next_one_go() -> None:
    ends = bulk("one", stages=(stage("pilot", "ann", state=StageState.PASSED),))
    assert advanced(ends, bulk("two", state=QUEUED)) == {"one": CLOSED, "two": OPEN}


def test_what_is_in_conflict_waits_for_a_person() -> None:
    stuck = journal(stuck={"figma": {"ann": "the answer was lost"}})
    now = found(decision(give("ann"), give("bo")), stuck)
    assert [c.who for load in now.loads for c in load.changes] == ["bo"]
    ((hold),) = now.waits
    assert (hold.rule, hold.who, hold.what) == ("conflict", "ann", "the answer was lost") and "by hand" in hold.fix
