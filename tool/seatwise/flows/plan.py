"""A workspace → the Plan of what is on disk (or of a branch), or, with nothing new there, of what the next apply would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

from seatwise.core import plan as plans
from seatwise.core import practice
from seatwise.core.course import course
from seatwise.core.model import Changeset, Exit, Plan, Reading, Stop
from seatwise.core.plan import Planned
from seatwise.flows import survey as surveys
from seatwise.flows.admission import admissible
from seatwise.flows.survey import Grounds, Survey
from seatwise.flows.workspace import WORKTREE, Workspace


@dataclass(frozen=True, slots=True)
class Seen:
    """A plan, and what the vendors showed when it was made."""

    plan: Plan
    readings: Mapping[str, Reading]


def plan(workspace: Workspace, branch: str = WORKTREE) -> Plan:
    """The plan. Reads people and vendors, writes nothing. Raises Stop where what it stands on is not complete."""
    return seen(workspace, branch).plan


def seen(workspace: Workspace, branch: str = WORKTREE) -> Seen:
    """The plan with the readings that it stands on."""
    settings = workspace.sound_tree(branch if branch == WORKTREE else _commit(workspace, branch)).settings
    found = surveys.grounds(workspace, settings, tip_of(workspace, settings.branch, settings.journal_remote))
    changed = surveys.with_branch(workspace, found, branch)
    if changed.stopped is not None:
        raise changed.stopped
    survey = surveys.survey(workspace, changed)
    surveys.require_people(survey.findings)
    decided = course(survey.situation, survey.links, survey.frame, surveys.judge(survey.frame, survey.tree))
    planned = _planned(found, changed, survey)
    made = plans.plan(planned, survey.situation, decided)
    return Seen(
        made if changed is not found else _meanwhile(workspace, survey, planned, made), survey.situation.readings
    )


def _meanwhile(workspace: Workspace, seen: Survey, planned: Planned, made: Plan) -> Plan:
    """The plan of the default branch; where it is not admitted, what apply does without it goes on beside it."""
    admission = admissible(workspace, seen, heard=True)
    if not admission.refused:
        return made
    goes_on = plans.plan(replace(planned, links=()), admission.seen.situation, admission.course)
    return replace(made, others=goes_on.others, others_held=goes_on.others_held)


def tip_of(workspace: Workspace, branch: str, remote: str) -> str:
    """The newest commit of the default branch that this clone knows, or else its remote. Raises Stop where there is none."""
    git, ref = workspace.git, f"refs/heads/{branch}"
    at_remote = git.has_remote(remote)
    tip = git.tip(branch, remote) or (git.fetch(remote, [ref]).get(ref) if at_remote else None)
    if tip is not None:
        return tip
    other = "another default branch: branch: NAME in seatwise.yaml"
    if at_remote and git.at(ref):
        raise Stop(Exit.ERROR, f"branch {branch} is not on remote {remote}", f"git push -u {remote} {branch}; {other}")
    raise Stop(Exit.ERROR, f"there is no branch {branch} with a commit on it", f"commit the files; {other}")


def _commit(workspace: Workspace, branch: str) -> str:
    commit = workspace.git.resolve(branch)
    if commit is None:
        raise Stop(Exit.ERROR, f"there is no commit {branch}", "git branch --all")
    return commit


def _planned(found: Grounds, changed: Grounds, seen: Survey) -> Planned:
    own = seen.links[len(found.links) :] or seen.links
    last = own[-1].changeset if own else None
    title = _title([link.changeset for link in own])
    head = last.commit if last else seen.tip
    tree = seen.tree
    asked = found.tree if found.tree.settings.accounts else tree
    nobody = last is not None and asked.settings.forge.get("kind") == "none"
    verdict = practice.verdict(last, found.tree, tree).why if last and nobody else ""
    return Planned(title, changed.base, head, tuple(own), tree, f"seatwise {version('seatwise')}", verdict)


def _title(own: Sequence[Changeset]) -> str:
    """What the plan is of; commits that could not be read are named, for their rows are planned too."""
    if not own:
        return "nothing new in the files"
    title = own[0].title if len(own) == 1 else f"{len(own)} changesets"
    over = [commit[:9] for changeset in own for commit in changeset.over]
    return f"{title}, with {', '.join(over)}, which could not be read" if over else title
