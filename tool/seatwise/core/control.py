"""What people said (the branch of control) + the state of one account → what obeying it changes, each record once.

Rules (semantics §5, §8, §13):
- Control is read before every batch, and what it says wins. The newest word about a rollout is the one that stands.
- Said of everything at an account (no rollout named): `halt` stops every lane there, `resume` lets them go on.
- A word that came too late (the rollout has moved on, or needs nothing here) changes nothing; that it was heard is recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import replace
from datetime import datetime

from seatwise.core import canon, claims, lifecycle, queue, records, rollout
from seatwise.core.claims import State
from seatwise.core.lifecycle import SAID, Event
from seatwise.core.model import Claim, Kind, Rollout, RolloutState, Stage, StageState
from seatwise.core.records import Flip, Record, Said

STOPPED, RUNNING = "stopped", "running"
"""An account, where everything there is halted, and where it is not."""


def heard(journal: Iterable[Mapping[str, object]], account: str, state: State) -> tuple[Said, ...]:
    """What was said to this account, or to a rollout of it, and is not obeyed yet; in order."""
    mine = (r for r in journal if r["type"] in SAID and r["account"] == account)
    return tuple(one for one in map(records.said, mine) if one.n > state.obeyed)


def obeyed(state: State, said: Said) -> Iterator[Record]:
    """The records that obeying it comes to."""
    if not said.rollout:
        was, to = (STOPPED if state.stopped else RUNNING), (STOPPED if said.verb is Event.HALT else RUNNING)
        yield records.obeyed(said, was, to)
        return
    before = state.rollouts.get(said.rollout)
    if before is None or not lifecycle.allows(before.state, said.verb):
        yield records.obeyed(said, before.state if before else "", before.state if before else "")
        return
    after = _after(before, said, state.open_rollouts())
    yield records.obeyed(said, before.state, after.state)
    if said.verb is Event.RELEASE:
        yield from _let_go(state, before)
    yield from moves(before, after)


def moves(before: Rollout, after: Rollout) -> Iterator[Record]:
    """The records of a rollout that moved."""
    for old, new in zip(before.stages, after.stages, strict=True):
        if old != new:
            yield records.stage(after.id, new)
    if _standing(before) != _standing(after):
        yield records.state(after)


def _standing(one: Rollout) -> tuple[object, ...]:
    return one.state, one.wrong, one.aside, one.on_main


def _after(before: Rollout, said: Said, others: Iterable[Rollout]) -> Rollout:
    why = f"{said.by}: {said.reason}" if said.by else said.reason
    if said.verb is Event.RESUME and before.state is RolloutState.OPEN:
        return approved(before)
    if said.verb in (Event.RESUME, Event.RETRY) and before.state in (RolloutState.HALTED, RolloutState.OPEN):
        running = (one for one in others if one.state is not RolloutState.QUEUED)
        first = None if _begun(before) else queue.behind(before, running)
        event = said.verb if first is None or before.state is RolloutState.OPEN else Event.QUEUES
        aside = before.wrong if said.without else ()
        moved = lifecycle.moved(before, event, f"behind {first.id}" if first and event is Event.QUEUES else "")
        return rollout.again(replace(moved, aside=tuple(dict.fromkeys((*before.aside, *aside)))))
    if said.verb is Event.ABORT:
        return replace(lifecycle.moved(before, said.verb, why), on_main=said.on_main or before.on_main)
    return lifecycle.moved(before, said.verb, lifecycle.RELEASED if said.verb is Event.RELEASE else why or before.why)


def approved(one: Rollout) -> Rollout:
    """The rollout with the gates that are paused approved: they go on when nothing else keeps them."""
    paused = (stage for stage in filter(None, map(one.open_stage, Kind)) if stage.state is StageState.PAUSED)
    for stage in paused:
        one = rollout.with_stage(one, replace(stage, approved=True))
    return one


def _begun(one: Rollout) -> bool:
    """Whether it ever had its turn: something of it was written, or passed over."""
    return any(stage != Stage(stage.kind, stage.name, stage.people) for stage in one.stages)


def _let_go(state: State, one: Rollout) -> Iterator[Record]:
    """Calls off what is still pending for the rollout: what differs then is drift, until main says what is there."""
    flips: dict[str, dict[str, Flip]] = {}
    for item in one.items:
        claim = state.of(item.license).get(item.who)
        if claim is not None and claim.pending is not None and claim.pending.commit == one.commit:
            flips.setdefault(item.license, {})[item.who] = _called_off(claim)
    for license, of in sorted(flips.items()):
        yield records.asked(license, of)


def _called_off(claim: Claim) -> Flip:
    return Flip(
        claim.asked, claim.row, claim.options, None, claim.fingerprint, claim.since, claim.commit, calls_off=True
    )


def expected(state: State, said: Iterable[Said], now: datetime) -> State:
    """The state as it will be when these words are obeyed; the one that comes in stays as it is."""
    after = copy(state)
    after.claims = {license: dict(of) for license, of in state.claims.items()}
    after.rollouts, after.did = dict(state.rollouts), dict(state.did)
    after.stuck = {license: dict(whys) for license, whys in state.stuck.items()}
    for one in said:
        new = [{**record, "at": canon.plain(now), "n": state.n} for record in obeyed(after, one)]
        claims.fold(new, after)
    return after
