"""Changes that are due + pools → those that fit, in the order to send them; the others wait.

Rules (semantics §11): removals first; then swaps, always one whose target has room, first those whose old seat others wait
for; then grants, in order of the first day. A full pool is a waiting list, not an error. Swaps that wait for each other in a
circle are a finding: one spare seat breaks it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from seatwise.core.model import Change, Hold, People, Verb
from seatwise.core.resolve import start_order


@dataclass(slots=True)
class Room:
    """Free seats by license; None: no number is sold, so there is always room. Moves as changes are sent."""

    free: dict[str, int | None] = field(default_factory=dict)
    frees_at_once: bool = True

    def fits(self, license: str) -> bool:
        free = self.free.get(license)
        return free is None or free > 0

    def move(self, change: Change) -> None:
        if change.verb is Verb.CHANGE:
            return
        if change.after is not None:
            self._add(change.after.license, -1)
        if change.before is not None and (self.frees_at_once or change.after is not None):
            self._add(change.before.license, 1)

    def _add(self, license: str, count: int) -> None:
        free = self.free.get(license)
        if free is not None:
            self.free[license] = free + count


@dataclass(frozen=True, slots=True)
class Fit:
    """`sent` in order; `waits` in the order in which they will get the next free seats; `circular` swaps among them."""

    sent: tuple[Change, ...]
    waits: tuple[Change, ...]
    circular: tuple[Change, ...] = ()


def fit(changes: Iterable[Change], room: Room, people: People) -> Fit:
    """Moves `room` by what fits."""
    by_verb: dict[Verb, list[Change]] = {verb: [] for verb in Verb}
    for change in changes:
        by_verb[change.verb].append(change)
    sent = sorted((*by_verb[Verb.REVOKE], *by_verb[Verb.CHANGE]), key=_stable)
    for change in sent:
        room.move(change)
    swaps, left = _swaps(by_verb[Verb.SWAP], by_verb[Verb.ASSIGN], room)
    gives = sorted(by_verb[Verb.ASSIGN], key=lambda c: start_order(people.persons.get(c.who), c.who))
    given, waits = _gives(gives, room)
    return Fit((*sent, *swaps, *given), (*left, *waits), tuple(_circle(left)))


def full(change: Change, wanted: int, free: int, bought: int | None, idle: int = 0) -> Hold:
    """Why a change waits: its pool is full."""
    license = change.license
    ways = f"seatwise license buy {license} {max(1, wanted - free)}" + (f", or {idle} are idle" if idle else "")
    what = f"{license}: {wanted} wanted, {free} free of {bought}; {change.who} waits"
    return Hold("pool-full", license, change.who, what, ways, change.cause.place, change.verb, change.cause, change.account)


def _stable(change: Change) -> tuple[str, str]:
    return change.license, change.who


def _swaps(swaps: Sequence[Change], gives: Sequence[Change], room: Room) -> tuple[list[Change], list[Change]]:
    """Sent and left over: each time one whose target has room, first one whose source others wait for."""
    waited = Counter(c.after.license for c in (*swaps, *gives) if c.after is not None)
    left, sent = sorted(swaps, key=_stable), []
    while ready := [c for c in left if room.fits(c.license)]:
        change = max(ready, key=lambda c: _wanted(c, waited, room))
        left.remove(change)
        room.move(change)
        waited[change.license] -= 1
        sent.append(change)
    return sent, left


def _wanted(change: Change, waited: Mapping[str, int], room: Room) -> int:
    """How many wait for the seat that this swap frees."""
    assert change.before is not None
    source = change.before.license
    return 0 if room.free.get(source) is None or room.fits(source) else waited[source]


def _gives(gives: Sequence[Change], room: Room) -> tuple[list[Change], list[Change]]:
    sent: list[Change] = []
    waits: list[Change] = []
    for change in gives:
        if room.fits(change.license):
            room.move(change)
            sent.append(change)
        else:
            waits.append(change)
    return sent, waits


def _circle(left: Sequence[Change]) -> Iterable[Change]:
    """Swaps that only wait for each other: each one's target is the source of another that is left."""
    sources = {c.before.license for c in left if c.before is not None}
    return (c for c in left if c.license in sources)
