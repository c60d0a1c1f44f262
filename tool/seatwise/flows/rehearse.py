"""A workspace and a branch → its plan played on copies of what the vendors show now, and its way back; nobody's seat moves.

Each account's seats are copied into an embedded vendor that acts as the account's adapter says of itself. Stages are played
at the time at which they are expected to open, together with what goes on beside them; the way back when the last of them
has passed its gate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from seatwise.core import capacity, rehearsal
from seatwise.core.capacity import Room
from seatwise.core.model import Change, Outcome, People, Plan, Reading, Vendor
from seatwise.core.rehearsal import Played, Rehearsal, Seats
from seatwise.edges.clock import SetClock
from seatwise.flows.plan import seen
from seatwise.flows.workspace import WORKTREE, Workspace
from seatwise.vendors import sandbox


@dataclass(frozen=True, slots=True)
class _Stand:
    """What one account is played on."""

    reading: Reading
    copy: Vendor
    clock: SetClock

    def seats(self) -> Seats:
        return {(holding.sku, seat.holder): seat for holding in self.copy.read(None) for seat in holding.seats}

    def send(self, changes: Sequence[Change], at: datetime) -> list[Outcome]:
        """In the order in which a run sends, so that what one change frees the next one may take."""
        self.clock.move_to(max(at, self.clock.now()))
        fit = capacity.fit(changes, self._room(changes), People())
        return list(self.copy.apply((*fit.sent, *fit.waits)))

    def _room(self, changes: Sequence[Change]) -> Room:
        pools = {holding.sku: holding.pool for holding in self.copy.read(None)}
        skus = {grant.license: grant.sku for c in changes for grant in (c.before, c.after) if grant is not None}
        sold = {license: pools[sku] for license, sku in skus.items()}
        free = {license: None if p.bought is None else p.bought - p.used for license, p in sold.items()}
        return Room(free, self.copy.info.frees_at_once)


def rehearse(workspace: Workspace, branch: str = WORKTREE) -> Rehearsal:
    """What came of playing it. Raises Stop where what the plan stands on is not complete."""
    found = seen(workspace, branch)
    plan = found.plan
    with TemporaryDirectory(prefix="seatwise-rehearsal-") as folder:
        accounts = [
            _played(_stand(reading, Path(folder) / id, plan.now), plan)
            for id, reading in sorted(found.readings.items())
            if not reading.failure
        ]
    return rehearsal.rehearsal(plan.title, accounts)


def _stand(reading: Reading, folder: Path, now: datetime) -> _Stand:
    clock = SetClock(now)
    return _Stand(reading, sandbox.replica(reading, folder, clock), clock)


def _played(stand: _Stand, plan: Plan) -> Played:
    steps = [step for step in (*plan.steps, *plan.others) if step.change.account == stand.reading.account]
    steps.sort(key=lambda step: step.opens or plan.now)
    before = stand.seats()
    every: list[Outcome] = []
    for opens, together in groupby(steps, key=lambda step: step.opens or plan.now):
        every += stand.send([step.change for step in together], opens)
    mine = {step.change for step in plan.steps}
    there = tuple(outcome for outcome in every if outcome.change in mine)
    beside = tuple(outcome for outcome in every if outcome.change not in mine)
    stand.clock.move_to(max([stand.clock.now(), *(stage.ends for stage in plan.stages if stage.ends)]))
    after = stand.seats()
    back = tuple(stand.copy.apply(rehearsal.undone(there)))
    return Played(stand.reading.account, stand.reading.info, there, back, beside, before, after, stand.seats())
