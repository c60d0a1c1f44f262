"""Differences of one account's licenses → changes: one call for each person and seat, families swapped in one step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from msgspec import structs
from tests.core.builders import CAUSE, DAY, NOW, PLACE, because, claim, give, license, seat, seats, swap, take

from seatwise.core import diff, family
from seatwise.core.diff import Difference
from seatwise.core.family import Merged
from seatwise.core.model import (
    CauseKind,
    Change,
    Claim,
    ClaimState,
    Fate,
    Grant,
    License,
    Made,
    Options,
    Origin,
    Pending,
    Seat,
    Verb,
)
from seatwise.core.resolve import Ask

ASK = Ask("user:", False, "designers", PLACE)
PRO: Options = (("plan", "pro"),)
LATER = because(CauseKind.COMMIT, commit="later")
WAITS = claim(ClaimState.NONE, pending=CAUSE)
LET_GO = claim(asked=False, pending=LATER)


def member(id: str, rank: int, **fields: Any) -> License:
    return license(id, one_of="suite", rank=rank, **fields)


E3, E5 = member("e3", 30), member("e5", 50)


def difference(
    one: License,
    known: Mapping[str, Claim] | None = None,
    held: Mapping[str, Seat] | None = None,
    options: Options = (),
) -> Difference:
    """Whoever is asked by the claims is asked."""
    asked = {who: replace(ASK, options=options) for who, claim in (known or {}).items() if claim.asked}
    return diff.compared(one, asked, known or {}, held or {})


def merged(*differences: Difference) -> Merged:
    return family.changes({one.license.id: one for one in differences})


def verbs(found: Merged) -> list[tuple[Verb, str, tuple[str, ...]]]:
    return [(c.verb, c.who, c.licenses) for c in found.changes]


def test_licenses_of_no_family_are_given_taken_and_changed_each_for_itself() -> None:
    known = {"ann": WAITS, "bo": LET_GO, "cy": claim(pending=CAUSE)}
    held = {**seats("bo"), "cy": seat("cy", options=(("plan", "basic"),))}
    found = merged(difference(license(options=PRO), known, held))
    assert verbs(found) == [
        (Verb.ASSIGN, "ann", ("figma",)),
        (Verb.REVOKE, "bo", ("figma",)),
        (Verb.CHANGE, "cy", ("figma",)),
    ]
    given, taken, changed = found.changes
    assert (given.after, given.cause, given.holder) == (Grant("figma", "FIGMA", PRO), CAUSE, "")
    assert (taken.before, taken.holder, taken.login) == (Grant("figma", "FIGMA"), "h-bo", "bo")
    assert (changed.before, changed.after) == (
        Grant("figma", "FIGMA", (("plan", "basic"),)),
        Grant("figma", "FIGMA", PRO),
    )


def test_a_change_knows_when_the_seat_was_used_last() -> None:
    held = {"bo": seat("bo", last_used=date(2026, 11, 1))}
    assert merged(difference(license(), {"bo": LET_GO}, held)).changes[0].last_used == date(2026, 11, 1)


def test_a_seat_that_is_ending_is_given_back_to_its_holder_without_room() -> None:
    ending = {"ann": seat("ann", pending=Pending.CANCELLED)}
    (again,) = merged(difference(license(), {"ann": WAITS}, ending)).changes
    assert (again.verb, again.holder, again.needs_room) == (Verb.ASSIGN, "h-ann", False)
    (new,) = merged(difference(license(), {"ann": WAITS})).changes
    assert new.needs_room


def test_what_is_lacking_without_a_cause_is_drift() -> None:
    one = difference(license(), {"ann": claim(ClaimState.NONE)})
    assert not merged(one).changes
    assert [d.who for d in one.drift] == ["ann"]


def test_of_what_a_person_is_asked_the_highest_rank_is_wanted() -> None:
    found = merged(difference(E5, {"ann": WAITS}), difference(E3, {"ann": WAITS}))
    assert verbs(found) == [(Verb.ASSIGN, "ann", ("e5",))]


def test_a_lower_one_that_is_asked_and_not_there_is_no_drift() -> None:
    low = difference(E3, {"ann": claim(ClaimState.NONE)})
    assert verbs(merged(low, difference(E5, {"ann": claim()}, seats("ann")))) == []
    assert not low.drift


def test_a_lower_seat_of_ours_that_is_gone_is_no_drift_where_a_higher_one_is_asked() -> None:
    gone, lower = {"ann": claim(), "bo": claim()}, {"ann": claim()}
    e3, e5 = difference(E3, gone), difference(E5, lower, seats("ann"))
    merged(e3, e5)
    assert [(one.license, one.who) for one in (*e3.drift, *e5.drift)] == [("e3", "bo")]


def test_to_reach_a_higher_license_is_one_swap_of_the_seat_that_is_ours() -> None:
    low = difference(E3, {"ann": claim()}, {"ann": seat("ann", options=PRO)})
    (found,) = merged(low, difference(E5, {"ann": WAITS})).changes
    assert found == Change("figma", "ann", Grant("e3", "E3", PRO), Grant("e5", "E5"))
    assert (found.cause, found.holder) == (CAUSE, "h-ann")


def test_a_seat_that_this_reading_adopts_is_ours_already() -> None:
    found = merged(difference(E3, {"ann": WAITS}, seats("ann")), difference(E5, {"ann": WAITS}))
    assert verbs(found) == [(Verb.SWAP, "ann", ("e3", "e5"))]


def test_a_seat_that_was_found_and_is_let_go_by_a_revert_is_ours_no_more_and_is_not_swapped() -> None:
    reverted = structs.replace(LET_GO, made=Made.FOUND, pending=because(CauseKind.REVERSE, commit="later"))
    found = merged(difference(E3, {"ann": reverted}, seats("ann")), difference(E5, {"ann": WAITS}))
    assert verbs(found) == [(Verb.ASSIGN, "ann", ("e5",))]
    assert [f.rule for f in found.findings] == ["double-seat"]


def test_a_swap_stands_for_the_taking_of_the_old_seat() -> None:
    found = merged(
        difference(E3, {"ann": structs.replace(LET_GO, pending=CAUSE)}, seats("ann")), difference(E5, {"ann": WAITS})
    )
    assert verbs(found) == [(Verb.SWAP, "ann", ("e3", "e5"))]


def test_falling_back_to_a_lower_license_is_one_swap_by_the_cause_of_the_fall() -> None:
    stood_for = claim(ClaimState.NONE)
    found = merged(difference(E3, {"ann": stood_for}, options=PRO), difference(E5, {"ann": LET_GO}, seats("ann")))
    (change,) = found.changes
    assert change == Change("figma", "ann", Grant("e5", "E5"), Grant("e3", "E3", PRO))
    assert change.cause == LATER


@pytest.mark.parametrize(
    ("gave", "took", "expected"),
    [
        (NOW - DAY, NOW, LATER),
        (NOW, NOW - DAY, CAUSE),
        (NOW, NOW, CAUSE),
        (NOW - DAY, None, LATER),
        (None, NOW - DAY, CAUSE),
        (None, None, CAUSE),
    ],
)
def test_of_two_causes_of_a_swap_the_last_event_counts(gave: Any, took: Any, expected: Any) -> None:
    """A flip of this run has no time yet: it is the last."""
    low = difference(E3, {"ann": structs.replace(WAITS, asked_at=gave)})
    high = difference(E5, {"ann": structs.replace(LET_GO, asked_at=took)}, seats("ann"))
    (change,) = merged(low, high).changes
    assert (change.verb, change.cause) == (Verb.SWAP, expected)


def test_a_lower_seat_that_is_asked_on_is_swapped_by_the_cause_of_the_give_whenever_it_was_asked_last() -> None:
    low = difference(E3, {"ann": claim(asked_at=NOW)}, seats("ann"))
    high = difference(E5, {"ann": structs.replace(WAITS, asked_at=NOW - DAY)})
    (change,) = merged(low, high).changes
    assert (change.verb, change.cause) == (Verb.SWAP, CAUSE)


def test_without_a_cause_nothing_is_swapped_and_what_lacks_is_drift() -> None:
    high = difference(E5, {"ann": claim(ClaimState.NONE)})
    assert not merged(difference(E3, {"ann": claim()}, seats("ann")), high).changes
    assert [d.who for d in high.drift] == ["ann"]


def test_a_lower_seat_that_is_not_ours_is_left_and_reported() -> None:
    found = merged(difference(E3, held=seats("ann", "bo")), difference(E5, {"ann": WAITS}))
    assert verbs(found) == [(Verb.ASSIGN, "ann", ("e5",))]
    assert [(f.rule, f.person, f.license, f.place) for f in found.findings] == [("double-seat", "ann", "e5", PLACE)]


@pytest.mark.parametrize("shown", [seat("ann", origin=Origin.GROUP), seat("ann", pending=Pending.CANCELLED)])
def test_a_lower_seat_by_a_group_or_that_is_ending_is_no_double_seat(shown: Seat) -> None:
    found = merged(difference(E3, held={"ann": shown}), difference(E5, {"ann": WAITS}))
    assert verbs(found) == [(Verb.ASSIGN, "ann", ("e5",))]
    assert not found.findings


def test_where_nothing_is_given_a_seat_beside_is_not_reported_again() -> None:
    found = merged(difference(E3, held=seats("ann")), difference(E5, {"ann": claim(ClaimState.NONE)}))
    assert found == Merged(())


def test_a_seat_that_nothing_of_the_family_asks_any_more_is_just_taken() -> None:
    found = merged(difference(E3, {"ann": LET_GO}, seats("ann")), difference(E5, {"bo": claim()}, seats("bo")))
    assert verbs(found) == [(Verb.REVOKE, "ann", ("e3",))]


def test_a_lower_seat_is_taken_where_the_higher_one_is_there_already() -> None:
    found = merged(difference(E3, {"ann": LET_GO}, seats("ann")), difference(E5, {"ann": claim()}, seats("ann")))
    assert verbs(found) == [(Verb.REVOKE, "ann", ("e3",))]


def test_of_three_the_highest_that_is_ours_is_swapped() -> None:
    f3 = member("f3", 10)
    have = (difference(one, {"ann": claim()}, seats("ann")) for one in (E3, f3))
    found = merged(*have, difference(E5, {"ann": WAITS}))
    assert verbs(found) == [(Verb.SWAP, "ann", ("e3", "e5"))]


def test_a_family_of_one_is_none() -> None:
    assert verbs(merged(difference(E5, {"ann": WAITS}), difference(license(), {"ann": WAITS}))) == [
        (Verb.ASSIGN, "ann", ("e5",)),
        (Verb.ASSIGN, "ann", ("figma",)),
    ]


# leavers


ARCHIVE = license("archive")
LEAVES = because(CauseKind.LEAVER)


def archived(change: Change, to: str = "archive", *known: License) -> Change:
    one = license(when_left=Fate("swap", to=to))
    return family.archived(change, one, {x.id: x for x in (one, *known)})


def fallen(*changes: Change, held: Mapping[str, Seat] | None = None) -> list[tuple[Verb, tuple[str, ...]]]:
    """Where full falls to archive, and archive to attic."""
    known = [
        license("full", when_left=Fate("swap", to="archive")),
        license("archive", when_left=Fate("swap", to="attic")),
        license("attic"),
    ]
    compared = {"archive": difference(known[1], {}, held)}
    return [(c.verb, c.licenses) for c in family.fallen(changes, {one.id: one for one in known}, compared)]


FULL, ARCHIVED = take("ann", "full", cause=LEAVES), take("ann", "archive", cause=LEAVES)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ((FULL, take("ann", "attic", cause=LEAVES)), [(Verb.SWAP, ("full", "archive")), (Verb.REVOKE, ("attic",))]),
        ((FULL, ARCHIVED), [(Verb.SWAP, ("full", "archive"))]),
        ((ARCHIVED, FULL), [(Verb.SWAP, ("archive", "attic")), (Verb.REVOKE, ("full",))]),
        ((ARCHIVED, take("ann", "attic", cause=LEAVES)), [(Verb.SWAP, ("archive", "attic"))]),
        ((FULL, take("ann", "archive")), [(Verb.SWAP, ("full", "archive")), (Verb.REVOKE, ("archive",))]),
        (
            (FULL, take("bo", "archive", cause=LEAVES)),
            [(Verb.SWAP, ("full", "archive")), (Verb.SWAP, ("archive", "attic"))],
        ),
    ],
)
def test_each_seat_of_a_leaver_is_in_one_change(changes: tuple[Change, ...], expected: Any) -> None:
    assert fallen(*changes) == expected


@pytest.mark.parametrize(
    ("held", "options", "room"),
    [({}, (), True), ({"ann": seat("ann", options=PRO)}, PRO, False)],
)
def test_a_seat_that_a_leavers_falls_to_stays_as_it_is_where_it_is_there(held: Any, options: Any, room: bool) -> None:
    one, to = license("full", when_left=Fate("swap", to="archive")), license("archive")
    (found,) = family.fallen([FULL], {"full": one, "archive": to}, {"archive": difference(to, {}, held)})
    assert found.after is not None
    assert (found.after.options, found.needs_room) == (options, room)


def test_a_leavers_seat_falls_to_the_license_that_when_left_names() -> None:
    assert archived(take("ann", cause=LEAVES), "archive", ARCHIVE) == swap("ann", "figma", "archive")


@pytest.mark.parametrize(
    ("change", "to", "archive"),
    [
        (take("ann"), "archive", ARCHIVE),
        (give("ann", cause=LEAVES), "archive", ARCHIVE),
        (take("ann", cause=LEAVES), "", ARCHIVE),
        (take("ann", cause=LEAVES), "archive", license("archive", account="slack")),
    ],
)
def test_other_seats_and_other_accounts_archive_nothing(change: Change, to: str, archive: License) -> None:
    assert archived(change, to, archive) == change
