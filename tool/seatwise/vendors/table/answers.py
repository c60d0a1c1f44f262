"""Changes and the export → what is known of each without a person, in the order in which the list is worked down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from seatwise.core.model.change import Change
from seatwise.core.model.vendor import Result, Seat
from seatwise.core.near import near
from seatwise.core.precondition import Verdict, verdict
from seatwise.vendors.table.export import Export


def verdicts(changes: Sequence[Change], export: Export, bought: Mapping[str, int]) -> list[Verdict | None]:
    """None: a person is needed. A seat that is taken makes room for those behind it."""
    used = Counter({sku: len(seats) for sku, seats in export.seats.items()})
    answers: list[Verdict | None] = []
    for change in changes:
        held = _held(change, export)
        answer = verdict(change, held) or _refusal(change, export, used, bought)
        if answer is None:
            used.update(_moves(change))
        answers.append(answer)
    return answers


def _held(change: Change, export: Export) -> dict[str, Seat]:
    login = change.login.casefold()
    found = {sku: seats.get(login) or _by_id(seats, change.holder) for sku, seats in export.seats.items()}
    return {sku: seat for sku, seat in found.items() if seat is not None}


def _by_id(seats: Mapping[str, Seat], holder: str) -> Seat | None:
    return next((seat for seat in seats.values() if seat.holder == holder), None) if holder else None


def _refusal(change: Change, export: Export, used: Mapping[str, int], bought: Mapping[str, int]) -> Verdict | None:
    after = change.after
    if after is None:
        return None
    if after.sku not in export.seats:
        fix = near(after.sku, export.seats) or f"it shows {', '.join(export.seats)}"
        return Verdict(Result.REFUSED, f"the export shows no {after.sku!r}", fix)
    if not (change.login or change.holder):
        return Verdict(Result.REFUSED, f"{change.who} has no login here", "fill the login in the people source")
    if after.options:
        return Verdict(Result.REFUSED, f"knows no option {after.options[0][0]!r}", "leave it out")
    full = _moves(change)[after.sku] > 0 and after.sku in bought and used[after.sku] >= bought[after.sku]
    if not full:
        return None
    return Verdict(Result.REFUSED, f"all {bought[after.sku]} seats of {after.sku} are taken", "buy more, or take one")


def _moves(change: Change) -> dict[str, int]:
    """Sku → how many seats more are held afterwards."""
    moves = {grant.sku: 0 for grant in (change.before, change.after) if grant is not None}
    if change.before is not None:
        moves[change.before.sku] -= 1
    if change.after is not None:
        moves[change.after.sku] += 1
    return moves
