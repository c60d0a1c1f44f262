"""What a vendor showed once, what was ours then, and what is asked now → the rows that bring it back, and what no row can.

Rules (semantics §12):
- Only seats that were ours when the snapshot was taken, in licenses that are managed now, are brought back or taken away.
- Who had one and is not asked gets a `user` row; who had none and is asked loses each row that has the name, and gets a `never`
  row where a rule or a bundle asks too.
- What a group gives, what was never ours, who has left or is unknown, and what the pool has no room for, is listed and left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from seatwise.core import match, resolve, rows
from seatwise.core.claims import State
from seatwise.core.decide import AccountDecision
from seatwise.core.diff import Difference
from seatwise.core.directory import leaver
from seatwise.core.model import Assignment, ClaimState, License, Mode, Origin, Pending, People, Person, Seat, Tree
from seatwise.core.resolve import Moment


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot, as the journal tells of it. `id` is the start of its digest."""

    id: str
    account: str
    at: datetime
    title: str
    sha256: str
    n: int


@dataclass(frozen=True, slots=True)
class Edit:
    """One row to write: `give` a user row, `drop` a user row of that assignment, or write a `never` row. `who` is the person;
    of a row that goes, the name that stands there, which may be a former one."""

    how: str
    license: str
    who: str
    assignment: str = ""


@dataclass(frozen=True, slots=True)
class Restore:
    """How a snapshot comes back: rows on a branch, and what they can't bring back."""

    snapshot: Snapshot
    edits: tuple[Edit, ...]
    left: tuple[str, ...]
    branch: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A snapshot's seats by sku; None: its body was erased."""

    snapshot: Snapshot
    seats: Mapping[str, int] | None


def holdings(body: Any) -> dict[str, tuple[Seat, ...]]:
    """Sku → seats, of a body as it was written."""
    shown = {sku: holding["seats"] for sku, holding in body.items()}
    plain = {
        sku: [{**seat, "options": list(seat["options"].items())} for seat in seats] for sku, seats in shown.items()
    }
    return msgspec.convert(plain, dict[str, tuple[Seat, ...]])


def restore(
    snapshot: Snapshot, seats: Mapping[str, Sequence[Seat]], then: State, decision: AccountDecision,
    people: People, moment: Moment, tree: Tree,
) -> Restore:  # fmt: skip
    """`then`: what the journal said when it was taken; `decision`: how the account stands now; `tree`: what is asked."""
    roster = match.roster(snapshot.account, people, then.claims)
    edits: list[Edit] = []
    left: list[str] = []
    for id, difference in sorted(decision.differences.items()):
        if difference.license.sku in seats and difference.license.mode is not Mode.OBSERVE:
            had, _ = roster.seats(seats[difference.license.sku])
            asks = rows.assignments(tree, difference.license)
            named = _named(asks, people)
            for who in sorted({*had, *difference.asked}):
                for edit in _edits(
                    difference, who, had.get(who), then, named.get(who, ()), _ruled(asks, people.persons.get(who))
                ):
                    why = _why_not(id, who, edit, people, moment)
                    (left.append(why) if why else edits.append(edit) if isinstance(edit, Edit) else None)
            left += _no_room(decision, difference.license, [e for e in edits if e.license == id])
    return Restore(snapshot, tuple(edits), tuple(left))


def _edits(
    difference: Difference,
    who: str,
    had: Seat | None,
    then: State,
    named: Sequence[tuple[Assignment, str]],
    ruled: bool,
) -> Iterator[Edit | str]:
    """What brings this seat back; a text: why nothing does. `named`: the rows that name the person, and how."""
    held = had is not None and had.pending is not Pending.CANCELLED
    ask, license = difference.asked.get(who), difference.license
    if held and had is not None and ask is None:
        yield _given(license, who, had, then)
    if not held and ask is not None:
        drops = [Edit("drop", license.id, name, one.name) for one, name in named if not one.bundle]
        yield from drops
        if ruled or len(drops) < len(named):
            yield Edit("never", license.id, who)
        elif not drops:
            yield f"{license.id}: no row of '{ask.assignment}' names {who}, who is asked by a former one"


def _given(license: License, who: str, had: Seat, then: State) -> Edit | str:
    if had.origin is not Origin.DIRECT:
        return f"{license.id}: {who} had it through {had.group or had.origin}"
    claim = then.of(license.id).get(who)
    if claim is None or claim.state is not ClaimState.OURS:
        return f"{license.id}: {who} had one that was not ours"
    if any(never.person == who for never in license.never):
        return f"{license.id}: {who} stands under never now"
    return Edit("give", license.id, who, "restored")


def _named(asks: Iterable[Assignment], people: People) -> dict[str, list[tuple[Assignment, str]]]:
    """Person → the rows that name them, a bundle's too, each with the name that stands there, which may be a former one."""
    found: dict[str, list[tuple[Assignment, str]]] = {}
    for one in asks:
        for name in one.people:
            person = people.find(name)
            found.setdefault(person.id if person else name, []).append((one, name))
    return found


def _ruled(asks: Iterable[Assignment], person: Person | None) -> bool:
    return person is not None and any(one.where and resolve.matches(one.where, person) for one in asks)


def _why_not(license: str, who: str, edit: Edit | str, people: People, moment: Moment) -> str:
    if isinstance(edit, str):
        return edit
    person = people.persons.get(who)
    if edit.how != "give":
        return ""
    if person is None:
        return f"{license}: nobody in HR is {who}"
    return f"{license}: {who} has left" if leaver(person, moment.today(person.zone)) else ""


def _no_room(decision: AccountDecision, license: License, edits: Sequence[Edit]) -> Iterator[str]:
    """A full pool is no reason to leave a row out: whoever waits is said."""
    holding = decision.reading.holdings.get(license.sku)
    if holding is None or holding.pool.bought is None:
        return
    gives, frees = sum(e.how == "give" for e in edits), sum(e.how != "give" for e in edits)
    lacking = holding.pool.used - frees + gives - holding.pool.bought
    if lacking > 0:
        yield f"{license.id}: {min(lacking, gives)} of {gives} wait for a free seat"
