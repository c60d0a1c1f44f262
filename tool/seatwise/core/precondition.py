"""A change and what its holder has at the vendor now → whether a call is right; if not, what to answer instead.

Actual = after: `already`. Held by a group or given by the vendor itself: `refused`. Actual is not before: `conflict`,
because somebody else changed it since. A pending cancellation is revoked, though it still counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from seatwise.core.model.change import Change, Grant
from seatwise.core.model.vendor import Origin, Pending, Result, Seat


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to a change that needs no call."""

    result: Result
    reason: str = ""
    fix: str = ""


def verdict(change: Change, held: Mapping[str, Seat]) -> Verdict | None:
    """None: send it. `held` is what this one holder has, by sku."""
    standing = {sku: seat for sku, seat in held.items() if seat.pending is not Pending.CANCELLED}
    if _already(change, standing):
        return Verdict(Result.ALREADY)
    return next(_objections(change, standing), None)


def _already(change: Change, standing: Mapping[str, Seat]) -> bool:
    if change.after is not None and not _shows(change.after, standing):
        return False
    left = change.before is not None and (change.after is None or change.after.sku != change.before.sku)
    return not (left and change.before is not None and change.before.sku in standing)


def _shows(grant: Grant, standing: Mapping[str, Seat]) -> bool:
    return grant.sku in standing and standing[grant.sku].options == grant.options


def _objections(change: Change, standing: Mapping[str, Seat]) -> Iterator[Verdict]:
    """The holder must have exactly `before`, directly; and nothing of `after` that differs from it."""
    if change.before is not None:
        yield from _not_before(change.before, standing)
    elif change.after is not None and change.after.sku in standing:
        yield _differs(standing[change.after.sku])
    if change.after is not None and change.before is not None and change.after.sku != change.before.sku:
        reached = standing.get(change.after.sku)
        if reached is not None and reached.options != change.after.options:
            yield _differs(reached)


def _not_before(before: Grant, standing: Mapping[str, Seat]) -> Iterator[Verdict]:
    seat = standing.get(before.sku)
    if seat is None:
        yield Verdict(Result.CONFLICT, f"the seat of {before.sku} is gone: somebody else took it", "plan again")
    elif seat.origin is Origin.GROUP:
        yield Verdict(Result.REFUSED, f"the seat comes from group {seat.group}", "take the holder out of the group")
    elif seat.origin is Origin.AUTO:
        yield Verdict(Result.REFUSED, "the vendor gives this seat by itself", "switch automatic licences off there")
    elif seat.options != before.options:
        yield _differs(seat)


def _differs(seat: Seat) -> Verdict:
    shown = ", ".join(f"{name} {value}" for name, value in seat.options) or "no options"
    return Verdict(Result.CONFLICT, f"somebody else changed the seat: it has {shown}", "plan again")
