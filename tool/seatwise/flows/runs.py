"""One rollout: shown, or, where it is halted, let go on. What people say to a rollout is a record like any other."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from seatwise.core import claims, records, rollout
from seatwise.core.claims import State
from seatwise.core.model import Exit, Rollout, RolloutState, Stop
from seatwise.flows.status import in_force, named
from seatwise.flows.workspace import Workspace

LEASE_SECONDS = 60


def show(workspace: Workspace, id: str) -> tuple[Rollout, ...]:
    """The rollouts of this id or commit, one for each account."""
    found = in_force(workspace)
    settings = found.tree.settings
    return named([workspace.state(settings, account) for account in settings.accounts], id)


def resume(workspace: Workspace, id: str) -> tuple[Rollout, ...]:
    """Lets the halted rollouts of this id go on: the next apply writes what still differs and checks it anew."""
    found = in_force(workspace)
    settings = found.tree.settings
    states = {account: workspace.state(settings, account) for account in settings.accounts}
    halted = [r for r in named(states.values(), id) if r.state is RolloutState.HALTED]
    if not halted:
        raise Stop(Exit.USAGE, f"rollout {id} is not halted", "seatwise run show " + id)
    return tuple(_resumed(workspace, found.tree.settings.accounts[one.account].id, one, states[one.account]) for one in halted)


def _resumed(workspace: Workspace, account: str, before: Rollout, state: State) -> Rollout:
    journal = workspace.journal(in_force(workspace).tree.settings, account)
    after = rollout.resumed(before)
    run = secrets.token_hex(4)
    journal.begin(run, LEASE_SECONDS)
    claims.fold(journal.append(list(_movement(before, after))), state)
    journal.end(run)
    return after


def _movement(before: Rollout, after: Rollout) -> Iterator[records.Record]:
    yield records.state(after)
    for old, new in zip(before.stages, after.stages, strict=True):
        if old != new:
            yield records.stage(after.id, new)
