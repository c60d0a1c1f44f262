"""Rollouts of one account → who waits for whom: of the bulk rollouts of a license one goes at a time, in the order of main.

One that was aborted has gone: what it did is taken back, its seats are held by that, and nobody waits for its release.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from seatwise.core import lifecycle
from seatwise.core.lifecycle import Event
from seatwise.core.model import Rollout, RolloutState

GONE = (RolloutState.ABORTED, RolloutState.CLOSED)


def behind(rollout: Rollout, others: Iterable[Rollout]) -> Rollout | None:
    """The first of these bulk rollouts that has a license in common; small and reverse ones wait for nobody."""
    mine = {item.license for item in rollout.items}
    ahead = (one for one in others if one.bulk and one.id != rollout.id and one.state not in GONE)
    return next((one for one in ahead if mine & {item.license for item in one.items}), None) if rollout.bulk else None


def drawn(made: Iterable[Rollout], open_ones: Iterable[Rollout]) -> Iterator[Rollout]:
    """The new rollouts, those queued that have to wait: behind what is open, queued ones too, and behind one another."""
    ahead = list(open_ones)
    for rollout in made:
        first = behind(rollout, ahead)
        ahead.append(rollout)
        yield lifecycle.moved(rollout, Event.QUEUES, _why(first)) if first else lifecycle.moved(rollout, Event.OPENS)


def turns(rollouts: Iterable[Rollout]) -> Iterator[Rollout]:
    """The queued rollouts of which none runs before them any more, opened; and those that wait for another one now."""
    known = list(rollouts)
    running = [one for one in known if one.state is not RolloutState.QUEUED]
    for rollout in known:
        if rollout.state is RolloutState.QUEUED:
            first = behind(rollout, running)
            if first is None:
                rollout = lifecycle.moved(rollout, Event.OPENS)
                running.append(rollout)
        yield rollout


def late(rollout: Rollout, now: datetime, patience: timedelta) -> Rollout:
    """The rollout, halted where it has been queued for too long."""
    if rollout.state is not RolloutState.QUEUED or now - (rollout.since or now) < patience:
        return rollout
    return lifecycle.moved(rollout, Event.FAILS, f"it has waited too long {rollout.why}")


def _why(first: Rollout) -> str:
    return f"behind {first.id}"
