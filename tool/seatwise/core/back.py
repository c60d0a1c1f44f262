"""What a changeset changed and what became of it → how it is taken back: by meaning, row by row and seat by seat.

Rules (semantics §12):
- A revert reverses outcomes, not lines: what was given is taken, what was taken is given back, what was adopted is forgotten
  without a call, and what was refused was never done.
- Rows that later commits changed are superseded: they are listed and left.
- What a row of `reassert` put right stays so: the rows that ask it stand.
- A person who has left is not brought back. A seat that somebody else changed since is left, and listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from seatwise.core import claims, rows
from seatwise.core.claims import State
from seatwise.core.decide import AccountDecision
from seatwise.core.directory import leaver
from seatwise.core.model import CauseKind, Change, Pending, People, Reading, Restoration, RowChange, Tree, Verb
from seatwise.core.resolve import Moment

WORDS = {
    "new": "they come back as new ones",
    "lossy": "they come back without their data",
    "none": "they don't come back",
}
"""What becomes of a seat that is given back, by the vendor's `undo`."""


@dataclass(frozen=True, slots=True)
class Back:
    """One changeset taken back. `branch` is empty where it was only checked. Texts are for people."""

    commit: str
    title: str
    branch: str = ""
    undone: tuple[RowChange, ...] = ()
    superseded: tuple[str, ...] = ()
    by_hand: tuple[str, ...] = ()
    """Rows that no edit could take back: somebody has to."""
    calls: tuple[Change, ...] = ()
    """The reverse of what was carried out, newest first."""
    forgets: int = 0
    """Adopted seats that are let go without a call."""
    stays: tuple[str, ...] = ()
    """What does not come back, and why."""
    fast: bool = False
    """Whether it goes without window and soak."""


def split(
    changed: Iterable[RowChange], since: Sequence[RowChange]
) -> tuple[tuple[RowChange, ...], tuple[RowChange, ...]]:
    """(rows to take back, reversed; rows that later commits changed). `since`: what changed from that commit to now."""
    later = {(c.row.kind, c.row.key) for c in since}
    mine: list[RowChange] = []
    superseded: list[RowChange] = []
    for change in changed:
        (superseded if (change.row.kind, change.row.key) in later else mine).append(change)
    return rows.inverse(mine), tuple(superseded)


def calls(commit: str, states: Iterable[State]) -> tuple[Change, ...]:
    """The reverse of every change that was carried out for the changeset, newest first."""
    return tuple(change.reverse() for state in states for change in reversed(_done(state, commit)))


def _done(state: State, commit: str) -> list[Change]:
    """What was carried out for it, oldest first, less what it put right: that is as the other rows ask, and they stand."""
    return [c for c in state.changed.get(commit, {}).values() if c.cause.kind is not CauseKind.REASSERT]


def forgets(commit: str, states: Iterable[State]) -> int:
    """Seats that the changeset adopted."""
    return sum(claims.adopted(claim, commit) for s in states for of in s.claims.values() for claim in of.values())


def stays(back: Iterable[Change], people: People, moment: Moment, readings: Mapping[str, Reading]) -> Iterator[str]:
    """What the reverse would not bring back, one sentence for each license."""
    gone: dict[str, list[str]] = {}
    other: dict[tuple[str, str], list[str]] = {}
    for change in back:
        if change.after is None:
            continue
        person = people.persons.get(change.who)
        if person is not None and leaver(person, moment.today(person.zone)):
            gone.setdefault(change.license, []).append(change.who)
        elif said := _another(change, change.after.sku, readings.get(change.account)):
            other.setdefault((change.license, said), []).append(change.who)
    for license, who in sorted(gone.items()):
        yield f"{license} of {', '.join(sorted(who))}, who left"
    for (license, said), who in sorted(other.items()):
        yield f"{len(who)} seats of {license}: {said}"


def _another(change: Change, sku: str, reading: Reading | None) -> str:
    """What becomes of a seat that is given back, where it is not the old one; a seat that is still ending is."""
    if reading is None or reading.info.undo == "exact" or change.before is not None:
        return ""
    holding = reading.holdings.get(sku)
    ending = {s.holder for s in holding.seats if s.pending is Pending.CANCELLED} if holding else set()
    return "" if change.holder in ending else WORDS.get(reading.info.undo, reading.info.undo)


def named(change: RowChange) -> str:
    """A row in words: its kind, its license, whom or what of it, and the bundle that gives it; else its whole key."""
    row = change.row
    if not row.license:
        return " ".join((row.kind, *row.key))
    given = ("by bundle", row.bundle) if row.bundle else ()
    return " ".join((row.kind, row.license, *row.key[2:3], *given))


def place(change: RowChange, tree: Tree) -> str:
    """The name of the assignment that a named row stands in, in this tree; empty where it does not stand there."""
    row = change.row
    license = tree.licenses.get(row.license)
    asks = rows.assignments(tree, license) if license else ()
    return next((a.name for a in asks if row.key[2] in a.people and a.bundle == row.bundle), "")


def restoration(commit: str, state: State, decision: AccountDecision) -> Restoration:
    """What the vendor shows now against what was there before the changeset that was taken back."""
    newest_first = reversed(_done(state, commit))
    found = {(change.who, license): change for change in newest_first for license in change.licenses}
    others = [said for (who, license), first in found.items() if (said := _differs(decision, who, license, first))]
    return Restoration(decision.account, commit, len(found) - len(others), tuple(sorted(others)))


def _differs(decision: AccountDecision, who: str, license: str, change: Change) -> str:
    difference = decision.differences.get(license)
    seat = difference.seats.get(who) if difference else None
    there = seat is not None and seat.pending is not Pending.CANCELLED
    before = change.before if change.before is not None and change.before.license == license else None
    if there != (before is not None):
        return f"{license}: {who} {'has a seat' if there else 'has none'}, and {'had one' if before else 'had none'} before"
    if seat is not None and before is not None and change.verb is Verb.CHANGE and seat.options != before.options:
        return f"{license}: {who} has other options than before"
    return ""
