"""The rows that a change brings → of each what it can move at most, and of each license too: from git alone.

Rules (semantics §4):
- A bound is for one row, as if no other existed; the sum over a license is therefore the most that the change can move.
- Without people nobody knows which way a row moves its seats, so it counts as the larger of what it can do: a row that goes
  takes, as `never` that comes, `mode: enforce` and another target do; one that comes or says something else gives. Nobody is
  removed because a `max` becomes smaller.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from seatwise.core import rows
from seatwise.core.model import Need, RowChange, Size, Tree


@dataclass(frozen=True, slots=True)
class Effect:
    """One row: what it was and will be, the most seats that it can move, and who answers for it."""

    change: RowChange
    bound: int
    owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Effects:
    """What merging `head` into `base` would change; `start` is where head left it. `ask`: the digest that is approved; empty
    where nothing is asked."""

    base: str
    head: str
    start: str
    ask: str
    rows: tuple[Effect, ...]
    needs: tuple[Need, ...]


def sizes(changes: Iterable[RowChange], before: Tree, after: Tree, day: date) -> dict[str, Size]:
    """By license, how much a change can move at most."""
    gives: Counter[str] = Counter()
    takes: Counter[str] = Counter()
    for change in changes:
        bound = rows.bound(change, before, after, day)
        (takes if _takes(change) else gives)[change.row.license] += bound
    found = sorted(license for license in gives.keys() | takes.keys() if license)
    return {id: Size(id, gives[id] + takes[id], gives[id], takes[id]) for id in found}


def _takes(change: RowChange) -> bool:
    kind = change.row.kind
    if kind == "never":
        return change.after is not None
    return change.after is None or (kind in ("mode", "target") and change.before is not None)
