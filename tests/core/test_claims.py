"""Journal records of one account → claims per seat, rollouts, what was done lately, what is in doubt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from tests.core.builders import CAUSE, COMMIT, DAY, NOW, because, claim, give, state, swap, take

from seatwise.core import canon, claims, records
from seatwise.core.claims import Did, State
from seatwise.core.model import (
    Cause,
    CauseKind,
    Change,
    Claim,
    ClaimState,
    Grant,
    Item,
    Kind,
    Lane,
    Made,
    Outcome,
    Result,
    Rollout,
    RolloutState,
    Stage,
    StageState,
    Verb,
)
from seatwise.core.records import Flip

ASK = Flip(True, "user:", (("plan", "pro"),), CAUSE, "7|2020-01-01", commit=COMMIT)
UNASK = Flip(False, cause=Cause(CauseKind.COMMIT, "later"), commit="later")
ROLLOUT = Rollout(
    "c0ffee", "figma", COMMIT, "December joiners", (Item("ann", "figma", True, Kind.GIVES, "pilot"),),
    (Stage(Kind.GIVES, "pilot", ("ann",)), Stage(Kind.GIVES, "rest", ("bo",)), Stage(Kind.TAKES, "pilot", ("cy",))), NOW,
)  # fmt: skip


def at(record: Mapping[str, Any], when: Any = NOW) -> Mapping[str, Any]:
    return {**record, "at": canon.plain(when)}


def fold(*written: Mapping[str, Any], known: State | None = None) -> State:
    return claims.fold([at(record) for record in written], known)


def flip(who: str = "ann", one: Flip = ASK) -> Mapping[str, Any]:
    return records.asked("figma", {who: one})


def settle(how: str, who: str = "ann", holder: str = "h-ann") -> Mapping[str, Any]:
    return records.settled("figma", {how: {who: holder}})


def call(change: Change, lane: Lane = Lane.COMMIT, downgrade: bool = False) -> Mapping[str, Any]:
    return records.intent([("id", change, downgrade)], lane, "c0ffee", "pilot")


def answer(result: Result, holder: str = "", reason: str = "", *, settled: bool = False) -> Mapping[str, Any]:
    return records.outcome([("id", Outcome(give("ann"), result, holder, reason))], settled=settled)


def sent(change: Change, result: Result, known: State, holder: str = "") -> State:
    return fold(call(change), answer(result, holder), known=known)


def ann(found: State, license: str = "figma") -> Claim | None:
    return found.of(license).get("ann")


# what is asked


def test_a_flip_is_recorded_with_its_cause_and_stays_pending() -> None:
    assert ann(fold(flip())) == Claim(
        True, ClaimState.NONE, options=ASK.options, pending=CAUSE, commit=COMMIT, row="user:", fingerprint="7|2020-01-01",
        asked_at=NOW,
    )  # fmt: skip


def test_a_later_flip_replaces_what_is_pending_and_keeps_what_it_does_not_say() -> None:
    found = ann(fold(flip(), settle("adopt"), flip(one=UNASK)))
    assert found is not None
    assert (found.asked, found.pending, found.commit) == (False, UNASK.cause, "later")
    assert (found.row, found.fingerprint, found.options, found.state) == (
        "user:",
        ASK.fingerprint,
        ASK.options,
        ClaimState.OURS,
    )


def test_a_flip_back_before_anything_was_done_leaves_nothing_to_know() -> None:
    assert ann(fold(flip(), flip(one=Flip(False, calls_off=True)))) is None


def test_a_flip_back_calls_off_the_taking_of_a_seat_of_ours() -> None:
    found = ann(
        fold(flip(), settle("adopt"), flip(one=UNASK), flip(one=structs.replace(ASK, cause=None, calls_off=True)))
    )
    assert found is not None
    assert (found.asked, found.pending, found.state) == (True, None, ClaimState.OURS)


def test_asking_anew_what_is_missing_makes_it_a_plain_ask_again() -> None:
    missing = fold(flip(), settle("adopt"), settle("miss"))
    found = ann(fold(flip(), known=missing))
    assert found is not None
    assert (found.state, found.pending) == (ClaimState.NONE, CAUSE)


def test_what_is_missing_stays_missing_when_it_is_asked_no_more() -> None:
    """Somebody took it away there: should it come back by another hand, it is not ours to take."""
    missing = fold(flip(), settle("adopt"), settle("miss"))
    found = ann(fold(flip(one=UNASK), known=missing))
    assert found is not None and (found.state, found.asked) == (ClaimState.MISSING, False)


def test_a_note_leaves_pending_what_is_pending_and_missing_what_is_missing() -> None:
    found = ann(fold(flip(one=Flip(True, "rule::x", since=NOW)), known=fold(flip())))
    assert found is not None
    assert (found.pending, found.row, found.since, found.asked_at) == (CAUSE, "rule::x", NOW, NOW)
    missing = fold(flip(), settle("adopt"), settle("miss"))
    noted = ann(fold(flip(one=Flip(True, since=NOW)), known=missing))
    assert noted is not None and noted.state is ClaimState.MISSING


def test_when_what_is_asked_flipped_is_remembered() -> None:
    asked = fold(flip(), settle("adopt"))
    noted = ann(claims.fold([at(flip(one=Flip(True)), NOW + DAY)], asked))
    assert noted is not None and noted.asked_at == NOW
    unasked = ann(claims.fold([at(flip(one=UNASK), NOW + DAY)], asked))
    assert unasked is not None and unasked.asked_at == NOW + DAY


def test_an_unlisted_seat_that_was_seen_is_a_claim_of_nothing_until_it_is_seen_no_more() -> None:
    seen = fold(flip(one=Flip(False, since=NOW)))
    assert ann(seen) == Claim(since=NOW)
    assert ann(fold(flip(one=Flip(False)), known=seen)) is None


def test_a_dead_row_lives_again_only_when_it_is_asked_anew() -> None:
    dead = state(figma={"ann": Claim(dead=True, row="user:")})
    assert ann(fold(flip(one=Flip(False, since=NOW)), known=dead)) == Claim(dead=True, row="user:", since=NOW)
    found = ann(fold(flip(), known=dead))
    assert found is not None and not found.dead


# complete readings


def test_adoption_makes_a_seat_ours_that_somebody_else_made() -> None:
    found = ann(fold(flip(), settle("adopt")))
    assert found is not None
    assert (found.state, found.made, found.pending, found.holder) == (ClaimState.OURS, Made.FOUND, None, "h-ann")


def test_a_seat_that_came_back_by_a_hand_is_made_as_it_was() -> None:
    missing = state(figma={"ann": claim(ClaimState.MISSING)})
    found = ann(fold(settle("adopt"), known=missing))
    assert found is not None
    assert (found.state, found.made) == (ClaimState.OURS, Made.US)


def test_a_reading_verifies_what_our_call_did() -> None:
    unread = state(figma={"ann": claim(verified=False, pending=CAUSE, handed=NOW)})
    found = ann(fold(settle("verify"), known=unread))
    assert found == claim(holder="h-ann")


def test_a_seat_of_ours_that_is_gone_is_missing_and_nothing_is_pending() -> None:
    found = ann(fold(settle("miss", holder=""), known=state(figma={"ann": claim(pending=CAUSE, holder="h-ann")})))
    assert found == claim(ClaimState.MISSING, holder="h-ann")


def test_what_is_forgotten_leaves_only_that_its_row_is_dead() -> None:
    known = state(figma={"ann": claim(), "bo": Claim(dead=True, row="user:", commit=COMMIT)})
    found = fold(records.settled("figma", {"forget": {"ann": "", "bo": "", "nobody": ""}}), known=known)
    assert found.of("figma") == {"bo": Claim(dead=True, row="user:")}


def test_what_a_group_holds_is_asked_on_and_neither_ours_nor_pending() -> None:
    known = state(figma={"ann": claim(holder="h-ann"), "bo": claim(ClaimState.NONE, pending=CAUSE)})
    found = fold(records.settled("figma", {"cover": {"ann": "h-ann", "bo": "h-bo"}}), known=known).of("figma")
    assert [(one.asked, one.state, one.pending) for one in found.values()] == [(True, ClaimState.NONE, None)] * 2


@pytest.mark.parametrize("how", ["taken by us", "gone at the vendor"])
def test_since_when_somebody_is_on_leave_is_known_when_the_seat_is_gone(how: str) -> None:
    on_leave = because(CauseKind.RULE)
    known = state(figma={"ann": claim(asked=False, pending=on_leave, since=NOW - 60 * DAY)})
    gone = (
        sent(take("ann", cause=on_leave), Result.DONE, known)
        if how == "taken by us"
        else fold(settle("forget"), known=known)
    )
    assert ann(gone) == Claim(since=NOW - 60 * DAY)


# outcomes


@pytest.mark.parametrize(
    ("result", "settled", "made"),
    [
        (Result.DONE, False, Made.US),
        (Result.ALREADY, False, Made.UNKNOWN),
        (Result.DONE, True, Made.UNKNOWN),
    ],
)
def test_a_seat_that_was_given_is_ours_as_far_as_that_is_known(result: Result, settled: bool, made: Made) -> None:
    found = fold(flip(), call(give("ann")), answer(result, "h-1", settled=settled))
    one = ann(found)
    assert one is not None
    assert (one.state, one.made, one.pending, one.holder, one.verified) == (ClaimState.OURS, made, None, "h-1", False)
    assert not found.sent


def test_the_vendors_id_of_the_holder_is_kept_where_the_answer_has_none() -> None:
    one = ann(sent(give("ann", holder="h-2"), Result.DONE, fold(flip())))
    assert one is not None and one.holder == "h-2"
    known = state(figma={"ann": claim(ClaimState.NONE, holder="h-3")})
    other = ann(sent(give("ann", holder="h-2"), Result.DONE, known))
    assert other is not None and other.holder == "h-3"


def test_a_seat_that_was_taken_leaves_nothing_to_know() -> None:
    known = state(figma={"ann": claim(asked=False, pending=CAUSE)})
    assert ann(sent(take("ann"), Result.DONE, known)) is None


def test_a_named_row_of_a_leaver_is_dead_from_then_on_and_a_rule_is_not() -> None:
    leaver = take("ann", cause=because(CauseKind.LEAVER))
    named = state(figma={"ann": claim(asked=False)})
    assert ann(sent(leaver, Result.DONE, named)) == Claim(dead=True, row="user:", commit=COMMIT)
    ruled = state(figma={"ann": claim(asked=False, row="rule::x")})
    assert ann(sent(leaver, Result.DONE, ruled)) is None


def test_a_swap_moves_both_claims_and_the_lower_one_stays_asked() -> None:
    known = state(figma={"ann": claim(handed=NOW)}, slack={"ann": claim(ClaimState.NONE, pending=CAUSE)})
    found = sent(swap("ann", "figma", "slack"), Result.DONE, known, "h-1")
    left, reached = ann(found), ann(found, "slack")
    assert left == claim(ClaimState.NONE)
    assert reached is not None and (reached.state, reached.pending) == (ClaimState.OURS, None)


def test_a_change_of_options_moves_only_the_options() -> None:
    change = Change("figma", "ann", Grant("figma", "F"), Grant("figma", "F", ASK.options), cause=CAUSE)
    found = sent(change, Result.DONE, state(figma={"ann": claim(made=Made.FOUND, pending=CAUSE)}))
    one = ann(found)
    assert one is not None
    assert (one.options, one.made, one.pending) == (ASK.options, Made.FOUND, None)
    assert not found.done


def test_a_seat_whose_options_were_set_on_the_first_day_is_ours_and_was_found() -> None:
    change = Change("figma", "ann", Grant("figma", "F"), Grant("figma", "F", ASK.options), cause=CAUSE)
    one = ann(sent(change, Result.DONE, fold(flip())))
    assert one is not None
    assert (one.state, one.made, one.pending) == (ClaimState.OURS, Made.FOUND, None)


@pytest.mark.parametrize("result", [Result.REFUSED, Result.FAILED, Result.CONFLICT])
def test_what_did_not_happen_moves_no_claim(result: Result) -> None:
    known = fold(flip())
    before = ann(known)
    found = fold(call(give("ann")), answer(result, reason="no country"), known=known)
    assert ann(found) == before
    assert (found.sent, found.refused, found.changed) == ({}, {"id": "no country"}, {})


def test_a_refusal_is_over_once_the_call_is_answered_again() -> None:
    refused = fold(flip(), call(give("ann")), answer(Result.REFUSED, reason="no country"))
    assert not sent(give("ann"), Result.DONE, refused).refused


def test_a_lost_answer_stays_in_doubt_until_a_reading_settles_it() -> None:
    doubt = fold(flip(), call(give("ann")), answer(Result.DOUBT))
    assert set(doubt.sent) == {"id"}
    one = ann(fold(answer(Result.DONE, settled=True), known=doubt))
    assert one is not None and one.state is ClaimState.OURS


def test_an_answer_to_nothing_that_was_sent_says_nothing() -> None:
    assert fold(answer(Result.DONE)).claims == {}


def test_a_seat_that_a_task_brought_is_made_by_us_and_one_that_was_there_is_found() -> None:
    handed, there = claim(ClaimState.NONE, made=Made.UNKNOWN, handed=NOW), claim(ClaimState.NONE, made=Made.UNKNOWN)
    after = [claims.settled(one, "adopt") for one in (handed, there)]
    assert [(one.made, one.handed) for one in after if one] == [(Made.US, None), (Made.FOUND, None)]


def test_a_task_that_was_handed_over_is_waited_for() -> None:
    known = state(figma={"ann": claim()}, slack={})
    found = sent(swap("ann", "figma", "slack"), Result.HANDED_OVER, known)
    assert [one and one.handed for one in (ann(found), ann(found, "slack"))] == [NOW, NOW]
    assert not found.sent


def test_what_was_done_counts_for_a_day() -> None:
    found = fold(call(swap("ann", "figma", "slack"), Lane.LEAVERS, downgrade=True), answer(Result.DONE))
    assert [(d.verb, d.license, d.lane, d.downgrade) for d in found.lately(NOW)] == [
        (Verb.SWAP, "figma", Lane.LEAVERS, True),
        (Verb.ASSIGN, "slack", Lane.LEAVERS, False),
    ]
    assert len(found.lately(NOW + DAY - timedelta(seconds=1))) == 2
    assert not found.lately(NOW + DAY)
    assert found.acted == {"figma": {"ann": NOW}, "slack": {"ann": NOW}}


def test_what_a_changeset_did_can_be_taken_back_and_what_no_changeset_did_cannot() -> None:
    found = fold(call(give("ann")), answer(Result.DONE))
    assert found.changed == {COMMIT: {"id": give("ann")}}
    assert not fold(call(give("ann", cause=because(CauseKind.RULE))), answer(Result.DONE)).changed


# what an abort takes back


def undo(result: Result, reason: str = "") -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    back = records.intent([("back", give("ann").reverse(), False)], Lane.REVERSE, "c0ffee", records.TAKEN_BACK)
    return back, records.outcome([("back", Outcome(give("ann").reverse(), result, "", reason))])


def carried() -> State:
    """Ann's seat was asked, and given by the rollout."""
    id = records.change_id(give("ann"), "c0ffee")
    call = records.intent([(id, give("ann"), False)], Lane.COMMIT, "c0ffee", "pilot", "gives")
    done = records.outcome([(id, Outcome(give("ann"), Result.DONE, "h-ann"))])
    return fold(records.rollout(ROLLOUT), flip(), call, done)


