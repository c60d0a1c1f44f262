"""A call is sent only where the holder has exactly what the change says was before."""

from __future__ import annotations

import pytest

from seatwise.core.model import Change, Grant, Options, Origin, Pending, Result, Seat
from seatwise.core.precondition import verdict

ADMIN: Options = (("role", "admin"),)


def change(before: Grant | None, after: Grant | None) -> Change:
    return Change("acme", "ann", before, after)


def grant(sku: str, options: Options = ()) -> Grant:
    return Grant(f"license-{sku}", sku, options)


def seat(options: Options = (), origin: Origin = Origin.DIRECT, pending: Pending = Pending.NO, group: str = "") -> Seat:
    return Seat("u-1", "ann", origin, group, options, pending=pending)


GIVE, TAKE = change(None, grant("a")), change(grant("a"), None)
SWAP = change(grant("a"), grant("b"))
PROMOTE = change(grant("a"), grant("a", ADMIN))
CANCELLED, INVITED = seat(pending=Pending.CANCELLED), seat(pending=Pending.INVITED)
GROUP, AUTO = seat(origin=Origin.GROUP, group="sg-a"), seat(origin=Origin.AUTO)


@pytest.mark.parametrize(
    ("wanted", "held"),
    [
        (GIVE, {}),
        (GIVE, {"a": CANCELLED}),
        (GIVE, {"b": seat()}),
        (TAKE, {"a": seat()}),
        (TAKE, {"a": INVITED}),
        (SWAP, {"a": seat()}),
        (SWAP, {"a": seat(), "b": seat()}),
        (SWAP, {"a": seat(), "b": CANCELLED}),
        (PROMOTE, {"a": seat()}),
    ],
)
def test_what_is_before_is_sent(wanted: Change, held: dict[str, Seat]) -> None:
    assert verdict(wanted, held) is None


@pytest.mark.parametrize(
    ("wanted", "held"),
    [
        (GIVE, {"a": seat()}),
        (GIVE, {"a": INVITED}),
        (GIVE, {"a": GROUP}),
        (TAKE, {}),
        (TAKE, {"a": CANCELLED}),
        (SWAP, {"b": seat()}),
        (SWAP, {"a": CANCELLED, "b": seat()}),
        (PROMOTE, {"a": seat(ADMIN)}),
    ],
)
def test_what_is_after_already_is_not_sent(wanted: Change, held: dict[str, Seat]) -> None:
    answer = verdict(wanted, held)
    assert answer is not None
    assert answer.result is Result.ALREADY


@pytest.mark.parametrize(
    ("wanted", "held", "says"),
    [
        (GIVE, {"a": seat(ADMIN)}, "role admin"),
        (TAKE, {"a": seat(ADMIN)}, "role admin"),
        (SWAP, {}, "gone"),
        (SWAP, {"a": CANCELLED}, "gone"),
        (SWAP, {"a": seat(), "b": seat(ADMIN)}, "role admin"),
        (SWAP, {"b": seat(ADMIN)}, "gone"),
        (PROMOTE, {}, "gone"),
        (PROMOTE, {"a": seat((("role", "guest"),))}, "role guest"),
        (change(grant("a", ADMIN), None), {"a": seat()}, "no options"),
    ],
)
def test_what_somebody_else_changed_is_a_conflict(wanted: Change, held: dict[str, Seat], says: str) -> None:
    answer = verdict(wanted, held)
    assert answer is not None
    assert (answer.result, answer.fix) == (Result.CONFLICT, "plan again")
    assert says in answer.reason


@pytest.mark.parametrize("wanted", [TAKE, SWAP, PROMOTE])
@pytest.mark.parametrize(("held", "says"), [(GROUP, "group sg-a"), (AUTO, "by itself")])
def test_what_a_group_or_the_vendor_gives_is_left_alone(wanted: Change, held: Seat, says: str) -> None:
    answer = verdict(wanted, {"a": held})
    assert answer is not None
    assert answer.result is Result.REFUSED
    assert says in answer.reason
    assert answer.fix
