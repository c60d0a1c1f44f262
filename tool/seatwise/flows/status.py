"""A workspace → the rollouts that are under way, what is held, and how much has drifted. Reads; writes nothing."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

from seatwise.core import tally
from seatwise.core.claims import State
from seatwise.core.course import course
from seatwise.core.decide import AccountDecision, Situation
from seatwise.core.due import Due, due
from seatwise.core.model import Exit, Rollout, RolloutState, Standing, Stop
from seatwise.core.windows import Calendar
from seatwise.flows import survey as surveys
from seatwise.flows.plan import tip_of
from seatwise.flows.survey import Grounds
from seatwise.flows.workspace import WORKTREE, Workspace


def in_force(workspace: Workspace) -> Grounds:
    """What is admitted, and what is new on the default branch."""
    settings = workspace.settings(WORKTREE)
    return surveys.grounds(workspace, settings, tip_of(workspace, settings.branch, settings.journal_remote))


def status(workspace: Workspace) -> Standing:
    """How things stand with what is in force; what is new and not admitted is only counted."""
    found = in_force(workspace)
    seen = surveys.survey(workspace, replace(found, links=()))
    decided = course(seen.situation, (), seen.frame, surveys.judge(seen.frame, seen.tree))
    dues = {id: _due(seen.situation, decision, decided.calendar) for id, decision in decided.decisions.items()}
    return Standing(
        seen.situation.moment.now,
        seen.tree.settings.timezone,
        tuple(r for s in seen.situation.states.values() for r in s.rollouts.values() if r.state != RolloutState.CLOSED),
        tuple(hold for id, one in decided.decisions.items() for hold in (*one.held, *dues[id].waits)),
        sum(len(d.drift) for d in decided.decisions.values()),
        tuple(k for d in decided.decisions.values() for k in d.kept),
        len(found.links),
        found.stopped,
        tuple(
            one for s in seen.situation.states.values() for one in itertools.chain(tally.undecided(s), tally.left(s))
        ),
        {id: s.stopped for id, s in seen.situation.states.items() if s.stopped},
        tuple(wait for due in dues.values() for wait in due.stages),
    )


def _due(situation: Situation, decision: AccountDecision, calendar: Calendar) -> Due:
    """What would go at one account, and what waits there for a seat or a window."""
    return due(decision, situation.states[decision.account], situation.people, frozenset(), calendar)


def named(states: Iterable[State], id: str) -> tuple[Rollout, ...]:
    """The rollouts (one for each account) of this id or commit. Raises Stop where there is none."""
    rollouts = [r for state in states for r in state.rollouts.values()]
    mine = tuple(r for r in rollouts if len(id) >= 4 and (r.commit.startswith(id) or r.id.startswith(id)))
    if not mine:
        known = ", ".join(sorted({r.id for r in rollouts if r.state is not RolloutState.CLOSED})) or "none is open"
        raise Stop(Exit.USAGE, f"there is no rollout {id}", f"seatwise status; open: {known}")
    return mine