def test_what_a_rollout_did_is_kept_with_the_claim_of_before() -> None:
    (did,) = carried().did["c0ffee"].values()
    ((license, earlier),) = did.earlier
    assert (did.change, license, earlier and earlier.state) == (give("ann"), "figma", ClaimState.NONE)


def test_what_is_taken_back_leaves_the_claim_of_before_and_nothing_pending() -> None:
    found = fold(*undo(Result.DONE), known=carried())
    one = found.claims["figma"]["ann"]
    assert (one.asked, one.state, one.pending, one.holder) == (True, ClaimState.NONE, None, "h-ann")
    assert (found.did, found.changed) == ({"c0ffee": {}}, {COMMIT: {}})


@pytest.mark.parametrize(
    ("result", "reason", "left"),
    [
        (Result.REFUSED, "no", "no"),
        (Result.REFUSED, "", "the vendor refused to take it back"),
        (Result.CONFLICT, "else", "else"),
        (Result.FAILED, "down", ""),
    ],
)
def test_what_the_vendor_will_not_take_back_is_left_with_the_reason_and_tried_anew_after_a_retry(
    result: Result, reason: str, left: str
) -> None:
    found = fold(*undo(result, reason), known=carried())
    assert [did.left for did in found.did["c0ffee"].values()] == [left]
    again = fold({"type": "obeyed", "control": 1, "verb": "retry", "rollout": "c0ffee", "reason": ""}, known=found)
    assert [did.left for did in again.did["c0ffee"].values()] == [""]


