"""Calls whose answer was lost + what the vendor shows → what became of them, and the state in which that is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.core.builders import (
    NOW,
    claim,
    claims,
    give,
    license,
    reading,
    seat,
    seats,
    situation,
    state,
    swap,
    take,
    tree,
)

from seatwise.core import decide, doubts, records
from seatwise.core.claims import Sent
from seatwise.core.model import (
    Change,
    ClaimState,
    Grant,
    Lane,
    Made,
    Options,
    Pending,
    Result,
    Seat,
    VendorInfo,
)

PRO: Options = (("plan", "pro"),)
PLAIN, SLOW = VendorInfo("Sandbox"), VendorInfo("Sandbox", settle_seconds=60)
ANN = seats("ann")
CHANGE = Change("figma", "ann", Grant("figma", "FIGMA"), Grant("figma", "FIGMA", PRO))
BACK = Change("figma", "ann", Grant("figma", "FIGMA", PRO), Grant("figma", "FIGMA", (("plan", "basic"),)))


def sent(change: Change) -> Sent:
    return Sent("id", change, Lane.COMMIT, "c0ffee", "pilot", NOW)


@pytest.mark.parametrize(
    ("change", "held", "expected"),
    [
        (give("ann"), {"figma": ANN}, (Result.DONE, "h-ann")),
        (give("ann"), {}, (Result.FAILED, "")),
        (give("ann"), {"figma": {"ann": seat("ann", pending=Pending.CANCELLED)}}, (Result.FAILED, "")),
        (take("ann"), {}, (Result.DONE, "")),
        (take("ann"), {"figma": {"ann": seat("ann", pending=Pending.CANCELLED)}}, (Result.DONE, "")),
        (take("ann"), {"figma": ANN}, (Result.FAILED, "")),
        (swap("ann", "e3", "e5"), {"e5": ANN}, (Result.DONE, "h-ann")),
        (swap("ann", "e3", "e5"), {"e3": ANN}, (Result.FAILED, "")),
        (swap("ann", "e3", "e5"), {"e3": ANN, "e5": ANN}, (Result.CONFLICT, "")),
        (swap("ann", "e3", "e5"), {}, (Result.FAILED, "")),
        (CHANGE, {"figma": {"ann": seat("ann", options=PRO)}}, (Result.DONE, "h-ann")),
        (CHANGE, {"figma": ANN}, (Result.FAILED, "")),
        (BACK, {"figma": {"ann": seat("ann", options=PRO)}}, (Result.FAILED, "")),
        (BACK, {"figma": ANN}, (Result.CONFLICT, "")),
        (BACK, {}, (Result.CONFLICT, "")),
    ],
)
def test_a_lost_answer_is_settled_by_what_the_vendor_shows(
    change: Change, held: Mapping[str, Mapping[str, Seat]], expected: tuple[Result, str]
) -> None:
    there = {license: held.get(license, {}) for license in change.licenses}
    ((id, outcome),) = doubts.settled([sent(change)], there, PLAIN, NOW)
    assert (id, outcome.change) == ("id", change)
    assert (outcome.result, outcome.holder) == expected


def test_a_lost_answer_is_settled_only_when_the_vendor_has_had_time_to_show_it() -> None:
    doubt = [sent(give("ann"))]
    assert not list(doubts.settled(doubt, {"figma": {}}, SLOW, NOW + timedelta(seconds=59)))
    assert list(doubts.settled(doubt, {"figma": {}}, SLOW, NOW + timedelta(seconds=60)))


def test_what_was_done_is_known_as_soon_as_it_is_shown() -> None:
    ((_, outcome),) = doubts.settled([sent(give("ann"))], {"figma": ANN}, SLOW, NOW)
    assert outcome.result is Result.DONE


def test_what_did_not_happen_is_a_conflict_where_the_vendor_may_not_be_asked_twice() -> None:
    ((_, outcome),) = doubts.settled([sent(give("ann"))], {"figma": {}}, VendorInfo("Once", idempotent=False), NOW)
    assert outcome.result is Result.CONFLICT and "Once may not be asked twice" in outcome.reason


@pytest.mark.parametrize(
    ("info", "stage"),
    [
        (VendorInfo("Once", idempotent=False), "pilot"),
        (VendorInfo("Atomic", atomic_swap=True), "pilot"),
        (PLAIN, records.TAKEN_BACK),
    ],
)
def test_a_swap_of_which_neither_seat_is_there_is_a_conflict_where_it_must_not_be_finished(
    info: VendorInfo, stage: str
) -> None:
    doubt = replace(sent(swap("ann", "e3", "e5")), stage=stage)
    ((_, outcome),) = doubts.settled([doubt], {"e3": {}, "e5": {}}, info, NOW)
    assert outcome.result is Result.CONFLICT


def test_a_lost_answer_of_a_license_that_is_not_read_stays_in_doubt() -> None:
    assert not list(doubts.settled([sent(give("ann", "gone"))], {"figma": ANN}, PLAIN, NOW))


def test_the_state_in_which_doubts_are_settled_is_another_one() -> None:
    before = state(figma=claims("ann", state=ClaimState.NONE))
    before.sent["id"] = sent(give("ann"))
    ((_, outcome),) = told = list(doubts.settled(before.sent.values(), {"figma": ANN}, PLAIN, NOW))
    after = doubts.known(before, told, NOW)
    assert (outcome.result, after.sent, after.done[0].who) == (Result.DONE, {}, "ann")
    assert after.of("figma")["ann"] == claim(made=Made.UNKNOWN, holder="h-ann", verified=False)
    assert (before.of("figma")["ann"].state, list(before.sent), before.done) == (ClaimState.NONE, ["id"], [])
    assert (before.acted, before.stuck) == ({}, {})


def test_a_conflict_that_a_reading_shows_is_stuck_in_that_state_only() -> None:
    before = state(figma=claims("ann", state=ClaimState.NONE))
    before.sent["id"], before.stuck["figma"] = sent(BACK), {"bo": "the answer was lost"}
    told = list(doubts.settled(before.sent.values(), {"figma": ANN}, PLAIN, NOW))
    assert list(doubts.known(before, told, NOW).stuck["figma"]) == ["bo", "ann"]
    assert list(before.stuck["figma"]) == ["bo"]


def test_what_is_still_in_doubt_is_said_with_the_time_from_which_a_run_knows() -> None:
    slow, asks = reading(info=VendorInfo("Sandbox", settle_seconds=600)), tree(license(people=["ann"]))
    known = state(figma=claims("ann", state=ClaimState.NONE))
    known.sent["id"] = sent(give("ann"))
    found = decide.account("figma", situation(asks, reading=slow, state=known))
    assert [(f.rule, f.license, f.person) for f in found.findings] == [("in-doubt", "figma", "ann")]
    assert found.findings[0].fix == "nothing: from 24 Nov 09:10 UTC on the next run sees what became of it"
    assert (found.doubts, found.changes) == ((), ())
