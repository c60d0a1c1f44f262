"""What a changeset changed and what became of it → how it is taken back: by meaning, row by row and seat by seat.

Rules (semantics §12):
- A revert reverses outcomes, not lines: what was given is taken, what was taken is given back, what was adopted is forgotten
  without a call, and what was refused was never done.
- Rows that later commits changed are superseded: they are listed and left.
- A person who has left is not brought back. A seat that somebody else changed since is left, and listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from seatwise.core import rows
from seatwise.core.claims import State
from seatwise.core.decide import AccountDecision
from seatwise.core.directory import leaver
from seatwise.core.model import Change, Claim, Made, Pending, People, Restoration, RowChange, Tree, VendorInfo
from seatwise.core.resolve import Moment


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


def split(changed: Iterable[RowChange], since: Sequence[RowChange]) -> tuple[tuple[RowChange, ...], tuple[RowChange, ...]]:
    """(rows to take back, reversed; rows that later commits changed). `since`: what changed from that commit to now."""
    later = {(c.row.kind, c.row.key) for c in since}
    mine: list[RowChange] = []
    superseded: list[RowChange] = []
    for change in changed:
        (superseded if (change.row.kind, change.row.key) in later else mine).append(change)
    return rows.inverse(mine), tuple(superseded)


def calls(commit: str, states: Iterable[State]) -> tuple[Change, ...]:
    """The reverse of every change that was carried out for the changeset, newest first."""
    return tuple(change.reverse() for state in states for change in reversed(state.changed.get(commit, {}).values()))


def forgets(commit: str, states: Iterable[State]) -> int:
    """Seats that the changeset adopted."""
    return sum(_adopted(claim, commit) for s in states for of in s.claims.values() for claim in of.values())


def stays(
    back: Iterable[Change], people: People, moment: Moment, infos: Mapping[str, VendorInfo]
) -> Iterator[str]:
    """What the reverse would not bring back, one sentence each."""
    for change in back:
        person = people.persons.get(change.who)
        if change.after is not None and person is not None and leaver(person, moment.today(person.zone)):
            yield f"{change.who} has left: {change.after.license} is not given back"
        info = infos.get(change.account)
        if change.before is None and info is not None and info.undo != "exact":
            yield f"{change.who} gets another seat of {change.license}, not the old one ({info.takes}; undo: {info.undo})"


def named(change: RowChange) -> str:
    """A row in words: its kind, license and key."""
    row = change.row
    return f"{row.kind} {row.license or ' '.join(row.key)} {row.key[-1] if row.license else ''}".strip()


def place(change: RowChange, tree: Tree) -> str:
    """The name of the assignment that a named row stands in, in this tree; empty where it does not stand there."""
    row = change.row
    license = tree.licenses.get(row.license)
    asks = rows.assignments(tree, license) if license else ()
    return next((a.name for a in asks if row.key[2] in a.people and a.bundle == row.bundle), "")


def restoration(commit: str, state: State, decision: AccountDecision) -> Restoration:
    """What the vendor shows now against what was there before the changeset that was taken back."""
    found = {(c.who, license): c for c in state.changed.get(commit, {}).values() for license in c.licenses}
    others = [said for (who, license), change in found.items() if (said := _differs(decision, who, license, change))]
    return Restoration(decision.account, commit, len(found) - len(others), tuple(sorted(others)))


def _adopted(claim: Claim, commit: str) -> bool:
    return claim.made is Made.FOUND and claim.commit == commit and claim.asked


def _differs(decision: AccountDecision, who: str, license: str, change: Change) -> str:
    difference = decision.differences.get(license)
    seat = difference.seats.get(who) if difference else None
    there = seat is not None and seat.pending is not Pending.CANCELLED
    before = change.before is not None and change.before.license == license
    if there == before:
        return ""
    return f"{license}: {who} {'has a seat' if there else 'has none'}, and {'had one' if before else 'had none'} before"
