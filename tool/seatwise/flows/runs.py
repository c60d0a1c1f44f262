"""One rollout: shown, or, where it is halted, let go on. What people say to a rollout is a record like any other."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from seatwise.core import claims, records, rollout
from seatwise.core.model import Exit, Rollout, RolloutState, Stop
from seatwise.edges.journal import Journal
from seatwise.flows.status import in_force, named
from seatwise.flows.workspace import Workspace

LEASE_SECONDS = 60


def show(workspace: Workspace, id: str) -> tuple[str, tuple[Rollout, ...]]:
    """The organisation's time zone, and the rollouts of this id or commit, one for each account."""
    settings = in_force(workspace).tree.settings
    return settings.timezone, named([workspace.state(settings, account) for account in settings.accounts], id)


def resume(workspace: Workspace, id: str) -> tuple[Rollout, ...]:
    """Lets the halted rollouts of this id go on: the next apply writes what still differs and checks it anew."""
    settings = in_force(workspace).tree.settings
    states = {account: workspace.state(settings, account) for account in settings.accounts}
    halted = [r for r in named(states.values(), id) if r.state is RolloutState.HALTED]
    going = [resumed(workspace.journal(settings, one.account), one.id) for one in halted]
    found = tuple(one for one in going if one is not None)
    if not found:
        raise Stop(Exit.USAGE, f"rollout {id} is not halted", "seatwise run show " + id)
    return found


def resumed(journal: Journal, id: str) -> Rollout | None:
    """The rollout set going again, as the journal has it once its account is ours; None where it is not halted any more."""
    run = secrets.token_hex(4)
    journal.begin(run, LEASE_SECONDS)
    try:
        before = claims.fold(journal.read()).rollouts[id]
        if before.state is not RolloutState.HALTED:
            return None
        after = rollout.resumed(before)
        journal.append(list(_movement(before, after)))
        return after
    finally:
        journal.end(run)


def _movement(before: Rollout, after: Rollout) -> Iterator[records.Record]:
    yield records.state(after)
    for old, new in zip(before.stages, after.stages, strict=True):
        if old != new:
            yield records.stage(after.id, new)
