"""Changes that are due + pools → those that fit, in the order to send them; the others wait.

Rules (semantics §11): removals first, and swaps to a seat that is there already; then swaps, always one whose target has
room, first those whose old seat others wait for; then grants, in order of the first day. A full pool is a waiting list, not
an error. Swaps that wait for each other in a circle are a finding: one spare seat breaks it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from seatwise.core.model import Change, Hold, People, Verb
from seatwise.core.resolve import start_order

RULES = ("pool-full", "swap-cycle")
"""Why a change waits for a seat."""
Road = tuple[str, str]
"""The license that a swap leaves, and the one that it reaches."""


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
        if change.after is not None and change.needs_room:
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
    freeing = (change for change in by_verb[Verb.SWAP] if not change.needs_room)
    sent = sorted((*by_verb[Verb.REVOKE], *by_verb[Verb.CHANGE], *freeing), key=_stable)
    for change in sent:
        room.move(change)
    swaps, left = _swaps((c for c in by_verb[Verb.SWAP] if c.needs_room), by_verb[Verb.ASSIGN], room)
    gives = sorted(by_verb[Verb.ASSIGN], key=lambda c: start_order(people.persons.get(c.who), c.who))
    given, waits = _gives(gives, room)
    return Fit((*sent, *swaps, *given), (*left, *waits), tuple(_circle(left)))


def full(change: Change, wanted: int, free: int, bought: int | None) -> Hold:
    """Why a change waits: its pool is full."""
    license = change.license
    fix = f"seatwise license buy {license} {wanted - free}"
    what = f"{license}: {wanted} wanted, {free} free of {bought}; {change.who} waits"
    return Hold(
        "pool-full", license, change.who, what, fix, change.cause.place, change.verb, change.cause, change.account
    )


def circle(full: Hold) -> Hold:
    """The same for a swap whose new seat only its own old one would set free."""
    what = f"{full.license}: the swaps of {full.who} and others wait for each other; {full.who} waits"
    buy = f"one spare seat breaks the circle: seatwise license buy {full.license} 1"
    fix = f"{buy}; or take one of them out in a change of its own, and give the seat in the next"
    return replace(full, rule="swap-cycle", what=what, fix=fix)


def _stable(change: Change) -> tuple[str, str]:
    return change.license, change.who


def _swaps(swaps: Iterable[Change], gives: Iterable[Change], room: Room) -> tuple[list[Change], list[Change]]:
    """Sent and left over: each time one whose target has room, first one whose source lets most others go."""
    queues: dict[Road, list[Change]] = {}
    for change in sorted(swaps, key=_stable):
        queues.setdefault(_road(change), []).append(change)
    asks = Counter(change.license for change in gives if change.needs_room)
    sent: list[Change] = []
    while ready := [road for road, queue in queues.items() if queue and room.fits(road[1])]:
        worth = _worth({road: len(queue) for road, queue in queues.items()}, asks, room)
        change = queues[max(ready, key=lambda road: worth[road[0]])].pop(0)
        room.move(change)
        sent.append(change)
    return sent, sorted((change for queue in queues.values() for change in queue), key=_stable)


def _road(change: Change) -> Road:
    left, reached = change.licenses
    return left, reached


def _worth(roads: Mapping[Road, int], asks: Mapping[str, int], room: Room) -> Mapping[str, int]:
    """License → how many changes one more free seat of it lets go: who waits for it, who waits for theirs, and so on."""
    sources = {left for left, _ in roads}
    worth = dict.fromkeys(sources, 0)
    for _ in sources:
        worth = {
            source: _one_more(_line(source, roads, worth), asks[source], room.free.get(source)) for source in sources
        }
    return worth


def _line(license: str, roads: Mapping[Road, int], worth: Mapping[str, int]) -> list[tuple[int, int]]:
    """(what each lets go, how many of them) of the swaps that wait for a license, the best first."""
    return sorted(
        ((1 + worth[left], count) for (left, reached), count in roads.items() if reached == license), reverse=True
    )


def _one_more(line: Iterable[tuple[int, int]], asks: int, free: int | None) -> int:
    """What one seat more lets go, when those that are free already go to the best of the line."""
    if free is None:
        return 0
    for value, count in (*line, (1, asks)):
        if free < count:
            return value
        free -= count
    return 0


def _gives(gives: Sequence[Change], room: Room) -> tuple[list[Change], list[Change]]:
    sent: list[Change] = []
    waits: list[Change] = []
    for change in gives:
        if not change.needs_room or room.fits(change.license):
            room.move(change)
            sent.append(change)
        else:
            waits.append(change)
    return sent, waits


def _circle(left: Sequence[Change]) -> Sequence[Change]:
    """Swaps that wait for each other: of those that are left, the ones whose old seat and whose new seat others wait for."""
    sources, targets = {_road(c)[0] for c in left}, {_road(c)[1] for c in left}
    within = [c for c in left if c.licenses[0] in targets and c.license in sources]
    return within if len(within) == len(left) else _circle(within)
