"""What differs at a vendor without a cause, by license; since when, by earlier snapshots; and the rows for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.core.builders import (
    COMMIT,
    DAY,
    MOMENT,
    NOW,
    PLACE,
    license,
    people,
    person,
    rule,
    seat,
    team,
    tree,
    where,
)

from seatwise.core import causes, corrections, drift
from seatwise.core.causes import Link
from seatwise.core.corrections import Books, Why
from seatwise.core.drift import Drifted, Past, Scope
from seatwise.core.model import CauseKind, Changeset, Claim, ClaimState, DriftKind, Pending, Reassert
from seatwise.core.resolve import Ask, Resolved

GOLD = (("role", "gold"),)
ADDED, REMOVED, CHANGED = DriftKind.ADDED, DriftKind.REMOVED, DriftKind.CHANGED


def drifted(kind: DriftKind, who: str = "ann", **fields: Any) -> Drifted:
    return Drifted(kind, "figma-full", who, "", who, holder=f"h-{who}", **fields)


def dated(one: Drifted, *shown: Any) -> tuple[Any, Any]:
    """Since and after, in days ago, by snapshots of yesterday, the day before, and so on."""
    past = [Past(NOW - days * DAY, of) for days, of in enumerate(shown, 1)]
    found = drift.dated(Scope("figma", "figma-full", "f", seats=(one,)), "full", past).seats[0]
    return tuple(at and (NOW - at) // timedelta(days=1) for at in (found.since, found.after))  # type: ignore[return-value]


ANN = {"full": (seat("ann", holder="h-ann"),)}
GOLDEN = {"full": (seat("ann", holder="h-ann", options=GOLD),)}
ENDING = {"full": (seat("ann", holder="h-ann", pending=Pending.CANCELLED),)}
NOBODY: dict[str, Any] = {"full": ()}


@pytest.mark.parametrize(("one", "shown", "since_after"), [
    (drifted(ADDED), (ANN, ANN, NOBODY, ANN), (2, 3)),
    (drifted(ADDED), (NOBODY,), (None, 1)),
    (drifted(ADDED), (ANN, ENDING), (1, 2)),
    (drifted(ADDED), (ANN,), (1, None)),
    (drifted(ADDED), (ANN, {}, NOBODY), (1, None)),
    (drifted(REMOVED), (NOBODY, ENDING, ANN), (2, 3)),
    (drifted(REMOVED), (ANN,), (None, 1)),
    (drifted(CHANGED, options=GOLD), (GOLDEN, ANN), (1, 2)),
    (drifted(CHANGED, options=GOLD), (NOBODY,), (None, 1)),
    (drifted(ADDED), (), (None, None)),
])  # fmt: skip
def test_earlier_snapshots_tell_since_when(one: Drifted, shown: Any, since_after: Any) -> None:
    assert dated(one, *shown) == since_after


def test_who_has_no_holder_id_is_known_by_the_login() -> None:
    one = Drifted(ADDED, "figma-full", "ann", "", "Ann")
    assert dated(one, ANN, NOBODY) == (1, 2)


# which row is a cause


def flips(before: Resolved, after: Resolved, claims: dict[str, Claim]) -> dict[str, Any]:
    return causes.flips(claims, before, [Link(Changeset(COMMIT, ""), after)], people("ann", "bo"), MOMENT)


def resolved(*rows: Reassert, asked: str = "") -> Resolved:
    asks = {who: Ask("user:", False, "team", PLACE) for who in asked.split()}
    return Resolved(asks, reassert={row.person: row for row in rows})


OURS = Claim(asked=True, state=ClaimState.OURS, row="user:", commit=COMMIT)
OLD, NEW = Reassert("ann", "2026-11-01T00:00:00Z"), Reassert("bo", "2026-11-24T00:00:00Z", "no")


def test_only_a_new_row_of_reassert_is_a_cause() -> None:
    found = flips(resolved(OLD, asked="ann bo"), resolved(OLD, NEW, asked="ann bo"), {"ann": OURS, "bo": OURS})
    assert {who: (flip.cause.kind, flip.asked, flip.cause.why) for who, flip in found.items()} == {
        "bo": (CauseKind.REASSERT, True, "no")
    }


def test_a_row_of_reassert_for_a_seat_that_nothing_asks_takes_it() -> None:
    found = flips(resolved(), resolved(NEW), {})
    assert (found["bo"].asked, found["bo"].cause.kind) == (False, CauseKind.REASSERT)


def test_whoever_is_un_asked_anyway_goes_for_that() -> None:
    left = Resolved({}, {"bo": "leaver"}, reassert={})
    found = flips(left, Resolved({}, {"bo": "leaver"}, reassert={"bo": NEW}), {"bo": OURS})
    assert found["bo"].cause.kind is CauseKind.LEAVER


def test_rows_of_reassert_say_nothing_where_a_license_begins_to_be_managed() -> None:
    assert flips(Resolved(), resolved(NEW), {}) == {}


# what is written


def books(*assignments: Any, **fields: Any) -> Books:
    own = license("figma-full", assignments=assignments, **fields)
    return Books(tree(own), people("ann", "bo"), MOMENT)


WHY = Why("meant so", "IT-1")


@pytest.mark.parametrize(("one", "where_it_is", "said"), [
    (drifted(ADDED, "?h-1"), books(), "nobody in HR is ?h-1"),
    (drifted(ADDED, "cy"), books(), "nobody in HR is 'cy'"),
    (drifted(ADDED), books(options=GOLD), "has no options there"),
    (drifted(CHANGED), books(team("ann")), "has no options there"),
    (drifted(CHANGED, options=GOLD), books(team("bo"), options=GOLD), ""),
    (drifted(CHANGED, options=GOLD), books(team("ann")), ""),
    (drifted(REMOVED), books(team("ann")), ""),
    (drifted(REMOVED, "cy"), books(), "nobody in HR is 'cy'"),
])  # fmt: skip
def test_what_no_row_can_do_is_left_and_said(one: Drifted, where_it_is: Books, said: str) -> None:
    made = corrections.accepted([one], WHY, where_it_is)
    assert (made.of == (one,)) is (said == "") and all(said in why for why in made.stays)
    assert bool(made.stays) is bool(said)


def test_rows_of_several_seats_of_a_list_are_one_edit() -> None:
    seats = (drifted(CHANGED, options=GOLD), drifted(REMOVED, "bo"))
    made = corrections.accepted(seats, WHY, books(team("ann", "bo")))
    ((edit,),) = made.bulk.edits.values()
    assert (dict(edit.options), edit.remove) == ({"ann": GOLD}, {"bo"})
    (tally,) = made.bulk.tallies
    assert (tally.options, tally.takes, made.bulk.holders) == (("ann",), ("bo",), 2)


def test_a_row_asks_for_the_options_that_are_there_only_where_it_would_ask_for_others() -> None:
    for options, asked in ((GOLD, ()), ((("role", "basic"),), GOLD), ((), ())):
        made = corrections.accepted([drifted(ADDED, options=GOLD)], WHY, books(options=options))
        ((edit,),) = made.bulk.edits.values()
        assert edit.add["ann"].options == asked


def test_whom_a_rule_gives_the_seat_is_excluded_or_asked_for_other_options_by_a_row() -> None:
    given = Books(
        tree(license("figma-full", assignments=[rule(where(department="Design"))], options=(("role", "basic"),))),
        people(*(person(name, department="Design") for name in ("ann", "bo"))),
        MOMENT,
    )  # fmt: skip
    made = corrections.accepted([drifted(REMOVED), drifted(CHANGED, "bo", options=GOLD)], WHY, given)
    (tally,) = made.bulk.tallies
    assert (tally.nevers, tally.gives) == (("ann",), ("bo",))
    assert [edit.add["bo"].options for of in made.bulk.edits.values() for edit in of if "bo" in edit.add] == [GOLD]
