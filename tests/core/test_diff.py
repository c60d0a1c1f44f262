"""The table: asks + claims + what one vendor shows → settled, changes, drift, unlisted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from tests.core.builders import CAUSE, DAY, MOMENT, NOW, PLACE, because, claim, license, people, person, seat, seats

from seatwise.core import claims as folding
from seatwise.core import diff, family
from seatwise.core.diff import Difference, Enforcement, Want
from seatwise.core.model import (
    CauseKind,
    Claim,
    ClaimState,
    DriftKind,
    License,
    Made,
    Mode,
    Options,
    Origin,
    Pending,
    Seat,
    Status,
    Unlisted,
    Verb,
)
from seatwise.core.records import Flip
from seatwise.core.resolve import Ask

PRO: Options = (("plan", "pro"),)
BASIC: Options = (("plan", "basic"),)
ASK = Ask("user:", False, "designers", PLACE)
MISSING, NONE, OURS = ClaimState.MISSING, ClaimState.NONE, ClaimState.OURS


def compared(
    asked: Collection[str] | Mapping[str, Ask] = (),
    known: Mapping[str, Claim] | None = None,
    held: Mapping[str, Seat] | None = None,
    one: License | None = None,
    unsettled: Collection[str] = frozenset(),
) -> Difference:
    asks = asked if isinstance(asked, Mapping) else dict.fromkeys(asked, ASK)
    return diff.compared(one or license(), asks, known or {}, held or {}, unsettled)


def said(difference: Difference) -> dict[str, Any]:
    """What was found, of whatever there is."""
    found = {
        "settled": [(s.who, s.how) for s in difference.settled],
        "gives": list(difference.gives),
        "takes": list(difference.takes),
        "changes": list(difference.changes),
        "lacking": list(difference.lacking),
        "drift": [(d.who, d.kind) for d in difference.drift],
        "unlisted": [u.who for u in difference.unlisted],
    }
    return {name: what for name, what in found.items() if what}


ANN, HELD = ["ann"], seats("ann")
NOTHING: dict[str, Any] = {}
UNASKED = {"asked": False}


@pytest.mark.parametrize(
    ("asked", "known", "held", "expected"),
    [
        (ANN, claim(OURS), HELD, NOTHING),
        (ANN, claim(OURS), {}, {"settled": [("ann", "miss")], "drift": [("ann", DriftKind.REMOVED)]}),
        (ANN, claim(NONE), HELD, {"settled": [("ann", "adopt")]}),
        (ANN, claim(NONE, pending=CAUSE), HELD, {"settled": [("ann", "adopt")]}),
        (ANN, None, HELD, {"settled": [("ann", "adopt")]}),
        (ANN, claim(MISSING), HELD, {"settled": [("ann", "adopt")]}),
        (ANN, claim(NONE, pending=CAUSE), {}, {"gives": ANN}),
        (ANN, claim(NONE), {}, {"lacking": ANN}),
        (ANN, claim(MISSING), {}, {"drift": [("ann", DriftKind.REMOVED)]}),
        ([], claim(OURS, pending=CAUSE, **UNASKED), HELD, {"takes": ANN}),
        ([], claim(OURS, **UNASKED), HELD, {"drift": [("ann", DriftKind.ADDED)]}),
        ([], claim(OURS, pending=CAUSE, **UNASKED), {}, {"settled": [("ann", "forget")]}),
        ([], claim(MISSING, pending=CAUSE, **UNASKED), {}, {"settled": [("ann", "forget")]}),
        ([], claim(MISSING, **UNASKED), HELD, {"settled": [("ann", "forget")], "unlisted": ANN}),
        ([], claim(NONE, **UNASKED), HELD, {"unlisted": ANN}),
        ([], None, HELD, {"unlisted": ANN}),
        ([], None, {}, NOTHING),
    ],
)
def test_the_table(asked: list[str], known: Claim | None, held: dict[str, Seat], expected: dict[str, Any]) -> None:
    assert said(compared(asked, {"ann": known} if known else {}, held)) == expected


def test_a_give_keeps_its_cause_and_the_options_of_its_row_or_else_of_the_license() -> None:
    known = {"ann": claim(NONE, pending=CAUSE), "bo": claim(NONE, pending=CAUSE)}
    asks = {"ann": replace(ASK, options=PRO), "bo": ASK}
    assert compared(asks, known, one=license(options=BASIC)).gives == {
        "ann": Want("figma", "ann", CAUSE, None, PRO),
        "bo": Want("figma", "bo", CAUSE, None, BASIC),
    }


@pytest.mark.parametrize("origin", [Origin.GROUP, Origin.AUTO])
def test_a_seat_by_group_or_auto_satisfies_the_ask_and_is_never_claimed(origin: Origin) -> None:
    held = {"ann": seat("ann", origin=origin)}
    assert said(compared(ANN, {"ann": claim(NONE, pending=CAUSE)}, held)) == {"settled": [("ann", "cover")]}
    assert said(compared(ANN, {"ann": claim()}, held)) == {"settled": [("ann", "cover")]}
    unasked = {"ann": claim(pending=CAUSE, asked=False)}
    assert said(compared([], unasked, held)) == {"settled": [("ann", "forget")]}


def test_a_seat_that_is_ending_counts_as_gone_and_one_that_is_invited_as_there() -> None:
    ending, invited = ({"ann": seat("ann", pending=p)} for p in (Pending.CANCELLED, Pending.INVITED))
    assert said(compared(ANN, {"ann": claim(NONE, pending=CAUSE)}, ending)) == {"gives": ANN}
    assert said(compared([], {"ann": claim(asked=False, pending=CAUSE)}, ending)) == {"settled": [("ann", "forget")]}
    assert not said(compared([], {}, ending))
    assert said(compared(ANN, {}, invited)) == {"settled": [("ann", "adopt")]}


def test_the_give_of_a_seat_that_is_ending_knows_it() -> None:
    ending = seat("ann", pending=Pending.CANCELLED)
    assert compared(ANN, {"ann": claim(NONE, pending=CAUSE)}, {"ann": ending}).gives["ann"].seat == ending


@pytest.mark.parametrize(
    ("kind", "made", "expected"),
    [
        (CauseKind.REVERSE, Made.FOUND, {"settled": [("ann", "forget")]}),
        (CauseKind.REVERSE, Made.US, {"takes": ANN}),
        (CauseKind.COMMIT, Made.FOUND, {"takes": ANN}),
    ],
)
def test_an_adopted_seat_whose_adoption_is_reverted_is_forgotten_without_a_call(
    kind: CauseKind, made: Made, expected: dict[str, Any]
) -> None:
    known = {"ann": claim(made=made, pending=because(kind), asked=False)}
    assert said(compared([], known, HELD)) == expected


# options


def test_options_that_differ_with_a_cause_are_changed_and_without_one_are_drift() -> None:
    asks, held = {"ann": replace(ASK, options=PRO)}, {"ann": seat("ann", options=BASIC)}
    changing = compared(asks, {"ann": claim(pending=CAUSE)}, held)
    assert said(changing) == {"changes": ANN}
    assert changing.changes["ann"] == Want("figma", "ann", CAUSE, held["ann"], PRO)
    drifting = compared(asks, {"ann": claim()}, held)
    assert said(drifting) == {"drift": [("ann", DriftKind.CHANGED)]}
    assert drifting.drift[0].what == "figma: ann has plan basic there, plan pro is asked"


def test_drift_of_options_is_said_in_words_also_where_there_are_none_or_many() -> None:
    asks = {"ann": replace(ASK, options=(("off", ("A", "B")),))}
    (found,) = compared(asks, {"ann": claim()}, HELD).drift
    assert found.what == "figma: ann has no options there, off A/B is asked"


def test_where_nothing_is_asked_of_options_any_will_do() -> None:
    held = {"ann": seat("ann", options=PRO)}
    assert not said(compared(ANN, {"ann": claim()}, held))
    assert said(compared(ANN, {"ann": claim()}, held, license(options=BASIC))) == {
        "drift": [("ann", DriftKind.CHANGED)]
    }


def test_a_found_seat_with_other_options_is_adopted_by_their_change_so_that_the_cause_is_not_lost() -> None:
    asks, held = {"ann": replace(ASK, options=PRO)}, {"ann": seat("ann", options=BASIC)}
    assert said(compared(asks, {"ann": claim(NONE, pending=CAUSE)}, held)) == {"changes": ANN}
    without = compared(asks, {"ann": claim(NONE)}, held)
    assert said(without) == {"settled": [("ann", "adopt")], "drift": [("ann", DriftKind.CHANGED)]}


@pytest.mark.parametrize("known", [claim(verified=False), claim(pending=CAUSE)])
def test_what_was_done_is_verified_once_a_reading_shows_it(known: Claim) -> None:
    assert said(compared(ANN, {"ann": known}, HELD)) == {"settled": [("ann", "verify")]}


# what is waited for


def test_a_task_that_was_handed_over_makes_nothing_missing() -> None:
    assert said(compared(ANN, {"ann": claim(handed=NOW)})) == {"lacking": ANN}


def test_nobody_is_judged_before_the_vendor_has_settled() -> None:
    known = {"ann": claim(), "bo": claim(asked=False, pending=CAUSE)}
    assert not said(compared(ANN, known, seats("cy", "bo"), unsettled={"ann", "bo", "cy"}))


@pytest.mark.parametrize("one", [license(mode=Mode.OBSERVE), license(retired=True)])
def test_a_license_that_is_observed_or_retired_forgets_without_a_call(one: License) -> None:
    known = {"ann": claim(), "bo": claim(MISSING), "cy": claim(NONE, pending=CAUSE)}
    assert said(compared(["ann", "cy"], known, seats("ann", "dee"), one)) == {
        "settled": [("ann", "forget"), ("bo", "forget")]
    }


def test_an_unlisted_seat_is_reported_as_the_vendor_shows_it() -> None:
    shown = {"?h-9": seat("stranger", origin=Origin.GROUP, last_used=date(2026, 11, 1))}
    assert compared(held=shown).unlisted == [Unlisted("figma", "?h-9", "stranger", "group", date(2026, 11, 1))]


# enforce


ENFORCED = license(mode=Mode.ENFORCE)


def enforced(held: Mapping[str, Seat], known: Mapping[str, Claim] | None = None, **fields: Any) -> Difference:
    difference = compared(held=held, known=known, one=ENFORCED)
    everybody = people("ann", person("away", status=Status.LEAVE)).persons
    diff.enforce(difference, Enforcement(**{"allowed": True, "people": everybody, **fields}), MOMENT)
    return difference


def test_an_unlisted_seat_is_taken_after_the_grace_from_the_first_run_that_saw_it() -> None:
    first = enforced(HELD)
    assert (first.seen, first.takes) == ({"ann": Flip(False, since=NOW)}, {})
    early = enforced(HELD, {"ann": Claim(since=NOW - timedelta(days=7) + timedelta(seconds=1))})
    assert (early.seen, early.takes) == ({}, {})
    late = enforced(HELD, {"ann": Claim(since=NOW - timedelta(days=7))})
    assert late.takes["ann"].cause.kind is CauseKind.UNLISTED
    assert late.takes["ann"].cause.why == "mode: enforce, and nothing asks for it since 17 Nov"
    assert late.takes["ann"].seat == HELD["ann"]


def test_enforce_takes_nothing_in_the_changeset_that_sets_it() -> None:
    assert not enforced(HELD, {"ann": Claim(since=NOW - 9 * DAY)}, allowed=False).takes


@pytest.mark.parametrize(
    "held",
    [
        {"ann": seat("ann", origin=Origin.GROUP)},
        {"ann": seat("ann", pending=Pending.INVITED)},
        {"away": seat("away")},
        {"?h-9": seat("stranger")},
    ],
)
def test_enforce_touches_only_direct_seats_of_known_active_people(held: dict[str, Seat]) -> None:
    found = enforced(held, {who: Claim(since=NOW - 9 * DAY) for who in held})
    assert (found.takes, found.seen) == ({}, {})


def test_a_seat_that_is_unlisted_no_more_starts_its_grace_anew() -> None:
    old = {"ann": Claim(since=NOW - 9 * DAY)}
    gone = compared(known=old, one=ENFORCED)
    diff.unseen(gone)
    assert gone.seen == {"ann": Flip(False)}
    for managed in (license(), license(mode=Mode.ENFORCE, retired=True)):
        still_there = compared(known=old, held=HELD, one=managed)
        diff.unseen(still_there)
        assert still_there.seen == {"ann": Flip(False)}


def test_the_grace_goes_on_while_the_seat_is_unlisted_and_movers_keep_their_date() -> None:
    difference = compared(["bo"], {"ann": Claim(since=NOW), "bo": claim(since=NOW), "cy": claim()}, HELD, ENFORCED)
    diff.unseen(difference)
    assert not difference.seen


def test_since_when_somebody_is_on_leave_is_no_note_on_a_seat() -> None:
    difference = compared(known={"ann": Claim(since=NOW)})
    diff.unseen(difference, {"ann"})
    assert not difference.seen


# law: doing the difference reaches the goal

NAMES = ["ann", "bo", "cy", "dee"]
CLAIMS = st.builds(
    claim, st.sampled_from(ClaimState), made=st.sampled_from(Made), options=st.just(()),
    pending=st.sampled_from([None, CAUSE, because(CauseKind.LEAVER), because(CauseKind.REVERSE)]),
    verified=st.booleans(), row=st.sampled_from(["user:", "rule::x"]),
)  # fmt: skip
SEATS = st.builds(
    Seat, st.just("h"), st.just("l"), st.sampled_from(Origin), options=st.sampled_from([(), PRO, BASIC]),
    pending=st.sampled_from(Pending),
)  # fmt: skip


def of(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(NAMES), values)


@given(st.sets(st.sampled_from(NAMES)), of(CLAIMS), of(SEATS), st.sampled_from([(), PRO]))
def test_doing_the_difference_leaves_nothing_to_do(
    asked: set[str], known: dict[str, Claim], held: dict[str, Seat], options: Options
) -> None:
    asks = dict.fromkeys(sorted(asked), replace(ASK, options=options))
    known = {who: structs.replace(one, asked=who in asked) for who, one in known.items()}
    first = compared(asks, known, held)
    merged = family.changes({"figma": first})
    after_claims, after_seats = _settled(known, first), dict(held)
    for change in merged.changes:
        for _, one in folding.moved(change, lambda _: after_claims, Made.US, "h"):
            after_claims.pop(change.who, None) if one is None else after_claims.update({change.who: one})
        after_seats.pop(change.who, None)
        if change.after is not None:
            after_seats[change.who] = Seat("h", "l", options=change.after.options)
    again = compared(asks, _settled(after_claims, compared(asks, after_claims, after_seats)), after_seats)
    assert not again.gives and not again.takes and not again.changes
    assert {s.how for s in again.settled} <= {"cover"}


def _settled(known: Mapping[str, Claim], difference: Difference) -> dict[str, Claim]:
    after = dict(known)
    for one in difference.settled:
        if one.how != "cover":
            found = folding.settled(after.get(one.who, Claim()), one.how)
            after.pop(one.who, None) if found is None else after.update({one.who: found})
    return after


@given(st.sets(st.sampled_from(NAMES)), of(CLAIMS), of(SEATS))
def test_only_our_direct_seats_are_ever_taken_and_only_with_a_cause(
    asked: set[str], known: dict[str, Claim], held: dict[str, Seat]
) -> None:
    known = {who: structs.replace(one, asked=who in asked) for who, one in known.items()}
    for change in family.changes({"figma": compared(sorted(asked), known, held)}).changes:
        assert known[change.who].pending == change.cause
        if change.verb is Verb.REVOKE:
            assert known[change.who].state is OURS and held[change.who].origin is Origin.DIRECT
            assert change.who not in asked
        else:
            assert change.who in asked