def test_a_retry_is_a_person_who_has_looked_at_what_was_left_after_a_lost_answer() -> None:
    back, lost = undo(Result.CONFLICT, "nothing happened")
    known = fold(back, {**lost, "outcomes": [{**lost["outcomes"][0], "settled": True}]}, known=carried())
    assert known.stuck == {"figma": {"ann": "nothing happened"}}
    again = fold({"type": "obeyed", "control": 1, "verb": "retry", "rollout": "c0ffee", "reason": ""}, known=known)
    assert again.stuck == {"figma": {}}


@pytest.mark.parametrize("result", [Result.DONE, Result.REFUSED])
def test_taking_back_what_no_rollout_did_leaves_nothing_behind(result: Result) -> None:
    assert not any(fold(*undo(result)).did.values())


# names, rollouts, the rest


def test_claims_follow_a_person_whose_id_changed_and_what_is_known_of_the_new_one_wins() -> None:
    old, new = claim(holder="h-1"), claim(holder="h-2")
    known = state(figma={"ann.old": old, "bo": new}, slack={"ann.old": old, "ann": new})
    found = fold({"type": "renamed", "who": {"ann.old": "ann"}}, known=known)
    assert found.claims == {"figma": {"ann": old, "bo": new}, "slack": {"ann": new}}


