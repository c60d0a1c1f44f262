"""Snapshots → text: one a line; one with its seats; what brings it back, and what nothing brings back."""

from __future__ import annotations

from collections.abc import Sequence

from seatwise.core.snapshots import Restore, Shown, Snapshot
from seatwise.views import words

SAYS = {"give": "user row", "drop": "user row dropped", "never": "never row"}


def listed(found: Sequence[Snapshot]) -> str:
    return "".join(f"{_line(one)}\n" for one in found) or "No snapshot yet. take one: seatwise snapshot take\n"


def shown(found: Shown) -> str:
    lines = [_line(found.snapshot)]
    if found.seats is None:
        lines.append("body erased: its retention is over")
    else:
        lines += [f"  {words.text(sku)}: {words.count(n, 'seat')}" for sku, n in sorted(found.seats.items())]
    return "\n".join(lines) + "\n"


def restore(made: Restore) -> str:
    lines = [f"Bring back {_line(made.snapshot)}"]
    lines += [f"  {words.text(e.license)}: {words.text(e.who)}, {SAYS[e.how]}" for e in made.edits]
    lines += [f"Does not come back: {words.text(one)}" for one in made.left]
    branch = words.text(made.branch)
    lines.append(f"On branch {branch}. next: seatwise plan {branch}, then push it and open a pull request")
    return "\n".join(lines) + "\n"


def _line(one: Snapshot) -> str:
    return f"{one.id}  {words.text(one.account)}  {one.at:%Y-%m-%d %H:%M} UTC  {words.text(one.title)}"
