"""A workspace → the Plan of what is on disk (or of a branch), or, with nothing new there, of what the next apply would do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

from seatwise.core import plan as plans
from seatwise.core import practice
from seatwise.core.course import course
from seatwise.core.model import Changeset, Exit, Finding, Level, Plan, Reading, Stop, Tree
from seatwise.core.plan import Planned
from seatwise.flows import approval
from seatwise.flows import survey as surveys
from seatwise.flows.admission import admissible
from seatwise.flows.survey import Grounds, Survey
from seatwise.flows.workspace import WORKTREE, Workspace


@dataclass(frozen=True, slots=True)
class Seen:
    """A plan, and what the vendors showed when it was made."""

    plan: Plan
    readings: Mapping[str, Reading]


def plan(workspace: Workspace, branch: str = WORKTREE, *, connected: bool = False) -> Plan:
    """The plan. Reads people and vendors, writes nothing. Raises Stop where what it stands on is not complete."""
    return seen(workspace, branch, connected=connected).plan


def _unread(tree: Tree, accounts: Sequence[str]) -> Iterator[Finding]:
    """What is not known of accounts that were not read."""
    for id, account in tree.settings.accounts.items():
        if id not in accounts:
            what = f"account {id} is new, or connected otherwise than in the commit in force: it was not read"
            fix = "its plan is made when this is merged; bring a connection alone, then what it is for"
            yield Finding("not-connected", Level.WARN, what, fix, account.place, id)


def seen(workspace: Workspace, branch: str = WORKTREE, *, connected: bool = False) -> Seen:
    """The plan with the readings that it stands on. `connected`: no account is read that the commit in force connects
    otherwise, or not at all: of a change that nobody approved yet it can't be known where it would send a secret."""
    settings = workspace.sound_tree(branch if branch == WORKTREE else _commit(workspace, branch)).settings
    found = surveys.grounds(workspace, settings, tip_of(workspace, settings.branch, settings.journal_remote))
    changed = surveys.with_branch(workspace, found, branch)
    if changed.stopped is not None:
        raise changed.stopped
    accounts = surveys.connected(changed) if connected else None
    survey = surveys.survey(workspace, changed, accounts)
    surveys.require_people(survey.findings)
    decided = course(survey.situation, survey.links, survey.frame, surveys.judge(survey.frame, survey.tree))
    planned = _planned(found, changed, survey)
    made = plans.plan(planned, survey.situation, decided)
    made = made if accounts is None else replace(made, findings=(*made.findings, *_unread(survey.tree, accounts)))
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
    tool = f"seatwise {version('seatwise')}"
    return Planned(title, changed.base, head, tuple(own), tree, tool, verdict, approval.age(found.before))


def _title(own: Sequence[Changeset]) -> str:
    """What the plan is of; commits that could not be read are named, for their rows are planned too."""
    if not own:
        return "nothing new in the files"
    title = own[0].title if len(own) == 1 else f"{len(own)} changesets"
    over = [commit[:9] for changeset in own for commit in changeset.over]
    return f"{title}, with {', '.join(over)}, which could not be read" if over else title