def test_whatever_is_known_follows_a_person_whose_id_changed() -> None:
    change = give("ann.old")
    known = state(figma={"ann.old": claim()})
    known.changed = {COMMIT: {"1": change}}
    known.did = {"c0ffee": {"1": Did(change, ())}}
    known.acted, known.stuck = {"figma": {"ann.old": NOW}}, {"figma": {"ann.old": "lost", "bo": "lost"}}
    items = tuple(Item(who, "figma", True, Kind.GIVES, "all") for who in ("ann.old", "bo"))
    seats = (("ann.old", "figma"), ("bo", "figma"))
    stages = (Stage(Kind.GIVES, "all", ("ann.old", "bo")),)
    known.rollouts = {"c0ffee": Rollout("c0ffee", "figma", COMMIT, "t", items, stages, NOW, wrong=seats, aside=seats)}

    found = fold({"type": "renamed", "who": {"ann.old": "ann"}}, known=known)

    said = repr((found.changed, found.did, found.acted, found.stuck, found.rollouts))
    assert ("ann.old" in said, "bo" in said) == (False, True)
    assert found.rollouts["c0ffee"].stages[0].people == ("ann", "bo")


def test_a_rollout_comes_as_far_as_its_records_say() -> None:
    gone = replace(ROLLOUT, state=RolloutState.CLOSED, why="done")
    stage = replace(ROLLOUT.stages[0], state=StageState.SOAKING, written=NOW)
    opened = fold(records.rollout(ROLLOUT), {"type": "snapshot", "rollout": "c0ffee", "sha256": "ab"})
    found = fold(records.stage("c0ffee", stage), known=opened).rollouts["c0ffee"]
    assert found.stages == (stage, *ROLLOUT.stages[1:])
    assert (found.snapshot, found.ended) == ("ab", None)
    again = fold(records.stage("c0ffee", ROLLOUT.stages[0]), known=opened)
    assert again.rollouts["c0ffee"].stages == ROLLOUT.stages
    assert [r.id for r in opened.open_rollouts()] == ["c0ffee"]
    halted = fold(records.state(replace(ROLLOUT, state=RolloutState.HALTED, why="2 seats")), known=opened)
    assert (halted.rollouts["c0ffee"].why, halted.rollouts["c0ffee"].ended) == ("2 seats", None)
    closed = fold(records.state(gone), known=opened)
    assert (closed.rollouts["c0ffee"].ended, closed.open_rollouts()) == (NOW, ())


