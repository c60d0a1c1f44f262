"""One rollout + what the journal says → who of it has what now: what somebody who is called at night needs to know first."""

from __future__ import annotations

from collections.abc import Iterator

from seatwise.core import doubts, lifecycle
from seatwise.core.claims import State
from seatwise.core.model import ClaimState, Item, Rollout, StageState, Tally
from seatwise.core.resolve import NOBODY


def tally(rollout: Rollout, state: State) -> Tally:
    """Every seat of the frozen list under one head."""
    begun = {(s.kind, s.name) for s in rollout.stages if s.state is not StageState.READY}
    doubtful = doubts.doubtful(state.sent.values())
    heads: dict[str, list[tuple[str, str]]] = {}
    for item in rollout.items:
        head = (
            "doubtful" if (item.who, item.license) in doubtful else _head(item, state, (item.kind, item.stage) in begun)
        )
        heads.setdefault(head, []).append((item.who, item.license))
    by_head = {head: tuple(seats) for head, seats in heads.items()}
    return Tally(rollout, **by_head, refused=refused(rollout, state), unmet=unmet(rollout, state))


def refused(rollout: Rollout, state: State) -> tuple[tuple[str, str], ...]:
    """What could not be taken back of it."""
    left = (did.change for did in state.did.get(rollout.id, {}).values() if did.left)
    return tuple((change.who, change.license) for change in left)


def unmet(rollout: Rollout, state: State) -> tuple[tuple[str, str], ...]:
    """What was let go of it and is not as its changeset, which nothing on main has changed since, wants it."""
    if not lifecycle.released(rollout):
        return ()
    claims = ((item, state.of(item.license).get(item.who, NOBODY)) for item in rollout.items)
    mine = ((i, claim) for i, claim in claims if claim.commit == rollout.commit and claim.asked is i.asks)
    return tuple((i.who, i.license) for i, claim in mine if (claim.state is ClaimState.OURS) is not i.asks)


def left(state: State) -> Iterator[Tally]:
    """Of the rollouts that were released, those that left something unlike main."""
    return (tally(one, state) for one in state.rollouts.values() if unmet(one, state))


def _head(item: Item, state: State, begun: bool) -> str:
    there = state.of(item.license).get(item.who, NOBODY).state is ClaimState.OURS
    if there is item.asks:
        return "gained" if there else "lost"
    if item.asks:
        return "lacking" if begun else "coming"
    return "keeping" if begun else "going"


def undecided(state: State) -> Iterator[Tally]:
    """Of the rollouts that a person has to decide about."""
    for one in state.open_rollouts():
        if one.state in lifecycle.STOPPED or one.state in lifecycle.ABORTS:
            yield tally(one, state)
