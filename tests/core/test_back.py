"""What a changeset did is taken back by meaning: later rows are left, and what does not come back is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.core.builders import (
    COMMIT,
    MOMENT,
    bundle,
    claim,
    give,
    holding,
    license,
    people,
    person,
    reading,
    seat,
    swap,
    take,
    team,
    tree,
)

from seatwise.core import back, rows
from seatwise.core.claims import State
from seatwise.core.decide import AccountDecision
from seatwise.core.diff import Difference
from seatwise.core.model import (
    Change,
    Grant,
    Made,
    Options,
    Pending,
    Reading,
    Restoration,
    Row,
    RowChange,
    Seat,
    Tree,
    VendorInfo,
)

OTHER = "c0ffee0000000000000000000000000000000002"


def did(*changes: Change, commit: str = COMMIT, **fields: Any) -> State:
    """A journal in which this changeset carried these changes out, in this order."""
    return State(changed={commit: {str(n): change for n, change in enumerate(changes)}}, **fields)


def sold(*held: str | Seat, undo: str = "new") -> Mapping[str, Reading]:
    return {"figma": reading(holding(*held), info=VendorInfo("Acme", undo=undo))}


def asks(*names: str, **fields: Any) -> Tree:
    return tree(license(people=names, **fields))


def changed(before: Tree, after: Tree) -> tuple[RowChange, ...]:
    return rows.changed(before, after)


def of_bundle() -> Tree:
    """Bo is named by an assignment of the license's own, and by one of a bundle that gives it."""
    return tree(license("figma", team("bo", name="own")), bundles=[bundle("desk", [team("bo")], ["figma"])])


def who(changes: tuple[RowChange, ...]) -> list[str]:
    return [change.row.key[2] for change in changes]


# rows


def test_rows_are_taken_back_but_for_those_that_later_commits_changed() -> None:
    old, new, tip = asks("ann"), asks("ann", "bo", "cy"), asks("ann", "bo")
    undone, superseded = back.split(changed(old, new), changed(new, tip))
    assert undone == changed(asks("ann", "bo"), asks("ann"))
    assert who(superseded) == ["cy"]


def test_a_named_row_is_told_by_its_kind_license_and_person() -> None:
    (row,) = changed(asks("ann"), asks("ann", "bo"))
    assert back.named(row) == "user figma bo"