def test_records_of_a_later_version_are_passed_over() -> None:
    found = fold({"type": "resolved", "commit": "c1"}, {"type": "weather", "rain": True})
    assert (found.commit, found.at, found.claims) == ("c1", NOW, {})


CHANGES = [give("ann"), take("ann"), give("bo"), swap("ann", "figma", "slack")]
RECORDS = st.one_of(
    st.builds(
        flip, st.sampled_from(["ann", "bo"]), st.sampled_from([ASK, UNASK, Flip(False, calls_off=True), Flip(True)])
    ),
    st.builds(settle, st.sampled_from(["adopt", "verify", "miss", "forget"]), st.sampled_from(["ann", "bo"])),
    st.builds(call, st.sampled_from(CHANGES)),
    st.builds(answer, st.sampled_from(Result)),
    st.just({"type": "renamed", "who": {"ann": "bo"}}),
    st.sampled_from([records.rollout(ROLLOUT), {"type": "resolved", "commit": "c1"}]),
)


@given(st.lists(RECORDS, max_size=12), st.integers(0, 12))
def test_a_fold_of_a_prefix_and_then_the_rest_is_the_fold_of_the_whole(written: list[dict[str, Any]], cut: int) -> None:
    dated = [at(record, NOW + DAY * day) for day, record in enumerate(written)]
    assert claims.fold(dated[cut:], claims.fold(dated[:cut])) == claims.fold(dated)


