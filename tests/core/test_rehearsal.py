"""Seats before, after and at the end of a played plan → what came back, and who says beforehand that it would not."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from seatwise.core import rehearsal
from seatwise.core.model import Change, Grant, Origin, Outcome, Pending, Result, Seat, VendorInfo
from seatwise.core.rehearsal import Played, Rehearsal, Seats

ANN, BO = Seat("h-ann", "ann"), Seat("h-bo", "bo", options=(("plan", "pro"),))
FIGMA = Grant("figma", "FIGMA")
INFO = VendorInfo("v")


def take(who: str) -> Change:
    return Change("v", who, FIGMA, None, holder=f"h-{who}")


def give(who: str) -> Change:
    return take(who).reverse()


def held(*seats: Seat) -> Seats:
    return {("FIGMA", seat.holder): seat for seat in seats}


def told(change: Change, result: Result = Result.DONE, reason: str = "") -> Outcome:
    return Outcome(change, result, change.holder, reason)


def played(there: Outcome, before: Seats, end: Seats, info: VendorInfo = INFO, **fields: object) -> Rehearsal:
    one = Played("v", info, (there,), (), (), before, before, end)
    return rehearsal.rehearsal("wish", [replace(one, **fields)])  # type: ignore[arg-type]


def test_a_seat_that_shows_at_the_end_what_it_showed_before_has_come_back() -> None:
    found = played(told(take("ann")), held(ANN), held(ANN))
    assert (found.played, found.returned, found.closes) == (1, 1, True)


def test_what_a_copy_refused_was_not_played() -> None:
    found = played(told(take("ann"), Result.REFUSED, "it comes from a group"), held(ANN), held(ANN))
    assert (found.played, found.refused) == (0, ("revoke figma ann: it comes from a group",))


def test_a_seat_that_is_not_given_back_is_wrong_and_says_the_vendors_reason() -> None:
    back = (told(give("bo")), told(give("ann"), Result.REFUSED, "no free seat is left"))
    found = played(told(take("ann")), held(ANN), held(), back=back)
    assert found.wrong == ("revoke figma ann: not given back: no free seat is left",)
    assert not found.closes


def test_a_seat_that_is_not_taken_back_is_wrong() -> None:
    assert played(told(give("ann")), held(), held(ANN)).wrong == ("assign figma ann: not taken back",)


def test_a_seat_that_ends_later_is_a_loss_where_the_vendor_says_so_and_else_wrong() -> None:
    ending = replace_seat(ANN, pending=Pending.CANCELLED)
    monthly = replace(INFO, frees_at_once=False)
    assert played(told(give("ann")), held(), held(ending), monthly).lost == ("figma: still counts until it ends (ann)",)
    assert played(told(give("ann")), held(), held(ending)).wrong == ("assign figma ann: still counts until it ends",)


def test_a_seat_that_comes_back_with_other_options_is_wrong_at_any_vendor() -> None:
    plain = replace_seat(BO, options=())
    new = replace(INFO, undo="new")
    for info, after in ((INFO, held(BO)), (new, held())):
        found = played(told(take("bo")), held(BO), held(plain), info, after=after)
        assert found.wrong == ("revoke figma bo: comes back with another origin or other options",)


def test_a_new_seat_in_place_of_the_old_one_is_a_loss_that_the_vendor_foretells() -> None:
    lossy = replace(INFO, undo="lossy")
    found = played(told(take("ann")), held(ANN), held(ANN), lossy, after=held())
    assert (found.returned, found.lost) == (0, ("figma: they come back without their data (ann)",))
    still_ending = played(told(take("ann")), held(ANN), held(ANN), lossy)
    assert (still_ending.returned, still_ending.lost) == (1, ())


def test_only_five_are_named() -> None:
    people = [f"p{n}" for n in range(7)]
    seats = held(*(Seat(f"h-{who}", who) for who in people))
    new = replace(INFO, undo="new")
    one = Played("v", new, tuple(told(take(who)) for who in people), (), (), seats, held(), seats)
    found = rehearsal.rehearsal("wish", [one])
    assert found.lost == ("figma: they come back as new ones (p0, p1, p2, p3, p4 and 2 more)",)


def test_a_seat_that_no_change_is_about_must_not_move_unless_it_was_ending() -> None:
    group = replace_seat(ANN, origin=Origin.GROUP)
    moved = played(told(take("bo")), held(ANN, BO), held(group, BO))
    assert moved.wrong == ("v: FIGMA of h-ann moved, and no change is about it",)
    ending = replace_seat(ANN, pending=Pending.CANCELLED)
    assert played(told(take("bo")), held(ending, BO), held(BO)).wrong == ()
    beside = played(told(take("bo")), held(ANN, BO), held(BO), beside=(told(take("ann")),))
    assert beside.wrong == (), "another lane took it"


def test_the_way_back_is_newest_first_and_only_of_what_was_done() -> None:
    outcomes = (told(take("ann")), told(give("bo")), told(take("cy"), Result.ALREADY))
    assert rehearsal.undone(outcomes) == (take("bo"), give("ann"))


def replace_seat(seat: Seat, **fields: object) -> Seat:
    return msgspec.structs.replace(seat, **fields)
