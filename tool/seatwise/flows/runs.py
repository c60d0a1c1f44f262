"""One rollout: shown, or, where it is halted, let go on. What people say to a rollout is a record like any other."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from seatwise.core import records, rollout
from seatwise.core.lease import Lease
from seatwise.core.model import Exit, Rollout, RolloutState, Stop
from seatwise.core.near import near
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
    if not halted:
        raise Stop(Exit.USAGE, f"rollout {id} is not halted", "seatwise run show " + id)
    return tuple(_resumed(workspace.journal(settings, one.account), one) for one in halted)


def unlock(workspace: Workspace, account: str, reason: str) -> Lease:
    """The lease of a dead run, which is ended by this. Should it live after all, its next append is refused."""
    settings = in_force(workspace).tree.settings
    if account not in settings.accounts:
        guess = near(account, settings.accounts)
        raise Stop(
            Exit.USAGE, f"there is no account {account!r}", f"did you mean {guess}?" if guess else "see seatwise.yaml"
        )
    return workspace.journal(settings, account).unlock(workspace.git.who(), reason)


def _resumed(journal: Journal, before: Rollout) -> Rollout:
    after = rollout.resumed(before)
    run = secrets.token_hex(4)
    journal.begin(run, LEASE_SECONDS)
    journal.append(list(_movement(before, after)))
    journal.end(run)
    return after


def _movement(before: Rollout, after: Rollout) -> Iterator[records.Record]:
    yield records.state(after)
    for old, new in zip(before.stages, after.stages, strict=True):
        if old != new:
            yield records.stage(after.id, new)