@given(st.lists(RECORDS, max_size=12))
def test_only_outcomes_and_readings_make_a_seat_ours(written: list[dict[str, Any]]) -> None:
    flips = [at(record) for record in written if record["type"] in ("asked", "intent", "renamed")]
    assert all(c.state is ClaimState.NONE for of in claims.fold(flips).claims.values() for c in of.values())


# what waits for a person

LOST = (call(give("ann")), answer(Result.CONFLICT, reason="the answer was lost", settled=True))


def test_a_lost_call_that_a_reading_contradicts_waits_for_a_person_at_every_seat_that_it_meant() -> None:
    one = call(swap("ann", "figma", "slack")), LOST[1]
    assert fold(*one).stuck == {"figma": {"ann": "the answer was lost"}, "slack": {"ann": "the answer was lost"}}
    assert fold(call(give("ann")), answer(Result.CONFLICT, reason="somebody was first")).stuck == {}


@pytest.mark.parametrize(
    ("later", "waits"),
    [
        (flip(), False),
        (flip(one=Flip(False, calls_off=True)), False),
        (settle("adopt"), False),
        (flip(one=structs.replace(ASK, cause=None)), True),
        (flip("bo"), True),
        (settle("adopt", "bo"), True),
    ],
)
def test_it_waits_until_the_seat_is_asked_anew_or_a_reading_has_shown_how_it_stands(later: Any, waits: bool) -> None:
    found = fold(call(swap("ann", "figma", "slack")), LOST[1], later)
    assert [bool(found.stuck[license]) for license in ("figma", "slack")] == [waits, waits]


def test_what_waits_for_a_person_follows_whoever_gets_another_id() -> None:
    other = records.intent([("two", give("cy"), False)], Lane.COMMIT, "", "")
    lost = records.outcome([("two", Outcome(give("cy"), Result.CONFLICT, reason="lost too"))], settled=True)
    found = fold(*LOST, other, lost, {"type": "renamed", "who": {"ann": "ann.b"}})
    assert found.stuck == {"figma": {"ann.b": "the answer was lost", "cy": "lost too"}}


# where a journal begins anew


def test_after_a_recovery_nothing_is_known_but_what_it_says() -> None:
    found = fold(flip(), settle("adopt"), *LOST, {"type": "recovered", "n": 9})
    assert found == State(at=NOW, n=9)
    assert list(fold({"type": "recovered"}, flip("bo"), known=found).claims["figma"]) == ["bo"]


def test_a_recovery_does_not_set_going_what_a_person_stopped() -> None:
    word = {"type": "obeyed", "control": 3, "verb": "halt", "rollout": "", "reason": "wait"}
    found = fold(word, {"type": "recovered", "n": 9})
    assert (found.obeyed, found.stopped) == (3, "wait")


def test_a_checkpoint_is_read_in_place_of_all_that_lies_before_it() -> None:
    before = [at(flip()), at(settle("adopt"), NOW), at(records.rollout(ROLLOUT)), *map(at, LOST)]
    whole = claims.fold(before)
    held = at({**claims.checkpointed(before, NOW), "n": 6})
    assert claims.fold([held]) == claims.fold([*before, held]) == replace(whole, n=6)


def test_a_snapshot_that_somebody_took_belongs_to_no_rollout() -> None:
    by_hand = {"type": "snapshot", "rollout": "", "sha256": "sha256:1", "by": "ann"}
    assert fold(records.rollout(ROLLOUT), by_hand).rollouts == {"c0ffee": ROLLOUT}