def test_a_row_that_a_bundle_gives_is_told_with_the_bundle() -> None:
    said = [back.named(change) for change in changed(asks(), of_bundle())]
    assert said == ["govern bundle desk", "user figma bo", "user figma bo by bundle desk"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (Row("govern", ("owner", "design"), {}), "govern owner design"),
        (Row("file", ("policies/pilot.yaml",), {}), "file policies/pilot.yaml"),
        (Row("terms", ("figma", "FIGMA"), {}, "figma"), "terms figma"),
        (Row("rights", ("lot", "figma", "initial"), {}, "figma"), "rights figma initial"),
        (Row("never", ("figma", "FIGMA", "ann"), {}, "figma"), "never figma ann"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_rows_are_told_by_what_they_are_about(row: Row, said: str) -> None:
    assert back.named(RowChange(row, None)) == said


def test_a_named_row_stands_in_the_assignment_that_names_the_person() -> None:
    before = asks("ann")
    (row,) = changed(before, tree(license("figma", team("ann"), team("bo", name="guests"))))
    assert back.place(row, tree(license("figma", team("ann"), team("bo", name="guests")))) == "guests"
    assert back.place(row, before) == ""


def test_a_row_that_a_bundle_gives_stands_in_the_assignment_of_the_bundle_only() -> None:
    row = next(c for c in changed(asks(), of_bundle()) if (c.row.kind, c.row.bundle) == ("user", "desk"))
    assert back.place(row, of_bundle()) == "team"


def test_a_row_stands_nowhere_in_a_tree_without_its_license() -> None:
    (row,) = changed(asks(), asks("bo"))
    assert back.place(row, Tree()) == ""


# seats


def test_what_was_carried_out_is_reversed_newest_first() -> None:
    state = did(give("ann"), take("bo"), swap("cy", "view", "figma"))
    assert back.calls(COMMIT, [state]) == (swap("cy", "figma", "view"), give("bo"), take("ann"))


def test_what_another_changeset_carried_out_is_left() -> None:
    assert back.calls(COMMIT, [did(give("ann"), commit=OTHER), State()]) == ()


@pytest.mark.parametrize(
    ("known", "count"),
    [
        (claim(made=Made.FOUND), 1),
        (claim(made=Made.US), 0),
        (claim(made=Made.FOUND, asked=False), 0),
        (claim(made=Made.FOUND, commit=OTHER), 0),
    ],
    ids=["adopted", "given", "let go already", "adopted by another"],
)
def test_only_what_the_changeset_adopted_is_forgotten(known: Any, count: int) -> None:
    assert back.forgets(COMMIT, [State({"figma": {"ann": known}}), State()]) == count


def test_a_seat_of_somebody_who_left_stays_taken() -> None:
    left = [person(name, last_day=date(2026, 11, 20)) for name in ("bo", "ann")]
    said = back.stays([give("bo"), give("ann"), give("cy")], people(*left, "cy"), MOMENT, sold(undo="exact"))
    assert list(said) == ["figma of ann, bo, who left"]


def test_what_does_not_come_back_is_said_in_order_of_licenses() -> None:
    left = person("ann", last_day=date(2026, 11, 20))
    back_again = [give("ann", "slack"), give("bo", "slack"), give("bo"), give("ann")]
    assert list(back.stays(back_again, people(left, "bo"), MOMENT, sold())) == [
        "figma of ann, who left",
        "slack of ann, who left",
        "1 seats of figma: they come back as new ones",
        "1 seats of slack: they come back as new ones",
    ]


def test_somebody_who_left_loses_what_was_given_all_the_same() -> None:
    left = person("ann", last_day=date(2026, 11, 20))
    assert list(back.stays([take("ann")], people(left), MOMENT, sold())) == []


@pytest.mark.parametrize(
    ("undo", "said"),
    [
        ("new", ["2 seats of figma: they come back as new ones"]),
        ("lossy", ["2 seats of figma: they come back without their data"]),
        ("none", ["2 seats of figma: they don't come back"]),
        ("exact", []),
    ],
)
def test_what_becomes_of_a_seat_that_is_given_back_is_said_by_license(undo: str, said: list[str]) -> None:
    assert list(back.stays([give("ann"), give("bo")], people("ann", "bo"), MOMENT, sold(undo=undo))) == said


def test_somebody_whom_the_people_files_do_not_know_is_not_said_to_have_left() -> None:
    assert list(back.stays([give("ann")], people(), MOMENT, sold(undo="exact"))) == []


@pytest.mark.parametrize(
    ("change", "account"),
    [
        (give("ann"), {}),
        (take("ann"), sold()),
        (swap("ann", "view", "figma"), sold()),
        (give("ann"), sold(seat("ann", pending=Pending.CANCELLED))),
    ],
    ids=[
        "an account that was not read",
        "a seat that is taken",
        "a seat that is swapped back",
        "a seat that only ends",
    ],
)
def test_there_is_nothing_to_say_of(change: Change, account: Mapping[str, Reading]) -> None:
    back_again = replace(change, holder="h-ann")
    assert list(back.stays([back_again], people("ann"), MOMENT, account)) == []


def test_a_seat_that_is_held_or_sold_no_more_is_no_seat_that_only_ends() -> None:
    again = give("ann", holder="h-ann")
    held = back.stays([again], people("ann"), MOMENT, sold("ann"))
    gone = back.stays([again], people("ann"), MOMENT, {"figma": reading(info=VendorInfo("Acme", undo="new"))})
    assert list(held) == list(gone) == ["1 seats of figma: they come back as new ones"]


# proof


def shows(*held: Seat, id: str = "figma") -> AccountDecision:
    seats = {one.login: one for one in held}
    return AccountDecision("figma", reading(), {id: Difference(license(id), {}, {}, seats)})


def restored(state: State, shown: AccountDecision) -> tuple[int, tuple[str, ...]]:
    found = back.restoration(COMMIT, state, shown)
    assert found == Restoration("figma", COMMIT, found.same, found.others)
    return found.same, found.others


def test_the_start_is_back_when_seats_that_were_given_are_gone_and_those_taken_are_there() -> None:
    assert restored(did(give("ann"), take("bo")), shows(seat("bo"))) == (2, ())


def test_every_seat_that_is_not_as_before_is_told() -> None:
    assert restored(did(take("bo"), give("ann"), give("cy")), shows(seat("ann"))) == (
        1,
        ("figma: ann has a seat, and had none before", "figma: bo has none, and had one before"),
    )


def test_a_swap_is_back_when_the_one_is_there_and_the_other_is_not() -> None:
    assert restored(did(swap("ann", "view", "figma")), shows(seat("ann"), id="view")) == (2, ())
    assert restored(did(swap("ann", "view", "figma")), shows(seat("ann"))) == (
        0,
        ("figma: ann has a seat, and had none before", "view: ann has none, and had one before"),
    )


def test_a_seat_that_only_ends_is_gone() -> None:
    assert restored(did(give("ann")), shows(seat("ann", pending=Pending.CANCELLED))) == (1, ())


FULL, LITE = (("plan", "full"),), (("plan", "lite"),)


def sets(name: str, before: Options, after: Options) -> Change:
    return replace(take(name), before=Grant("figma", "FIGMA", before), after=Grant("figma", "FIGMA", after))


def test_options_are_back_when_the_seat_shows_those_from_before() -> None:
    state = did(sets("ann", LITE, FULL))
    assert restored(state, shows(seat("ann", options=LITE))) == (1, ())
    assert restored(state, shows(seat("ann", options=FULL))) == (0, ("figma: ann has other options than before",))


def test_options_of_a_seat_that_was_taken_are_not_compared_for_the_row_says_which_it_gets() -> None:
    assert restored(did(take("ann")), shows(seat("ann", options=FULL))) == (1, ())


def test_the_start_is_what_was_there_before_the_first_change() -> None:
    state = did(swap("ann", "view", "figma"), sets("ann", LITE, FULL))
    assert restored(state, shows(seat("ann"), id="view")) == (2, ())
