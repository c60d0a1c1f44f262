"""Changes that are due + pools → those that fit, in the order to send them; the others wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.builders import CAUSE, give, people, person, swap, take

from seatwise.core import capacity
from seatwise.core.capacity import Fit, Room
from seatwise.core.model import Change, Grant, Place, Verb

PRO = Grant("figma", "FIGMA", (("plan", "pro"),))


def fit(*changes: Change, at_once: bool = True, **free: int | None) -> Fit:
    everybody = people(person("ann", start=date(2026, 11, 2)), person("bo", start=date(2026, 11, 1)), "cy")
    return capacity.fit(changes, Room(dict(free), at_once), everybody)


def test_removals_go_first_then_swaps_then_gives() -> None:
    changes = give("ann", "e3"), swap("bo", "e3", "e5"), take("cy", "e5")
    assert fit(*changes, e3=0, e5=0).sent == tuple(reversed(changes))


def test_a_full_pool_is_a_waiting_list_in_order_of_the_first_day() -> None:
    found = fit(give("ann"), give("bo"), give("zoe"), give("cy"), figma=2)
    assert [c.who for c in found.sent] == ["cy", "zoe"]
    assert [c.who for c in found.waits] == ["bo", "ann"]


def test_where_no_number_is_sold_there_is_always_room() -> None:
    assert len(fit(give("ann"), give("bo"), swap("cy", "figma", "slack"), figma=None, slack=1).sent) == 3


def test_a_change_of_options_needs_no_room_and_frees_none() -> None:
    change = Change("figma", "ann", Grant("figma", "FIGMA"), PRO, cause=CAUSE)
    found = fit(change, give("bo"), figma=0)
    assert (found.sent, [c.who for c in found.waits]) == ((change,), ["bo"])


def test_a_seat_that_is_ending_still_counts_so_that_its_holder_needs_no_other() -> None:
    again = replace(give("ann"), needs_room=False)
    found = fit(again, give("bo"), figma=0)
    assert (found.sent, [c.who for c in found.waits]) == ((again,), ["bo"])


def test_a_swap_to_a_seat_that_is_there_already_waits_for_none_and_frees_the_old_one_for_others() -> None:
    there = replace(swap("ann", "e3", "e5"), needs_room=False)
    assert fit(give("bo", "e3"), there, e3=0, e5=0).sent == (there, give("bo", "e3"))


def test_a_taken_seat_that_counts_until_its_term_ends_frees_nothing_now() -> None:
    assert [c.verb for c in fit(take("ann"), give("bo"), at_once=False, figma=0).sent] == [Verb.REVOKE]
    swapped = fit(swap("ann", "figma", "slack"), give("bo"), at_once=False, figma=0, slack=1)
    assert [c.verb for c in swapped.sent] == [Verb.SWAP, Verb.ASSIGN]


def test_seats_that_are_free_already_are_no_merit_of_the_swap_that_frees_one_more() -> None:
    swaps = swap("ann", "b", "c"), swap("mia", "d", "a"), swap("zed", "a", "c")
    found = fit(*swaps, give("zoe", "a"), a=1, b=0, c=1, d=0)
    assert ([c.who for c in found.sent], [c.who for c in found.waits]) == (["zed", "mia", "zoe"], ["ann"])


def test_a_swap_goes_only_where_its_target_has_room() -> None:
    found = fit(swap("ann", "e3", "e5"), e3=0, e5=0)
    assert (found.sent, [c.who for c in found.waits], found.circular) == ((), ["ann"], ())


def test_a_swap_whose_old_seat_others_wait_for_goes_first() -> None:
    freeing = swap("zoe", "e3", "e5")
    found = fit(swap("ann", "f3", "e5"), freeing, give("bo", "e3"), e5=1, e3=0, f3=0)
    assert found.sent == (freeing, give("bo", "e3"))
    assert [c.who for c in found.waits] == ["ann"]


def test_the_swap_that_starts_the_longest_chain_goes_first() -> None:
    chain = swap("x", "e3", "e5"), swap("y", "f3", "e3"), give("cy", "f3")
    found = fit(swap("a", "f3", "e5"), *chain, e5=1, e3=0, f3=0)
    assert found.sent == chain


def test_a_seat_that_is_free_already_is_waited_for_by_nobody() -> None:
    freeing = swap("zoe", "f3", "e5")
    found = fit(swap("ann", "e3", "e5"), freeing, give("bo", "f3"), give("cy", "e3"), e5=1, e3=1, f3=0)
    assert len(found.sent) == 3 and found.sent[0] == freeing


def test_swaps_that_wait_for_each_other_are_a_circle_and_one_spare_seat_breaks_it() -> None:
    circle = swap("ann", "e3", "e5"), swap("bo", "e5", "e3")
    stuck = fit(*circle, e3=0, e5=0)
    assert (stuck.sent, set(stuck.circular)) == ((), set(circle))
    assert set(fit(*circle, e3=0, e5=1).sent) == set(circle)


def test_swaps_behind_a_pool_that_is_just_full_are_no_circle() -> None:
    row = swap("ann", "f3", "e3"), swap("bo", "e3", "e5"), swap("cy", "e5", "e7")
    assert fit(*row, f3=0, e3=0, e5=0, e7=0).circular == ()
    circle = swap("dee", "e5", "e3")
    assert set(fit(*row, circle, f3=0, e3=0, e5=0, e7=0).circular) == {row[1], circle}


def test_why_a_change_waits_names_numbers_and_the_way_out() -> None:
    cause = replace(CAUSE, place=Place("licenses/figma/figma.yaml", 9))
    hold = capacity.full(give("ann", cause=cause), 3, 1, 40)
    assert hold.what == "figma: 3 wanted, 1 free of 40; ann waits"
    assert hold.fix == "seatwise license buy figma 2"
    assert capacity.full(give("ann"), 2, 1, 40).fix == "seatwise license buy figma 1"
    assert (hold.rule, hold.place, hold.verb, hold.cause, hold.account) == (
        "pool-full",
        cause.place,
        Verb.ASSIGN,
        cause,
        "figma",
    )


def test_a_swap_in_a_circle_says_that_one_spare_seat_breaks_it() -> None:
    hold = capacity.circle(capacity.full(swap("ann", "e3", "e5"), 1, 0, 40))
    assert (hold.rule, hold.license, hold.who, hold.verb) == ("swap-cycle", "e5", "ann", Verb.SWAP)
    assert hold.what == "e5: the swaps of ann and others wait for each other; ann waits"
    assert hold.fix == (
        "one spare seat breaks the circle: seatwise license buy e5 1; or take one of them out in a change of its own, "
        "and give the seat in the next"
    )


# laws

FAMILY = ["f3", "e3", "e5"]


def crowd(kinds: Sequence[tuple[str, str]]) -> list[Change]:
    """Changes of as many people: (license left, license reached), either empty."""
    makers = {(True, True): swap, (True, False): lambda who, left, _: take(who, left)}
    otherwise = lambda who, _, reached: give(who, reached)  # noqa: E731
    return [makers.get((bool(a), bool(b)), otherwise)(f"p{n}", a, b) for n, (a, b) in enumerate(kinds)]


def changes(names: Sequence[str], *, upwards: bool) -> st.SearchStrategy[list[Change]]:
    pairs = [(a, b) for i, a in enumerate(names) for j, b in enumerate(names) if (i < j if upwards else i != j)]
    kinds = st.sampled_from([*pairs, *pairs, *((n, "") for n in names), *(("", n) for n in names)])
    return st.lists(kinds, max_size=8).map(crowd)


def pools(names: Sequence[str]) -> st.SearchStrategy[dict[str, int]]:
    return st.fixed_dictionaries({name: st.integers(0, 2) for name in names})


def most(all_changes: Sequence[Change], free: Mapping[str, int]) -> int:
    """How many could go, by trying every order."""
    kinds = sorted({(*c.licenses, c.verb) for c in all_changes})
    counts = tuple(sum((*c.licenses, c.verb) == kind for c in all_changes) for kind in kinds)

    @cache
    def go(left: tuple[int, ...], room: tuple[tuple[str, int], ...]) -> int:
        return max((1 + go(*after) for i, _ in enumerate(kinds) if (after := step(i, left, dict(room)))), default=0)

    def step(
        i: int, left: tuple[int, ...], room: dict[str, int]
    ) -> tuple[tuple[int, ...], tuple[tuple[str, int], ...]] | None:
        *licenses, verb = kinds[i]
        if left[i] == 0 or (verb is not Verb.REVOKE and room[licenses[-1]] == 0):
            return None
        if verb is not Verb.REVOKE:
            room[licenses[-1]] -= 1
        if verb is not Verb.ASSIGN:
            room[licenses[0]] += 1
        return (*left[:i], left[i] - 1, *left[i + 1 :]), tuple(sorted(room.items()))

    return go(counts, tuple(sorted(free.items())))


@settings(deadline=None)
@pytest.mark.parametrize(("names", "upwards"), [(FAMILY, True), (FAMILY[:2], False)])
@given(data=st.data())
def test_no_order_would_let_more_go(names: Sequence[str], upwards: bool, data: st.DataObject) -> None:
    due, free = data.draw(changes(names, upwards=upwards)), data.draw(pools(names))
    assert len(capacity.fit(due, Room(dict(free)), people()).sent) == most(due, free)


@settings(deadline=None)
@given(changes(FAMILY, upwards=False), pools(FAMILY), st.booleans())
def test_what_is_sent_fits_at_each_step_and_nothing_that_waits_would(
    due: list[Change], free: dict[str, int], at_once: bool
) -> None:
    found, room = capacity.fit(due, Room(dict(free), at_once), people()), Room(dict(free), at_once)
    for change in found.sent:
        assert change.verb is Verb.REVOKE or room.fits(change.license)
        room.move(change)
    assert not any(room.fits(change.license) for change in found.waits)
    assert sorted((*found.sent, *found.waits), key=repr) == sorted(due, key=repr)


@settings(deadline=None)
@given(changes(FAMILY, upwards=False), pools(FAMILY), st.randoms())
def test_who_goes_does_not_depend_on_the_order_of_what_is_due(due: list[Change], free: dict[str, int], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(due)
    random.shuffle(shuffled)
    assert capacity.fit(due, Room(dict(free)), people()) == capacity.fit(shuffled, Room(dict(free)), people())
