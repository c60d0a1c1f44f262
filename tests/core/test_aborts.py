"""Rollouts that are taken back → seats that nobody calls meanwhile, and the calls that take back what was done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs
from tests.core.builders import (
    CAUSE,
    COMMIT,
    DAY,
    NOW,
    TODAY,
    because,
    claim,
    give,
    license,
    people,
    person,
    seats,
    take,
)

from seatwise.core import aborts, diff, lifecycle, records
from seatwise.core.aborts import Back
from seatwise.core.claims import Did, Sent, State
from seatwise.core.model import (
    Cause,
    CauseKind,
    Change,
    Claim,
    Drift,
    DriftKind,
    Item,
    Kind,
    Lane,
    People,
    Rollout,
    RolloutState,
    Seat,
    Status,
)

LATER = Cause(CauseKind.COMMIT, "later")
ROLLOUT = Rollout(
    "c0ffee", "figma", COMMIT, "Atlas", (Item("ann", "figma", True, Kind.GIVES, "all"),), (), NOW,
    state=RolloutState.ABORTING, why="ada: wrong", on_main=("queued",),
)  # fmt: skip


def back(
    *did: Did,
    shown: dict[str, Seat] | None = None,
    known: dict[str, Claim] | None = None,
    who: People | None = None,
    **fields: Any,
) -> Back:
    state = replace(State(), did={"c0ffee": {records.change_id(one.change, "c0ffee"): one for one in did}})
    unsettled = fields.pop("unsettled", ())
    state.sent.update(fields.pop("sent", {}))
    compared = diff.compared(license(), {}, known or {}, shown or {}, unsettled)
    return Back({"figma": compared}, state, who or people("ann", "bo"), TODAY, frozenset(fields.pop("elsewhere", ())))


def did(change: Change, left: str = "") -> Did:
    return Did(change, (), left)


def calls(one: Back) -> list[tuple[str, str]]:
    return [(str(change.verb), change.who) for change in one.going(ROLLOUT)]


# what a release leaves


def test_drift_that_a_release_left_names_its_rollout_and_other_drift_keeps_its_words() -> None:
    claims = {"ann": structs.replace(claim(), commit=COMMIT), "bo": structs.replace(claim(), commit="later")}
    compared = {"figma": diff.compared(license(), {}, claims, {})}
    drift = tuple(Drift(DriftKind.REMOVED, "figma", who, "gone", "fix") for who in ("ann", "bo", "cy"))
    released = replace(ROLLOUT, state=RolloutState.CLOSED, why=lifecycle.RELEASED)
    ann, *others = aborts.left(drift, [released], compared)
    assert "figma of ann: rollout c0ffee was aborted and released" in ann.what
    assert ann.fix.startswith(f"seatwise rollback {COMMIT[:12]}")
    assert tuple(others) == drift[1:]
    assert aborts.left(drift, [ROLLOUT], compared) == drift


# what is held


@pytest.mark.parametrize(
    ("cause", "goes"),
    [
        (CAUSE, False),
        (Cause(CauseKind.COMMIT, "queued"), False),
        (because(CauseKind.RULE), False),
        (LATER, True),
        (because(CauseKind.LEAVER), True),
        (because(CauseKind.EXPIRY), True),
    ],
)
def test_only_leavers_expiries_and_what_landed_later_call_a_seat_that_is_held(cause: Cause, goes: bool) -> None:
    change = give("ann", cause=cause)
    going, _, holds = aborts.split([change, give("bo")], (), aborts.seats([ROLLOUT]), {})
    assert going == ((change, give("bo")) if goes else (give("bo"),))
    assert [(hold.rule, hold.who, hold.cause) for hold in holds] == ([] if goes else [("aborted", "ann", cause)])


def test_drift_of_a_held_seat_is_a_hold_unless_a_later_changeset_asks_it() -> None:
    drift = [Drift(DriftKind.REMOVED, "figma", who, "w") for who in ("ann", "bo")]
    held = {("ann", "figma"): ROLLOUT, ("bo", "figma"): ROLLOUT}
    known = {"ann": claim(), "bo": claim(commit="later")}
    differences = {"figma": diff.compared(license(), {}, known, {})}
    _, shown, holds = aborts.split((), drift, held, differences)
    assert ([one.who for one in shown], [one.who for one in holds]) == (["bo"], ["ann"])


def test_a_rollout_that_goes_on_holds_nothing() -> None:
    assert aborts.seats([replace(ROLLOUT, state=RolloutState.OPEN)]) == {}


# what is taken back


def test_what_stands_as_it_was_made_is_taken_back_newest_first() -> None:
    assert calls(back(did(give("ann")), did(give("bo")), shown=seats("ann", "bo"))) == [
        ("revoke", "bo"),
        ("revoke", "ann"),
    ]


def test_what_somebody_took_away_since_or_the_vendor_will_not_take_back_is_left() -> None:
    assert calls(back(did(give("ann")))) == []
    refused = back(did(give("ann"), "not now"), shown=seats("ann"))
    assert (calls(refused), refused.unfinished(ROLLOUT)) == ([], False)


def test_a_seat_that_others_are_about_to_call_is_theirs() -> None:
    assert calls(back(did(give("ann")), shown=seats("ann"), elsewhere=[("ann", "figma")])) == []


@pytest.mark.parametrize(
    ("asker", "expected"), [("later", []), (COMMIT, [("revoke", "ann")]), ("", [("revoke", "ann")])]
)
def test_what_a_later_changeset_wants_just_so_is_left(asker: str, expected: list[tuple[str, str]]) -> None:
    known = {"ann": claim(commit=asker)}
    assert calls(back(did(give("ann")), shown=seats("ann"), known=known)) == expected


def test_nothing_is_given_back_to_who_has_left() -> None:
    left = person("ann", status=Status.LEFT)
    gone = person("ann", last_day=TODAY - DAY)
    assert calls(back(did(take("ann")))) == [("assign", "ann")]
    assert [calls(back(did(take("ann")), who=people(one))) for one in (left, gone)] == [[], []]
    assert calls(back(did(give("ann")), shown=seats("ann"), who=people(left))) == [("revoke", "ann")]


def test_what_a_reading_can_not_tell_yet_waits_and_is_not_over() -> None:
    unsure = back(did(give("ann")), shown=seats("ann"), unsettled=["ann"])
    assert (calls(unsure), unsure.unfinished(ROLLOUT)) == ([], True)
    doubt = Sent("id", give("ann"), Lane.COMMIT, "c0ffee", "all", NOW)
    assert back(sent={"id": doubt}).unfinished(ROLLOUT)
    assert not back(sent={"id": replace(doubt, rollout="beef")}).unfinished(ROLLOUT)


def test_a_call_is_addressed_as_the_vendor_shows_the_seat_now() -> None:
    shown = {"ann": Seat("h-new", "ann.new")}
    (change,) = back(did(give("ann", holder="h-old", login="ann.old")), shown=shown).going(ROLLOUT)
    assert (change.holder, change.login, change.cause.kind) == ("h-new", "ann.new", CauseKind.REVERSE)
    (again,) = back(did(take("ann", holder="h-old", login="ann")), known={"ann": claim(holder="h-1")}).going(ROLLOUT)
    assert (again.holder, again.login) == ("h-1", "ann")
